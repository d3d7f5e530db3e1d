/* Reads a packed trace: what reader.h promises, over the container and the decoder. */
#include "traces/pack_read.h"
#include "traces/error.h"
#include "traces/pack_decode.h"
#include "traces/pack_pages.h"
#include "traces/pack_source.h"
#include "traces/pack_totals.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum stage { AT_PAGES, AT_RECORDS, AT_END };

struct pack_reader {
    struct pack_source source;
    struct trace_info info;
    bool totals_known;     /* info was read from the end of the file */
    struct trace_info met; /* totals of what was read so far */
    unsigned flags;
    enum stage stage;
    bool failed, recovered;
    struct trace_error error;

    struct pack_block block;
    struct pack_pages pages;
    const uint8_t *page_at; /* in the payload of a block of pages */
    uint32_t pages_left;
    struct pack_decoder decoder;
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

static int fail_block(struct pack_reader *r, const char *problem)
{
    error_set(&r->error, "%s: block at byte %" PRIu64 " is damaged: %s", r->source.path, r->block.offset, problem);
    return fail(r);
}

static int finish(struct pack_reader *r)
{
    struct trace_info said = r->info;

    if (r->block.raw_bytes != PACK_END_BYTES || r->block.stored_bytes != PACK_END_BYTES || r->block.count != 0)
        return fail_block(r, "impossible length");
    pack_totals_get(&said, r->block.payload);
    if (!pack_totals_same(&r->met, &said))
        return fail_block(r, "totals differ from what the trace holds");
    if (!pack_source_at_end(&r->source, &r->error))
        return fail(r);
    r->stage = AT_END;
    return 0;
}

static int start_pages(struct pack_reader *r)
{
    if (r->stage != AT_PAGES)
        return fail_block(r, "table pages after the first record");
    if (r->block.count == 0 || r->block.count > PACK_BLOCK_PAGES)
        return fail_block(r, "impossible number of pages");
    r->pages = (struct pack_pages){ 0 };
    r->page_at = r->block.payload;
    r->pages_left = r->block.count;
    return 1;
}

static int start_records(struct pack_reader *r)
{
    if (r->block.count == 0 || r->block.count > PACK_BLOCK_RECORDS)
        return fail_block(r, "impossible number of records");
    r->stage = AT_RECORDS;
    if (!pack_decode_start(&r->decoder, r->block.payload, r->block.raw_bytes, r->block.count))
        return fail_block(r, r->decoder.problem);
    return 1;
}

/* Returns 1 when a block has been started, 0 at the end, -1 on damage. */
static int next_block(struct pack_reader *r)
{
    if (!pack_source_block(&r->source, &r->block, &r->error))
        return fail(r);
    if (r->block.kind == PACK_PAGES)
        return start_pages(r);
    if (r->block.kind == PACK_RECORDS)
        return start_records(r);
    return finish(r);
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
    if (!pack_pages_decode(&r->pages, &r->page_at, r->block.payload + r->block.raw_bytes, pa, page))
        return fail_block(r, "table page does not decode");
    r->pages_left--;
    if (r->pages_left == 0 && r->page_at != r->block.payload + r->block.raw_bytes)
        return fail_block(r, "payload longer than its pages");
    r->met.pages++;
    return 1;
}

/* Adds records to a block that has room. Returns how many, 0 at the end, -1 on damage. */
static int read_some(struct pack_reader *r, struct dense_block *b)
{
    uint32_t first = b->count;

    while (!r->failed && r->stage == AT_RECORDS) {
        int got = pack_decode(&r->decoder, b, (int)(DENSE_BLOCK - first));

        if (got < 0)
            return fail_block(r, r->decoder.problem);
        pack_totals_count_block(&r->met, b, first);
        if (got > 0)
            return got;
        next_block(r);
    }
    return r->failed ? -1 : 0;
}

int pack_read_dense(struct pack_reader *r, struct dense_block *b)
{
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;
    int got = 1;

    while (r->stage == AT_PAGES && pack_read_page(r, &pa, page) > 0)
        continue;
    b->count = b->odd_count = 0;
    while (b->count < DENSE_BLOCK && got > 0)
        got = read_some(r, b);
    return b->count > 0 ? (int)b->count : got;
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
    return r->source.offset;
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
    free(r);
}
