"""The payloads of packed traces: pages and records, as traces/FORMAT.md says."""
import struct

FETCH, LOAD, STORE, ZVA, SYS, MSR, PAR, EXC, TABW = range(9)
MMIO, UNPRIV, UNKNOWN = 1, 2, 4

MASK = (1 << 64) - 1
PAGE_MASK = (1 << 52) - 1
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


# ---- Pages -----------------------------------------------------------------------------------------------------------


def decode_pages(payload, count):
    column, number = Column("a block of pages", payload), 0
    for _ in range(count):
        number = number + column.signed() & PAGE_MASK
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
        page = va_page + self.core.offset[half] + self.page.signed() & PAGE_MASK
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
