/* From a block in the file to its records. */
#include "traces/pack_work.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

bool pack_work_damaged(struct pack_work *w, const char *problem)
{
    return error_set(&w->error, "%s: block at byte %" PRIu64 " is damaged: %s", w->path, w->block.offset, problem);
}

static bool is_records(const struct pack_block *b)
{
    return b->kind == PACK_RECORDS && b->count > 0 && b->count <= PACK_BLOCK_RECORDS;
}

/* Reads headers up to that of the block which is wanted. */
static bool find(struct pack_work *w, struct pack_source *s, uint64_t *records)
{
    while (pack_source_head(s, &w->block, &w->error)) {
        if (!is_records(&w->block) || w->block.count > *records)
            return true;
        if (!pack_source_pass(s, &w->block, &w->error))
            return false;
        *records -= w->block.count;
    }
    return false;
}

bool pack_work_fetch_behind(struct pack_work *w, struct pack_source *s, uint64_t *records)
{
    bool ok;

    w->path = s->path;
    w->inflated = false;
    ok = find(w, s, records) && pack_source_payload(s, &w->block, &w->payload, &w->error);
    w->bytes_done = s->offset;
    return ok;
}

bool pack_work_fetch(struct pack_work *w, struct pack_source *s)
{
    uint64_t none = 0;

    return pack_work_fetch_behind(w, s, &none);
}

bool pack_work_inflate(struct pack_work *w)
{
    const char *problem = pack_payload_open(&w->payload, &w->block);

    w->inflated = !problem;
    return w->inflated || pack_work_damaged(w, problem);
}

bool pack_work_open(struct pack_work *w)
{
    if (!w->inflated && !pack_work_inflate(w))
        return false;
    if (w->block.kind != PACK_RECORDS)
        return true;
    if (!is_records(&w->block))
        return pack_work_damaged(w, "impossible number of records");
    return pack_decode_start(&w->decoder, w->block.payload, w->block.raw_bytes, w->block.count) ||
           pack_work_damaged(w, w->decoder.problem);
}

int pack_work_decode(struct pack_work *w, struct dense_block *to, uint32_t cap)
{
    int got = pack_decode(&w->decoder, to, (int)cap);

    if (got < 0)
        pack_work_damaged(w, w->decoder.problem);
    return got;
}

void pack_work_swap(struct pack_work *w, struct pack_work *other)
{
    const size_t bytes = offsetof(struct pack_work, decoder);
    uint8_t had[offsetof(struct pack_work, decoder)];

    memcpy(had, w, bytes);
    memcpy(w, other, bytes);
    memcpy(other, had, bytes);
}

void pack_work_free(struct pack_work *w)
{
    pack_payload_free(&w->payload);
}
