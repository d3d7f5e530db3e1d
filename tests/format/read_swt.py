#!/usr/bin/env python3
"""A second reader of packed traces, made of traces/FORMAT.md and traces/TEXT.md alone.

It shares nothing with the program, so that what both print of a file is what the documents say, and a file that only
one of them takes shows a gap in them. It prints the text of `stagewalk trace cat`, byte for byte.

Exit status: 0 all well; 2 the trace is damaged, with a message that names the byte offset of the block.
"""
import argparse
import os
import struct
import sys
import zlib

SIGNATURE = b"\x89SWT\r\n\x1a\n"
SOURCE_MOST = 127
BLOCK_MOST = 4 << 20
COUNT_MOST = {b"PAGE": 512, b"RECS": 262144, b"END.": 0}
END_BYTES = 13 * 8

FETCH, LOAD, STORE, ZVA, SYS, MSR, PAR, EXC, TABW = range(9)
MMIO, UNPRIV, UNKNOWN = 1, 2, 4

MASK = (1 << 64) - 1
PAGES = 1 << 52
HASH = 0x9E3779B97F4A7C15
NEXT_SLOT = 0x1000003
DIFFERENCE_BYTES = (1, 2, 3, 4, 5, 6, 8)


class Refused(Exception):
    pass


def refuse_if(wrong, why):
    if wrong:
        raise Refused(why)


def unzigzag(z):
    return z >> 1 ^ -(z & 1)


class Column:
    """Bytes that are read from front to back and must be used up."""

    __slots__ = ("name", "data", "at")

    def __init__(self, name, data):
        self.name, self.data, self.at = name, data, 0

    def take(self, size):
        piece = self.data[self.at : self.at + size]
        refuse_if(len(piece) != size, f"{self.name} ends within a record")
        self.at += size
        return piece

    def byte(self):
        if self.at >= len(self.data):
            raise Refused(f"{self.name} ends within a record")
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        number = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                refuse_if(number > MASK, f"a number in {self.name} has more than 64 bits")
                return number
        raise Refused(f"a number in {self.name} has more than 10 bytes")

    def signed(self):
        return unzigzag(self.varint())

    def finish(self):
        refuse_if(self.at != len(self.data), f"{self.name} holds more than its records")


# ---- The file --------------------------------------------------------------------------------------------------------


def read_exactly(file, size):
    data = file.read(size)
    refuse_if(len(data) != size, "the file has been cut short")
    return data


def read_header(file):
    head = read_exactly(file, 16)
    signature, version, length = struct.unpack("<8sII", head)
    refuse_if(signature != SIGNATURE, "no packed trace")
    refuse_if(version != 1, f"version {version} is not known")
    refuse_if(length > SOURCE_MOST, "the source text is too long")
    text = read_exactly(file, length)
    (crc,) = struct.unpack("<I", read_exactly(file, 4))
    refuse_if(crc != zlib.crc32(head + text), "the header is damaged")
    return check_source(text)


def check_source(text):
    try:
        source = text.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("the source text is not UTF-8") from None
    refuse_if(any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in source), "control character in the source text")
    return source


def inflate(stored, raw_bytes):
    stream = zlib.decompressobj(-15)
    try:
        # One byte more than allowed: that it comes is how a longer one shows.
        raw = stream.decompress(stored, raw_bytes + 1)
    except zlib.error as error:
        raise Refused(f"payload does not inflate: {error}") from None
    whole = stream.eof and not stream.unused_data and not stream.unconsumed_tail
    refuse_if(not whole or len(raw) != raw_bytes, "payload inflates to another length")
    return raw


def read_block(file):
    head = read_exactly(file, 24)
    kind, count, raw_bytes, stored_bytes, crc, head_crc = struct.unpack("<4s5I", head)
    refuse_if(head_crc != zlib.crc32(head[:20]), "a block's header is damaged")
    refuse_if(kind not in COUNT_MOST, f"kind of block {kind!r} is not known")
    refuse_if(count > COUNT_MOST[kind] or (count == 0) != (kind == b"END."), f"no {kind.decode()} block has {count}")
    refuse_if(raw_bytes > BLOCK_MOST or stored_bytes > raw_bytes, "a block is too long")
    refuse_if(kind == b"END." and (raw_bytes, stored_bytes) != (END_BYTES, END_BYTES), "end block of another length")
    stored = read_exactly(file, stored_bytes)
    refuse_if(crc != zlib.crc32(stored), "a payload is damaged")
    return kind, count, stored if stored_bytes == raw_bytes else inflate(stored, raw_bytes)


