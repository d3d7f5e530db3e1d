/* What translation cycles go to, structure by structure. */
"use strict";

const FOUND = [["L1D", "L1D"], ["L2", "L2"], ["memory", "memory"]];

/* A tree of { name, colour, value | children }, without what took nothing. */
function cycleTree(c) {
  const stage = (n, colour) => ({
    name: "stage-" + n + " fetches", short: "stage " + n, colour,
    children: c.fetches.filter((f) => f.stage === n).map((f) => ({
      name: "level " + f.level, colour,
      children: FOUND.map(([key, name]) => ({ name: "in " + name, colour, value: f[key] })),
    })),
  });
  const tree = {
    name: "all translation cycles", colour: "c7",
    children: [
      { name: "micro-TLB", colour: "c6", value: c.micro_tlb },
      { name: "main TLB", colour: "c1", value: c.main_tlb },
      {
        name: "walks", colour: "c5",
        children: [
          { name: "walk logic", colour: "c5", value: c.walk },
          { name: "walk cache", colour: "c4", value: c.walk_cache },
          { name: "IPA cache", colour: "c3", value: c.ipa_cache },
          stage(1, "c2"), stage(2, "c8"),
        ],
      },
      { name: "waiting for others", colour: "c7", value: c.wait },
    ],
  };
  const prune = (n) => n.children ? { ...n, children: n.children.map(prune).filter((k) => k) } : n.value > 0 ? n : null;
  const drop = (n) => n.children ? (n.children = n.children.map(drop).filter((k) => k), n.children.length ? n : null) : n;
  return drop(prune(tree)) || { name: tree.name, colour: "c7", value: 0 };
}

function cyclesSection(report, detail) {
  const c = detail.cycles, s = section("cycles", "Where cycles go");
  const root = d3.hierarchy(cycleTree(c)).sum((n) => n.value || 0);
  const path = (n) => n.ancestors().reverse().slice(1).map((a) => a.data.name).join(", ");

  figure(s, {
    id: "cycles-tree",
    title: "Translation cycles by what they were spent on",
    note: "From left to right: all, the structure, the stage, the level of the table, and where its descriptor was found. Heights are cycles. What memory took is known as a sum, and is shared out by fetches.",
    about: () => "Translation cycles: " + root.descendants().filter((n) => n.depth === 1 || n.depth === 2).map((n) => `${n.data.name} ${percent(n.value, root.value)}`).join(", "),
    draw: (svg, width) => {
      const height = 360, skipped = width < 560 && root.height > 0 ? 1 : 0, columns = root.height + 1 - skipped; /* no room for "all" */
      d3.partition().size([height, width * (root.height + 1) / columns]).padding(1)(root);
      const node = svg.selectAll("g").data(root.descendants().filter((n) => n.x1 - n.x0 > 0.4 && n.depth >= skipped)).join("g")
        .attr("transform", (n) => `translate(${n.y0 - skipped * width / columns},${n.x0})`);
      node.append("rect").attr("class", (n) => "area " + n.data.colour).attr("width", (n) => n.y1 - n.y0).attr("height", (n) => n.x1 - n.x0)
        .attr("fill-opacity", (n) => 1 - 0.09 * n.depth);
      tipped(node, (n) => [path(n) || n.data.name, `${number(n.value)} cycles, ${percent(n.value, root.value)}`]);
      node.filter((n) => n.x1 - n.x0 >= 15).append("text").attr("class", "on-area").attr("x", 6).attr("y", (n) => Math.min((n.x1 - n.x0) / 2 + 4, 18))
        .text((n) => fitted([n.data.name, n.data.short], percent(n.value, root.value), width / columns - 10)).attr("pointer-events", "none");
      return height;
    },
    table: () => ({
      rows: root.leaves(),
      sort: { by: 1, down: true },
      columns: [
        { name: "spent on", get: path },
        { name: "cycles", kind: "number", get: (n) => n.value },
        { name: "of all", kind: "number", get: (n) => n.value, text: (n) => percent(n.value, root.value) },
      ],
    }),
  });
  structuresFigure(s, report);
  walksFigure(s, report);
}

/* The name with its share, the name, its short form, or nothing, as there is room. */
function fitted([name, short], share, room) {
  const wide = 6.6;
  return [name + "  " + share, name, short || ""].find((text) => text.length * wide <= room) || "";
}

