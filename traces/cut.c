/* Cutting: everything before the cut is folded into a start state. */
#include "traces/cut.h"
#include "traces/error.h"
#include "traces/pack_format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 512
#define REGISTER_COUNT 0x8000 /* encodings with op0 2 or 3 */

struct cut_page {
    uint64_t pa;
    uint8_t words[TRACE_PAGE_BYTES];
};

struct cut {
    struct trace_reader *reader;
    struct trace_writer *writer;
    struct trace_error *err;
    struct cut_request *request;
    bool begun;
    uint64_t begun_at;      /* number of the first record */
    struct cut_page *pages; /* sorted by PA once all are read */
    size_t page_count, page_room;
    struct trace_rec *words; /* REC_TABW to pages that the trace does not carry */
    size_t word_count, word_room;
    uint8_t el[TRACE_CORES_MAX];
    bool known[TRACE_CORES_MAX][REGISTER_COUNT];
    uint64_t content[TRACE_CORES_MAX][REGISTER_COUNT];
};

/* Makes room for one more element. Returns the array, NULL when memory is short. */
static void *grow(struct cut *c, void *array, size_t count, size_t *room, size_t size)
{
    size_t more = *room ? 2 * *room : 64;
    void *bigger;

    if (count < *room)
        return array;
    bigger = realloc(array, more * size);
    if (bigger)
        *room = more;
    else
        error_set(c->err, "%s: out of memory", trace_get_path(c->reader));
    return bigger;
}

static int by_address(const void *a, const void *b)
{
    const struct cut_page *x = a, *y = b;

    return (x->pa > y->pa) - (x->pa < y->pa);
}

static bool reader_failed(struct cut *c)
{
    *c->err = *trace_get_error(c->reader);
    return false;
}

static bool read_pages(struct cut *c)
{
    int got = 1;

    while (got > 0) {
        struct cut_page *pages = grow(c, c->pages, c->page_count, &c->page_room, sizeof *c->pages);

        if (!pages)
            return false;
        c->pages = pages;
        got = trace_read_page(c->reader, &pages[c->page_count].pa, pages[c->page_count].words);
        c->page_count += got > 0;
    }
    if (got < 0)
        return reader_failed(c);
    qsort(c->pages, c->page_count, sizeof *c->pages, by_address);
    return true;
}

/* By place, and of one place in the order in which they were written. */
static int by_place(const void *a, const void *b)
{
    const struct trace_rec *x = a, *y = b;

    if (x->pa != y->pa)
        return x->pa < y->pa ? -1 : 1;
    return (x->va > y->va) - (x->va < y->va);
}

/* Forgets the words that were overwritten, so that no more are kept than there are places. */
static void forget_overwritten(struct cut *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->word_count; i++)
        c->words[i].va = i; /* a word has none: its turn stands there meanwhile */
    if (c->word_count > 0)
        qsort(c->words, c->word_count, sizeof *c->words, by_place);
    for (size_t i = 0; i < c->word_count; i++) {
        if (i + 1 == c->word_count || c->words[i + 1].pa != c->words[i].pa)
            c->words[kept++] = c->words[i];
    }
    for (size_t i = 0; i < kept; i++)
        c->words[i].va = 0;
    c->word_count = kept;
}

/* A table word changes: in its page, or else it is kept. */
static bool fold_word(struct cut *c, const struct trace_rec *rec)
{
    const struct cut_page key = { .pa = rec->pa / TRACE_PAGE_BYTES * TRACE_PAGE_BYTES };
    struct cut_page *page = bsearch(&key, c->pages, c->page_count, sizeof key, by_address);
    struct trace_rec *words;

    if (page) {
        pack_put64(page->words + rec->pa % TRACE_PAGE_BYTES, rec->value);
        return true;
    }
    if (2 * c->word_count >= c->word_room)
        forget_overwritten(c);
    /* as many again as are kept have room: forgetting is rare */
    words = grow(c, c->words, 2 * c->word_count, &c->word_room, sizeof *c->words);
    if (!words)
        return false;
    c->words = words;
    words[c->word_count++] = *rec;
    return true;
}

static bool fold_record(struct cut *c, const struct trace_rec *rec)
{
    c->el[rec->core] = rec->el;
    if (rec->op == REC_MSR) {
        c->known[rec->core][rec->n % REGISTER_COUNT] = true;
        c->content[rec->core][rec->n % REGISTER_COUNT] = rec->value;
    }
    return rec->op != REC_TABW || fold_word(c, rec);
}

