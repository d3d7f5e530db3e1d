"""The pages that are looked at, made by the program; and an ELF file whose symbols have names that are markup."""

import os
import shutil
import struct
import subprocess
from dataclasses import dataclass, field

HOSTILE = "</script><b/id=made-by-a-name>&lt;"  # no blank: a symbol's would be told as '?'
REPLAY_FIGURES = ["latency-ccdf", "cycles-tree", "structures", "walk-fetches", "type-matrix", "spaces-map", "hot-code",
                  "hot-data", "hot-tables", "time-rates", "counter-table"]
DOM0, DOMU = "traces/samples/zcu102-dom0.swt", "traces/samples/zcu102-domU.swt"


@dataclass
class Page:
    name: str
    html: str
    figures: list = field(default_factory=list)
    json: str = ""         # the same by --json
    tables: bool = False   # it has a table to filter and one to sort
    findings: bool = False  # of lint, to be filtered by severity
    shows: list = field(default_factory=list)  # names that would be markup


def write_elf(path, symbols):
    """An executable of AArch64 with a symbol table: (name, address, bytes) each."""
    names, table = b"\0", b"\0" * 24
    for name, address, size in symbols:
        table += struct.pack("<IBBHQQ", len(names), 0x12, 0, 1, address, size)  # a global function of section 1
        names += name.encode() + b"\0"
    base = min(s[1] for s in symbols)
    section_names = b"\0.text\0.symtab\0.strtab\0.shstrtab\0"
    parts = [b"", b"", table, names, section_names]
    offset, places = 64, []
    for part in parts:
        places.append(offset)
        offset += len(part)
    header = b"\x7fELF\2\1\1" + b"\0" * 9 + struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, 0, 0, offset, 0, 64, 0, 0, 64, 5, 4)

    def section(name, kind, flags, address, i, size, link, entry):
        return struct.pack("<IIQQQQIIQQ", section_names.index(name), kind, flags, address, places[i], size, link, 1, 8, entry)

    with open(path, "wb") as file:
        file.write(header + b"".join(parts) + b"\0" * 64
                   + section(b".text", 8, 6, base, 1, 0x4000000, 0, 0)
                   + section(b".symtab", 2, 0, 0, 2, len(table), 3, 24)
                   + section(b".strtab", 3, 0, 0, 3, len(names), 0, 0)
                   + section(b".shstrtab", 3, 0, 0, 4, len(section_names), 0, 0))


def run(program, *words, may_find=False):
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if done.returncode not in ((0, 1) if may_find else (0,)):
        raise SystemExit("page: %s: exit status %d: %s" % (" ".join(words), done.returncode, done.stderr))


def tiny(program, folder):
    path = os.path.join(folder, "tiny.swt")
    run(program, "trace", "cut", "--records", ":20000", "-o", path, DOMU)
    return path


def make(program, folder):
    """Returns the pages, in a folder."""
    made = []

    def page(name, *words, json=True, may_find=False, **what):
        p = Page(name, os.path.join(folder, name.replace(" ", "-") + ".html"), **what)
        outputs = ["--html", p.html]
        if json:
            p.json = p.html[:-4] + "json"
            outputs += ["--json", p.json]
        run(program, words[0], *outputs, *words[1:], may_find=may_find)
        made.append(p)

    page("replay", "replay", "-q", "--verify", DOMU, figures=REPLAY_FIGURES, tables=True)
    page("replay fast", "replay", "-q", "--engine", "fast", DOM0, figures=REPLAY_FIGURES, tables=True)

    config = "platforms/xen/examples/shared-page.cfg"
    page("map of dom0", "map", "--xen", "xen-4.17", figures=["map-ribbons", "map-types", "region-table"], tables=True)
    page("map of a guest", "map", "--xen", "xen-4.17", "--config", config, "--linux", "6.1",
         figures=["map-ribbons", "map-types", "region-table"])
    page("lint", "lint", "-q", "--xen", "xen-4.17", "--config", config, "tests/golden/lint/mistakes.sw",
         figures=["rules", "finding-list"], may_find=True, findings=True)

    page("explore", "explore", "-q", "-C", "mmu.main_tlb.entries=128..1024*2", "--layout", "stage2=as-captured,pages",
         tiny(program, folder), figures=["front", "effects", "point-table"], tables=True)

    short = os.path.join(folder, "short.swt")
    run(program, "trace", "cut", "--records", ":200", "-o", short, DOMU)
    page("replay of 200 records", "replay", "-q", short, figures=["latency-ccdf", "cycles-tree", "spaces-map", "time-rates"])

    hostile = os.path.join(folder, HOSTILE)  # its / is a folder's
    os.makedirs(os.path.dirname(hostile))
    shutil.copy(short, hostile)
    elf = os.path.join(folder, "hostile.elf")
    write_elf(elf, [(HOSTILE, 0xffff800008000000, 0x2000000), (HOSTILE + "user", 0x400000, 0x1000000)])
    page("replay with hostile names", "replay", "-q", "--elf", elf, hostile, DOM0, json=False,
         shows=[hostile, HOSTILE + " (hostile.elf)"])
    script = hostile + ".sw"
    shutil.copy("tests/golden/lint/mistakes.sw", script)
    page("lint with hostile names", "lint", "-q", script, json=False, shows=[script], may_find=True)
    return made
