#!/usr/bin/env python3
"""Writes small packed traces, right and wrong, each named by what is special in it.

    break_swt.py FOLDER

FOLDER/good/*.swt are unusual and must be taken; FOLDER/bad/*.swt must be refused. CRCs are right, except of flipped and
cut files: what is wrong is found by the rule that it breaks, not by a CRC before it.
"""
import os
import struct
import sys
import zlib

SIGNATURE = b"\x89SWT\r\n\x1a\n"
COLUMNS = ("control", "address", "flow", "kind", "page", "rest")


def varint(number, length=0):
    """At least length bytes, so that longer ones than needed can be made."""
    out = bytearray()
    while number > 0x7F or len(out) + 1 < length:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def signed(difference):
    return varint((difference << 1 ^ difference >> 63) & (1 << 64) - 1)


def with_crc(head):
    return head + struct.pack("<I", zlib.crc32(head))


def header(source=b"a test", version=1, length=None, signature=SIGNATURE):
    return with_crc(signature + struct.pack("<II", version, len(source) if length is None else length) + source)


def block(kind, count, payload, raw_bytes=None, stored_bytes=None):
    raw_bytes = len(payload) if raw_bytes is None else raw_bytes
    stored_bytes = len(payload) if stored_bytes is None else stored_bytes
    head = struct.pack("<4s4I", kind, count, raw_bytes, stored_bytes, zlib.crc32(payload))
    return with_crc(head) + payload


def deflated(payload):
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(payload) + stream.flush()


def records(count, *parts, lengths=None, tail=b""):
    """A block of records; the parts are dictionaries of what each column gets."""
    columns = [b"".join(part.get(name, b"") for part in parts) for name in COLUMNS]
    payload = struct.pack("<6I", *(lengths or map(len, columns))) + b"".join(columns) + tail
    return block(b"RECS", count, payload)


def end(pages=0, instructions=0, cores=1, count=None, **operations):
    names = ("fetch", "load", "store", "zva", "sys", "msr", "par", "exc", "tabw")
    numbers = [operations.get(name, 0) for name in names]
    words = (pages, sum(numbers) if count is None else count, instructions, cores, *numbers)
    return block(b"END.", 0, struct.pack("<13Q", *words))


def page(number=1, words=b"\0" + varint(512)):
    return signed(number) + words


def control(byte, **columns):
    return {"control": bytes([byte]), **columns}


def core(who):
    return control(0x60, rest=bytes([who]))


