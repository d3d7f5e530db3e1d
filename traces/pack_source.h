/* The container of a packed trace, read block by block: headers checked, payloads as they are stored. Knows nothing of
 * what is in a payload. */
#pragma once

#include "traces/pack_payload.h"
#include <stdio.h>

struct pack_source {
    FILE *stream;
    char *path;      /* for messages */
    uint64_t offset; /* of the next byte */
    uint64_t bytes;  /* of the whole file, which can be sought in; 0 when unknown */
};

/* Takes over the stream, which stands at its begin, and reads its header; `path` is for messages, the source text goes
 * to `source` (PACK_SOURCE_MAX + 1 bytes). Returns false and fills *err when it cannot be read or is no packed trace;
 * *s then needs no further call. */
bool pack_source_open(struct pack_source *s, const char *path, FILE *stream, char *source, struct trace_error *err);

/* Reads the payload of the end block at the end of a seekable file, and goes back to where it was. Returns false when
 * that is not possible or there is no such block. */
bool pack_source_totals(struct pack_source *s, uint8_t totals[PACK_END_BYTES]);

/* Looks at the headers of all blocks of a seekable file, without reading payloads, and goes back to where it was.
 * Returns false and fills *err when the file does not hold together: cut short, or longer than the trace. */
bool pack_source_survey(struct pack_source *s, struct trace_error *err);

/* Reads the header of the next block. Returns false and fills *err when it is damaged or missing, or when the file has
 * no room for its payload. */
bool pack_source_head(struct pack_source *s, struct pack_block *b, struct trace_error *err);

/* After that: reads its payload to p->stored. Returns false and fills *err. */
bool pack_source_payload(struct pack_source *s, const struct pack_block *b, struct pack_payload *p,
                         struct trace_error *err);

/* Or: passes over it, in a seekable file. Returns false and fills *err. */
bool pack_source_pass(struct pack_source *s, const struct pack_block *b, struct trace_error *err);

/* Returns false and fills *err when the file goes on after the end block. */
bool pack_source_at_end(struct pack_source *s, struct trace_error *err);

void pack_source_close(struct pack_source *s);
