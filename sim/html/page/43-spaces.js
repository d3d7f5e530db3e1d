/* The address spaces: which pieces were translated, how often, with which leaves and types, and what leads where. */
"use strict";

const CELLS_MAX = 420; /* of a space: pieces become larger until it has no more */
const GAP_CELLS = 6;   /* shorter holes do not end a region */

const LEAF = { 1: "1 GB", 2: "2 MB", 3: "4 KB" };

/* [va, ipa, pa, vmid, asid, type, leaves 1, leaves 2, fetch misses, data misses, walks] */
function spaceRow(r) {
  return { va: BigInt(r[0]), ipa: BigInt(r[1]), pa: BigInt(r[2]), vmid: r[3], asid: r[4], type: r[5], leaves: [r[6], r[7]], fetches: r[8], data: r[9], walks: r[10] };
}

/* Pieces of one space, larger ones if need be: { who, base, rows, ... } */
function pieces(rows, space, least) {
  for (let bits = least; ; bits += 2n) {
    const cells = new Map();
    for (const r of rows) {
      const base = r[space] >> bits << bits, who = space === "pa" ? "" : vmidName(r.vmid), key = who + " " + base;
      const cell = cells.get(key) || { who, base, rows: [], fetches: 0, data: 0, walks: 0, leaves: [0, 0], types: new Map() };
      cell.rows.push(r);
      for (const k of ["fetches", "data", "walks"]) cell[k] += r[k];
      cell.leaves[0] |= r.leaves[0];
      cell.leaves[1] |= r.leaves[1];
      cell.types.set(r.type, (cell.types.get(r.type) || 0) + r.fetches + r.data);
      cells.set(key, cell);
    }
    if (cells.size <= CELLS_MAX || bits >= 62n)
      return { bits, cells: [...cells.values()].sort((a, b) => a.who === b.who ? (a.base < b.base ? -1 : 1) : a.who < b.who ? -1 : 1) };
  }
}

function leafText(set) {
  const names = [3, 2, 1].filter((level) => set >> level & 1).map((level) => LEAF[level]);
  return names.join(" + ") || "none";
}

/* How a cell is coloured: { legend, of(cell) } */
function spaceColours(by, types, cells) {
  const heat = { misses: (c) => c.fetches + c.data, fetches: (c) => c.fetches, data: (c) => c.data, walks: (c) => c.walks }[by];
  if (heat) {
    const most = Math.max(1, d3.max(cells, heat) || 1), step = Math.max(1, Math.log10(most)) / 6;
    const level = (n) => n < 1 ? -1 : Math.min(5, Math.floor(Math.log10(n) / step));
    const edge = (i) => Math.ceil(10 ** (i * step));
    return {
      of: (c) => level(heat(c)) < 0 ? "gap" : "h" + level(heat(c)),
      legend: d3.range(6).filter((i) => edge(i) <= most).map((i) => [(i === 0 ? "1" : brief(edge(i))) + (i < 5 && edge(i + 1) <= most ? " –" : " and more"), "h" + i]),
    };
  }
  if (by === "type") {
    const main = (c) => types[[...c.types].sort((a, b) => b[1] - a[1])[0][0]];
    return { of: (c) => typeColour((main(c) || {}).result), legend: unique(types.map((t) => t.result)).map((t) => [t, typeColour(t)]) };
  }
  const stage = by === "leaf1" ? 0 : 1, colours = { "4 KB": "c1", "2 MB": "c5", "1 GB": "c3", none: "c7" };
  return {
    of: (c) => colours[leafText(c.leaves[stage])] || "c4",
    legend: [["4 KB", "c1"], ["2 MB", "c5"], ["1 GB", "c3"], ["several sizes", "c4"], ["stage off", "c7"]],
  };
}

