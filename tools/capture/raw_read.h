/* Reads raw.bin. Every byte is untrusted. */
#pragma once

#include "tools/capture/raw.h"
#include "traces/reader.h"

#include <stdio.h>

struct raw_reader {
    FILE *file;
    const char *path;
    uint64_t offset; /* of the record at hand */
    uint64_t next;   /* of the byte to be read next */
    uint64_t ram_bytes;
    struct trace_error *err;
};

/* A record with what stands behind it. */
struct raw_event {
    struct raw_record r;
    uint64_t high;                     /* RAW_DATA of 16 bytes: the upper 8 */
    uint64_t words[RAW_CONTEXT_COUNT]; /* RAW_CONTEXT, RAW_EXCEPTION */
};

/* Opens the file and checks its head; path and *err must outlive the reader. Returns false and fills *err, and then
 * needs no raw_reader_close. */
bool raw_reader_open(struct raw_reader *reader, const char *path, struct trace_error *err);

/* Reads the next event: type, core, level and size are in range, and a RAW_HIGH is part of its RAW_DATA. Returns 1, 0
 * at the end, -1 with *err filled. */
int raw_reader_next(struct raw_reader *reader, struct raw_event *event);

/* Fills *err with path, byte offset of the record at hand and what is wrong with it. Returns false. */
bool raw_reader_fail(const struct raw_reader *reader, const char *problem);

void raw_reader_close(struct raw_reader *reader);