def run(va=0x1000, n=1, flags=0, after=0, physical=0x2000):
    """A fetch in FLOW, with its page in PAGE; after: the run before it."""
    shape = n - 1 | flags << 10
    return control(0x46, flow=signed((va - after) // 4) + varint(shape), page=signed((physical >> 12) - (va >> 12)))


def data(code=2, address=b"\0", kind=1, n=0, with_page=b"\0"):
    """A load in KIND and PAGE, at an address code of one byte."""
    return control(0x30 | code, address=address, kind=bytes([kind]) + varint(n // 4), page=with_page)


def full(operation, n=0, va=0x1000, pa=0x2000, flags=0, size=0):
    return control(0x61, rest=bytes([operation, flags, size]) + varint(n) + varint(va) + varint(pa))


def rare(operation, *numbers):
    return control(0x50 + operation, rest=b"".join(map(varint, numbers)))


H = header()
ONE = records(1, run())
ONE_END = end(fetch=1, instructions=1)
PAR = {"par": 1}


def of(block_of_records, **totals):
    return H + block_of_records + end(**totals)


def of_one(part, **totals):
    return of(records(1, part), **totals)


def good():
    yield "one run", H + ONE + ONE_END
    yield "nothing", H + end(cores=0)
    yield "no source", header(b"") + end(cores=0)
    yield "source of 127 bytes", header(b"x" * 127) + end(cores=0)
    yield "source in UTF-8", header("Zürich µ 虚拟 \U0001f600".encode()) + end(cores=0)
    yield "source with spaces around", header(b"  x  ") + end(cores=0)
    yield "source with a hash", header(b"a # b") + end(cores=0)
    yield "first guess of empty tables", of_one(control(0x40), fetch=1, instructions=1)
    yield "second guess of empty tables", of_one(control(0x41), fetch=1, instructions=1)
    yield "expected from the start", of(records(128, control(0xFF)), fetch=128, instructions=128)
    yield "core 7 at level 3", of(records(1, core(31), rare(6, 5)), cores=128, **PAR)
    yield "core named twice", of(records(1, core(4), core(4), rare(6, 5)), cores=2, **PAR)
    yield "core named and not used", of(records(1, core(4), core(0), rare(6, 5)), **PAR)
    yield "varint longer than needed", of_one(control(0x56, rest=varint(5, 10)), **PAR)
    for length in range(1, 11):
        flow = varint(0x40 << 7 * (length - 1) & (1 << 64) - 2, length) + varint(0, length)
        yield f"flow of {length} bytes", of_one(control(0x46, flow=flow, page=b"\2"), fetch=1, instructions=1)
    yield "value of 64 bits", of_one(rare(6, (1 << 64) - 1), **PAR)
    yield "sys of 32 bits", of_one(rare(4, 0xFFFFFFFF, 1), sys=1)
    yield "msr of bit 15 alone", of_one(rare(5, 0x8000, 1), msr=1)
    yield "tabw at the top", of_one(rare(8, (1 << 61) - 1, 1), tabw=1)
    yield "exception at 0x780", of_one(rare(7, 0x780, 1, 2, 3, 4, 5, 6), exc=1)
    yield "run of a page", of_one(run(n=1024), fetch=1, instructions=1024)
    yield "run of 1 at the end of a page", of_one(run(va=0x1FFC), fetch=1, instructions=1)
    yield "run at the top", of_one(run(va=(1 << 64) - 4), fetch=1, instructions=1)
    yield "run on a device, pa not known", of_one(
        control(0x42, flow=signed(1) + varint(5 << 10)), fetch=1, instructions=1
    )
    yield "pa at the top", of_one(run(physical=(1 << 64) - 4096), fetch=1, instructions=1)
    yield "full run", of_one(full(0, n=2), fetch=1, instructions=2)
    yield "full load of 64 bytes", of_one(full(1, n=4092, size=6, flags=3), load=1)
    yield "full store, pa not known", of_one(full(2, pa=0, flags=4), store=1)
    yield "full zva", of_one(full(3, pa=0x2008), zva=1)
    yield "pa with other low bits", of_one(full(1, va=0x1008, pa=0x2010), load=1)
    for code, size in enumerate((1, 2, 3, 4, 5, 6, 8) * 2, 2):
        address = b"\x81" + bytes(size - 2) + b"\x7f" if size > 1 else b"\x81"
        yield f"address code {code}", of_one(data(code, address), load=1)
    yield "zva clears six bits", of_one(data(kind=3, address=b"\xfe"), zva=1)
    again = control(0x31, kind=b"\1\0", page=b"\0")
    yield "address code 1 twice", of(records(3, data(), again, again), load=3)
    yield "offset of the other half", of(
        records(2, run(), control(0x46, flow=signed(-0x420) + varint(0), page=signed(0x30))), fetch=2, instructions=2
    )
    yield "two blocks of records", H + ONE + ONE + end(fetch=2, instructions=2)
    for name, count, payload in (
        ("block of pages", 1, page()),
        ("last page of all", 1, page((1 << 52) - 1)),
        ("pages downwards", 2, page(5) + page(-2)),
        ("page twice", 2, page(5) + page(0, signed(7) + b"\0" + varint(511))),
        ("first word as the last one", 1, page(1, b"\0\0\0" + varint(511))),
        ("word that becomes zero", 1, page(1, signed(5) + signed(-5) + b"\0" + varint(510))),
        ("zeros in parts", 1, page(1, b"\0" + varint(500) + b"\0\x0c")),
        ("number of a page of 53 bits", 1, page(1 << 52 | 3)),
        ("number of a page below 0", 1, page(-1)),
        ("number of a page below 0 later", 2, page() + page(-2)),
        ("512 pages", 512, page() * 512),
    ):
        yield name, H + block(b"PAGE", count, payload) + end(pages=count, cores=0)
    yield "deflated", H + block(b"PAGE", 8, deflated(page() * 8), raw_bytes=32) + end(pages=8, cores=0)
    yield "page of 53 bits", of_one(run(physical=1 << 64 | 0x3000), fetch=1, instructions=1)
    yield "page below 0", of_one(run(physical=-4096), fetch=1, instructions=1)


TOTALS = ("pages", "records", "instructions", "cores", *"012345678")


def wrong_total(name):
    for step in (1, -1):
        words = list(struct.unpack("<13Q", ONE_END[24:]))
        at = TOTALS.index(name)
        words[at] = words[at] + step & (1 << 64) - 1
        yield f"total of {name} {step:+}", H + ONE + block(b"END.", 0, struct.pack("<13Q", *words))


def bad_words():
    for name in TOTALS[2:]:
        yield from wrong_total(name)
    yield "end block deflated", H + block(b"END.", 0, deflated(end(cores=0)[24:]), raw_bytes=104)
    yield "page beside a pa not known", of_one(
        control(0x46, flow=signed(0x400) + varint(4 << 10), page=b"\0"), fetch=1, instructions=1
    )
    yield "data page beside a pa not known", of_one(data(kind=1 | 4 << 5), load=1)
    yield "run with a size", of_one(full(0, n=1, size=2), fetch=1, instructions=1)
    yield "zva with n", of_one(full(3, n=4), zva=1)
    yield "zva with a size", of_one(full(3, size=6), zva=1)
    yield "pa known and not", of_one(full(1, flags=4), load=1)


def bad_file():
    whole = H + block(b"PAGE", 1, page()) + ONE + end(pages=1, fetch=1, instructions=1)
    for size in range(len(whole)):
        yield f"cut at byte {size:03}", whole[:size]
    for at in range(len(whole)):
        yield f"flip in byte {at:03}", whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :]
    yield "byte after the end", whole + b"\0"
    yield "two end blocks", H + end(cores=0) + end(cores=0)
    yield "signature as text", header(signature=SIGNATURE.replace(b"\r\n", b"\n") + b"\0") + end(cores=0)
    yield "version 0", header(version=0) + end(cores=0)
    yield "version 2", header(version=2) + end(cores=0)
    yield "source of 128 bytes", header(b"x" * 128) + end(cores=0)
    yield "source longer than the file", header(length=127)
    for name, text in (
        ("C0", b"a\tb"), ("DEL", b"\x7f"), ("C1", "\x85".encode()), ("NUL", b"\0"), ("line feed", b"a\n"),
        ("half a letter", b"\xc3"), ("long form", b"\xc0\xaf"), ("surrogate", b"\xed\xa0\x80"),
    ):
        yield f"source with {name}", header(text) + end(cores=0)
    yield "pages after records", H + ONE + block(b"PAGE", 1, page()) + end(pages=1, fetch=1, instructions=1)
    yield "records called pages", whole.replace(ONE, block(b"PAGE", 1, ONE[24:]))
    yield "pages called records", whole.replace(b"PAGE", b"RECS")
    yield "end called records", H + ONE + block(b"RECS", 1, ONE_END[24:])
    for kind in (b"page", b"RECT", b"END ", b"\0\0\0\0"):
        yield f"kind {kind.hex()}", H + block(kind, 1, ONE[24:]) + ONE_END
    yield "end without its block", H + ONE


def bad_block():
    for kind, payload, counts in (
        (b"PAGE", page(), (0, 513, 1 << 31)), (b"RECS", ONE[24:], (0, 262145, 0xFFFFFFFF)),
    ):
        for count in counts:
            yield f"{kind.decode()} of {count}", H + block(kind, count, payload) + ONE_END
    yield "end block with a count", H + block(b"END.", 1, end(cores=0)[24:])
    yield "end block too short", H + block(b"END.", 0, end(cores=0)[24:-8])
    yield "end block too long", H + block(b"END.", 0, end(cores=0)[24:] + bytes(8))
    yield "end block empty", H + block(b"END.", 0, b"")
    yield "payload empty", H + block(b"RECS", 1, b"") + end()
    tight, raw = deflated(page() * 8), 32
    for name, payload, raw_bytes in (
        ("gives less", tight, raw + 1), ("gives more", tight, raw - 1), ("goes on after its end", tight + b"\0", raw),
        ("does not end", tight[:-1], raw), ("is a zlib stream", zlib.compress(page() * 8), raw),
        ("is none", b"\x07" * 9, raw), ("is empty", b"", raw), ("claims 4 GB", tight, 0xFFFFFFFF),
        ("claims 4 MiB + 1", tight, (4 << 20) + 1),
    ):
        yield f"deflate {name}", H + block(b"PAGE", 8, payload, raw_bytes) + end(pages=8, cores=0)
    yield "stored more than raw", H + block(b"PAGE", 8, tight, len(tight) - 1) + end(pages=8, cores=0)
    yield "stored beyond the file", H + block(b"PAGE", 1, page(), 5000, 5000)
    bomb = deflated(bytes(64 << 20))
    yield "deflate bomb", H + block(b"PAGE", 1, bomb, 4 << 20) + end(pages=1, cores=0)
    for name in ("pages", "records"):
        yield from wrong_total(name)


def bad_pages():
    for name, count, payload in (
        ("more than the count", 1, page() + page()), ("fewer than the count", 2, page()),
        ("byte behind", 1, page() + b"\0"), ("513 words", 1, page(1, b"\0" + varint(513))),
        ("zeros of 2^63", 1, page(1, b"\0" + varint(1 << 63))),
        ("511 words", 1, page(1, b"\0" + varint(511))), ("1 word over", 1, page(1, signed(5) + b"\0" + varint(512))),
        ("varint of 11 bytes", 1, page(1, varint(5, 11) + b"\0" + varint(511))),
        ("varint of 65 bits", 1, page(1, varint(1 << 64) + b"\0" + varint(511))),
    ):
        yield f"pages, {name}", H + block(b"PAGE", count, payload) + end(pages=count, cores=0)


def bad_columns():
    yield "count above the records", of(records(2, run()), fetch=2, instructions=2)
    yield "count below the records", of(records(1, run(), run(after=0x1000)), fetch=1, instructions=1)
    yield "expected ones above the count", of(records(127, control(0xFF)), fetch=127, instructions=127)
    yield "core behind the last record", of(records(1, run(), core(0)), fetch=1, instructions=1)
    for name in COLUMNS:
        yield f"byte behind {name.upper()}", of(records(1, run(), {name: b"\0"}), fetch=1, instructions=1)
    yield "byte behind the columns", of(records(1, run(), tail=b"\0"), fetch=1, instructions=1)
    yield "lengths below the payload", of(records(1, run(), lengths=(1, 0, 3, 0, 0, 0)), fetch=1, instructions=1)
    yield "lengths that wrap", of(records(1, run(), lengths=(1, 1 << 31, 3, 1 << 31, 1, 0)), fetch=1, instructions=1)
    yield "no room for lengths", of(block(b"RECS", 1, bytes(23)), fetch=1)
    for name, column in (
        ("flow", control(0x42, flow=b"\0")), ("page", control(0x44)), ("kind", control(0x12, kind=b"\1")),
        ("address", control(0x18, kind=b"\1\0", address=bytes(7))), ("rest", control(0x57, rest=bytes(6))),
    ):
        yield f"{name.upper()} ends early", of_one(column, fetch=1)


def bad_records():
    for byte in (*range(0x43, 0x48, 4), *range(0x48, 0x54), *range(0x59, 0x60), *range(0x62, 0x80)):
        yield f"control byte {byte:#x}", of_one(control(byte, rest=bytes(9), flow=b"\0\0", page=b"\0"), fetch=1)
    for code, size in enumerate((0, 0, *(1, 2, 3, 4, 5, 6, 8) * 2)):
        yield f"slot of kind 0, address code {code}", of_one(control(code, address=bytes(size)), load=1)
    for length in range(1, 10):
        yield f"FLOW ends within {length} bytes", of_one(control(0x46, flow=b"\x80" * length, page=b"\2"), fetch=1)
    for name, number in (("11 bytes", varint(0x40, 11)), ("65 bits", varint(1 << 64))):
        yield f"flow of {name}", of_one(control(0x46, flow=number + b"\0", page=b"\2"), fetch=1, instructions=1)
    yield "core 8", of(records(1, core(32), rare(6, 5)), cores=256, **PAR)
    for name, kind, n in (
        ("operation 0", 4, 0), ("size 7", 1 | 7 << 2, 0), ("zva with a size", 3 | 4, 0), ("zva with n", 3, 4),
        ("n beyond the page", 1, 4096), ("n that wraps in 32 bits", 1, 1 << 32), ("n of 64 bits", 1, 1 << 65),
        ("kind 0", 0, 0),
    ):
        yield f"kind: {name}", of_one(data(kind=kind, n=n), load=1)
    yield "run beyond the page", of_one(run(va=0x1FFC, n=2), fetch=1, instructions=2)
    yield "run beyond the page by 1", of_one(run(va=0x1004, n=1024), fetch=1, instructions=1024)
    yield "shape of 14 bits", of_one(run(flags=8), fetch=1, instructions=1)
    yield "shape of 64 bits", of_one(run(flags=1 << 53), fetch=1, instructions=1)


def bad_rest():
    for name, part in (
        ("operation 4", full(4)), ("operation 255", full(255)),
        ("flag 8", full(1, flags=8)), ("flag 128", full(1, flags=128)),
        ("size 7", full(1, size=7)), ("run of 0", full(0)), ("run of 1025", full(0, n=1025)),
        ("run beyond the page", full(0, n=2, va=0x1FFC)), ("run out of step", full(0, n=1, va=0x1002)),
        ("load n 2", full(1, n=2)),
        ("load n 4096", full(1, n=4096)), ("load n of 2^32", full(1, n=1 << 32)),
        ("zva out of step", full(3, va=0x1008)),
        ("run of 2^32 + 1", full(0, n=(1 << 32) + 1)),
    ):
        yield f"full: {name}", of_one(part, fetch=1, instructions=1)
    for name, part in (
        ("sys of 33 bits", rare(4, 1 << 32, 0)), ("msr without bit 15", rare(5, 0x4000, 0)),
        ("msr of 17 bits", rare(5, 0x18000, 0)),
        ("vector 0x40", rare(7, 0x40, 0, 0, 0, 0, 0, 0)), ("vector 0x800", rare(7, 0x800, 0, 0, 0, 0, 0, 0)),
        ("vector of 2^32", rare(7, 1 << 32, 0, 0, 0, 0, 0, 0)), ("tabw of 65 bits", rare(8, 1 << 61, 0)),
        ("varint of 11 bytes", control(0x56, rest=varint(5, 11))),
        ("varint of 65 bits", control(0x56, rest=varint(1 << 64))),
    ):
        operation = part["control"][0] - 0x50
        yield name, of_one(part, **{("sys", "msr", "par", "exc", "tabw")[operation - 4]: 1})


def write_all(folder, cases):
    os.makedirs(folder)
    for name, content in cases:
        with open(os.path.join(folder, name.replace(" ", "-") + ".swt"), "xb") as file:
            file.write(content)


def main():
    write_all(os.path.join(sys.argv[1], "good"), good())
    bad = (bad_file, bad_words, bad_block, bad_pages, bad_columns, bad_records, bad_rest)
    write_all(os.path.join(sys.argv[1], "bad"), (case for cases in bad for case in cases()))


if __name__ == "__main__":
    main()
