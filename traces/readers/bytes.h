/* The bytes of a file that may be gzipped, and may be a pipe: looked at before they are taken, so that the format can
 * be told by content. Knows nothing of formats. Holds one window; memory does not grow with the input. */
#pragma once

#include "traces/reader.h"
#include <stdio.h>
#include <zlib.h>

#define BYTES_WINDOW 131072
#define BYTES_CHUNK 65536

struct bytes {
    FILE *stream;
    const char *path; /* for messages; the owner's */
    bool gzipped, inflating, ended;
    z_stream inflate;
    uint64_t file_offset; /* bytes of the file consumed */
    uint64_t file_bytes;  /* of the whole file; 0 when unknown */
    uint64_t offset;      /* of window[at] in the uncompressed content */
    size_t at, end;       /* window[at..end) has not been taken */
    size_t chunk_at, chunk_end;
    uint8_t chunk[BYTES_CHUNK];
    uint8_t window[BYTES_WINDOW + 1];
};

/* Takes over an open stream that stands at its begin. The window is empty until bytes_want. */
void bytes_init(struct bytes *b, const char *path, FILE *stream);

/* Makes `count` bytes (at most BYTES_WINDOW) available at window + at, fewer at the end of the input. Returns how many
 * are, or -1 with *err, which names the offset in the file: damaged or truncated gzip, a read error, a compression that
 * is not read here. */
long bytes_want(struct bytes *b, size_t count, struct trace_error *err);

/* Takes bytes that are available. */
void bytes_take(struct bytes *b, size_t count);

/* Closes the stream unless it is standard input. */
void bytes_close(struct bytes *b);
