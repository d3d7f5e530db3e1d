/* Which memory types the two stages gave, and what resulted. */
"use strict";

function typesSection(report) {
  const s = section("types", "Memory types", "What stage 1 (rows) and stage 2 (columns) say, what results, and for how many accesses. \"off\": that stage is not on.");
  const rows = report.memory_types, total = sum(rows, (r) => r.count);
  const order = (list) => unique(list).sort((a, b) => (a === "off") - (b === "off") || (a < b ? -1 : 1));
  const firsts = order(rows.map((r) => r.stage1)), seconds = order(rows.map((r) => r.stage2));

  if (!rows.length) {
    s.append(el("p", {}, "No access succeeded."));
    return;
  }
  const cell = (one, two) => {
    const here = rows.filter((r) => r.stage1 === one && r.stage2 === two).sort((a, b) => b.count - a.count);
    if (!here.length) return el("td", { class: "empty" }, "–");
    return el("td", { class: "full " + typeColour(here[0].result) },
      here.map((r) => el("div", {}, el("b", {}, r.result), " " + r.shareability, el("span", { class: "more" },
        el("span", { "data-of": `memory_types.${rows.indexOf(r)}.count` }, number(r.count)), " accesses, " + percent(r.count, total)))));
  };
  s.append(el("div", { class: "scroll", "data-figure": "type-matrix", tabindex: 0, role: "region", "aria-label": "Stage 1 by stage 2" },
    el("table", { class: "matrix" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "stage 1 ↓  stage 2 →"), seconds.map((t) => el("th", { scope: "col" }, t)))),
      el("tbody", {}, firsts.map((one) => el("tr", {}, el("th", { scope: "row" }, one), seconds.map((two) => cell(one, two))))))));
  s.append(legend([["Normal, Write-Back", "c1"], ["Write-Through", "c3"], ["Non-cacheable", "c5"], ["Device", "c2"]]));
}

function faultsSection(report) {
  if (!report.faults.length) return;
  const s = section("faults", "Faults");
  s.append(showTable({
    rows: report.faults,
    sort: { by: 6, down: true },
    columns: [
      { name: "fault", get: (f) => f.fault + (f.s1ptw ? " (on a stage-1 walk)" : "") },
      { name: "stage", kind: "number", get: (f) => f.stage },
      { name: "level", kind: "number", get: (f) => f.level },
      { name: "kind", get: (f) => f.kind },
      { name: "from", get: (f) => "EL" + f.from_el },
      { name: "taken to", get: (f) => "EL" + f.to_el },
      { name: "times", kind: "number", get: (f) => f.count, of: (f) => `faults.${report.faults.indexOf(f)}.count` },
    ],
  }));
}
