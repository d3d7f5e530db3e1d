/* One block of a packed trace at work: fetched from the file in order, then inflated and decoded by whoever has it.
 * Blocks know nothing of each other, so several may be at work at once. */
#pragma once

#include "traces/pack_decode.h"
#include "traces/pack_source.h"

struct pack_work {
    const char *path; /* for messages; of the source it was fetched from */
    struct pack_block block;
    struct pack_payload payload;
    struct trace_error error; /* of whatever returned false or -1 */
    uint64_t bytes_done;      /* of the file, behind the block or where reading it ended */
    bool inflated;
    struct pack_decoder decoder; /* last: pack_work_swap */
};

/* Reads the next block as it is stored; blocks of a source are fetched one after the other. Returns false when it is
 * damaged or missing. */
bool pack_work_fetch(struct pack_work *w, struct pack_source *s);

/* Likewise, but passes over blocks of records that hold no more than *records in all, without reading what is in them:
 * *records is what is left of it. */
bool pack_work_fetch_behind(struct pack_work *w, struct pack_source *s, uint64_t *records);

/* Inflates what was fetched. Returns false on damage. */
bool pack_work_inflate(struct pack_work *w);

/* Does so unless it has been done and, when it is records, starts to decode. Returns false on damage. */
bool pack_work_open(struct pack_work *w);

/* Takes over a block that has been fetched, inflated or not, and gives another for it; decoders stay where they are. */
void pack_work_swap(struct pack_work *w, struct pack_work *other);

/* Decodes up to cap records and adds them to `to`, which has room. Returns how many, 0 at the end of the block, -1 on
 * damage. */
int pack_work_decode(struct pack_work *w, struct dense_block *to, uint32_t cap);

/* Says what is wrong with the block. Returns false. */
bool pack_work_damaged(struct pack_work *w, const char *problem);

void pack_work_free(struct pack_work *w);
