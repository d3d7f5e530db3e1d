/* How rates go over the trace: small panels above each other, one axis of records. */
"use strict";

const RATES = [
  { name: "Instruction micro-TLB misses, of 1,000 instructions", colour: "c1", top: ["L1I_TLB_REFILL"], below: ["INST_RETIRED"], per: 1000 },
  { name: "Data micro-TLB misses, of 1,000 loads and stores", colour: "c6", top: ["L1D_TLB_REFILL"], below: ["LD_RETIRED", "ST_RETIRED"], per: 1000 },
  { name: "Main TLB misses, of 1,000 instructions", colour: "c2", top: ["MAIN_TLB_REFILL"], below: ["INST_RETIRED"], per: 1000 },
  { name: "Descriptor fetches, of 1,000 instructions", colour: "c5", top: ["WALK_FETCH"], below: ["INST_RETIRED"], per: 1000 },
  { name: "Translation cycles, of an instruction", colour: "c4", top: ["XLAT_CYCLES"], below: ["INST_RETIRED"], per: 1, cycles: true },
  { name: "TLBIs and exceptions, of 1,000 instructions", colour: "c8", top: ["TLBI", "EXC_TAKEN"], below: ["INST_RETIRED"], per: 1000 },
];

function timeSection(report, detail) {
  const t = detail.time, s = section("time", "Over time");
  if (!t.records.length || !t.cores.length) {
    s.append(el("p", {}, "The trace is too short to tell."));
    return;
  }
  let redraw = () => {};
  const core = choice("Core", [["", "all"], ...t.cores.map((c) => [String(c.core), "core " + c.core])], () => redraw());
  const cores = () => t.cores.filter((c) => core.value === "" || String(c.core) === core.value);
  const grown = (keys, i) => sum(cores(), (c) => sum(keys, (k) => c[k][i]));
  const late = report.run.engine === "tlm" && report.run.order === "free"; /* cycles are known long after what they are of */
  const rates = () => RATES.filter((r) => !(late && r.cycles)).map((r) => ({
    ...r,
    points: t.records.map((end, i) => {
      const below = grown(r.below, i);
      return { from: i ? t.records[i - 1] : 0, end, rate: below ? r.per * grown(r.top, i) / below : null, raw: grown(r.top, i) };
    }),
  }));

  redraw = figure(s, {
    id: "time-rates",
    title: "Rates along the trace",
    note: `A step is ${number(t.every)} records. Each panel has its own scale; where a core did nothing, there is nothing.` + (late ? " Cycles are not here: in free order they are known long after what they are of; --engine fast has them." : ""),
    controls: [core],
    about: () => rates().map((r) => `${r.name}: at most ${number(d3.max(r.points, (p) => p.rate) || 0)}`).join("; "),
    draw: (svg, width) => {
      const left = 48, right = width - 8, panel = 78, last = t.records[t.records.length - 1], list = rates();
      const x = d3.scaleLinear([0, last], [left, right]);
      list.forEach((r, i) => drawRate(svg, r, { x, y: i * panel, height: panel, left, right }));
      xAxis(svg, x, { y: list.length * panel + 4, ticks: Math.max(3, Math.floor(width / 120)), format: brief, label: "records" });
      const cross = svg.append("line").attr("class", "cross").attr("y1", 18).attr("y2", list.length * panel).attr("visibility", "hidden");
      tipped(svg.append("rect").attr("x", left).attr("y", 0).attr("width", right - left).attr("height", list.length * panel).attr("fill", "transparent"), () => {
        const at = x.invert(Math.min(right, Math.max(left, d3.mouse(svg.node())[0]))), i = Math.min(t.records.length - 1, d3.bisectLeft(t.records, at));
        cross.attr("x1", x(t.records[i])).attr("x2", x(t.records[i])).attr("visibility", "visible");
        return [`records ${number(list[0].points[i].from)} to ${number(t.records[i])}`, ...list.map((r) => `${r.name}: ${number(r.points[i].rate)}`)];
      });
      return list.length * panel + 44;
    },
    table: () => {
      const list = rates();
      return {
        rows: t.records.map((end, i) => i),
        columns: [
          { name: "to record", kind: "number", get: (i) => t.records[i] },
          ...list.map((r) => ({ name: r.name, kind: "number", get: (i) => r.points[i].rate })),
        ],
      };
    },
  });
}

function drawRate(svg, rate, { x, y, height, left, right }) {
  const most = d3.max(rate.points, (p) => p.rate) || 1, scale = d3.scaleLinear([0, most], [y + height - 8, y + 22]).nice(2);
  const steps = rate.points.flatMap((p) => [{ at: p.from, rate: p.rate }, { at: p.end, rate: p.rate }]);
  const known = (p) => p.rate !== null, g = svg.append("g").attr("class", rate.colour);
  g.append("text").attr("x", left).attr("y", y + 14).text(rate.name);
  g.append("g").attr("class", "grid").attr("transform", `translate(${left},0)`).call(d3.axisLeft(scale).ticks(2).tickSize(left - right).tickFormat(""));
  g.append("g").attr("class", "axis").attr("transform", `translate(${left},0)`).call(d3.axisLeft(scale).ticks(2).tickFormat(brief).tickSizeOuter(0));
  g.append("path").attr("class", "under").attr("d", d3.area().defined(known).x((p) => x(p.at)).y0(scale(0)).y1((p) => scale(p.rate))(steps));
  g.append("path").attr("class", "curve").style("stroke-width", 1.3).attr("d", d3.line().defined(known).x((p) => x(p.at)).y((p) => scale(p.rate))(steps));
}
