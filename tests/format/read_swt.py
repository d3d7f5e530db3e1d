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

from swt_payload import FETCH, Decoder, Refused, decode_pages, refuse_if
from swt_text import Printer

SIGNATURE = b"\x89SWT\r\n\x1a\n"
SOURCE_MOST = 127
BLOCK_MOST = 4 << 20
COUNT_MOST = {b"PAGE": 512, b"RECS": 262144, b"END.": 0}
END_BYTES = 13 * 8


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
    return f"{name}: {size} bytes, {counter.pages} pages, {counter.records} records{each}"


def read_file(name, out):
    """Returns whether the trace is as it should be."""
    try:
        with open(name, "rb") as file:
            read_trace(file, out)
    except (Refused, OSError) as why:
        print(f"read_swt: {name}: {why}", file=sys.stderr)
        return False
    return True


def main():
    options = argparse.ArgumentParser(description="Check packed traces and print them as text.")
    options.add_argument("--size", action="store_true", help="print a line with bytes a record instead of the text")
    options.add_argument("trace", nargs="+")
    chosen, well = options.parse_args(), True
    for name in chosen.trace:
        out = Counter() if chosen.size else Printer(sys.stdout)
        if not read_file(name, out):
            well = False
        elif chosen.size:
            print(size_line(name, out))
    return 0 if well else 2


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.exit(main())
