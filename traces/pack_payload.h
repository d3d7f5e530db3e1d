/* What a block of a packed trace holds, checked and inflated, in buffers that serve one block after the other. Memory
 * is bounded by PACK_RAW_MAX, twice. */
#pragma once

#include "traces/pack_format.h"
#include <stdbool.h>

struct pack_block {
    uint64_t offset; /* of the block's header in the file */
    uint32_t kind;   /* PACK_PAGES, PACK_RECORDS or PACK_END */
    uint32_t count;  /* pages or records */
    uint32_t stored_bytes, raw_bytes;
    uint32_t crc;
    const uint8_t *payload; /* raw_bytes, and PACK_SLACK more that may be read; valid until the buffers serve another */
};

struct pack_payload {
    uint8_t *stored, *raw;
    size_t stored_room, raw_room;
    struct libdeflate_decompressor *inflate; /* NULL before the first block that needs it */
};

/* Makes room for a block: its stored bytes go to p->stored. Returns false for want of memory. */
bool pack_payload_room(struct pack_payload *p, const struct pack_block *b);

/* Checks the stored bytes and inflates them: b->payload. Returns NULL, or what is wrong. */
const char *pack_payload_open(struct pack_payload *p, struct pack_block *b);

void pack_payload_free(struct pack_payload *p);
