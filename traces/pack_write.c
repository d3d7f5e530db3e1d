/* Writes a packed trace: header, pages, records, end. */
#include "traces/error.h"
#include "traces/out_file.h"
#include "traces/pack_encode.h"
#include "traces/pack_pages.h"
#include "traces/pack_totals.h"
#include "traces/text_utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct trace_writer {
    struct out_file out;
    struct trace_info info;
    struct pack_encoder encoder;
    struct pack_pages pages;
    uint32_t pages_held; /* coded in raw, not yet written */
    size_t raw_bytes;
    bool pages_over; /* a record has come */
    z_stream deflate;
    bool deflate_ready;
    uint8_t raw[PACK_RAW_MAX];
    uint8_t stored[PACK_RAW_MAX];
};

static bool write_header(struct trace_writer *w, const char *source, struct trace_error *err)
{
    uint8_t head[PACK_HEAD_BYTES + PACK_SOURCE_MAX + 4];
    uint32_t length = (uint32_t)strlen(source);

    memcpy(w->info.source, source, length + 1);
    memcpy(head, PACK_MAGIC, PACK_MAGIC_BYTES);
    pack_put32(head + 8, PACK_VERSION);
    pack_put32(head + 12, length);
    memcpy(head + PACK_HEAD_BYTES, w->info.source, length);
    pack_put32(head + PACK_HEAD_BYTES + length, (uint32_t)crc32(0, head, PACK_HEAD_BYTES + length));
    return out_file_write(&w->out, head, PACK_HEAD_BYTES + length + 4, err);
}

/* Deflates w->raw into w->stored. Returns the length, or 0 when it would not be shorter. */
static uint32_t deflate_payload(struct trace_writer *w, uint32_t raw_bytes)
{
    z_stream *z = &w->deflate;

    if (deflateReset(z) != Z_OK)
        return 0;
    z->next_in = w->raw;
    z->avail_in = raw_bytes;
    z->next_out = w->stored;
    z->avail_out = raw_bytes ? raw_bytes - 1 : 0;
    return deflate(z, Z_FINISH) == Z_STREAM_END ? (uint32_t)z->total_out : 0;
}

static bool write_block(struct trace_writer *w, uint32_t kind, uint32_t count, uint32_t raw_bytes,
                        struct trace_error *err)
{
    uint8_t head[PACK_BLOCK_HEAD_BYTES];
    uint32_t deflated = kind == PACK_END ? 0 : deflate_payload(w, raw_bytes);
    uint32_t stored_bytes = deflated ? deflated : raw_bytes;
    const uint8_t *stored = deflated ? w->stored : w->raw;

    pack_put32(head, kind);
    pack_put32(head + 4, count);
    pack_put32(head + 8, raw_bytes);
    pack_put32(head + 12, stored_bytes);
    pack_put32(head + 16, (uint32_t)crc32(0, stored, stored_bytes));
    pack_put32(head + 20, (uint32_t)crc32(0, head, 20));
    return out_file_write(&w->out, head, sizeof head, err) && out_file_write(&w->out, stored, stored_bytes, err);
}

static bool flush_pages(struct trace_writer *w, struct trace_error *err)
{
    uint32_t held = w->pages_held, bytes = (uint32_t)w->raw_bytes;

    w->pages_held = 0;
    w->raw_bytes = 0;
    w->pages = (struct pack_pages){ 0 };
    return !held || write_block(w, PACK_PAGES, held, bytes, err);
}

static bool flush_records(struct trace_writer *w, struct trace_error *err)
{
    uint32_t count = w->encoder.count;
    bool ok = !count || write_block(w, PACK_RECORDS, count, (uint32_t)pack_encode_payload(&w->encoder, w->raw), err);

    pack_encode_restart(&w->encoder);
    return ok;
}

struct trace_writer *trace_create(const char *path, const char *source, struct trace_error *err)
{
    const char *problem = text_utf8_source_problem(source);
    struct trace_writer *w;

    if (problem) {
        error_set(err, "%s: %s", path, problem);
        return NULL;
    }
    w = calloc(1, sizeof *w);
    if (w && deflateInit2(&w->deflate, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) ==
                 Z_OK)
        w->deflate_ready = true;
    if (!w || !w->deflate_ready) {
        error_set(err, "%s: out of memory", path);
        free(w);
        return NULL;
    }
    pack_encode_init(&w->encoder);
    if (out_file_open(&w->out, path, err) && write_header(w, source, err))
        return w;
    trace_discard(w);
    return NULL;
}

bool trace_write_page(struct trace_writer *w, uint64_t pa, const uint8_t page[TRACE_PAGE_BYTES],
                      struct trace_error *err)
{
    if (w->pages_over)
        return error_set(err, "%s: table page 0x%" PRIx64 " after the first record", w->out.path, pa);
    if (pa % TRACE_PAGE_BYTES != 0)
        return error_set(err, "%s: table page at 0x%" PRIx64 " is not 4 KB aligned", w->out.path, pa);
    w->raw_bytes += pack_pages_encode(&w->pages, pa, page, w->raw + w->raw_bytes);
    w->info.pages++;
    w->pages_held++;
    return w->pages_held < PACK_BLOCK_PAGES || flush_pages(w, err);
}

bool trace_write(struct trace_writer *w, const struct trace_rec *rec, struct trace_error *err)
{
    const char *problem = record_problem(rec);

    if (problem)
        return error_set(err, "%s: record %" PRIu64 ": %s", w->out.path, w->info.records, problem);
    if (!w->pages_over && !flush_pages(w, err))
        return false;
    w->pages_over = true;
    if (!pack_encode(&w->encoder, rec))
        return error_set(err, "%s: out of memory", w->out.path);
    pack_totals_count(&w->info, rec);
    return !pack_encode_full(&w->encoder) || flush_records(w, err);
}

bool trace_commit(struct trace_writer *w, struct trace_error *err)
{
    bool ok = flush_pages(w, err) && flush_records(w, err);

    pack_totals_put(&w->info, w->raw);
    ok = ok && write_block(w, PACK_END, 0, PACK_END_BYTES, err) && out_file_commit(&w->out, err);
    trace_discard(w);
    return ok;
}

void trace_discard(struct trace_writer *w)
{
    if (!w)
        return;
    out_file_discard(&w->out);
    if (w->deflate_ready)
        deflateEnd(&w->deflate);
    pack_encode_free(&w->encoder);
    free(w);
}
