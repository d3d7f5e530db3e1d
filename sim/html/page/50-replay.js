/* The page of a replay; of several, one after the other by choice. */
"use strict";

function replayPage(data) {
  const top = document.getElementById("top"), first = data.traces[0].report;
  document.title = "stagewalk: " + first.trace.path;
  const show = (i) => {
    document.getElementById("main").replaceChildren();
    document.querySelectorAll("nav a").forEach((a) => a.remove());
    figures.length = 0;
    showReplay(data.traces[i]);
  };
  const which = data.traces.length > 1 ? choice("Trace", data.traces.map((t, i) => [String(i), t.report.trace.path]), () => show(+which.value)) : null;
  top.append(el("h1", {}, "Address translation of a replay"), which ? el("div", { class: "controls" }, which.node) : "");
  show(0);
}

function showReplay({ report, detail }) {
  const t = report.trace, v = report.verify;
  const s = section("overview", "Overview");
  const cycles = sum(KINDS, (k) => report.latency[k].cycles), walks = sum(report.domains, (d) => d.walks);
  const mismatched = v.pa_mismatched + v.faults_mismatched + v.at_mismatched + v.types_mismatched;
  const changed = Object.entries(report.params);

  s.append(
    el("p", { class: "meta" }, el("b", {}, t.path), t.source ? ": " + t.source : "", "; ", el("span", { "data-of": "trace.records" }, number(t.records)), " records"),
    el("p", { class: "meta" }, report.run.engine === "tlm" ? `tlm engine, ${report.run.order} order, quantum ${report.run.quantum_ns} ns` : "fast engine, each core as if alone",
      changed.length ? "; changed: " + changed.map(([k, x]) => `${k}=${x}`).join(", ") : "; all parameters as they are by default",
      t.recovered ? "; the trace is damaged: this is what comes before" : ""),
    tiles([
      tile("accesses", t.accesses, `${brief(t.fetches)} fetches, ${brief(t.loads)} loads, ${brief(t.stores)} stores`, { of: "trace.accesses" }),
      tile("mean latency", t.accesses ? cycles / t.accesses : 0, "cycles an access"),
      tile("translation cycles", brief(cycles), number(cycles) + " cycles"),
      tile("walks", walks, `${percent(walks, t.accesses)} of the accesses`),
      tile("exceptions", t.exceptions, `${number(sum(report.faults, (f) => f.count))} faults of accesses`, { of: "trace.exceptions" }),
      v.requested ? tile("mismatches", mismatched, `of ${brief(v.pa_compared)} addresses compared`, { level: mismatched ? "bad" : "good" })
        : tile("compared", "no", "with --verify, addresses and faults are"),
    ]));
  latencySection(report, detail);
  cyclesSection(report, detail);
  typesSection(report);
  spacesSection(report, detail);
  hotSection(report, detail);
  timeSection(report, detail);
  domainsSection(report);
  faultsSection(report);
  countersSection(report);
}

function countersSection(report) {
  const s = section("counters", "Counters", "Every counter of every core: the A53's PMU events under their names, then the model's own.");
  const names = ["pmu", "model"].flatMap((group) => Object.keys((report.cores[0] || {})[group] || {}).map((name) => ({ group, name })));
  s.append(el("div", { "data-figure": "counter-table" }, showTable({
    rows: names, filter: true,
    columns: [
      { name: "counter", kind: "mono", get: (n) => n.name },
      { name: "of", get: (n) => n.group === "pmu" ? "PMU" : "model" },
      ...report.cores.map((c, i) => ({ name: "core " + c.core, kind: "number", get: (n) => c[n.group][n.name], of: (n) => `cores.${i}.${n.group}.${n.name}` })),
      { name: "sum", kind: "number", get: (n) => sum(report.cores, (c) => c[n.group][n.name]) },
    ],
  })));
}
