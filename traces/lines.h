/* Lines of a text file, plain or gzipped, and messages that point into them. Knows nothing of what they mean. */
#pragma once

#include "traces/reader.h"
#include <zlib.h>

#define LINES_BYTES_MAX 16384

struct lines {
    gzFile file;
    char *path;                     /* for messages */
    uint64_t number;                /* of the line at hand, from 1 */
    char text[LINES_BYTES_MAX + 1]; /* the line at hand, without its newline */
};

/* Opens a file; "-" is standard input. Returns false and fills *err when it cannot be read. */
bool lines_open(struct lines *l, const char *path, struct trace_error *err);

/* True when the file is gzipped; to be asked once a line has been read. */
bool lines_is_gzipped(const struct lines *l);

/* Reads the next line, without a byte order mark that the first may begin with. Returns 1, 0 at the end, -1 with *err:
 * a line too long, a control character, a read error. */
int lines_next(struct lines *l, struct trace_error *err);

/* A line that a message points into. */
struct lines_place {
    const char *path;
    uint64_t number;  /* from 1 */
    const char *text; /* the whole line, without its newline */
};

/* Fills *err with `path:line:column: message`, the line, and a caret under `at`, which lies in the text. Returns
 * false. */
bool lines_point(const struct lines_place *place, const char *at, struct trace_error *err, const char *message);

/* Fills *err with `path:line:column: message`, the line, and a caret under `at`, which lies in l->text; the word that
 * begins there is underlined. Returns false. */
bool lines_fail(const struct lines *l, const char *at, struct trace_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void lines_close(struct lines *l);