function spacesSection(report, detail) {
  const s = section("spaces", "Address spaces", "Each square is a piece of the space in which a micro-TLB missed; its VA, IPA and PA pieces light up together. Squares follow each other by address; outlined ones are small holes, larger holes begin a new block.");
  const rows = detail.spaces.rows.map(spaceRow), types = detail.spaces.types;
  if (!rows.length) {
    s.append(el("p", {}, "No micro-TLB miss led anywhere."));
    return;
  }
  const least = BigInt(Math.round(Math.log2(detail.spaces.piece || 2 ** 62)));
  const spaces = ["va", "ipa", "pa"].map((name) => ({ name, ...pieces(name === "ipa" ? rows.filter((r) => r.leaves[1]) : rows, name, least) })).filter((space) => space.cells.length);
  const by = choice("Colour", [["misses", "micro-TLB misses"], ["fetches", "misses of fetches"], ["data", "misses of data"], ["walks", "walks"], ["type", "resulting memory type"], ["leaf1", "leaf size of stage 1"], ["leaf2", "leaf size of stage 2"]], () => paint());
  const keyed = el("div"), area = el("div", { class: "spaces" }), nodes = new Map(), holders = new Map();

  for (const space of spaces) {
    area.append(el("h3", { class: "space" }, { va: "Virtual addresses", ipa: "Intermediate physical addresses", pa: "Physical addresses" }[space.name],
      el("span", { class: "note" }, `  a square is ${bytes(Number(1n << space.bits))}`)));
    for (const who of unique(space.cells.map((c) => c.who))) {
      if (who) area.append(el("h4", {}, who));
      const regions = el("div", { class: "regions" });
      for (const region of regionsOf(space.cells.filter((c) => c.who === who), space.bits)) regions.append(showRegion(region, space, nodes, holders));
      area.append(regions);
    }
  }
  function paint() {
    const legends = spaceColours(by.value, types, spaces[0].cells).legend;
    for (const space of spaces) {
      const colours = spaceColours(by.value, types, space.cells);
      for (const c of space.cells) nodes.get(c).className = colours.of(c);
    }
    keyed.replaceChildren(legend(legends));
  }
  area.addEventListener("mousemove", (e) => {
    const c = holders.get(e.target);
    if (!c) return leave();
    tip.show(e, cellText(c.cell, c.space, types));
    mark(c.cell, true);
  });
  area.addEventListener("mouseleave", leave);
  let marked = null;
  function leave() {
    tip.hide();
    mark(null);
  }
  function mark(cell) {
    if (cell === marked) return;
    area.querySelectorAll(".linked").forEach((n) => n.classList.remove("linked"));
    marked = cell;
    if (!cell) return;
    const linked = new Set(cell.rows);
    for (const space of spaces) for (const c of space.cells) if (c.rows.some((r) => linked.has(r))) nodes.get(c).classList.add("linked");
  }
  paint();
  s.append(el("figure", { id: "spaces-map", "data-figure": "spaces-map" }, el("div", { class: "controls" }, by.node), keyed, area, spacesTable(rows, types, detail)));
}

/* Runs of pieces without large holes. */
function regionsOf(cells, bits) {
  const regions = [];
  let last = null;
  for (const c of cells) {
    const hole = last === null ? 0n : ((c.base - last) >> bits) - 1n;
    if (last === null || hole > BigInt(GAP_CELLS)) regions.push([]);
    else for (let i = 0n; i < hole; i++) regions[regions.length - 1].push(null);
    regions[regions.length - 1].push(c);
    last = c.base;
  }
  return regions;
}

function showRegion(region, space, nodes, holders) {
  const cells = el("div", { class: "cells" });
  for (const cell of region) {
    const node = el("i", { class: "gap" });
    if (cell) {
      nodes.set(cell, node);
      holders.set(node, { cell, space });
    }
    cells.append(node);
  }
  return el("div", { class: "region" }, el("div", { class: "label mono" }, hex(region[0].base)), cells);
}

function cellText(c, space, types) {
  const named = (list) => list.slice(0, 3).join(", ") + (list.length > 3 ? ` and ${list.length - 3} more` : "");
  const others = { va: "ipa", ipa: "pa", pa: "va" }, other = others[space.name];
  return [
    `${space.name.toUpperCase()} ${hex(c.base)} (${bytes(Number(1n << space.bits))})`, c.who,
    `${number(c.fetches + c.data)} misses: ${number(c.fetches)} of fetches, ${number(c.data)} of data; ${number(c.walks)} walks`,
    `${other.toUpperCase()} ${named(unique(c.rows.map((r) => hex(r[other]))))}`,
    `leaves: stage 1 ${leafText(c.leaves[0])}, stage 2 ${leafText(c.leaves[1])}`,
    [...c.types.keys()].map((t) => types[t]).filter((t) => t).map((t) => `${t.result} ${t.shareability}`).join(", "),
  ];
}

function spacesTable(rows, types, detail) {
  const behind = el("details", {}, el("summary", {}, "The same as a table"));
  behind.addEventListener("toggle", () => {
    if (!behind.open || behind.children.length > 1) return;
    const typeOf = (r) => types[r.type] ? `${types[r.type].result} ${types[r.type].shareability}` : "–";
    const size = detail.spaces.piece ? bytes(detail.spaces.piece) : "all of a space";
    behind.append(el("p", { class: "note" }, `Pieces of ${size}.` + (detail.spaces.misses_left_off ? ` ${number(detail.spaces.misses_left_off)} misses of further pieces are left off.` : "")), showTable({
      rows, filter: true, sort: { by: 8, down: true },
      columns: [
        { name: "VMID", get: (r) => vmidShort(r.vmid) }, { name: "ASID", kind: "number", get: (r) => r.asid },
        ...["va", "ipa", "pa"].map((k) => ({ name: k.toUpperCase(), kind: "mono", get: (r) => hex(r[k]), sortBy: (r) => r[k] })),
        { name: "type", get: typeOf },
        { name: "stage-1 leaf", get: (r) => leafText(r.leaves[0]) }, { name: "stage-2 leaf", get: (r) => leafText(r.leaves[1]) },
        { name: "misses", kind: "number", get: (r) => r.fetches + r.data }, { name: "walks", kind: "number", get: (r) => r.walks },
      ],
    }));
  });
  return behind;
}
