/* Reads the data and shows the page it is for. */
"use strict";

const pages = { replay: replayPage, lint: lintPage, map: mapPage, explore: explorePage };

(function main() {
  const data = JSON.parse(document.getElementById("data").textContent);
  document.getElementById("contents").append(el("span", { class: "spring" }), themeButton());
  pages[data.page](data);
  document.getElementById("foot").append(el("p", { class: "note" }, "Made by stagewalk. The page is whole: it loads nothing. Charts by D3, whose copyright and terms are in the page's source."));
  followWidth();
  document.documentElement.dataset.ready = "yes";
})();
