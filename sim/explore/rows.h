/* Results as rows of a CSV file, in and out. Two lines stand in front: what the results are of, and the names of the
 * columns.
 *
 *     # stagewalk/explore/1 version=1.2.3 fingerprint=0123456789abcdef space=0123456789abcdef numbers=0..200
 *     number,KNOB,...,status,METRIC,...,domains,reason
 *
 * Nothing in a row depends on when, where or beside what its point was replayed. Every byte read is untrusted. */
#pragma once

#include "sim/explore/metric.h"
#include "sim/explore/space.h"

#define ROWS_HEAD_BYTES 200
#define ROWS_LINE_MAX 32768
#define ROWS_CELLS_MAX (1 + SPACE_KNOBS_MAX + POINT_RESULT_CELLS)

/* What the results are of. */
struct rows_head {
    uint64_t fingerprint; /* of the trace, the base and the program: the same point has the same result */
    uint64_t space;       /* of all points */
    size_t first, last;   /* numbers of points */
};

/* FNV-1a, to be started with ROWS_HASH. */
#define ROWS_HASH 0xcbf29ce484222325ULL
uint64_t rows_hash(uint64_t hash, const void *bytes, size_t count);

/* Fills in what the space tells: but for the fingerprint. */
void rows_head_of(struct rows_head *head, const struct space *s);

/* Writes the first line; reads it back. Reading returns false when it is none of this program's version. */
void rows_head_write(const struct rows_head *head, FILE *out);
bool rows_head_read(struct rows_head *head, const char *line);

/* Writes the second line, and the row of a point. */
void rows_write_names(const struct space *s, FILE *out);
void rows_write(const struct space *s, size_t point, const struct point_result *r, FILE *out);

/* A file of rows, line by line. */
struct rows_reader {
    FILE *in;
    const char *name;
    unsigned long line;
    uint64_t whole; /* bytes of the lines read so far */
    bool torn_ends; /* a last line without its newline is the end of the file, else it is an error */
    char text[ROWS_LINE_MAX];
    char *cell[ROWS_CELLS_MAX];
    size_t cells;
};

/* Reads a line into r->text. Returns 1, 0 at the end, -1 with *err. */
int rows_next_line(struct rows_reader *r, struct trace_error *err);

/* Splits r->text into r->cell. Returns false with *err. */
bool rows_split(struct rows_reader *r, struct trace_error *err);

/* Formats a message about the line at hand, its file and number in front. Returns false. */
bool rows_refuse(const struct rows_reader *r, struct trace_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A whole decimal number, of digits alone. */
bool rows_number(const char *text, uint64_t *number);
