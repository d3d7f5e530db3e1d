/* The stream of what happened, in and out: open, table pages first, then records in batches.
 *
 * Memory use is bounded by the largest block, never by the length of the trace. Every byte read is untrusted. */
#pragma once

#include "traces/dense.h"
#include <stdbool.h>
#include <stddef.h>

#define TRACE_PAGE_BYTES 4096

/* A message for the user: names the file and the byte offset (or line), and what to do about it. */
struct trace_error {
    char text[512];
};

struct trace_info {
    char source[128];   /* where the trace comes from, one line of text */
    unsigned cores;     /* number of cores that appear */
    uint32_t core_mask; /* bit c: core c appears */
    uint64_t pages;     /* table pages carried */
    uint64_t records;   /* all records */
    uint64_t op_count[REC_OP_COUNT];
    uint64_t instructions; /* sum of n over REC_FETCH */
};

enum {
    TRACE_RECOVER = 1, /* a damaged block ends the stream as if it were its end, with trace_recovered() true */
};

struct trace_reader;
struct pack_reader;

/* Opens a packed trace (.swt), or one in a format of others that is told by its content (traces/FOREIGN.md); "-" is
 * standard input. Returns NULL and fills *err when it cannot be read. */
struct trace_reader *trace_open(const char *path, unsigned flags, struct trace_error *err);

/* The same with the name of the format that the content is taken for: "swt", or one of traces/readers/formats.h. NULL:
 * it is told by content. */
struct trace_reader *trace_open_as(const char *path, const char *format, unsigned flags, struct trace_error *err);

/* A trace that is made while it is read, in place of a file. */
struct trace_source {
    void *context;
    const char *format; /* as trace_get_format is to tell it */
    uint32_t core_mask; /* bit c: core c will appear */
    uint64_t total;     /* what `done` counts to: trace_bytes_total */
    /* Gives the next page. Returns 1, or 0 at the end. */
    int (*page)(void *context, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES]);
    /* Gives up to cap records. Returns how many, 0 at the end. */
    int (*read)(void *context, struct trace_rec *recs, int cap);
    uint64_t (*done)(const void *context);
    void (*close)(void *context);
};

/* Opens it; `path` is what messages call it and, as far as it has room, its source text. trace_close closes the source.
 * Returns NULL and fills *err for want of memory: it is closed then, too. */
struct trace_reader *trace_open_source(const char *path, const struct trace_source *source, struct trace_error *err);

/* The i-th format of others: its name, and in what, unless NULL, one line on it. NULL behind the last. */
const char *trace_format_at(size_t i, const char **what);

/* The name of the format that is read: "swt", "lackey", ... */
const char *trace_get_format(const struct trace_reader *r);

/* True when the trace is of accesses by VA alone, without the registers and tables that translate them. */
bool trace_wants_tables(const struct trace_reader *r);

/* What a format's lines or entries held that is no event, by reason. */
struct trace_skip {
    const char *why;
    const char *unit; /* "line" or "entry at byte" */
    uint64_t count;
    uint64_t first; /* place of the first one */
};

/* Gives the i-th reason for which something was skipped so far. Returns false when there are no more. */
bool trace_get_skip(const struct trace_reader *r, size_t i, struct trace_skip *skip);

/* What stands between the input and who reads it: it may put pages and records in front, and others before each
 * record. */
#define TRACE_FILTER_MAX 64 /* records that one becomes, at most */

struct trace_filter {
    void *context;
    /* Gives the next page for the start of the trace. Returns 1, 0 at the end, -1 with *err. NULL: none. */
    int (*page)(void *context, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES], struct trace_error *err);
    /* Says what becomes of a record, NULL before the first one. Returns how many, -1 with *err. */
    int (*expand)(void *context, const struct trace_rec *rec, struct trace_rec out[TRACE_FILTER_MAX],
                  struct trace_error *err);
    void (*close)(void *context);
};

/* Sets the filter, before anything is read; trace_close closes it. Returns false for want of memory: it is closed. */
bool trace_set_filter(struct trace_reader *r, const struct trace_filter *filter);

/* The path it was opened by, as messages name it. */
const char *trace_get_path(const struct trace_reader *r);

/* What the file says of itself. The counts are complete only once the stream has been read to its end, unless
 * the input is seekable, in which case trace_open has read them from the end of the file. */
const struct trace_info *trace_get_info(const struct trace_reader *r);

/* Reads the next table page: content at the start of the trace. Must be drained before the first trace_read.
 * Returns 1 with *pa and page filled, 0 at the end of the pages, -1 on damage (see trace_get_error). */
int trace_read_page(struct trace_reader *r, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES]);

/* Reads up to cap records, cap >= 1. Returns how many, 0 at the end, -1 on damage. Start registers come as REC_MSR
 * records at the front of the stream. */
int trace_read(struct trace_reader *r, struct trace_rec *recs, int cap);

/* The same by blocks: empties the block and puts records in it, as many as suit the format. Returns how many, 0 at the
 * end, -1 on damage. Of a reader either this or trace_read is used. */
int trace_read_dense(struct trace_reader *r, struct dense_block *block);

/* Passes over so many records. Returns how many: fewer when the trace ended before, or at damage, as the next read
 * tells. Of a packed trace in a file whole blocks are neither read nor checked, but under TRACE_RECOVER, which ends at
 * damage. The totals at its end are compared all the same, as far as they can be: trace_get_info counts nothing but the
 * number of what was passed over. */
uint64_t trace_skip(struct trace_reader *r, uint64_t records);

/* The reader of a packed trace that no filter stands before, NULL of others. */
struct pack_reader *trace_get_pack(struct trace_reader *r);

/* True once a damaged block has been met under TRACE_RECOVER; the error then tells where. */
bool trace_recovered(const struct trace_reader *r);
const struct trace_error *trace_get_error(const struct trace_reader *r);

/* True when trace_get_info was complete at trace_open. */
bool trace_totals_known(const struct trace_reader *r);

/* Bytes of input consumed so far and in all (0 when unknown): for a progress bar. */
uint64_t trace_bytes_done(const struct trace_reader *r);
uint64_t trace_bytes_total(const struct trace_reader *r);

void trace_close(struct trace_reader *r);

struct trace_writer;

/* Creates a packed trace beside `path`; only trace_commit makes it appear under that name. "-" is standard output.
 * Returns NULL and fills *err when it cannot be created. */
struct trace_writer *trace_create(const char *path, const char *source, struct trace_error *err);

/* Returns false and fills *err on failure (a full disk, a page after the first record). */
bool trace_write_page(struct trace_writer *w, uint64_t pa, const uint8_t page[TRACE_PAGE_BYTES],
                      struct trace_error *err);
bool trace_write(struct trace_writer *w, const struct trace_rec *rec, struct trace_error *err);

/* Ends the file and gives it its name. Frees w whatever happens; false: nothing was left behind. */
bool trace_commit(struct trace_writer *w, struct trace_error *err);

/* Gives up: removes what was written, frees w. NULL is allowed. */
void trace_discard(struct trace_writer *w);
