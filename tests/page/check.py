#!/usr/bin/env python3
"""Opens the pages that --html writes in a browser and looks at them as a reader does.

    tests/page/check.py PROGRAM

Of each page: it says nothing on the console and asks for nothing; every figure holds something; every number that says
which number of the report it is, is that of --json; what hostile names say is text; controls, filters, sorting and
both colour schemes work; nothing is wider than a phone; it prints. Prints ok or FAIL for each; the last line is
`page: N passed, M failed`. Without a browser, or without the library the pages need, it says so, and is no failure.
"""

import json
import os
import subprocess
import sys
import tempfile

import pages
from browser import Browser, BrowserError, find

PAGE_BYTES_MAX = 3_000_000


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, reason):
        """An empty reason is a pass."""
        if reason:
            self.failed += 1
            print("  FAIL   %s: %s" % (name, reason))
        else:
            self.passed += 1
            print("  ok     " + name)


def at(value, path):
    """The part of a JSON value that `a.0.b` names."""
    for word in path.split("."):
        value = value[int(word)] if isinstance(value, list) else value[word]
    return value


def plain(text):
    """What a displayed number says: 1,234 is 1234."""
    return float(text.replace(",", "").replace("\u2212", "-"))


def compare_numbers(browser, report):
    """Returns what is wrong with the numbers that name their place in the report."""
    shown = browser.run("[...document.querySelectorAll('[data-of]')].map((e) => [e.dataset.of, e.textContent])")
    wrong = []
    for path, text in shown:
        want = at(report, path)
        got = plain(text)
        if got != want if isinstance(want, int) else abs(got - want) > 0.006 * max(1e-3, abs(want)):
            wrong.append("%s is %s, not %s" % (path, text, want))
    return "; ".join(wrong[:3]) if wrong else "" if len(shown) >= 3 else "only %d numbers name their place" % len(shown)


EMPTY_FIGURES = """[...document.querySelectorAll('[data-figure]')].filter((f) => {
  const drawn = f.querySelector('svg') ? 'svg .area, svg .curve[d], svg .dot' : 'tbody td, .cells i, .finding';
  return f.querySelectorAll(drawn).length === 0;
}).map((f) => f.dataset.figure)"""

BAD_NUMBERS = """[...document.querySelectorAll('svg *')].filter((e) =>
  [...e.attributes].some((a) => /NaN|undefined|Infinity/.test(a.value))).length
  + (/\\bNaN\\b|undefined|\\bnull\\b|\\[object/.test(document.body.innerText) ? 1 : 0)"""


def check_page(browser, tally, page):
    """What holds for every page."""
    name = page.name
    browser.look(1280, False)
    browser.open(page.html)
    tally.check(name + " loads quietly", "; ".join(browser.complaints()[:3]))
    tally.check(name + " is ready", "" if browser.run("document.documentElement.dataset.ready") == "yes" else "it is not")
    figures = browser.run("[...document.querySelectorAll('[data-figure]')].map((f) => f.dataset.figure)")
    missing = [f for f in page.figures if f not in figures]
    tally.check(name + " has its figures", "not there: " + ", ".join(missing) if missing else "")
    tally.check(name + " has data in each figure", "empty: " + ", ".join(browser.run(EMPTY_FIGURES)) if browser.run(EMPTY_FIGURES) else "")
    tally.check(name + " draws numbers", "NaN, undefined or infinite ones" if browser.run(BAD_NUMBERS) else "")
    if page.json:
        with open(page.json, encoding="utf-8") as file:
            tally.check(name + " shows the numbers of --json", compare_numbers(browser, json.load(file)))
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    browser.wait("[...document.querySelectorAll('details')].every((d) => d.querySelector('table'))", 10)
    tally.check(name + " has a table behind each chart",
                "" if browser.run("[...document.querySelectorAll('figure')].every((f) => f.querySelector('table tbody tr'))") else "one has none")
    browser.run("document.querySelectorAll('select').forEach((s) => [...s.options].forEach((o) => {"
                " s.value = o.value; s.dispatchEvent(new Event('change')) }))")
    tally.check(name + " lives through every choice", "; ".join(browser.complaints()[:3]) or ("bad numbers" if browser.run(BAD_NUMBERS) else ""))
    check_looks(browser, tally, page)
    tally.check(name + " is small", "" if os.path.getsize(page.html) < PAGE_BYTES_MAX else "it is not")