/* Look-ups and misses of each structure, on a logarithmic axis. */
function structuresFigure(s, report) {
  const total = (key) => sum(report.cores, (c) => (c.pmu[key] || 0) + (c.model[key] || 0));
  const rows = [
    ["instruction micro-TLB", report.latency.fetch.accesses, total("L1I_TLB_REFILL"), "c1"],
    ["data micro-TLB", total("MEM_ACCESS"), total("L1D_TLB_REFILL"), "c6"],
    ["main TLB", total("MAIN_TLB"), total("MAIN_TLB_REFILL"), "c2"],
    ["walk cache", total("WALK_CACHE"), total("WALK_CACHE_REFILL"), "c4"],
    ["IPA cache", total("IPA_CACHE"), total("IPA_CACHE_REFILL"), "c3"],
  ].map(([name, lookups, misses, colour]) => ({ name, lookups, misses, colour }));

  figure(s, {
    id: "structures",
    title: "Look-ups, and what they missed",
    note: "The full dot is the look-ups, the ring the misses, on one logarithmic axis: the longer the bar, the fewer look-ups miss.",
    about: () => rows.map((r) => `${r.name}: ${number(r.lookups)} look-ups, ${percent(r.misses, r.lookups)} missed`).join("; "),
    draw: (svg, width) => {
      const narrow = width < 560, left = narrow ? 14 : 160, right = width - (narrow ? 14 : 130), step = narrow ? 46 : 34, top = 8;
      const bottom = top + step * rows.length, x = d3.scaleLog([0.8, Math.max(10, d3.max(rows, (r) => r.lookups)) * 1.2], [left, right]);
      const tens = d3.range(0, 12).map((p) => 10 ** p).filter((v) => v <= x.domain()[1]);
      svg.append("g").attr("class", "grid").attr("transform", `translate(0,${bottom})`).call(d3.axisBottom(x).tickValues(tens).tickSize(top - bottom).tickFormat(""));
      svg.append("g").attr("class", "axis").attr("transform", `translate(0,${bottom})`).call(d3.axisBottom(x).tickValues(narrow ? tens.filter((t, i) => i % 2 === 0) : tens).tickFormat(brief));
      const row = svg.selectAll(".row").data(rows).join("g").attr("class", (r) => "row " + r.colour).attr("transform", (r, i) => `translate(0,${top + step * (i + 0.5) + (narrow ? 8 : 0)})`);
      const at = (n) => x(Math.max(0.8, n));
      row.append("line").attr("class", "between").attr("x1", (r) => at(r.misses)).attr("x2", (r) => at(r.lookups));
      row.append("circle").attr("class", "dot").attr("r", 6).attr("cx", (r) => at(r.lookups));
      row.append("circle").attr("r", 5).attr("cx", (r) => at(r.misses)).attr("fill", "var(--back)").attr("stroke", "var(--c)").attr("stroke-width", 2.5);
      row.append("text").attr("x", narrow ? left : 0).attr("y", narrow ? -12 : 4).text((r) => r.name);
      row.append("text").attr("class", "quiet").attr("x", width).attr("y", narrow ? -12 : 4).attr("text-anchor", "end").text((r) => r.lookups ? percent(r.misses, r.lookups) + " missed" : "not asked");
      tipped(row, (r) => [r.name, `${number(r.lookups)} look-ups`, `${number(r.misses)} misses`, percent(r.misses, r.lookups)]);
      return bottom + 26;
    },
    table: () => ({
      rows,
      columns: [
        { name: "structure", get: (r) => r.name },
        { name: "look-ups", kind: "number", get: (r) => r.lookups },
        { name: "misses", kind: "number", get: (r) => r.misses },
        { name: "miss rate", kind: "number", get: (r) => r.lookups ? r.misses / r.lookups : 0, text: (r) => percent(r.misses, r.lookups) },
      ],
    }),
  });
}

/* Descriptor fetches by stage, level and where they were found. */
function walksFigure(s, report) {
  const rows = report.walks.filter((w) => w.fetches > 0), colours = { L1D: "c3", L2: "c6", memory: "c2" };
  if (!rows.length) return;
  figure(s, {
    id: "walk-fetches",
    title: "Descriptor fetches, and where they hit",
    note: `${number(sum(rows, (w) => w.fetches))} fetches by walks of accesses, AT and cache maintenance.`,
    keys: () => FOUND.map(([key, name]) => [name, colours[key]]),
    about: () => rows.map((w) => `stage ${w.stage} level ${w.level}: ${number(w.fetches)}, ${percent(w.memory, w.fetches)} from memory`).join("; "),
    draw: (svg, width) => {
      const left = 112, right = width - 60, step = 26, x = d3.scaleLinear([0, d3.max(rows, (w) => w.fetches)], [left, right]);
      rows.forEach((w, i) => {
        let from = 0;
        svg.append("text").attr("x", 0).attr("y", i * step + 17).text(`stage ${w.stage}, level ${w.level}`);
        for (const [key, name] of FOUND) {
          const bar = svg.append("rect").attr("class", "area " + colours[key]).attr("x", x(from)).attr("y", i * step + 4).attr("width", x(from + w[key]) - x(from)).attr("height", step - 7);
          tipped(bar, () => [`stage ${w.stage}, level ${w.level}, in ${name}`, `${number(w[key])} fetches, ${percent(w[key], w.fetches)}`]);
          from += w[key];
        }
        svg.append("text").attr("class", "quiet").attr("x", x(from) + 6).attr("y", i * step + 17).text(brief(w.fetches));
      });
      return rows.length * step + 6;
    },
    table: () => ({
      rows,
      columns: [
        { name: "stage", kind: "number", get: (w) => w.stage }, { name: "level", kind: "number", get: (w) => w.level },
        ...["fetches", "L1D", "L2", "memory"].map((k) => ({ name: k, kind: "number", get: (w) => w[k], of: (w) => `walks.${report.walks.indexOf(w)}.${k}` })),
      ],
    }),
  });
}
