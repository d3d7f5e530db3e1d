/* libcsv, fed line by line: so that lines can be counted and the length of a row be limited. */
#include "sim/csv_rows.h"

#include <csv.h>
#include <errno.h>
#include <string.h>

#define CHUNK_BYTES 16384

struct rows {
    struct csv_parser parser;
    csv_row_handler *handle;
    void *context;
    struct csv_row row;
    char text[CSV_ROW_BYTES_MAX + CSV_CELLS_MAX]; /* the cells, each with its NUL */
    size_t text_bytes;                            /* of text that are used */
    size_t row_bytes;                             /* of the file that went into this row */
    uint64_t line;
    bool after_return; /* a newline now belongs to the carriage return before it */
    bool stopped;
    struct csv_problem problem;
};

static void set_problem(struct rows *r, const char *what)
{
    if (!r->problem.what)
        r->problem = (struct csv_problem){ .line = r->row.line ? r->row.line : r->line, .what = what };
}

static void take_cell(void *cell, size_t bytes, void *context)
{
    struct rows *r = context;
    char *copy = r->text + r->text_bytes;

    if (r->stopped || r->problem.what)
        return;
    if (r->row.count == CSV_CELLS_MAX) {
        set_problem(r, "too many cells in a row");
        return;
    }
    if (bytes && memchr(cell, '\0', bytes)) {
        set_problem(r, "a NUL byte: not a text file");
        return;
    }
    if (bytes) /* a row of CSV_ROW_BYTES_MAX bytes and all its NULs fit */
        memcpy(copy, cell, bytes);
    copy[bytes] = '\0';
    r->text_bytes += bytes + 1;
    r->row.cells[r->row.count++] = copy;
}

static void take_row(int end, void *context)
{
    struct rows *r = context;

    (void)end;
    if (!r->stopped && !r->problem.what)
        r->stopped = !r->handle(r->context, &r->row);
    r->row.count = 0;
    r->row.line = 0;
    r->text_bytes = 0;
    r->row_bytes = 0;
}

/* Feeds bytes of one line, up to and including its end. */
static void feed_line(struct rows *r, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count && !r->row.line; i++) {
        if (!strchr(" \t\r\n", bytes[i]) || bytes[i] == '\0')
            r->row.line = r->line;
    }
    r->row_bytes = r->row.line ? r->row_bytes + count : 0;
    if (r->row_bytes > CSV_ROW_BYTES_MAX)
        set_problem(r, "a row of more than 16384 bytes");
    else if (csv_parse(&r->parser, bytes, count, take_cell, take_row, r) != count)
        set_problem(r, csv_error(&r->parser) == CSV_EPARSE ? "a quote where none may be" : "out of memory");
    if (bytes[count - 1] == '\r' || (bytes[count - 1] == '\n' && !r->after_return))
        r->line++;
    r->after_return = bytes[count - 1] == '\r';
}

static void feed(struct rows *r, const char *bytes, size_t count)
{
    while (count > 0 && !r->stopped && !r->problem.what) {
        size_t n = 0;

        while (n < count && bytes[n] != '\n' && bytes[n] != '\r')
            n++;
        n += n < count;
        feed_line(r, bytes, n);
        bytes += n;
        count -= n;
    }
}

static void feed_file(struct rows *r, FILE *in)
{
    char chunk[CHUNK_BYTES];
    size_t count = fread(chunk, 1, sizeof chunk, in);
    size_t skip = count >= 3 && memcmp(chunk, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (count > 0 && !r->stopped && !r->problem.what) {
        feed(r, chunk + skip, count - skip);
        skip = 0;
        count = fread(chunk, 1, sizeof chunk, in);
    }
    if (ferror(in) && !r->problem.what)
        r->problem = (struct csv_problem){ .what = strerror(errno) };
}

bool csv_rows_read(FILE *in, csv_row_handler *handle, void *context, struct csv_problem *problem)
{
    struct rows r = { .handle = handle, .context = context, .line = 1 };

    if (csv_init(&r.parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        *problem = (struct csv_problem){ .what = "out of memory" };
        return false;
    }
    feed_file(&r, in);
    if (!r.stopped && !r.problem.what && csv_fini(&r.parser, take_cell, take_row, &r) != 0)
        set_problem(&r, "a quoted cell without an end");
    csv_free(&r.parser);
    *problem = r.problem;
    return !r.problem.what;
}
