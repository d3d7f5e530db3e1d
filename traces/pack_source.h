/* The container of a packed trace, read block by block: headers checked, payloads inflated. Knows nothing of what is
 * in a payload. Holds one block at a time, so memory is bounded by PACK_RAW_MAX. */
#pragma once

#include "traces/pack_format.h"
#include <stdio.h>
#include <zlib.h>

struct pack_block {
    uint64_t offset; /* of the block's header in the file */
    uint32_t kind;   /* PACK_PAGES, PACK_RECORDS or PACK_END */
    uint32_t count;  /* pages or records */
    uint32_t stored_bytes, raw_bytes;
    uint32_t crc;
    const uint8_t *payload; /* raw_bytes, and PACK_SLACK more that may be read; valid until the next read */
};

struct pack_source {
    FILE *stream;
    char *path;      /* for messages */
    uint64_t offset; /* of the next byte */
    uint64_t bytes;  /* of the whole file; 0 when unknown */
    uint8_t *stored, *raw;
    size_t stored_room, raw_room;
    z_stream inflate;
    bool inflate_ready;
};

/* Takes over the stream, which stands at its begin, and reads its header; `path` is for messages, the source text goes to
 * `source` (PACK_SOURCE_MAX + 1 bytes). Returns false and fills *err when it cannot be read or is no packed trace; *s
 * then needs no further call. */
bool pack_source_open(struct pack_source *s, const char *path, FILE *stream, char *source, struct trace_error *err);

/* Reads the payload of the end block at the end of a seekable file, and goes back to where it was. Returns false when
 * that is not possible or there is no such block. */
bool pack_source_totals(struct pack_source *s, uint8_t totals[PACK_END_BYTES]);

/* Looks at the headers of all blocks of a seekable file, without reading payloads, and goes back to where it was.
 * Returns false and fills *err when the file does not hold together: cut short, or longer than the trace. */
bool pack_source_survey(struct pack_source *s, struct trace_error *err);

/* Reads the next block. Returns false and fills *err when it is damaged or missing. */
bool pack_source_block(struct pack_source *s, struct pack_block *block, struct trace_error *err);

/* Returns false and fills *err when the file goes on after the end block. */
bool pack_source_at_end(struct pack_source *s, struct trace_error *err);

void pack_source_close(struct pack_source *s);