class Totals:
    """What the end block must say."""

    def __init__(self):
        self.pages = self.instructions = self.cores = 0
        self.operations = [0] * 9

    def words(self):
        return (self.pages, sum(self.operations), self.instructions, self.cores, *self.operations)

    def count(self, record):
        self.operations[record[2]] += 1
        self.cores |= 1 << record[0]
        if record[2] == FETCH:
            self.instructions += record[6]


def read_trace(file, out):
    """Reads a whole file and gives its parts to out: source, page, record."""
    totals = Totals()
    out.source(read_header(file))
    kind = b"PAGE"
    while kind != b"END.":
        start, before = file.tell(), kind
        try:
            kind, count, payload = read_block(file)
            refuse_if(kind == b"PAGE" and before != b"PAGE", "table pages after records")
            read_payload(kind, count, payload, totals, out)
        except Refused as why:
            raise Refused(f"block at byte {start}: {why}") from None
    refuse_if(file.read(1), "something follows the end block")


def read_payload(kind, count, payload, totals, out):
    if kind == b"PAGE":
        totals.pages += count
        for number, words in decode_pages(payload, count):
            out.page(number, words)
    elif kind == b"RECS":
        for record in Decoder(payload).records(count):
            totals.count(record)
            out.record(record)
    else:
        refuse_if(struct.unpack("<13Q", payload) != totals.words(), "the totals are not those of the blocks")


# ---- Pages -----------------------------------------------------------------------------------------------------------


def decode_pages(payload, count):
    column, number = Column("a block of pages", payload), 0
    for _ in range(count):
        number = number + column.signed() & MASK
        refuse_if(number >= PAGES, "the number of a page has more than 52 bits")
        yield number, decode_page(column)
    column.finish()


def decode_page(column):
    words, last = [], 0
    while len(words) < 512:
        difference = column.varint()
        zeros = 0 if difference else column.varint()
        refuse_if(zeros > 512 - len(words), "a page has more than 512 words")
        if difference:
            last = last + unzigzag(difference) & MASK
        words += [0] * zeros if zeros else [last]
    return words


# ---- Records ---------------------------------------------------------------------------------------------------------
#
# A record is a tuple: core, level, operation, va, pa, flags, n, size, value, rest.


def index(x):
    return (x * HASH & MASK) >> 52


def check_run(va, n):
    refuse_if(va % 4 or not 1 <= n <= 1024 or (va & 0xFFF) + 4 * n > 4096, "no run of instructions")


def check_access(operation, va, pa, flags, n, size):
    refuse_if(operation > ZVA or flags > 7, "no access")
    refuse_if(flags & UNKNOWN and pa, "a pa that is not known")
    if operation == FETCH:
        check_run(va, n)
        refuse_if(size, "a run has a size")
    elif operation == ZVA:
        refuse_if(va % 64 or n or size, "no DC ZVA")
    else:
        refuse_if(n % 4 or n >= 4096 or size > 6, "no load or store")


class Core:
    __slots__ = ("va", "va_before", "position", "data", "offset")

    def __init__(self):
        self.va = self.va_before = self.position = self.data = 0
        self.offset = [0, 0]


class Slot:
    __slots__ = ("va", "step", "apart", "n", "kind", "follow")

    def __init__(self):
        self.va = self.step = self.apart = self.n = self.kind = self.follow = 0


