/* The page of lint: findings by severity and rule, with the reason and the remedy, to be filtered. */
"use strict";

const SEVERITIES = ["error", "warning", "note"];
const severityClass = (s) => s === "note" ? "note-level" : s;

function lintPage(data) {
  const r = data.report, count = { error: r.errors, warning: r.warnings, note: r.notes };
  document.title = "stagewalk: findings";
  document.getElementById("top").append(el("h1", {}, "Mapping mistakes"), el("p", { class: "meta" }, (data.inputs.length ? data.inputs.join(", ") : "the configuration") + (r.interrupted ? "; interrupted: not all has been looked at" : "")));

  const s = section("overview", "Overview");
  s.append(tiles([
    tile("errors", r.errors, "", { of: "errors", level: r.errors ? "bad" : "good" }),
    tile("warnings", r.warnings, "", { of: "warnings", level: r.warnings ? "warn" : "good" }),
    tile("notes", r.notes, "", { of: "notes" }),
    tile("rules with findings", r.rules.length),
  ]));
  if (!r.rules.length) {
    s.append(el("p", {}, "Nothing was found."));
    return;
  }
  rulesFigure(s, r);
  findingsSection(r, count);
}

/* How many of each rule, by severity. */
function rulesFigure(s, r) {
  const told = (code, severity) => r.findings.filter((f) => f.code === code && f.severity === severity).length;
  const rows = r.rules.map((rule) => ({ rule, parts: SEVERITIES.map((severity) => ({ severity, n: told(rule.code, severity) })) })).sort((a, b) => b.rule.found - a.rule.found);
  figure(s, {
    id: "rules",
    title: "Findings by rule",
    note: rows.some((x) => x.rule.found > sum(x.parts, (p) => p.n)) ? "Of rules with many findings the first are told: the pale part is counted alone." : null,
    keys: () => SEVERITIES.map((severity) => [severity, severityClass(severity)]),
    about: () => rows.map((x) => `${x.rule.code}: ${x.rule.found}`).join("; "),
    draw: (svg, width) => {
      const narrow = width < 560, left = narrow ? 0 : 190, right = width - 48, step = narrow ? 40 : 26, x = d3.scaleLinear([0, d3.max(rows, (k) => k.rule.found)], [left, right]);
      rows.forEach((row, i) => {
        let from = 0;
        const y = i * step, bar = y + (narrow ? 18 : 4);
        svg.append("text").attr("x", 0).attr("y", y + (narrow ? 13 : 17)).text(row.rule.code);
        svg.append("rect").attr("x", x(0)).attr("y", bar).attr("width", x(row.rule.found) - x(0)).attr("height", 17).attr("fill", "var(--faint)");
        for (const part of row.parts) {
          tipped(svg.append("rect").attr("class", "area " + severityClass(part.severity)).attr("x", x(from)).attr("y", bar).attr("width", x(from + part.n) - x(from)).attr("height", 17),
            () => [row.rule.title, `${number(part.n)} told as ${part.severity}, ${number(row.rule.found)} found`]);
          from += part.n;
        }
        svg.append("text").attr("class", "quiet").attr("x", x(row.rule.found) + 6).attr("y", bar + 13).text(number(row.rule.found));
      });
      return rows.length * step + 4;
    },
    table: () => ({
      rows,
      columns: [
        { name: "rule", get: (x) => x.rule.code }, { name: "severity", get: (x) => x.rule.severity },
        { name: "found", kind: "number", get: (x) => x.rule.found, of: (x) => `rules.${r.rules.indexOf(x.rule)}.found` },
        { name: "what is wrong", kind: "wide", get: (x) => x.rule.title },
      ],
    }),
  });
}

function findingsSection(r, count) {
  const s = section("findings", "Findings");
  const boxes = SEVERITIES.map((severity) => {
    const box = el("input", { type: "checkbox", checked: true, onchange: () => fill(), "data-severity": severity });
    return { severity, box, node: el("label", {}, box, `${severity} (${number(count[severity])})`) };
  });
  const rule = choice("Rule", [["", "all"], ...r.rules.map((x) => [x.code, x.code])], () => fill());
  const words = el("input", { type: "search", placeholder: "Place or detail", "aria-label": "Text in place or detail", oninput: () => fill() });
  const shown = el("span", { class: "note", role: "status" }), list = el("div", { "data-figure": "finding-list" });

  function fill() {
    const on = new Set(boxes.filter((b) => b.box.checked).map((b) => b.severity)), text = words.value.toLowerCase();
    const fit = r.findings.filter((f) => on.has(f.severity) && (!rule.value || f.code === rule.value) && (f.place + " " + f.detail).toLowerCase().includes(text));
    list.replaceChildren(...SEVERITIES.flatMap((severity) => r.rules.map((x) => showRule(x, severity, fit.filter((f) => f.code === x.code && f.severity === severity))).filter((n) => n)));
    shown.textContent = `${number(fit.length)} of ${number(r.findings.length)} findings`;
  }
  s.append(el("div", { class: "controls" }, boxes.map((b) => b.node), rule.node, words, shown), list);
  fill();
}

function showRule(rule, severity, findings) {
  if (!findings.length) return null;
  const all = findings.map((f) => el("li", {}, el("span", { class: "mono" }, f.place), f.detail ? ": " + f.detail : ""));
  return el("div", { class: "finding " + severityClass(severity) },
    el("h3", {}, rule.title, el("span", { class: "badge" }, severity)), el("p", { class: "note" }, el("code", {}, rule.code), ": " + rule.reason), el("p", { class: "note" }, el("b", {}, "Remedy: "), rule.remedy),
    el("ul", {}, all.slice(0, 100)), all.length > 100 ? el("details", {}, el("summary", {}, `${number(all.length - 100)} more`), el("ul", {}, all.slice(100))) : null);
}
