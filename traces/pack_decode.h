/* Turns the payload of one block back into records. Every byte is untrusted. Knows nothing of files. */
#pragma once

#include "traces/dense.h"
#include "traces/pack_format.h"
#include "traces/pack_predict.h"

#define PACK_SLACK 8 /* bytes that must be readable after a payload */

struct pack_cursor {
    const uint8_t *at, *end;
};

struct pack_decoder {
    struct predict predict;
    struct pack_cursor columns[PACK_COLUMN_COUNT];
    uint32_t often[256]; /* what a byte of PACK_KIND makes of a slot, 0 where that is seldom */
    uint32_t left;       /* records of the block still to come */
    uint32_t expected;   /* of the next of them: all as expected */
    uint8_t core, el[TRACE_CORES_MAX];
    bool careful;              /* what is expected may have a PA that is not known, or does not fit a dense record */
    struct trace_info counted; /* what the last pack_decode gave */
    const char *problem;       /* what is wrong with the block, once it is */
};

/* Starts a block of `count` records. The payload, with PACK_SLACK bytes after it, must stay until the block has been
 * decoded. Returns false with `problem` set when the columns do not fill it exactly. */
bool pack_decode_start(struct pack_decoder *d, const uint8_t *payload, size_t bytes, uint32_t count);

/* Decodes up to cap records, and adds them to `to`, which has room for them. Returns how many, 0 at the end of the
 * block, -1 with `problem` set. Records delivered are valid (record_problem) and canonical. */
int pack_decode(struct pack_decoder *d, struct dense_block *to, int cap);
