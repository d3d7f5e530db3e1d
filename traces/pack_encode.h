/* Turns records into the payload of one block. Knows nothing of files. */
#pragma once

#include "traces/pack_format.h"
#include "traces/pack_predict.h"

struct pack_bytes {
    uint8_t *data;
    size_t used, room;
};

struct pack_encoder {
    struct predict predict;
    struct pack_bytes columns[PACK_COLUMN_COUNT];
    uint32_t count;    /* records in the block so far */
    uint32_t expected; /* of the last of them, not yet written: all as expected */
    uint8_t core, el[TRACE_CORES_MAX];
};

void pack_encode_init(struct pack_encoder *e);
void pack_encode_free(struct pack_encoder *e);

/* Forgets everything: the next record starts a block. */
void pack_encode_restart(struct pack_encoder *e);

/* Adds a valid record (record_problem). Returns false when memory is short. */
bool pack_encode(struct pack_encoder *e, const struct trace_rec *rec);

/* True when the block should be closed before another record is added. */
bool pack_encode_full(const struct pack_encoder *e);

/* Writes the block's payload, at most PACK_RAW_MAX bytes, to `out`. Returns its length. */
size_t pack_encode_payload(struct pack_encoder *e, uint8_t *out);
