#!/usr/bin/env python3
"""Holds the replay's short cuts to the long way: the same reports, of traces and machines that are hard on them.

    check.py PROGRAM              the machines below
    check.py PROGRAM SEED COUNT   so many others, drawn

With --records every access goes the long way: nothing is known of it, and nothing is priced in bulk. Without, most are
only counted. --top prices each access by itself, and the tlm engine in the trace's order finds the same cycles. Free-running
it has the same ways, and one more with nobody to watch: all are to find the same cycles and waits.

The traces are crowd.py's, with the PAs that the long way found; a few are unknown or wrong, and of what faults some
claim to lead where the page led before: to no short cut may that be proof that they are granted.

The last line is `replay: N passed, M failed`.
"""
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

import crowd

RECORDS = 6000
TINY = {"cache.l1i.bytes": 1024, "cache.l1d.bytes": 1024, "cache.l2.bytes": 4096}
# cores, seed of the trace, parameters
MACHINES = {
    "as it is": (4, 1, {}),
    "micro-TLBs and L1s of which something goes at nearly every miss": (
        4, 2, {**TINY, "mmu.iutlb.entries": 2, "mmu.dutlb.entries": 3, "mmu.dutlb.policy": "random"}),
    "a line's way is any, so that the end of an access sends away its beginning": (
        1, 3, {**TINY, "cache.l1d.ways": 16, "cache.l1i.ways": 16, "cache.l1i.policy": "rr", "mmu.dutlb.entries": 64}),
    "one core, whose L1 keeps all: pages go, lines stay": (
        1, 4, {"cache.l1d.bytes": 131072, "cache.l1d.ways": 64, "mmu.iutlb.entries": 5, "mmu.dutlb.entries": 7}),
    "micro-TLBs that keep all: lines go to other cores, pages stay": (
        4, 5, {"mmu.iutlb.entries": 64, "mmu.dutlb.entries": 64}),
    "LRU of pages, where each use counts": (
        2, 6, {"mmu.iutlb.policy": "lru", "mmu.dutlb.policy": "lru", "mmu.dutlb.entries": 4}),
    "LRU of lines, where each use counts": (
        2, 7, {**TINY, "cache.l1i.policy": "lru", "cache.l1d.policy": "lru"}),
    "descriptors alone in the caches": (
        3, 8, {**TINY, "cost.data_accesses": "off", "mmu.dutlb.entries": 4}),
    "prices of all that is done in bulk, and a main TLB that is hard to predict": (
        2, 9, {"cost.utlb": 3, "cost.probe": 9, "mmu.main_tlb.entries": 8, "mmu.main_tlb.ways": 2,
               "mmu.main_tlb.policy": "lru", "mmu.dutlb.entries": 1}),
}


def drawn(dice):
    """A machine by chance."""
    machine = {}
    for part, most in (("mmu.iutlb", 64), ("mmu.dutlb", 64), ("cache.l1i", 0), ("cache.l1d", 0)):
        if most:
            machine[part + ".entries"] = dice.choice((1, 2, 3, 5, 10, 17, most))
        else:
            machine[part + ".bytes"] = 1024 << dice.choice((0, 0, 1, 3, 5, 7))
            machine[part + ".ways"] = dice.choice((1, 2, 4, 16))
        machine[part + ".policy"] = dice.choice(("rr", "rr", "rr", "random", "random", "random", "lru"))
    for part in ("mmu.main_tlb", "mmu.walk_cache", "mmu.ipa_cache"):
        machine[part + ".ways"] = dice.choice((1, 2, 4))
        machine[part + ".entries"] = machine[part + ".ways"] << dice.randrange(7)
        machine[part + ".policy"] = dice.choice(("rr", "random", "lru"))
    machine["cache.l2.bytes"] = 4096 << dice.randrange(11)
    machine["cost.data_accesses"] = dice.choice(("on", "on", "on", "on", "off"))
    return machine


def execute(words):
    """Returns what it prints. That PAs mismatch, exit status 1, is meant."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise RuntimeError(" ".join(words[1:]) + ": " + done.stderr.strip()[:300])
    return done.stdout


class Replays:
    def __init__(self, program, folder):
        self.program = program
        self.trace = os.path.join(folder, "crowd.swt")
        self.text = os.path.join(folder, "crowd.txt")
        self.json = os.path.join(folder, "report.json")

    def pack(self, text):
        with open(self.text, "w", encoding="utf-8") as file:
            file.write(text)
        execute([self.program, "trace", "pack", "-o", self.trace, self.text])

    def make(self, seed, cores):
        """The trace, with its PAs."""
        people, dice, led = crowd.Crowd(seed, cores), random.Random(seed), {}
        lines = people.records(RECORDS)
        self.pack(crowd.text(people, lines))
        rows = execute([self.program, "replay", "-q", "--engine", "fast", "--records", "-", self.trace])
        for row in csv.DictReader(rows.splitlines()):
            page = row["core"], row["va"][:-3]
            if not row["fault"]:
                led[page] = int(row["pa"], 16) & ~0xFFF
            if page in led and not dice.random() < (0.3 if row["fault"] else 0.01):
                wrong = dice.choice((*led.values(), 1 << 40, 1 << 45, 8))
                pa = (wrong if dice.random() < 0.02 else led[page]) | int(row["va"], 16) & 0xFFF
                lines[int(row["record"])] = lines[int(row["record"])].replace("pa=?", f"pa={pa:#x}")
        self.pack(crowd.text(people, lines))

    def report(self, parameters, *options):
        """The report but for what differs from run to run, and for what was asked for beside it."""
        settings = [word for key, value in parameters.items() for word in ("-C", f"{key}={value}")]
        execute([self.program, "replay", "-q", "--verify", "--show", "0", "--json", self.json, *settings, *options,
                 self.trace])
        with open(self.json, encoding="utf-8") as file:
            report = json.load(file)
        return {key: value for key, value in report.items() if key not in ("run", "engine", "top", "hot")}

    def differences(self, cores, seed, parameters):
        """Which ways differ from the short one, as text; empty when all is well."""
        self.make(seed, cores)
        short = self.report(parameters, "--engine", "fast")
        if short["verify"]["pa_compared"] < RECORDS // 10:
            return "hardly anything is granted"
        ways = [(short, "fast", "--records", os.devnull), (short, "fast", "--top", "1"), (short, "tlm", "--order", "trace")]
        for quantum in ("--quantum", "0"), ("--quantum", "1000"):
            free = self.report(parameters, "--engine", "tlm", *quantum)
            ways += [(free, "tlm", *quantum, other, where)
                     for other, where in (("--records", os.devnull), ("--timeline", os.devnull), ("--top", "1"))]
        return ", ".join(" ".join(way) for wanted, *way in ways if self.report(parameters, "--engine", *way) != wanted)


def main(program, seed=None, count=None):
    machines = MACHINES
    if seed:
        dice = random.Random(int(seed))
        machines = {f"{i}": (dice.randrange(1, 5), dice.getrandbits(32), drawn(dice)) for i in range(int(count))}
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        replays = Replays(os.path.abspath(program), folder)
        for name, machine in machines.items():
            why = replays.differences(*machine)
            failed += bool(why)
            print(f"  FAIL   {name} {machine}: {why}" if why else f"  ok     {name}")
    print(f"replay: {len(machines) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
