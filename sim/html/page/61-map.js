/* The page of map: regions of a domain, of its guest, or of a snapshot; where each leads, and as what. */
"use strict";

const MAP_SPACES = { va: "VA", ipa: "IPA", pa: "PA" };
const REGIONS_DRAWN = 160; /* the largest, in the chart; the table has all */

/* One shape for the three kinds of map. */
function mapRegions(report) {
  return report.regions.map((r) => ({
    ...r,
    type: r.result || (r.pa === null ? "not mapped" : r.stage2),
    at: Object.fromEntries(Object.keys(MAP_SPACES).filter((k) => r[k] !== undefined && r[k] !== null).map((k) => [k, BigInt(r[k])])),
  }));
}

function mapPage(data) {
  const report = data.report, regions = mapRegions(report), spaces = Object.keys(MAP_SPACES).filter((k) => regions.some((r) => r.at[k] !== undefined));
  const mapped = regions.filter((r) => r.at.pa !== undefined), leaves = [0, 1, 2].map((i) => sum(regions, (r) => r.leaves[i]));
  const who = report.domain || (data.input || "a snapshot");
  document.title = "stagewalk: map of " + who;
  document.getElementById("top").append(el("h1", {}, "Memory map of ", who),
    el("p", { class: "meta" }, [report.preset ? "Xen preset " + report.preset : null, report.guest ? "guest " + report.guest : null, data.input && data.input !== who ? data.input : null].filter((t) => t).join("; ")));

  const s = section("overview", "Overview");
  s.append(tiles([
    tile("regions", regions.length, report.regions_left_off ? `${number(report.regions_left_off)} more are left off` : "in all"),
    tile("mapped", bytes(sum(mapped, (r) => r.bytes)), `${number(mapped.length)} regions`),
    tile("leaves", sum(leaves, (n) => n), ["1 GB", "2 MB", "4 KB"].map((size, i) => `${number(leaves[i])} of ${size}`).join(", ")),
    report.table_bytes !== undefined ? tile("tables take", bytes(report.table_bytes)) : null,
    report.vmid !== undefined ? tile("VMID", report.vmid, "", { of: "vmid" }) : null,
  ]));
  const registers = report.registers || Object.fromEntries(["vttbr_el2", "vtcr_el2", "hcr_el2"].filter((k) => report[k]).map((k) => [k.toUpperCase(), report[k]]));
  if (Object.keys(registers).length) s.append(showTable({ rows: Object.entries(registers), columns: [{ name: "register", kind: "mono", get: (r) => r[0] }, { name: "value", kind: "mono", get: (r) => r[1] }] }));
  for (const note of report.notes || []) s.append(el("p", { class: "note" }, typeof note === "string" ? note : JSON.stringify(note)));
  if (!regions.length) return;
  mapFigure(section("map", "What leads where"), mapped, spaces);
  mapTypes(section("types", "By memory type"), regions);
  mapTable(section("regions", "Regions"), regions, spaces, report);
}

/* A scale of addresses on which what is mapped is high by the logarithm of its size, and what is not is a gap. */
function addressScale(ranges) {
  const edges = unique(ranges.flatMap(([from, size]) => [from, from + size])).sort((a, b) => a < b ? -1 : 1);
  const sorted = ranges.slice().sort((a, b) => a[0] < b[0] ? -1 : 1), stops = [], gap = 8;
  let y = 0, reach = -1n, next = 0;
  edges.forEach((edge, i) => {
    while (next < sorted.length && sorted[next][0] <= edge) {
      const end = sorted[next][0] + sorted[next][1];
      reach = end > reach ? end : reach;
      next++;
    }
    stops.push({ edge, y });
    if (i + 1 < edges.length) y += reach > edge ? 9 + 2.2 * Math.log2(1 + Number(edges[i + 1] - edge) / 4096) : gap;
  });
  const scale = (address) => stops[d3.bisector((s, a) => s.edge < a ? -1 : s.edge > a ? 1 : 0).left(stops, address)].y;
  return { scale, height: y, edges };
}

