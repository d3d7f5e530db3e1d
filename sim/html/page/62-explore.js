/* The page of explore: points of hardware and layouts, what each costs and gains, what each knob does. */
"use strict";

const LIKELY = ["mean", "p99", "main_tlb_miss", "walks", "walk_cycles", "fetches_memory", "table_bytes", "storage_bits"];

function explorePage(data) {
  const r = data.report, good = r.points.filter((p) => p.status === "ok"), baseline = r.points.find((p) => p.baseline);
  const best = r.points.find((p) => p.number === r.ranking[0]), sort = r.metrics.find((m) => m.name === r.sorted_by);
  const value = (p) => p ? p.metrics[r.sorted_by] : null, left = data.points_left_off || 0;
  document.title = "stagewalk: exploration of " + r.trace;
  document.getElementById("top").append(el("h1", {}, "Hardware and page-table layouts compared"), el("p", { class: "meta" }, r.trace + "; " + r.engine + " engine" + (r.interrupted ? "; interrupted: not all points are done" : "")));

  const s = section("overview", "Overview");
  s.append(tiles([
    tile("points", r.points.length + left, `${number(good.length)} measured` + (left ? `; ${number(left)} of low rank are not in the page` : "")),
    tile("baseline", value(baseline), `${sort.name}, ${sort.unit}`, { of: `points.${r.points.indexOf(baseline)}.metrics.${r.sorted_by}` }),
    best ? tile("best", value(best), baseline && value(baseline) ? `${(100 * (value(best) / value(baseline) - 1)).toFixed(1).replace("-", "−")} % against the baseline` : "", { of: `points.${r.points.indexOf(best)}.metrics.${r.sorted_by}`, level: "good" }) : null,
    ...r.fronts.map((f) => tile("on the front", f.points.length, `${f.latency} against ${f.cost}`)),
  ]), el("p", {}, r.advice || ""));
  if (!good.length) return;
  frontFigure(section("front", "What is worth its price"), r, good);
  effectsSection(r);
  pointsSection(r);
}

/* The points that no other is better than in both: from the cheapest on. */
function front(points, x, y, metrics) {
  const sign = (name) => metrics.find((m) => m.name === name).better === "more" ? -1 : 1;
  const sx = sign(x), sy = sign(y);
  const sorted = points.slice().sort((a, b) => sx * (a.metrics[x] - b.metrics[x]) || sy * (a.metrics[y] - b.metrics[y]));
  let least = Infinity;
  return sorted.filter((p) => sy * p.metrics[y] < least && ((least = sy * p.metrics[y]), true));
}

function metricText(metrics, name, value) {
  const m = metrics.find((k) => k.name === name);
  return value === null || value === undefined ? "–" : m.unit === "bytes" ? bytes(value) : number(value) + (m.unit ? " " + m.unit : "");
}

