/* How long translations take: which part of the accesses waits at least so long. */
"use strict";

const KINDS = ["fetch", "load", "store"];

/* Rows of the detail, chosen, and summed by what tells them apart. */
function latencySeries(rows, by, chosen) {
  const name = { kind: (r) => r.kind, core: (r) => "core " + r.core, vmid: (r) => vmidName(r.vmid), all: () => "all accesses" }[by];
  const groups = new Map();
  for (const r of rows) {
    if (chosen.core !== "" && String(r.core) !== chosen.core) continue;
    if (chosen.vmid !== "" && String(r.vmid) !== chosen.vmid) continue;
    if (chosen.kind !== "" && r.kind !== chosen.kind) continue;
    const g = groups.get(name(r)) || { name: name(r), accesses: 0, bins: new Map() };
    g.accesses += r.accesses;
    for (const [least, n] of r.bins) g.bins.set(least, (g.bins.get(least) || 0) + n);
    groups.set(name(r), g);
  }
  return [...groups.values()].sort((a, b) => a.name < b.name ? -1 : 1).map((g, i) => {
    let left = g.accesses, cycles = 0;
    const points = [...g.bins].sort((a, b) => a[0] - b[0]).map(([least, n]) => {
      const p = { least, part: left / g.accesses, n };
      left -= n;
      cycles += least * n;
      return p;
    });
    return { name: g.name, accesses: g.accesses, mean: cycles / g.accesses, points, colour: "c" + (i % 8 + 1) };
  });
}

/* The least latency that at most `part` of the accesses exceed. */
function quantile(series, part) {
  let above = series.accesses;
  for (const p of series.points) {
    above -= p.n;
    if (above <= part * series.accesses) return p.least;
  }
  return 0;
}

function latencySection(report, detail) {
  const s = section("latency", "Translation latency", "What an access waits for its translation: 0 cycles for a micro-TLB hit, every step and every wait beyond. A core's cycles.");
  const columns = [
    { name: "kind", get: (k) => k },
    ...["accesses", "cycles", "mean", "p50", "p90", "p99", "p999", "max"].map((m) => ({ name: m === "p999" ? "p99.9" : m, kind: "number", get: (k) => report.latency[k][m], of: (k) => `latency.${k}.${m}` })),
  ];
  s.append(showTable({ columns, rows: KINDS }));
  if (!detail.latency.rows.length) return;

  const rows = detail.latency.rows;
  const options = (list, text) => [["", "all"], ...unique(list).sort().map((v) => [String(v), text(v)])];
  let redraw = () => {};
  const by = choice("Lines", [["kind", "by kind"], ["core", "by core"], ["vmid", "by VMID"], ["all", "together"]], () => redraw());
  const core = choice("Core", options(rows.map((r) => r.core), (c) => "core " + c), () => redraw());
  const vmid = choice("VMID", options(rows.map((r) => r.vmid), vmidName), () => redraw());
  const kind = choice("Kind", options(rows.map((r) => r.kind), (k) => k), () => redraw());
  const series = () => latencySeries(rows, by.value, { core: core.value, vmid: vmid.value, kind: kind.value });

  redraw = figure(s, {
    id: "latency-ccdf",
    title: "Accesses that wait at least so long",
    note: "Both axes are logarithmic. A line begins, at one cycle, with the part that is no micro-TLB hit at no cost. From 256 cycles on, bins are 1/64 of an octave.",
    controls: [by, core, vmid, kind],
    keys: () => series().map((l) => [`${l.name} (${brief(l.accesses)})`, l.colour]),
    about: () => "Part of the accesses whose translation takes at least so many cycles: " + series().map((l) => `${l.name}: mean ${number(l.mean)}, 99 % within ${quantile(l, 0.01)} cycles`).join("; "),
    draw: drawCcdf(series),
    table: () => ({
      rows: series(),
      columns: [
        { name: "line", get: (l) => l.name },
        { name: "accesses", kind: "number", get: (l) => l.accesses },
        { name: "mean, about", kind: "number", get: (l) => l.mean },
        ...[[0.5, "p50"], [0.1, "p90"], [0.01, "p99"], [0.001, "p99.9"]].map(([part, name]) => ({ name, kind: "number", get: (l) => quantile(l, part) })),
        { name: "max, about", kind: "number", get: (l) => l.points[l.points.length - 1].least },
      ],
    }),
  });
  if (detail.latency.accesses_left_off) s.append(el("p", { class: "note" }, `${number(detail.latency.accesses_left_off)} accesses of further cores, VMIDs and kinds are in the table alone.`));
}

function drawCcdf(series) {
  return (svg, width) => {
    const lines = series(), height = Math.min(380, Math.max(260, width * 0.45));
    const left = 78, right = width - 12, top = 24, bottom = height - 42;
    const longest = Math.max(10, d3.max(lines, (l) => l.points[l.points.length - 1].least) || 10);
    const least = d3.min(lines, (l) => 1 / l.accesses) || 0.1;
    const x = d3.scaleLog([1, longest * 1.1], [left, right]), y = d3.scaleLog([least, 1], [bottom, top]);
    const power = (p) => d3.format("~f")(+(100 * p).toPrecision(1)) + " %";
    const powers = d3.range(Math.ceil(Math.log10(least)), 1).map((p) => 10 ** p);
    const tens = d3.range(0, Math.log10(longest * 1.1)).map((p) => 10 ** p);
    svg.append("g").attr("class", "grid").attr("transform", `translate(${left},0)`).call(d3.axisLeft(y).tickValues(powers).tickSize(left - right).tickFormat(""));
    svg.append("g").attr("class", "grid").attr("transform", `translate(0,${bottom})`).call(d3.axisBottom(x).tickValues(tens).tickSize(top - bottom).tickFormat(""));
    svg.append("g").attr("class", "axis").attr("transform", `translate(${left},0)`).call(d3.axisLeft(y).tickValues(powers).tickFormat(power));
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${bottom})`).call(d3.axisBottom(x).tickValues(tens).tickFormat(d3.format(",")));
    svg.append("text").attr("class", "quiet").attr("x", right).attr("y", bottom + 34).attr("text-anchor", "end").text("cycles");
    svg.append("text").attr("class", "quiet").attr("x", 0).attr("y", 11).text("part of the accesses");
    const path = d3.line().x((p) => x(p.least)).y((p) => y(p.part)).curve(d3.curveStepBefore);
    svg.append("g").selectAll("path").data(lines).join("path").attr("class", (l) => "curve " + l.colour)
      .attr("d", (l) => path(beyondHits(l)));
    const cross = svg.append("line").attr("class", "cross").attr("y1", top).attr("y2", bottom).attr("visibility", "hidden");
    tipped(svg.append("rect").attr("x", left).attr("y", top).attr("width", right - left).attr("height", bottom - top).attr("fill", "transparent"), () => {
      const at = Math.round(x.invert(Math.min(right, Math.max(left, d3.mouse(svg.node())[0]))));
      cross.attr("x1", x(at)).attr("x2", x(at)).attr("visibility", "visible");
      return [`at least ${number(at)} cycles`, ...lines.map((l) => {
        const p = l.points.find((q) => q.least >= at);
        return `${l.name}: ${p ? percent(p.part, 1) : "none"}`;
      })];
    });
    return height;
  };
}

/* From one cycle on: the first point is the part that is longer than nothing. */
function beyondHits(line) {
  const points = line.points.filter((p) => p.least >= 1);
  return points.length ? [{ least: 1, part: points[0].part }, ...points] : [];
}
