"""Traces in which little space is used for much: what a short cut may have overlooked happens every few records.

A few dozen pages of VAs, some 256 pages apart, lead to a few pages of memory, also through both halves of the address
space, 2 MB blocks and contiguous groups, in three contexts, two guests and EL2, with all memory types and rights. A few
accesses come again and again, aligned or not, in several lines, unprivileged, with tags; in between registers, table
words and TLB maintenance change what is true of them. Nothing of it is what software would do.
"""
import random

DATA = 0x20000000  # IPAs, and the PAs of EL2
TABLES = 0x10000000  # their IPAs are their PAs
UPPER = 0xFFFFFF8000000000
LEAF, BLOCK, TABLE, FLAG = 3, 1, 3, 1 << 10
WALKS = 25 | 25 << 16 | 0x3500 | 0x3500 << 16 | 2 << 30 | 2 << 32  # TCR_EL1: 39 bits, 4 KB, cached walks, 40-bit IPAs
MAIRS = (0xBB0444FF, 0xBB0444FF, 0xFF04BBFF, 0xBB04FF44)
SCTLRS = 6 * (0x30D01805,) + (0x30D01807, 0x30D00805, 0x30D01801, 0x30D01804, 0x30D81805)  # A, no I, no C, no M, WXN
HCRS = 5 * (0x80000001,) + (0x80000000, 0x80001000, 0x180000001, 0x280000001, 0x88000001, 0x80000005)
TCRS = 3 * (WALKS,) + (WALKS | 1 << 37, WALKS | 3 << 37, WALKS | 1 << 22)  # TBI0, both, A1
TLBIS = (0xD508871F, 0xD508831F, 0xD5088720, 0xD5088320, 0xD5088740, 0xD5088760, 0xD50C879F, 0xD50C87DF, 0xD50C83DF,
         0xD50C8420, 0xD50C8020, 0xD50C871F, 0xD50C8720)
ATS = (0xD5087800, 0xD5087820, 0xD5087840, 0xD50C7880, 0xD50C78C0, 0xD50C7800)
OTHERS = (0xD50B7E20, 0xD50B7A20, 0xD50B7520, 0xD5033F9F, 0xD5033FDF)  # DC CIVAC, CVAC, IC IVAU, DSB, ISB