function frontFigure(s, r, good) {
  const varies = r.metrics.filter((m) => unique(good.map((p) => p.metrics[m.name])).length > 1);
  const names = (varies.length > 1 ? varies : r.metrics).map((m) => m.name), first = (list) => list.find((n) => names.includes(n)) || names[0];
  let redraw = () => {};
  const options = (start) => [start, ...names.filter((n) => n !== start)].map((n) => [n, n]);
  const x = choice("Across", options(first(["table_bytes", "storage_bits", "walks"])), () => redraw());
  const y = choice("Up", options(first([r.sorted_by, "mean"])), () => redraw());
  const by = choice("Colour", r.knobs.map((k) => [k.key, k.key]), () => redraw());
  const values = () => (r.knobs.find((k) => k.key === by.value) || { values: [] }).values;
  const colour = (p) => { const i = values().indexOf(p.knobs[by.value]); return i < 0 ? "c7" : "c" + (i % 6 + 1); };
  const shown = () => good.filter((p) => p.metrics[x.value] !== null && p.metrics[y.value] !== null);
  const text = (p) => [p.name, `${x.value}: ${metricText(r.metrics, x.value, p.metrics[x.value])}`, `${y.value}: ${metricText(r.metrics, y.value, p.metrics[y.value])}`, p.baseline ? "the baseline" : ""];

  redraw = figure(s, {
    id: "front",
    title: "Points, and the front of those that none beats in both",
    note: "A diamond is the baseline: the trace as captured, the machine as it is.",
    controls: [x, y, by],
    keys: () => [...values().map((v, i) => [`${by.value} = ${v}`, "c" + (i % 6 + 1)]), ["another value", "c7"]],
    about: () => `Front of ${y.value} against ${x.value}: ` + front(shown(), x.value, y.value, r.metrics).slice(0, 8).map((p) => p.name).join("; "),
    draw: (svg, width) => {
      const points = shown(), height = Math.min(420, Math.max(280, width * 0.5)), left = 64, right = width - 16, top = 26, bottom = height - 44;
      const spread = (name, range) => {
        const [low, high] = d3.extent(points, (p) => p.metrics[name]), wide = low > 0 && high / low > 30;
        return wide ? d3.scaleLog().domain([low / 1.15, high * 1.15]).range(range) : d3.scaleLinear().domain([low - 0.06 * (high - low || 1), high + 0.06 * (high - low || 1)]).range(range);
      };
      const sx = spread(x.value, [left, right]), sy = spread(y.value, [bottom, top]), unit = (name) => r.metrics.find((m) => m.name === name).unit;
      svg.append("g").attr("class", "grid").attr("transform", `translate(${left},0)`).call(d3.axisLeft(sy).tickValues(spacedTicks(sy, 28)).tickSize(left - right).tickFormat(""));
      svg.append("g").attr("class", "axis").attr("transform", `translate(${left},0)`).call(d3.axisLeft(sy).tickValues(spacedTicks(sy, 28)).tickFormat(brief));
      svg.append("g").attr("class", "axis").attr("transform", `translate(0,${bottom})`).call(d3.axisBottom(sx).tickValues(spacedTicks(sx, 80, unit(x.value) === "bytes")).tickFormat(unit(x.value) === "bytes" ? bytes : brief));
      svg.append("text").attr("class", "quiet").attr("x", right).attr("y", bottom + 36).attr("text-anchor", "end").text(`${x.value}, ${unit(x.value)}`);
      svg.append("text").attr("class", "quiet").attr("x", 0).attr("y", 12).text(`${y.value}, ${unit(y.value)}`);
      svg.append("path").attr("class", "curve c7").style("stroke-dasharray", "4 3").attr("d", frontPath(front(points, x.value, y.value, r.metrics).map((p) => [sx(p.metrics[x.value]), sy(p.metrics[y.value])]), { left, right, top, bottom },
        ["less", "more"].indexOf(r.metrics.find((m) => m.name === x.value).better), ["less", "more"].indexOf(r.metrics.find((m) => m.name === y.value).better)));
      const dot = d3.symbol().type((p) => p.baseline ? d3.symbolDiamond : d3.symbolCircle).size((p) => p.baseline ? 170 : 60);
      tipped(svg.append("g").selectAll("path").data(points.slice().sort((a, b) => a.baseline - b.baseline)).join("path").attr("class", (p) => "dot " + colour(p)).attr("d", dot)
        .attr("transform", (p) => `translate(${sx(p.metrics[x.value])},${sy(p.metrics[y.value])})`), text);
      return height;
    },
    table: () => ({
      rows: front(shown(), x.value, y.value, r.metrics),
      columns: [{ name: "on the front", kind: "wide", get: (p) => p.name }, ...[x.value, y.value].map((n) => ({ name: n, kind: "number", get: (p) => p.metrics[n] }))],
    }),
  });
}

/* Ticks that are so many pixels apart; of bytes, powers of two. */
function spacedTicks(scale, apart, binary) {
  const [low, high] = scale.domain(), range = Math.abs(scale.range()[1] - scale.range()[0]);
  const all = scale.base && binary ? d3.range(Math.ceil(Math.log2(low)), Math.log2(high)).map((p) => 2 ** p)
    : scale.base ? scale.ticks(9).filter((t) => /^[125]0*$/.test(String(t).replace(/^0?\.0*/, ""))) : scale.ticks(Math.max(2, Math.floor(range / apart)));
  let last = -Infinity;
  return all.filter((t) => Math.abs(scale(t) - last) >= apart && ((last = scale(t)), true));
}

/* Steps from point to point, and from the first and the last to where the plot ends: what lies beyond is beaten. */
function frontPath(points, { left, right, top, bottom }, moreX, moreY) {
  if (!points.length) return null;
  const first = points[0], last = points[points.length - 1];
  return d3.line().curve(d3.curveStepAfter)([[first[0], moreY ? bottom : top], ...points, [moreX ? left : right, last[1]]]);
}

