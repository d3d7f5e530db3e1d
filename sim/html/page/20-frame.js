/* Sections, figures, tiles, controls. */
"use strict";

const figures = []; /* all that draw themselves anew when the width changes */

function section(id, title, ...text) {
  const s = el("section", { id, "aria-labelledby": id + "-title" }, el("h2", { id: id + "-title" }, title), ...text.map((t) => el("p", { class: "note" }, t)));
  document.getElementById("main").append(s);
  document.getElementById("contents").insertBefore(el("a", { href: "#" + id }, title), document.querySelector("nav .spring"));
  return s;
}

/* One number with its name. `of`: the path in the report that it is, for who compares. */
function tile(name, value, more, { of, level } = {}) {
  return el("div", { class: "tile" }, el("dt", {}, name),
    el("dd", { class: level }, el("span", { "data-of": of }, typeof value === "number" ? number(value) : value), more ? el("div", { class: "more" }, more) : null));
}

function tiles(list) {
  return el("dl", { class: "tiles" }, list);
}

function legend(entries) {
  return el("ul", { class: "legend" }, entries.map(([name, colour]) => el("li", {}, el("span", { class: "swatch " + colour }), name)));
}

/* A choice: [value, text] each. */
function choice(name, options, changed) {
  const select = el("select", { "aria-label": name, onchange: () => changed() }, options.map(([value, text]) => el("option", { value }, text)));
  return { node: el("label", {}, name, select), get value() { return select.value; } };
}

/* A figure that draws into an SVG, and the same as a table behind it.
 *   draw(svg, width)   with d3's selection of an empty SVG; returns its height
 *   table()            what showTable takes
 *   more()             nodes below the title: a legend, controls */
function figure(parent, { id, title, note, about, draw, table, controls = [], keys }) {
  const plot = el("div", { class: "plot" });
  const keyed = el("div");
  const behind = table ? el("details", {}, el("summary", {}, "The same as a table")) : null;
  const f = el("figure", { id, "data-figure": id }, el("h3", {}, title), note ? el("p", { class: "note" }, note) : null,
    controls.length ? el("div", { class: "controls" }, controls.map((c) => c.node || c)) : null, keyed, plot, behind);
  parent.append(f);
  function redraw() {
    const width = Math.max(280, plot.clientWidth || 720);
    const svg = d3.create("svg").attr("role", "img").attr("tabindex", 0).attr("aria-label", typeof about === "function" ? about() : about || title);
    const height = draw(svg, width);
    svg.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
    plot.replaceChildren(svg.node());
    keyed.replaceChildren(...(keys ? [legend(keys())] : []));
    if (behind && behind.open) fill();
  }
  function fill() {
    behind.replaceChildren(behind.firstChild, showTable(table()));
  }
  if (behind) behind.addEventListener("toggle", () => behind.open && fill());
  figures.push({ node: f, redraw });
  redraw();
  return redraw;
}

function xAxis(svg, scale, { y, ticks = 6, format, label, grid }) {
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${y})`).call(d3.axisBottom(scale).ticks(ticks).tickFormat(format || null).tickSizeOuter(0));
  if (grid) svg.insert("g", ":first-child").attr("class", "grid").attr("transform", `translate(0,${y})`).call(d3.axisBottom(scale).ticks(ticks, format).tickSize(-grid).tickFormat(""));
  if (label) svg.append("text").attr("class", "quiet").attr("x", scale.range()[1]).attr("y", y + 34).attr("text-anchor", "end").text(label);
}

/* Light or dark: as the reader's system, until told. */
function themeButton() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = el("button", { type: "button", onclick: () => set(!document.documentElement.classList.contains("dark")) });
  function set(dark) {
    document.documentElement.className = dark ? "dark" : "light";
    button.textContent = dark ? "Light" : "Dark";
    button.setAttribute("aria-label", dark ? "Light colours" : "Dark colours");
  }
  set(system.matches);
  system.addEventListener("change", (e) => set(e.matches));
  let before = false;
  addEventListener("beforeprint", () => { before = document.documentElement.classList.contains("dark"); set(false); });
  addEventListener("afterprint", () => set(before));
  return button;
}

function followWidth() {
  let last = innerWidth, waiting = 0;
  addEventListener("resize", () => {
    if (innerWidth === last) return;
    last = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => figures.forEach((f) => f.node.isConnected && f.redraw()), 120);
  });
}