def check_looks(browser, tally, page):
    """Colours, widths, paper."""
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = browser.run(background)
    browser.look(400, True)
    browser.open(page.html)
    dark = browser.run(background)
    tally.check(page.name + " follows the system's colours", "" if light != dark else "both are " + light)
    browser.run("document.querySelector('nav button').click()")
    tally.check(page.name + " has a switch of colours", "" if browser.run(background) == light else "it does nothing")
    over = browser.run("document.documentElement.scrollWidth - 400")
    tally.check(page.name + " fits 400 pixels", "it is %d wider" % over if over > 0 else "")
    paper = browser.pdf()
    tally.check(page.name + " prints", "" if paper.startswith(b"%PDF") and len(paper) > 20000 else "%d bytes" % len(paper))


FILTER = """(() => {
  const t = [...document.querySelectorAll('.table')].find((t) => t.querySelector('input'));
  const before = t.querySelectorAll('tbody tr').length, input = t.querySelector('input');
  const word = t.querySelector('tbody tr td').textContent;
  input.value = word; input.dispatchEvent(new Event('input'));
  const rows = [...t.querySelectorAll('tbody tr')];
  const fit = rows.every((r) => r.textContent.toLowerCase().includes(word.toLowerCase()));
  input.value = 'no row has this text'; input.dispatchEvent(new Event('input'));
  const none = t.querySelectorAll('tbody tr').length;
  input.value = ''; input.dispatchEvent(new Event('input'));
  return [before, rows.length, fit, none];
})()"""

SORT = """(() => {
  const t = [...document.querySelectorAll('.table')].find((t) => t.querySelectorAll('tbody tr').length > 5);
  const button = t.querySelector('th button');
  const order = () => [...t.querySelectorAll('tbody tr')].map((r) => r.cells[0].textContent).join();
  button.focus(); button.click(); const up = order(); button.click(); const down = order();
  return [up !== down, button.closest('th').getAttribute('aria-sort')];
})()"""


def check_tables(browser, tally, page):
    browser.look(1280, False)
    browser.open(page.html)
    before, some, fit, none = browser.run(FILTER)
    tally.check(page.name + " filters rows", "" if 0 < some <= before and fit and none == 0 else str((before, some, fit, none)))
    differ, state = browser.run(SORT)
    tally.check(page.name + " sorts rows", "" if differ and state in ("ascending", "descending") else "no change")


FINDINGS = """(() => {
  const list = document.querySelector('[data-figure=finding-list]'), shown = () => list.querySelectorAll('li').length;
  const all = shown(), box = document.querySelector('input[data-severity=error]');
  box.checked = false; box.dispatchEvent(new Event('change'));
  const errors = list.querySelectorAll('.finding.error').length, less = shown();
  box.checked = true; box.dispatchEvent(new Event('change'));
  return [all, less, errors, shown()];
})()"""


def check_findings(browser, tally, page):
    browser.open(page.html)
    before, without, errors, again = browser.run(FINDINGS)
    with open(page.json, encoding="utf-8") as file:
        report = json.load(file)
    told = len(report["findings"])
    good = before == told == again and without == told - report["errors"] and errors == 0
    tally.check(page.name + " filters by severity", "" if good else str((before, without, errors, again)))


def check_hostile(browser, tally, page):
    """A name that would be markup is text."""
    browser.look(1280, False)
    browser.open(page.html)
    chooser = "document.querySelector('#top select')"
    ways = browser.run("%s ? [...%s.options].map((o) => o.value) : ['']" % (chooser, chooser))
    made, shown = False, []
    for way in ways:
        if way:
            browser.run("%s.value = '%s'; %s.dispatchEvent(new Event('change'))" % (chooser, way, chooser))
        made = made or browser.run("!!document.querySelector('main img, main script, #made-by-a-name')")
        shown.append(browser.run("document.body.innerText"))
    tally.check(page.name + " runs nothing of its names", "; ".join(browser.complaints()[:2]) or ("a name became an element" if made else ""))
    missing = [text for text in page.shows if not any(text in s for s in shown)]
    tally.check(page.name + " shows such names as they are", "not there: " + ", ".join(missing) if missing else "")


def main():
    program = os.path.abspath(sys.argv[1])
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    path, tally = find(), Tally()
    with tempfile.TemporaryDirectory() as folder:
        probe = subprocess.run([program, "replay", "--html", os.path.join(folder, "probe.html"), "/dev/null"], capture_output=True, text=True, check=False)
        if "built without D3" in probe.stderr:
            print("page: skipped: " + probe.stderr.strip())
            return 0
        if not path:
            print("page: skipped: no Chromium on this machine; `make install-test-deps` installs it")
            return 0
        made = pages.make(program, folder)
        try:
            with Browser(path) as browser:
                for page in made:
                    check_page(browser, tally, page)
                    if page.tables:
                        check_tables(browser, tally, page)
                    if page.findings:
                        check_findings(browser, tally, page)
                    if page.shows:
                        check_hostile(browser, tally, page)
        except BrowserError as error:
            tally.check("the browser", str(error))
    print("page: %d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