/* What each knob does: its share of the variance, and the mean at each of its values. */
function effectsSection(r) {
  const effects = r.effects.filter((e) => e.knobs.length);
  if (!effects.length) return;
  const s = section("effects", "What each knob does", "The mean over all points with that value. A knob's share is its part of the variance.");
  let redraw = () => {};
  const of = choice("Of", effects.map((e, i) => [String(i), e.metric]), () => redraw());
  const knobs = () => effects[+of.value].knobs;
  redraw = figure(s, {
    id: "effects",
    title: "Means by value",
    controls: [of],
    about: () => knobs().map((k) => `${k.key}: ${percent(k.share, 1)} of the variance, best ${k.best}`).join("; "),
    draw: (svg, width) => {
      const columns = Math.max(1, Math.min(knobs().length, Math.floor(width / 300))), wide = width / columns, high = 190;
      const all = knobs().flatMap((k) => k.values).filter((v) => v.mean !== null), y = d3.scaleLinear().domain(padded(d3.extent(all, (v) => v.mean))).range([high - 46, 40]);
      knobs().forEach((k, i) => drawEffect(svg.append("g").attr("transform", `translate(${(i % columns) * wide},${Math.floor(i / columns) * high})`), k, { y, wide, colour: "c" + (i % 6 + 1) }));
      return Math.ceil(knobs().length / columns) * high;
    },
    table: () => ({
      rows: knobs().flatMap((k) => k.values.map((v) => ({ k, v }))),
      columns: [
        { name: "knob", kind: "mono", get: (x) => x.k.key }, { name: "share", kind: "number", get: (x) => x.k.share, text: (x) => percent(x.k.share, 1) },
        { name: "value", get: (x) => String(x.v.value) }, { name: "mean", kind: "number", get: (x) => x.v.mean }, { name: "points", kind: "number", get: (x) => x.v.points },
      ],
    }),
  });
}

function padded([low, high]) {
  const more = 0.08 * (high - low || Math.abs(high) || 1);
  return [low - more, high + more];
}

function drawEffect(g, k, { y, wide, colour }) {
  const known = k.values.filter((v) => v.mean !== null), x = d3.scalePoint().domain(known.map((v) => String(v.value))).range([58, wide - 30]).padding(0.3);
  const at = (v) => x(String(v.value));
  g.attr("class", colour);
  g.append("text").attr("x", 8).attr("y", 14).style("font-weight", 600).text(k.key);
  g.append("text").attr("class", "quiet").attr("x", 8).attr("y", 29).text(percent(k.share, 1) + " of the variance, best: " + k.best);
  g.append("g").attr("class", "grid").attr("transform", "translate(48,0)").call(d3.axisLeft(y).ticks(4).tickSize(48 + 20 - wide).tickFormat(""));
  g.append("g").attr("class", "axis").attr("transform", "translate(48,0)").call(d3.axisLeft(y).ticks(4).tickFormat(brief));
  g.append("path").attr("class", "curve").attr("d", d3.line().x(at).y((v) => y(v.mean))(known));
  tipped(g.selectAll("circle").data(known).join("circle").attr("class", "dot").attr("r", 5).attr("cx", at).attr("cy", (v) => y(v.mean)), (v) => [`${k.key} = ${v.value}`, `mean ${number(v.mean)} over ${number(v.points)} points`]);
  const room = (wide - 88) / known.length, every = Math.ceil(d3.max(known, (v) => String(v.value).length) * 7 / room);
  known.filter((v, i) => i % every === 0).forEach((v) => g.append("text").attr("class", "quiet").attr("x", at(v)).attr("y", 190 - 26).attr("text-anchor", "middle").text(String(v.value)));
}

function pointsSection(r) {
  const s = section("points", "All points"), fronts = new Set(r.fronts.flatMap((f) => f.points)), rank = new Map(r.ranking.map((n, i) => [n, i + 1]));
  const rows = r.points.slice().sort((a, b) => (rank.get(a.number) || Infinity) - (rank.get(b.number) || Infinity));
  const metric = (name) => r.metrics.find((m) => m.name === name).unit === "bytes" ? { name, kind: "number", get: (p) => p.metrics[name], text: (p) => metricText(r.metrics, name, p.metrics[name]) }
    : { name, kind: "number", get: (p) => p.metrics[name], of: (p) => typeof p.metrics[name] === "number" ? `points.${r.points.indexOf(p)}.metrics.${name}` : null };
  const likely = unique([r.sorted_by, ...LIKELY]).filter((n) => r.metrics.some((m) => m.name === n));
  const broken = rows.filter((p) => p.status !== "ok");
  s.append(el("div", { "data-figure": "point-table" }, showTable({
    rows, filter: true, limit: 50,
    columns: [
      { name: "rank", kind: "number", get: (p) => rank.get(p.number) },
      ...r.knobs.map((k) => ({ name: k.key, get: (p) => p.knobs[k.key], text: (p) => String(p.knobs[k.key]) })),
      ...likely.map(metric),
      { name: "", get: (p) => [p.baseline ? "baseline" : "", fronts.has(p.number) ? "front" : "", p.status === "ok" ? "" : p.status].filter((t) => t).join(", ") },
    ],
  })));
  if (broken.length) s.append(el("h3", {}, "Points without a result"), showTable({ rows: broken, limit: 50, columns: [{ name: "point", kind: "wide", get: (p) => p.name }, { name: "status", get: (p) => p.status }, { name: "why", kind: "wide", get: (p) => p.reason || "–" }] }));
}
