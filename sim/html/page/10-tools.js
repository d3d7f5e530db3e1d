/* Elements, numbers, the tip. Text of the data reaches the page by textContent alone. */
"use strict";

/* el("p", {class: "note", onclick: f}, "text", child...) */
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  for (const c of children.flat(9)) if (c !== null && c !== undefined) e.append(c);
  return e;
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/* 1,997,812; 0.194; 12.3 */
function number(n) {
  if (n === null || n === undefined) return "–";
  if (Number.isInteger(n)) return whole.format(n);
  const places = Math.abs(n) >= 100 ? 1 : Math.abs(n) >= 1 ? 2 : 4;
  return new Intl.NumberFormat("en", { maximumFractionDigits: places }).format(n);
}

/* 2.0 M */
function brief(n) {
  for (const [size, unit] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]])
    if (Math.abs(n) >= size) return number(Math.round(n / size * 100) / 100).replace(/(\.\d)\d$/, "$1") + " " + unit;
  return number(n);
}

function percent(part, all) {
  if (!all) return "–";
  const p = 100 * part / all;
  return (p > 0 && p < 0.01 ? "< 0.01" : p.toFixed(p < 1 ? 2 : 1)) + " %";
}

function bytes(n) {
  for (const [size, unit] of [[2 ** 40, "TB"], [2 ** 30, "GB"], [2 ** 20, "MB"], [1024, "KB"]])
    if (n >= size) return number(Math.round(n / size * 100) / 100) + " " + unit;
  return n + " bytes";
}

/* Addresses are text: 64 bits are more than a number holds. */
function hex(big) {
  return "0x" + BigInt(big).toString(16);
}

function vmidShort(vmid) {
  return vmid === null ? "EL2" : String(vmid);
}

function vmidName(vmid) {
  return vmid === null ? "EL2" : "VMID " + vmid;
}

function sum(list, of) {
  return list.reduce((all, x) => all + of(x), 0);
}

function unique(list) {
  return [...new Set(list)];
}

/* The tip follows the pointer: lines of text. */
const tip = {
  show(event, lines) {
    const t = document.getElementById("tip");
    t.replaceChildren(...lines.filter((l) => l).map((l) => el("div", {}, l)));
    t.hidden = false;
    const box = t.getBoundingClientRect();
    const x = Math.min(event.clientX + 14, innerWidth - box.width - 8);
    const y = event.clientY + box.height + 24 > innerHeight ? event.clientY - box.height - 12 : event.clientY + 16;
    t.style.left = Math.max(4, x) + "px";
    t.style.top = Math.max(4, y) + "px";
  },
  hide() {
    document.getElementById("tip").hidden = true;
  },
};

/* Gives a d3 selection a tip: lines(datum) */
function tipped(selection, lines) {
  return selection.on("mousemove", (d) => tip.show(d3.event, lines(d))).on("mouseleave", tip.hide);
}

/* Memory types by how far they are from being cached. */
function typeColour(type) {
  if (!type || type === "off" || type === "not mapped") return "c7";
  if (/device/i.test(type)) return "c2";
  if (/NC/.test(type)) return "c5";
  if (/WT/.test(type)) return "c3";
  return "c1";
}
