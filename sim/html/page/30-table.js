/* Tables that sort, filter and do not grow without bound. */
"use strict";

const ROWS_SHOWN = 200;

/* `limit` rows are shown at first, `sort` is { by: column, down }. columns: { name, get(row), kind: "number" | "mono" | "wide" | "bars", text(row), of(row), colour(row) }; `bars` draws get(row) as
 * a part of the largest. Returns an element. */
function showTable({ columns, rows, filter, caption, sort, limit = ROWS_SHOWN }) {
  let shown = rows, by = sort ? sort.by : -1, down = sort ? sort.down : false;
  const body = el("tbody"), count = el("span", { class: "note", role: "status" }), more = el("button", { type: "button", onclick: () => { limit *= 5; fill(); } });
  const heads = columns.map((c, i) => el("th", { scope: "col", class: c.kind === "number" ? "number" : null },
    c.kind === "bars" ? c.name : el("button", { type: "button", onclick: () => order(i) }, c.name)));
  const find = filter ? el("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the rows", oninput: () => choose() }) : null;

  function cell(c, row, largest) {
    const value = c.get(row);
    if (c.kind === "bars") {
      const bar = el("span", { class: "bar " + (c.colour ? c.colour(row) : "c1") });
      bar.style.width = largest ? Math.max(0.5, 100 * value / largest) + "%" : "0";
      return el("td", { class: "bars", "aria-hidden": "true" }, bar);
    }
    return el("td", { class: c.kind, "data-of": c.of ? c.of(row) : null }, c.text ? c.text(row) : typeof value === "number" ? number(value) : value === null || value === undefined ? "–" : String(value));
  }
  function fill() {
    const largest = columns.map((c) => c.kind === "bars" ? d3.max(shown, (r) => c.get(r)) : 0);
    body.replaceChildren(...shown.slice(0, limit).map((r) => el("tr", {}, columns.map((c, i) => cell(c, r, largest[i])))));
    heads.forEach((h, i) => by === i ? h.setAttribute("aria-sort", down ? "descending" : "ascending") : h.removeAttribute("aria-sort"));
    count.textContent = filter ? `${number(shown.length)} of ${number(rows.length)} rows` : "";
    more.textContent = `Show more of ${number(shown.length)} rows`;
    more.hidden = shown.length <= limit;
  }
  function arrange() {
    if (by < 0) return;
    const get = columns[by].sortBy || columns[by].get;
    shown = shown.slice().sort((a, b) => {
      const x = get(a), y = get(b);
      const order = x === y ? 0 : x === null || x === undefined ? -1 : y === null || y === undefined ? 1 : x < y ? -1 : 1;
      return down ? -order : order;
    });
  }
  function order(i) {
    down = by === i ? !down : columns[i].kind === "number";
    by = i;
    arrange();
    fill();
  }
  function choose() {
    const words = find.value.toLowerCase().split(/\s+/).filter((w) => w);
    const text = (r) => columns.map((c) => c.kind === "bars" ? "" : c.text ? c.text(r) : String(c.get(r))).join(" ").toLowerCase();
    shown = words.length ? rows.filter((r) => words.every((w) => text(r).includes(w))) : rows;
    arrange();
    fill();
  }
  arrange();
  fill();
  return el("div", { class: "table" }, find ? el("div", { class: "controls" }, find, count) : null,
    el("div", { class: "scroll" }, el("table", {}, caption ? el("caption", {}, caption) : null, el("thead", {}, el("tr", {}, heads)), body)), more);
}