class Decoder:
    """One block of records, with the state that each begins anew."""

    def __init__(self, payload):
        self.columns = self.split(payload)
        self.control, self.address, self.flow, self.kind, self.page, self.rest = self.columns
        self.cores = [Core() for _ in range(8)]
        self.slots, self.runs0, self.runs1, self.pages = {}, {}, {}, {}
        self.number = self.level = 0
        self.core = self.cores[0]

    @staticmethod
    def split(payload):
        refuse_if(len(payload) < 24, "no room for six lengths")
        lengths = struct.unpack("<6I", payload[:24])
        refuse_if(24 + sum(lengths) != len(payload), "the columns do not fill the payload")
        names, at, columns = ("CONTROL", "ADDRESS", "FLOW", "KIND", "PAGE", "REST"), 24, []
        for name, length in zip(names, lengths):
            columns.append(Column(name, payload[at : at + length]))
            at += length
        return columns

    def records(self, count):
        left = count
        while left:
            control = self.control.byte()
            if control == 0x60:
                self.change_core()
                continue
            wanted = max(control - 0x7F, 1)
            refuse_if(wanted > left, "more records than the block's count")
            left -= wanted
            if control < 0x80:
                yield self.one(control)
            else:
                for _ in range(wanted):
                    yield self.expected()
        for column in self.columns:
            column.finish()

    def change_core(self):
        who = self.rest.byte()
        refuse_if(who > 31, "no such core")
        self.number, self.level = who >> 2, who & 3
        self.core = self.cores[self.number]

    def one(self, control):
        if control < 0x40:
            return self.data(control)
        if control < 0x48:
            refuse_if(control & 3 == 3, "no such fetch")
            return self.fetch(control & 3, control & 4)
        if 0x54 <= control <= 0x58:
            return self.rare(control - 0x50)
        refuse_if(control != 0x61, f"control byte {control:#x} is not known")
        return self.full()

    def expected(self):
        slot = self.slots.get(index(self.core.position))
        return self.data(0) if slot and slot.kind else self.fetch(0, 0)

    def data(self, control):
        core, where = self.core, index(self.core.position)
        slot = self.slots.get(where)
        if slot is None:
            slot = self.slots[where] = Slot()
        if control & 0x10:
            self.new_kind(slot)
        refuse_if(slot.kind == 0, "a data access where none is expected")
        operation, size, flags = slot.kind & 3, slot.kind >> 2 & 7, slot.kind >> 5
        va = self.data_va(slot, control & 15)
        if operation == ZVA:
            va &= ~63
        pa = self.pa(va, flags, control & 0x20)
        self.learn_data(slot, va, control & 15)
        return self.number, self.level, operation, va, pa, flags, slot.n, size, 0, None

    def new_kind(self, slot):
        kind, n = self.kind.byte(), self.kind.varint() * 4
        refuse_if(kind & 3 == FETCH, "no kind of data access")
        check_access(kind & 3, 0, 0, kind >> 5, n, kind >> 2 & 7)
        slot.kind, slot.n = kind, n

    def data_va(self, slot, code):
        if code < 2:
            return (self.core.data + slot.apart if slot.follow ^ code else slot.va + slot.step) & MASK
        base = slot.va if code < 9 else self.core.data
        size = DIFFERENCE_BYTES[(code - 2) % 7]
        return base + unzigzag(int.from_bytes(self.address.take(size), "little")) & MASK

    def learn_data(self, slot, va, code):
        core = self.core
        if code == 1:
            slot.follow ^= 1
        slot.step, slot.apart, slot.va = va - slot.va & MASK, va - core.data & MASK, va
        core.data = va
        core.position = core.position + NEXT_SLOT & MASK

    def fetch(self, guess, has_page):
        core = self.core
        first, second = index(core.va + 3 * core.va_before), index(core.va)
        if guess == 2:
            va, shape = core.va + 4 * self.flow.signed() & MASK, self.flow.varint()
            refuse_if(shape >> 13, "no shape of a run")
            check_run(va, (shape & 0x3FF) + 1)
        else:
            va, shape = self.runs1.get(second, (0, 0)) if guess else self.runs0.get(first, (0, 0))
        n, flags = (shape & 0x3FF) + 1, shape >> 10
        pa = self.pa(va, flags, has_page)
        self.runs0[first] = self.runs1[second] = va, shape
        self.no_data_expected()
        core.va_before, core.va, core.position = core.va, va, va
        return self.number, self.level, FETCH, va, pa, flags, n, 0, 0, None

    def no_data_expected(self):
        slot = self.slots.get(index(self.core.position))
        if slot:
            slot.kind = 0

    def pa(self, va, flags, has_page):
        if flags & UNKNOWN:
            refuse_if(has_page, "a page of a pa that is not known")
            return 0
        where, va_page = index(va >> 12), va >> 12
        if not has_page:
            return self.pages.get(where, 0) << 12 | va & 0xFFF
        half = va >> 63
        page = va_page + self.core.offset[half] + self.page.signed() & MASK
        refuse_if(page >= PAGES, "the number of a page has more than 52 bits")
        self.core.offset[half] = page - va_page
        self.pages[where] = page
        return page << 12 | va & 0xFFF

    def full(self):
        operation, flags, size = self.rest.take(3)
        n, va, pa = self.rest.varint(), self.rest.varint(), self.rest.varint()
        check_access(operation, va, pa, flags, n, size)
        return self.number, self.level, operation, va, pa, flags, n, size, 0, None

    def rare(self, operation):
        va = pa = n = value = 0
        rest, take = None, self.rest.varint
        if operation in (SYS, MSR):
            n, value = take(), take()
            refuse_if(n >> 32 if operation == SYS else n >> 15 != 1, "no system instruction or register")
        elif operation == PAR:
            value = take()
        elif operation == EXC:
            n, value, va, pa, rest = take(), take(), take(), take(), (take(), take(), take())
            refuse_if(n % 0x80 or n >= 0x800, "no vector offset")
        else:
            pa, value = take() * 8, take()
            refuse_if(pa > MASK, "an address has more than 64 bits")
        return self.number, self.level, operation, va, pa, 0, n, 0, value, rest