function mapFigure(s, mapped, spaces) {
  const drawn = mapped.slice().sort((a, b) => b.bytes - a.bytes).slice(0, REGIONS_DRAWN);
  const types = unique(drawn.map((r) => r.type.split(" ")[0])).sort();
  const text = (r) => [r.name, `${spaces.map((k) => MAP_SPACES[k] + " " + hex(r.at[k])).join(" → ")}`, `${bytes(r.bytes)}, ${r.type}`, r.source];
  if (!drawn.length) {
    s.append(el("p", {}, "Nothing is mapped."));
    return;
  }
  figure(s, {
    id: "map-ribbons",
    title: "Regions through the " + (spaces.length > 2 ? "two stages" : "stage"),
    note: "Each column is an address space from low to high. What is mapped is high by the logarithm of its size, holes are gaps." + (mapped.length > drawn.length ? ` The ${REGIONS_DRAWN} largest of ${number(mapped.length)} regions are drawn.` : ""),
    keys: () => types.map((t) => [t, typeColour(t)]),
    about: () => drawn.slice(0, 8).map((r) => `${r.name || r.type}: ${spaces.map((k) => MAP_SPACES[k] + " " + hex(r.at[k])).join(", ")}, ${bytes(r.bytes)}`).join("; "),
    draw: (svg, width) => {
      const narrow = width < 640, side = narrow ? 126 : 150, top = 24, columns = spaces.map((k) => ({ k, ...addressScale(drawn.map((r) => [r.at[k], BigInt(r.bytes)])) }));
      const height = Math.min(1800, d3.max(columns, (c) => c.height)), bar = narrow ? 16 : 28;
      columns.forEach((c, i) => {
        c.x = side + i * (width - 2 * side - bar) / (columns.length - 1);
        c.y = (a) => top + c.scale(a) * height / c.height;
      });
      const ribbons = svg.append("g");
      for (const r of drawn) {
        const g = ribbons.append("g").attr("class", typeColour(r.type));
        columns.forEach((c, i) => {
          const y = c.y(r.at[c.k]), end = c.y(r.at[c.k] + BigInt(r.bytes)), to = columns[i + 1];
          g.append("rect").attr("class", "area").attr("x", c.x).attr("y", y).attr("width", bar).attr("height", Math.max(1.5, end - y));
          if (!to) return;
          const a = c.x + bar, b = to.x, m = (a + b) / 2, y2 = to.y(r.at[to.k]), end2 = to.y(r.at[to.k] + BigInt(r.bytes));
          g.append("path").attr("class", "ribbon").attr("d", `M${a},${y}C${m},${y} ${m},${y2} ${b},${y2}L${b},${end2}C${m},${end2} ${m},${end} ${a},${end}Z`);
        });
        const first = columns[0], y = first.y(r.at[first.k]), end = first.y(r.at[first.k] + BigInt(r.bytes));
        if (!narrow && r.name && end - y >= 10)
          g.append("text").style("font-size", "10.5px").attr("x", first.x + bar + 8).attr("y", (y + end) / 2 + 3.5).text(r.name.length > 40 ? r.name.slice(0, 39) + "…" : r.name);
        g.on("mouseenter", () => g.selectAll(".ribbon").classed("on", true)).on("mouseleave.on", () => g.selectAll(".ribbon").classed("on", false));
        tipped(g.datum(r), text);
      }
      columns.forEach((c, i) => {
        svg.append("text").attr("class", "quiet").attr("x", c.x + bar / 2).attr("y", 12).attr("text-anchor", "middle").text(MAP_SPACES[c.k]);
        if (i === 0 || i === columns.length - 1) addressLabels(svg, c, i === 0 ? { x: c.x - 8, anchor: "end" } : { x: c.x + bar + 8, anchor: "start" }, unique(drawn.map((r) => r.at[c.k])));
      });
      return top + height + 8;
    },
    table: () => ({
      rows: drawn,
      columns: [{ name: "what", kind: "wide", get: (r) => r.name || "–" }, ...spaces.map((k) => ({ name: MAP_SPACES[k], kind: "mono", get: (r) => hex(r.at[k]), sortBy: (r) => r.at[k] })), { name: "size", kind: "number", get: (r) => r.bytes, text: (r) => bytes(r.bytes) }, { name: "type", get: (r) => r.type }],
    }),
  });
}

/* The begins of regions, as many as have room. */
function addressLabels(svg, column, { x, anchor }, addresses) {
  let last = -99;
  for (const a of addresses.sort((p, q) => p < q ? -1 : 1)) {
    const y = column.y(a) + 9;
    if (y - last < 13) continue;
    last = y;
    svg.append("text").attr("class", "mono quiet").style("font-size", "10.5px").attr("x", x).attr("y", y).attr("text-anchor", anchor).text(hex(a));
  }
}

function mapTypes(s, regions) {
  const rows = d3.nest().key((r) => r.type).entries(regions).map(({ key, values }) => ({ type: key, values, bytes: sum(values, (r) => r.bytes) })).sort((a, b) => b.bytes - a.bytes);
  s.append(el("div", { "data-figure": "map-types" }, showTable({
    rows,
    columns: [
      { name: "result", get: (r) => r.type }, { name: "regions", kind: "number", get: (r) => r.values.length },
      { name: "size", kind: "number", get: (r) => r.bytes, text: (r) => bytes(r.bytes) },
      { name: "", kind: "bars", get: (r) => Math.log2(1 + r.bytes / 4096), colour: (r) => typeColour(r.type) },
      ...["1 GB", "2 MB", "4 KB"].map((size, i) => ({ name: size + " leaves", kind: "number", get: (r) => sum(r.values, (v) => v.leaves[i]) })),
    ],
  })), el("p", { class: "note" }, "Bars are logarithmic."));
}

function mapTable(s, regions, spaces, report) {
  const has = (key) => regions.some((r) => r[key] !== undefined);
  const text = (name, key, kind) => has(key) ? [{ name, kind, get: (r) => r[key] === undefined ? null : r[key] }] : [];
  s.append(el("div", { "data-figure": "region-table" }, showTable({
    rows: regions, filter: true,
    columns: [
      ...spaces.map((k) => ({ name: MAP_SPACES[k], kind: "mono", get: (r) => r.at[k] === undefined ? null : hex(r.at[k]), sortBy: (r) => r.at[k] })),
      { name: "size", kind: "number", get: (r) => r.bytes, text: (r) => bytes(r.bytes) },
      ...text("kind", "kind"), ...text("stage 1", "stage1"), ...text("stage 2", "stage2"), ...text("result", "result"), ...text("rights", "rights"), ...text("name", "name"),
      ...["1 GB", "2 MB", "4 KB"].map((size, i) => ({ name: size, kind: "number", get: (r) => r.leaves[i], of: (r) => `regions.${report.regions.indexOf(report.regions[regions.indexOf(r)])}.leaves.${i}` })),
      ...text("why", "source", "wide"),
    ],
  })));
}
