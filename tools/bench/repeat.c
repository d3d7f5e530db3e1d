/* `repeat`: a trace over and over, as one trace: benchmarks need more records than any capture has.
 *
 * Between two rounds stand a TABW for each table word that the round has changed, and TLBI ALLE1IS and ALLE2IS: so the
 * next one finds the tables that the trace begins with, and no translation of the round before, and `replay --verify`
 * finds no mismatch. Registers need nothing: a trace begins with them. Caches stay as they are. */
#include "traces/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES_MAX 8192 /* 64 MB with what they began as */
#define BATCH 512
#define PAGE_WORDS (TRACE_PAGE_BYTES / 8)
#define SOURCE_BYTES 160
#define OPCODE_TLBI_ALLE1IS 0xd50c839f /* [Arm: C5.5] */
#define OPCODE_TLBI_ALLE2IS 0xd50c831f

struct page {
    uint64_t pa;
    uint64_t began[PAGE_WORDS], now[PAGE_WORDS];
};

struct repeat {
    const char *path;
    uint64_t left, unit; /* records to be written in all; those of a round, at most */
    struct trace_reader *reader;
    struct trace_writer *writer;
    struct page *page;
    size_t pages;
    struct trace_error err;
};

static bool put(struct repeat *r, const struct trace_rec *rec)
{
    return trace_write(r->writer, rec, &r->err);
}

static bool take_reader_error(struct repeat *r)
{
    r->err = *trace_get_error(r->reader);
    return false;
}

/* Keeps a page and writes it. */
static bool add_page(struct repeat *r, uint64_t pa, const uint8_t bytes[TRACE_PAGE_BYTES])
{
    struct page *page = r->pages < PAGES_MAX ? realloc(r->page, (r->pages + 1) * sizeof *page) : NULL;

    if (!page) {
        snprintf(r->err.text, sizeof r->err.text,
                 "%s: more than %d table pages, or no memory for them: take a shorter trace", r->path, PAGES_MAX);
        return false;
    }
    r->page = page;
    page += r->pages++;
    page->pa = pa;
    memcpy(page->began, bytes, sizeof page->began);
    memcpy(page->now, bytes, sizeof page->now);
    return trace_write_page(r->writer, pa, bytes, &r->err);
}

/* Opens the trace and reads its table pages; those of the first round are kept. */
static bool open_round(struct repeat *r)
{
    const bool first = r->pages == 0;
    uint8_t bytes[TRACE_PAGE_BYTES];
    uint64_t pa;
    int got;

    r->reader = trace_open(r->path, 0, &r->err);
    if (!r->reader)
        return false;
    while ((got = trace_read_page(r->reader, &pa, bytes)) > 0) {
        if (first && !add_page(r, pa, bytes))
            return false;
    }
    return got == 0 || take_reader_error(r);
}

/* A word that the trace does not carry is not read before it is written: it needs not be as it was. */
static void note_word(struct repeat *r, const struct trace_rec *rec)
{
    for (struct page *p = r->page; p < r->page + r->pages; p++) {
        if (p->pa == (rec->pa & ~(uint64_t)(TRACE_PAGE_BYTES - 1)))
            p->now[rec->pa % TRACE_PAGE_BYTES / 8] = rec->value;
    }
}

static bool copy_round(struct repeat *r)
{
    struct trace_rec batch[BATCH];
    uint64_t left = r->unit < r->left ? r->unit : r->left;
    int got = 0;

    while (left > 0 && (got = trace_read(r->reader, batch, left < BATCH ? (int)left : BATCH)) > 0) {
        for (int i = 0; i < got; i++) {
            if (batch[i].op == REC_TABW)
                note_word(r, &batch[i]);
            if (!put(r, &batch[i]))
                return false;
        }
        left -= (uint64_t)got;
        r->left -= (uint64_t)got;
    }
    return got >= 0 || take_reader_error(r);
}

/* Makes the tables what they were, and drops what has been kept of them. */
static bool restore(struct repeat *r)
{
    const struct trace_rec tlbi[] = { { .op = REC_SYS, .el = 2, .n = OPCODE_TLBI_ALLE1IS },
                                      { .op = REC_SYS, .el = 2, .n = OPCODE_TLBI_ALLE2IS } };

    for (struct page *p = r->page; p < r->page + r->pages; p++) {
        for (size_t i = 0; i < PAGE_WORDS; i++) {
            const struct trace_rec word = { .op = REC_TABW, .el = 2, .pa = p->pa + 8 * i, .value = p->began[i] };

            if (p->now[i] != p->began[i] && !put(r, &word))
                return false;
            p->now[i] = p->began[i];
        }
    }
    return put(r, &tlbi[0]) && put(r, &tlbi[1]);
}

static bool repeat(struct repeat *r)
{
    const uint64_t all = r->left;

    while (r->left > 0) {
        const uint64_t before = r->left;

        if (r->left < all && !restore(r))
            return false;
        if (!open_round(r) || !copy_round(r))
            return false;
        trace_close(r->reader);
        r->reader = NULL;
        if (r->left == before) {
            snprintf(r->err.text, sizeof r->err.text, "%s: has no record to repeat", r->path);
            return false;
        }
    }
    return true;
}

static bool read_count(const char *text, uint64_t *count)
{
    char *end;

    errno = 0;
    *count = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *count > 0;
}

int main(int argc, char **argv)
{
    struct repeat r = { 0 };
    char source[SOURCE_BYTES];
    bool done;

    if (argc != 5 || !read_count(argv[1], &r.left) || !read_count(argv[2], &r.unit)) {
        fprintf(stderr,
                "usage: repeat RECORDS UNIT TRACE OUTPUT\n"
                "Writes the first UNIT records of TRACE, or all it has, again and again until there are RECORDS.\n");
        return 2;
    }
    r.path = argv[3];
    snprintf(source, sizeof source, "repeat of %s", strrchr(r.path, '/') ? strrchr(r.path, '/') + 1 : r.path);
    r.writer = trace_create(argv[4], source, &r.err);
    done = r.writer && repeat(&r);
    if (done)
        done = trace_commit(r.writer, &r.err);
    else
        trace_discard(r.writer);
    if (!done)
        fprintf(stderr, "repeat: %s\n", r.err.text);
    trace_close(r.reader);
    free(r.page);
    return done ? 0 : 2;
}