# ---- Text ------------------------------------------------------------------------------------------------------------


def register_names():
    """Encodings as in the Arm ARM, of the registers that TEXT.md lists."""
    encodings = """
        SCTLR_EL1 3 0 1 0 0, CPACR_EL1 3 0 1 0 2, TTBR0_EL1 3 0 2 0 0, TTBR1_EL1 3 0 2 0 1, TCR_EL1 3 0 2 0 2,
        SPSR_EL1 3 0 4 0 0, ELR_EL1 3 0 4 0 1, SP_EL0 3 0 4 1 0, ESR_EL1 3 0 5 2 0, FAR_EL1 3 0 6 0 0,
        PAR_EL1 3 0 7 4 0, MAIR_EL1 3 0 10 2 0, AMAIR_EL1 3 0 10 3 0, VBAR_EL1 3 0 12 0 0, CONTEXTIDR_EL1 3 0 13 0 1,
        TPIDR_EL1 3 0 13 0 4, VPIDR_EL2 3 4 0 0 0, VMPIDR_EL2 3 4 0 0 5, SCTLR_EL2 3 4 1 0 0, HCR_EL2 3 4 1 1 0,
        TTBR0_EL2 3 4 2 0 0, TCR_EL2 3 4 2 0 2, VTTBR_EL2 3 4 2 1 0, VTCR_EL2 3 4 2 1 2, SPSR_EL2 3 4 4 0 0,
        ELR_EL2 3 4 4 0 1, ESR_EL2 3 4 5 2 0, FAR_EL2 3 4 6 0 0, HPFAR_EL2 3 4 6 0 4, MAIR_EL2 3 4 10 2 0,
        AMAIR_EL2 3 4 10 3 0, VBAR_EL2 3 4 12 0 0, TPIDR_EL2 3 4 13 0 2, CNTVOFF_EL2 3 4 14 0 3
    """
    names = {}
    for entry in encodings.split(","):
        name, *fields = entry.split()
        op0, op1, crn, crm, op2 = map(int, fields)
        names[op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2] = name
    return names


REGISTERS = register_names()


def system_names():
    """Encodings of SYS, op1 CRn CRm op2, as in the Arm ARM."""
    names = {}
    for name, op1, op2 in (
        ("TLBI VMALLE1", 0, 0), ("TLBI VAE1", 0, 1), ("TLBI ASIDE1", 0, 2), ("TLBI VAAE1", 0, 3), ("TLBI VALE1", 0, 5),
        ("TLBI VAALE1", 0, 7), ("TLBI ALLE2", 4, 0), ("TLBI VAE2", 4, 1), ("TLBI ALLE1", 4, 4), ("TLBI VALE2", 4, 5),
        ("TLBI VMALLS12E1", 4, 6), ("TLBI ALLE3", 6, 0), ("TLBI VAE3", 6, 1), ("TLBI VALE3", 6, 5),
    ):
        names[op1, 8, 7, op2], names[op1, 8, 3, op2] = name, name + "IS"
    for name, op2 in (("TLBI IPAS2E1", 1), ("TLBI IPAS2LE1", 5)):
        names[4, 8, 4, op2], names[4, 8, 0, op2] = name, name + "IS"
    for op2, name in enumerate("S1E1R S1E1W S1E0R S1E0W".split()):
        names[0, 7, 8, op2] = "AT " + name
    for op2, name in enumerate("S1E2R S1E2W - - S12E1R S12E1W S12E0R S12E0W".split()):
        if name != "-":
            names[4, 7, 8, op2] = "AT " + name
    names.update({
        (0, 7, 6, 1): "DC IVAC", (0, 7, 6, 2): "DC ISW", (0, 7, 10, 2): "DC CSW", (0, 7, 14, 2): "DC CISW",
        (3, 7, 4, 1): "DC ZVA", (3, 7, 10, 1): "DC CVAC", (3, 7, 11, 1): "DC CVAU", (3, 7, 14, 1): "DC CIVAC",
        (0, 7, 1, 0): "IC IALLUIS", (0, 7, 5, 0): "IC IALLU", (3, 7, 5, 1): "IC IVAU",
    })
    return names