class Crowd:
    def __init__(self, seed, cores):
        self.dice = random.Random(seed)
        self.cores = cores
        self.words = {}  # of tables, by address
        self.leaves = []  # addresses of words, and whether they are EL2's
        self.guest_leaves = []
        self.free = TABLES
        count = self.dice.choice((4, 8, 16, 40))
        self.memory = [DATA + 0x1000 * (i if i < count // 2 else self.dice.choice((32, 64, 96, 128)) + i % 8)
                       for i in range(count)]
        spread = self.dice.choice((3, 8, 24))
        self.pages = sorted({self.dice.choice((0, 256)) + self.dice.randrange(spread)
                             for _ in range(self.dice.choice((6, 14, 30, 60)))})
        self.upper = self.stage1(False)
        self.contexts = [self.stage1(False) for _ in range(3)]
        self.hypervisor = self.stage1(True)
        self.guests = [self.stage2() for _ in range(2)]

    def chance(self, share):
        return self.dice.random() < share

    def table(self, pages=1):
        self.free += -self.free % (0x1000 * pages)
        self.free += 0x1000 * pages
        return self.free - 0x1000 * pages

    def leaf(self, el2, pa):
        """A stage-1 leaf: mostly Normal and writable."""
        word = pa | LEAF | FLAG | self.dice.choice((0, 0, 0, 0, 0, 1, 2, 3)) << 2
        word |= self.dice.choice((1, 1, 1, 0, 2, 3)) << 6 | self.dice.choice((0, 3, 3, 2)) << 8
        for bit, share in ((11, 0.5), (53, 0.1), (54, 0.2)):  # not global, PXN, UXN
            word |= self.chance(share) << bit
        return word | el2 << 6

    def guest_leaf(self, pa):
        memory, rights = self.dice.choice(8 * (15,) + (5, 1, 10)), self.dice.choice(8 * (3,) + (1, 2))
        return pa | LEAF | FLAG | memory << 2 | rights << 6 | 3 << 8 | self.chance(0.05) << 54

    def stage1(self, el2):
        """Three levels: 4 KB pages, a contiguous group of them, a block of 2 MB behind. Returns the root."""
        root, middle, last = self.table(), self.table(), self.table()
        self.words[root], self.words[middle] = middle | TABLE, last | TABLE
        self.words[middle + 8] = DATA | BLOCK | FLAG | 1 << 6 | 3 << 8 | self.chance(0.5) << 11
        for page in self.pages:
            self.leaves.append((last + 8 * page, el2))
            if self.chance(0.93):
                self.words[last + 8 * page] = self.leaf(el2, self.dice.choice(self.memory))
        first = self.leaf(el2, DATA + self.dice.choice((0, 0x10000))) | 1 << 52
        group = last + 128 * self.dice.choice((0, 1, 16))
        self.words.update((group + 8 * i, first + 0x1000 * i) for i in range(16 * self.chance(0.5)))
        return root

    def stage2(self):
        """All is where it is, but for the pages of DATA: of these half are elsewhere."""
        root, middle, last = self.table(2), self.table(), self.table()
        whole = BLOCK | FLAG | 15 << 2 | 3 << 6 | 3 << 8
        self.words.update((middle + 8 * i, i << 21 | whole) for i in range(512))
        self.words[root], self.words[root + 8], self.words[middle + 8 * (DATA >> 21)] = (
            middle | TABLE, 1 << 30 | whole, last | TABLE)
        for i in range(512):
            pa = DATA + 0x1000 * i if self.chance(0.5) else self.dice.choice(self.memory)
            self.words[last + 8 * i] = self.guest_leaf(pa)
        self.guest_leaves += [last + 8 * i for i in range(8)]
        return root

    def context(self):
        return self.dice.choice(self.contexts) | self.dice.randrange(1, 4) << 48

    def guest(self):
        return self.dice.choice(self.guests) | self.dice.randrange(1, 3) << 48

    def register(self, core, name, value):
        return f"{core} el2 msr   reg={name} value={value:#x}"

    def start(self, core):
        return [self.register(core, name, value) for name, value in (
            ("SCTLR_EL1", SCTLRS[0]), ("TCR_EL1", self.dice.choice(TCRS)), ("MAIR_EL1", MAIRS[0]),
            ("TTBR0_EL1", self.context()), ("TTBR1_EL1", self.upper), ("HCR_EL2", self.dice.choice(HCRS[:6])),
            ("VTCR_EL2", 0x80023558), ("VTTBR_EL2", self.guest()), ("SCTLR_EL2", 0x30C51805), ("MAIR_EL2", MAIRS[0]),
            ("TCR_EL2", 0x80823500 | 25 | self.dice.choice((0, 1 << 20))), ("TTBR0_EL2", self.hypervisor))]

    def change(self, core):
        """A line that makes something else true."""
        kind = self.dice.randrange(10)
        va = self.dice.choice(self.pages) << 12
        if kind < 4:
            return self.register(core, *self.dice.choice((
                ("TTBR0_EL1", self.context()), ("TTBR0_EL1", self.context()), ("VTTBR_EL2", self.guest()),
                ("SCTLR_EL1", self.dice.choice(SCTLRS)), ("HCR_EL2", self.dice.choice(HCRS)),
                ("TCR_EL1", self.dice.choice(TCRS)), ("MAIR_EL1", self.dice.choice(MAIRS)))))
        if kind < 6:
            x = va >> 12 | self.dice.randrange(1, 4) << 48
            return f"{core} el2 sys   opcode={self.dice.choice(TLBIS):#x} x={x:#x}"
        if kind < 8:
            return f"{core} el2 sys   opcode={self.dice.choice(ATS + OTHERS):#x} x={va:#x}"
        if self.chance(0.3):
            return f"{core} el2 tabw  pa={self.dice.choice(self.guest_leaves):#x} " \
                   f"value={self.guest_leaf(self.dice.choice(self.memory)):#x}"
        where, el2 = self.dice.choice(self.leaves)
        return f"{core} el2 tabw  pa={where:#x} value={self.leaf(el2, self.dice.choice(self.memory)):#x}"

    def habit(self):
        """An access that will come again: operation, VA, size or instructions, in the upper half."""
        op = self.dice.choice(("load", "load", "load", "store", "store", "fetch", "fetch", "fetch", "zva"))
        va = self.dice.choice(self.pages) << 12 | self.dice.choice((0, 0x40, 0x80, 0xFC0, 64 * self.dice.randrange(64)))
        if self.chance(0.05):
            va = 0x200000 + self.dice.randrange(0x40000) & ~63
        size = self.dice.choice((1, 2, 4, 8, 16, 16, 32, 64))
        offset = self.dice.choice((0, 0, 8, 32, 32, 48, 56, 56, 60, self.dice.randrange(64)))
        if op == "fetch":
            va += offset & ~3
            size = min(self.dice.choice((1, 1, 2, 3, 5, 8, 16, 17, 20, 33, 40, 64, 200)), (0x1000 - va % 0x1000) // 4)
        elif op != "zva":
            va += offset & ~(self.dice.choice((size, size, size // 2, size // 2, 1)) - 1)
        return op, va, size, self.chance(0.4)

    def access(self, core, el, habit, tag):
        op, va, size, upper = habit
        if upper and el < 2:
            va |= UPPER
        if tag is not None:
            va = va & ~(0xFF << 56) | tag << 56
        unprivileged = " unpriv" * (el == 1 and self.chance(0.1))
        more = {"fetch": f" n={size}", "zva": ""}.get(op, f" size={size} at=0x0{unprivileged}")
        return f"{core} el{el} {op:5} va={va:#x} pa=?{more}"

    def records(self, count):
        lines = [line for core in range(self.cores) for line in self.start(core)]
        habits = [self.habit() for _ in range(self.dice.choice((4, 12, 40, 100)))]
        els = [self.dice.choice((0, 1)) for _ in range(self.cores)]
        changes, news = self.dice.choice((0.002, 0.01, 0.05)), self.dice.choice((0.001, 0.01, 0.1))
        tags = self.dice.choice((0, 0, 0.2))
        core = at = 0
        while len(lines) < count:
            core = self.dice.randrange(self.cores) if self.chance(0.1) else core
            if self.chance(changes):
                lines.append(self.change(core))
            if self.chance(news):
                habits[self.dice.randrange(len(habits))] = self.habit()
            if self.chance(0.03):
                els[core] = self.dice.choice((0, 0, 1, 1, 2))
            at = (at + 1) % len(habits) if self.chance(0.8) else self.dice.randrange(len(habits))
            tag = self.dice.choice((0, 0x12, 0x80, 0xFF)) if self.chance(tags) else None
            lines.append(self.access(core, els[core], habits[at], tag))
        return lines


def text(crowd, lines):
    """The trace as traces/TEXT.md has it."""
    pages = {}
    for address, word in sorted(crowd.words.items()):
        pages.setdefault(address >> 12, []).append(f"  +{address & 0xFFF:#05x} {word:#x}")
    out = ["trace 1", "source a crowd"]
    for page, words in pages.items():
        out += [f"page pa={page << 12:#x}", *words]
    return "\n".join(out + lines) + "\n"