static bool write_registers(struct cut *c, uint8_t core)
{
    for (uint32_t i = 0; i < REGISTER_COUNT; i++) {
        struct trace_rec rec = {
            .op = REC_MSR, .core = core, .el = c->el[core], .n = REGISTER_COUNT | i, .value = c->content[core][i]
        };

        if (c->known[core][i] && !trace_write(c->writer, &rec, c->err))
            return false;
    }
    return true;
}

/* Writes what was folded: the state in which the piece begins. */
static bool write_start(struct cut *c)
{
    for (size_t i = 0; i < c->page_count; i++)
        if (!trace_write_page(c->writer, c->pages[i].pa, c->pages[i].words, c->err))
            return false;
    for (size_t i = 0; i < c->word_count; i++)
        if (!trace_write(c->writer, &c->words[i], c->err))
            return false;
    for (uint8_t core = 0; core < TRACE_CORES_MAX; core++)
        if (!write_registers(c, core))
            return false;
    return true;
}

static bool is_marker(const struct trace_rec *rec, int marker)
{
    return marker != CUT_NO_MARKER && rec->op == REC_SYS && rec->n == CUT_MARKER(marker);
}

/* A record of the piece: written, if it is one of those that are wanted. */
static bool copy_record(struct cut *c, const struct trace_rec *rec)
{
    struct trace_rec run;

    switch (cut_filter_keeps(&c->request->filter, rec, &run)) {
    case CUT_DROP:
        return true;
    case CUT_KEEP_WITH_RUN:
        if (!trace_write(c->writer, &run, c->err))
            return false;
        break;
    case CUT_KEEP:
        break;
    }
    return trace_write(c->writer, rec, c->err);
}

/* Takes a record. Returns false when it could not be written, or when the piece ends before it: *ended tells. */
static bool take_record(struct cut *c, const struct trace_rec *rec, uint64_t index, bool *ended)
{
    const struct cut_request *q = c->request;

    if (!c->begun && index >= q->from && (q->marker_from == CUT_NO_MARKER || is_marker(rec, q->marker_from))) {
        c->begun = true;
        if (!write_start(c))
            return false;
        c->begun_at = index;
    }
    if (!c->begun) {
        cut_filter_pass(&c->request->filter, rec);
        return fold_record(c, rec);
    }
    *ended = index > c->begun_at && is_marker(rec, q->marker_to);
    return !*ended && copy_record(c, rec);
}

static bool nothing_to_cut(const struct cut *c, uint64_t records)
{
    const struct cut_request *q = c->request;

    if (q->marker_from != CUT_NO_MARKER)
        return error_set(c->err, "%s: there is no HINT #%d to begin with", trace_get_path(c->reader), q->marker_from);
    return error_set(c->err, "%s: the trace has only %" PRIu64 " records: there is none from %" PRIu64 " on",
                     trace_get_path(c->reader), records, q->from);
}

static bool copy_records(struct cut *c)
{
    const struct trace_watch *watch = c->request->watch;
    struct trace_rec recs[BATCH];
    uint64_t index = 0;
    bool ended = false;
    int got = 0;

    while (!ended && index < c->request->to && (got = trace_read(c->reader, recs, BATCH)) > 0) {
        for (int i = 0; i < got && !ended && index < c->request->to; i++, index++) {
            if (!take_record(c, &recs[i], index, &ended) && !ended)
                return false;
        }
        if (watch)
            watch->step(watch->context, trace_bytes_done(c->reader), trace_bytes_total(c->reader), index);
    }
    if (got < 0)
        return reader_failed(c);
    return c->begun || nothing_to_cut(c, index);
}

bool cut_records(struct trace_reader *r, struct trace_writer *w, struct cut_request *request, struct trace_error *err)
{
    struct cut *c = calloc(1, sizeof *c);
    bool ok;

    if (!c)
        return error_set(err, "%s: out of memory", trace_get_path(r));
    c->reader = r;
    c->writer = w;
    c->err = err;
    c->request = request;
    ok = read_pages(c) && copy_records(c);
    free(c->pages);
    free(c->words);
    free(c);
    return ok;
}
