/* The hottest places: code, data, tables. */
"use strict";

function hotColumns(all) {
  return [
    { name: "VMID", get: (r) => vmidShort(r.vmid) },
    { name: "ASID", kind: "number", get: (r) => r.asid },
    { name: "from VA", kind: "mono", get: (r) => r.va, sortBy: (r) => BigInt(r.va) },
    { name: "what", get: (r) => r.name ? `${r.name} (${r.elf})` : "page" },
    { name: "cycles", kind: "number", get: (r) => r.cycles },
    { name: "", kind: "bars", get: (r) => r.cycles, colour: () => "c2" },
    { name: "of all", kind: "number", get: (r) => r.cycles / all, text: (r) => percent(r.cycles, all) },
    { name: "misses", kind: "number", get: (r) => r.misses },
    { name: "walks", kind: "number", get: (r) => r.walks },
  ];
}

function hotSection(report, detail) {
  const s = section("hot", "Hottest places", "Cycles beyond micro-TLB hits: of the instructions that waited for their own fetch or their data, and of the data that was waited for. The first of each VMID.");
  const all = detail.cycles.all || 1;
  const part = (id, title, side) => {
    s.append(el("h3", {}, title), el("div", { "data-figure": id }, showTable({ rows: side.top, filter: side.top.length > 12, limit: 12, sort: { by: 4, down: true }, columns: hotColumns(all) })));
    if (side.rest.misses) s.append(el("p", { class: "note" }, `${number(side.rest.cycles)} cycles of ${number(side.rest.misses)} misses in further places.`));
  };
  part("hot-code", "Code that waits for translations", detail.hot.code);
  part("hot-data", "Data that translations are waited for", detail.hot.data);

  s.append(el("h3", {}, "Tables that walks read"), el("p", { class: "note" }, `${number(detail.tables.pages)} pages hold the tables that were read.` +
    (detail.tables.fetches_left_off ? ` ${number(detail.tables.fetches_left_off)} fetches were of others than these.` : "")),
    el("div", { "data-figure": "hot-tables" }, showTable({
      rows: detail.tables.rows, limit: 12, sort: { by: 4, down: true },
      columns: [
        { name: "VMID", get: (r) => vmidShort(r.vmid) },
        { name: "stage", kind: "number", get: (r) => r.stage }, { name: "level", kind: "number", get: (r) => r.level },
        { name: "page at PA", kind: "mono", get: (r) => r.pa, sortBy: (r) => BigInt(r.pa) },
        { name: "fetches", kind: "number", get: (r) => r.fetches },
        { name: "", kind: "bars", get: (r) => r.fetches, colour: (r) => r.stage === 1 ? "c2" : "c8" },
        ...["L1D", "L2", "memory"].map((k) => ({ name: "in " + k, kind: "number", get: (r) => r[k] })),
      ],
    })));
}

function domainsSection(report) {
  const s = section("domains", "Domains and sharing");
  const all = sum(report.domains, (d) => d.translation_cycles) || 1;
  const field = (name, key) => ({ name, kind: "number", get: (d) => d[key], of: (d) => `domains.${report.domains.indexOf(d)}.${key}` });
  s.append(showTable({
    rows: report.domains,
    columns: [
      { name: "VMID", get: (d) => vmidShort(d.vmid) }, { name: "regime", get: (d) => d.regime }, field("accesses", "accesses"),
      field("translation cycles", "translation_cycles"), { name: "", kind: "bars", get: (d) => d.translation_cycles, colour: () => "c1" },
      { name: "of all", kind: "number", get: (d) => d.translation_cycles, text: (d) => percent(d.translation_cycles, all) },
      field("walks", "walks"), field("of it waited", "translation_wait_cycles"), field("waited for lines", "line_wait_cycles"),
    ],
  }));
  if (!report.contention.length) return;
  s.append(el("h3", {}, "Who waits for whom"), el("p", { class: "note" }, "Cycles by which an access came later because a resource was taken, by whom it was taken."), showTable({
    rows: report.contention, filter: report.contention.length > 12, limit: 12, sort: { by: 5, down: true },
    columns: [
      { name: "resource", get: (c) => c.resource }, { name: "asker", get: (c) => c.asker },
      { name: "core", kind: "number", get: (c) => c.core }, { name: "for core", kind: "number", get: (c) => c.for_core },
      { name: "times", kind: "number", get: (c) => c.times },
      { name: "cycles", kind: "number", get: (c) => c.cycles, of: (c) => `contention.${report.contention.indexOf(c)}.cycles` },
      { name: "", kind: "bars", get: (c) => c.cycles, colour: (c) => c.core === c.for_core ? "c7" : "c2" },
    ],
  }));
}