SYSTEM = system_names()
BARRIERS = {4: "DSB", 5: "DMB", 6: "ISB"}


def instruction_name(opcode):
    if opcode == 0xD69F03E0:
        return "ERET"
    crn, crm, op2 = opcode >> 12 & 15, opcode >> 8 & 15, opcode >> 5 & 7
    if opcode >> 12 == 0xD5032 and opcode & 31 == 31:
        return f"HINT #{crm << 3 | op2}"
    if opcode >> 12 == 0xD5033 and opcode & 31 == 31:
        return BARRIERS.get(op2, "")
    return SYSTEM.get((opcode >> 16 & 7, crn, crm, op2), "") if opcode >> 19 == 0xD508 >> 3 else ""


def register_name(n):
    name = f"S{n >> 14}_{n >> 11 & 7}_C{n >> 7 & 15}_C{n >> 3 & 15}_{n & 7}"
    return REGISTERS.get(n, name)


NAMES = ("fetch", "load ", "store", "zva  ", "sys  ", "msr  ", "par  ", "exc  ", "tabw ")
FLAGS = ("", " mmio", " unpriv", " mmio unpriv") * 2


def access_text(operation, va, pa, flags, n, size):
    where = f"va={va:#x} pa=?" if flags & UNKNOWN else f"va={va:#x} pa={pa:#x}"
    if operation == FETCH:
        return f"{where} n={n}{FLAGS[flags]}"
    if operation == ZVA:
        return where + FLAGS[flags]
    return f"{where} size={1 << size} at={n:#x}{FLAGS[flags]}"


def rare_text(operation, va, pa, n, value, rest):
    if operation == SYS:
        name = instruction_name(n)
        return f"opcode={n:#x} x={value:#x}" + (f"  # {name}" if name else "")
    if operation == MSR:
        return f"reg={register_name(n)} value={value:#x}"
    if operation == PAR:
        return f"value={value:#x}"
    if operation == TABW:
        return f"pa={pa:#x} value={value:#x}"
    elr, spsr, par = rest
    return f"vector={n:#x} esr={value:#x} far={va:#x} hpfar={pa:#x} elr={elr:#x} spsr={spsr:#x} par={par:#x}"


def record_text(record):
    core, level, operation, va, pa, flags, n, size, value, rest = record
    if operation <= ZVA:
        text = access_text(operation, va, pa, flags, n, size)
    else:
        text = rare_text(operation, va, pa, n, value, rest)
    return f"{core} el{level} {NAMES[operation]} {text}\n"


class Printer:
    def __init__(self, file):
        self.write = file.write

    def source(self, text):
        self.write(f"trace 1\nsource {text}\n")

    def page(self, number, words):
        self.write(f"page pa={number << 12:#x}\n")
        for at in range(0, 512, 4):
            four = words[at : at + 4]
            if any(four):
                self.write(f"  +{8 * at:#05x} {' '.join(map(hex, four))}\n")

    def record(self, record):
        self.write(record_text(record))


class Counter:
    def __init__(self):
        self.pages = self.records = 0

    def source(self, text):
        pass

    def page(self, number, words):
        self.pages += 1

    def record(self, record):
        self.records += 1


def size_line(name, counter):
    size = os.path.getsize(name)
    each = f", {size / counter.records:.4f} bytes a record" if counter.records else ""
    return f"{name}: {size} bytes, {counter.pages} pages, {counter.records} records{each}\n"


def main():
    options = argparse.ArgumentParser(description="Check a packed trace and print it as text.")
    options.add_argument("--size", action="store_true", help="print bytes a record instead of the text")
    options.add_argument("trace")
    chosen = options.parse_args()
    out = Counter() if chosen.size else Printer(sys.stdout)
    try:
        with open(chosen.trace, "rb") as file:
            read_trace(file, out)
    except (Refused, OSError) as why:
        print(f"read_swt: {chosen.trace}: {why}", file=sys.stderr)
        return 2
    if chosen.size:
        sys.stdout.write(size_line(chosen.trace, out))
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.exit(main())
