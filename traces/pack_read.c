/* Reads a packed trace: what reader.h promises, over the container and the decoder. */
#include "traces/pack_read.h"
#include "traces/error.h"
#include "traces/pack_pages.h"
#include "traces/pack_totals.h"
#include "traces/pack_work.h"

#include <stdlib.h>
#include <string.h>

enum stage { AT_PAGES, AT_RECORDS, AT_END };

struct pack_reader {
    struct pack_source source;
    struct trace_info info;
    bool totals_known;     /* info was read from the end of the file */
    struct trace_info met; /* totals of what was read so far */
    bool passed;           /* some records were not read: of them met has the number alone */
    uint64_t bytes_done;
    unsigned flags;
    enum stage stage;
    bool failed, recovered;
    struct trace_error error;

    struct pack_work work;
    struct pack_pages pages;
    const uint8_t *page_at; /* in the payload of a block of pages */
    uint32_t pages_left;
    struct dense_block decoded; /* what pack_read_records has not given out yet: */
    uint32_t taken;             /* from here on */
};

/* Takes the totals from the end of a seekable file. Returns false when the file is not whole. */
static bool read_totals(struct pack_reader *r, struct trace_error *err)
{
    uint8_t totals[PACK_END_BYTES];

    /* What is left of a damaged file must be counted: its own word on it cannot be taken. */
    if (r->flags & TRACE_RECOVER || !r->source.bytes)
        return true;
    if (!pack_source_totals(&r->source, totals))
        return pack_source_survey(&r->source, err);
    pack_totals_get(&r->info, totals);
    r->totals_known = true;
    return true;
}

struct pack_reader *pack_read_open(const char *path, FILE *stream, unsigned flags, struct trace_error *err)
{
    struct pack_reader *r = calloc(1, sizeof *r);

    if (!r) {
        error_set(err, "%s: out of memory", path);
        if (stream != stdin)
            fclose(stream);
        return NULL;
    }
    r->flags = flags;
    if (pack_source_open(&r->source, path, stream, r->info.source, err) && read_totals(r, err)) {
        memcpy(r->met.source, r->info.source, sizeof r->met.source);
        r->bytes_done = r->source.offset;
        return r;
    }
    pack_read_close(r);
    return NULL;
}

/* The source is the file's word, the numbers are its word where its end could be read. */
const struct trace_info *pack_read_info(const struct pack_reader *r)
{
    return r->totals_known ? &r->info : &r->met;
}

/* The stream is over because of r->error. Returns what the caller is to return. */
static int fail(struct pack_reader *r)
{
    r->stage = AT_END;
    r->recovered = r->flags & TRACE_RECOVER;
    r->failed = !r->recovered;
    return r->recovered ? 0 : -1;
}

static int fail_work(struct pack_reader *r, const struct pack_work *w)
{
    r->error = w->error;
    return fail(r);
}

static int fail_block(struct pack_reader *r, struct pack_work *w, const char *problem)
{
    pack_work_damaged(w, problem);
    return fail_work(r, w);
}

static int finish(struct pack_reader *r, struct pack_work *w)
{
    struct trace_info said = r->info;

    if (w->block.raw_bytes != PACK_END_BYTES || w->block.stored_bytes != PACK_END_BYTES || w->block.count != 0)
        return fail_block(r, w, "impossible length");
    pack_totals_get(&said, w->block.payload);
    if (r->passed ? !pack_totals_within(&r->met, &said) : !pack_totals_same(&r->met, &said))
        return fail_block(r, w, "totals differ from what the trace holds");
    if (!pack_source_at_end(&r->source, &r->error))
        return fail(r);
    r->stage = AT_END;
    return 0;
}

static int start_pages(struct pack_reader *r, struct pack_work *w)
{
    if (r->stage != AT_PAGES)
        return fail_block(r, w, "table pages after the first record");
    if (w->block.count == 0 || w->block.count > PACK_BLOCK_PAGES)
        return fail_block(r, w, "impossible number of pages");
    r->pages = (struct pack_pages){ 0 };
    r->page_at = w->block.payload;
    r->pages_left = w->block.count;
    return 1;
}

int pack_read_settle(struct pack_reader *r, struct pack_work *w, bool good)
{
    r->bytes_done = w->bytes_done;
    if (!good)
        return fail_work(r, w);
    if (w->block.kind == PACK_PAGES)
        return start_pages(r, w);
    if (w->block.kind == PACK_END)
        return finish(r, w);
    r->stage = AT_RECORDS;
    return 1;
}

/* Returns 1 when a block has been started, 0 at the end, -1 on damage. */
static int next_block(struct pack_reader *r)
{
    return pack_read_settle(r, &r->work, pack_work_fetch(&r->work, &r->source) && pack_work_open(&r->work));
}

int pack_read_page(struct pack_reader *r, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES])
{
    if (r->failed)
        return -1;
    if (r->stage == AT_PAGES && r->pages_left == 0) {
        int started = next_block(r);

        if (started <= 0)
            return started;
    }
    if (r->stage != AT_PAGES)
        return 0;
    if (!pack_pages_decode(&r->pages, &r->page_at, r->work.block.payload + r->work.block.raw_bytes, pa, page))
        return fail_block(r, &r->work, "table page does not decode");
    r->pages_left--;
    if (r->pages_left == 0 && r->page_at != r->work.block.payload + r->work.block.raw_bytes)
        return fail_block(r, &r->work, "payload longer than its pages");
    r->met.pages++;
    return 1;
}

bool pack_read_to_records(struct pack_reader *r)
{
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;

    while (r->stage == AT_PAGES && pack_read_page(r, &pa, page) > 0)
        continue;
    return r->stage == AT_RECORDS;
}

/* Empties a block and puts up to cap records in it. Returns how many, 0 at the end, -1 on damage. */
static int read_some(struct pack_reader *r, struct dense_block *b, uint32_t cap)
{
    b->count = b->odd_count = 0;
    while (r->stage == AT_RECORDS) {
        int got = pack_work_decode(&r->work, b, cap);

        if (got < 0) { /* what came before the damage is delivered first */
            got = fail_work(r, &r->work);
            return b->count > 0 ? (int)b->count : got;
        }
        pack_totals_add(&r->met, &r->work.decoder.counted);
        if (got > 0)
            return got;
        next_block(r);
    }
    return r->failed ? -1 : 0;
}

int pack_read_dense(struct pack_reader *r, struct dense_block *b)
{
    pack_read_to_records(r);
    return read_some(r, b, DENSE_BLOCK);
}

/* Passes over the rest of the block at work, and over those behind it that hold no more than is left. Returns how many
 * records these were. */
static uint64_t pass(struct pack_reader *r, uint64_t records)
{
    struct pack_work *w = &r->work;
    uint64_t left = records - w->decoder.left;
    bool good = pack_work_fetch_behind(w, &r->source, &left) && pack_work_open(w);

    r->passed = true;
    r->met.records += records - left;
    pack_read_settle(r, w, good);
    return records - left;
}

uint64_t pack_read_skip(struct pack_reader *r, uint64_t records)
{
    uint32_t held = r->decoded.count - r->taken;
    uint64_t done = held < records ? held : records;
    /* What is left of a damaged file ends at the damage: it must be seen. */
    bool may_pass = r->source.bytes && !(r->flags & TRACE_RECOVER);

    r->taken += (uint32_t)done;
    pack_read_to_records(r);
    while (done < records && r->stage == AT_RECORDS) {
        uint64_t left = records - done;

        if (may_pass && r->work.decoder.left > 0 && r->work.decoder.left <= left) {
            done += pass(r, left);
            continue;
        }
        read_some(r, &r->decoded, left < DENSE_BLOCK ? (uint32_t)left : DENSE_BLOCK);
        done += r->taken = r->decoded.count;
    }
    return done;
}

int pack_read_records(struct pack_reader *r, struct trace_rec *recs, int cap)
{
    int done = 0;

    if (r->taken == r->decoded.count) {
        int got = pack_read_dense(r, &r->decoded);

        r->taken = 0;
        if (got <= 0) {
            r->decoded.count = 0;
            return got;
        }
    }
    while (done < cap && r->taken < r->decoded.count)
        recs[done++] = dense_get(&r->decoded, r->taken++);
    return done;
}

struct pack_source *pack_read_source(struct pack_reader *r)
{
    return &r->source;
}

struct pack_work *pack_read_work(struct pack_reader *r)
{
    return &r->work;
}

void pack_read_count(struct pack_reader *r, const struct trace_info *counted, uint64_t bytes_done)
{
    pack_totals_add(&r->met, counted);
    r->bytes_done = bytes_done;
}

bool pack_read_recovered(const struct pack_reader *r)
{
    return r->recovered;
}

const struct trace_error *pack_read_error(const struct pack_reader *r)
{
    return &r->error;
}

uint64_t pack_read_bytes_done(const struct pack_reader *r)
{
    return r->bytes_done;
}

uint64_t pack_read_bytes_total(const struct pack_reader *r)
{
    return r->source.bytes;
}

void pack_read_close(struct pack_reader *r)
{
    if (!r)
        return;
    pack_source_close(&r->source);
    pack_work_free(&r->work);
    free(r);
}
