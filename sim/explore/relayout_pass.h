/* One rewriting on its way: what both readings of the trace share. */
#pragma once

#include "sim/explore/relayout_build.h"
#include "sim/explore/relayout_faults.h"
#include "sim/progress.h"

#define BEEN_BITS 21
#define BEEN_BYTES (1u << (PA_BITS - BEEN_BITS - 3))

struct relayout {
    const struct relayout_request *request;
    struct relayout_world world;
    struct relayout_tables tables;
    struct trace_reader *reader;
    struct trace_writer *writer;
    struct trace_error *err;
    struct trace_error phrase;
    char why[LAYOUT_WHY_BYTES];
    unsigned core; /* of the record at hand */
    uint64_t record;
    struct progress bar;
    uint64_t record_before; /* records of the first reading, in the second */
    struct relayout_at at[CORES_MAX];
    uint8_t been[BEEN_BYTES];
};

/* True for what EL1&0's tables translate: the contexts must be those in use then. */
bool relayout_translates(const struct trace_rec *rec);

/* The MMU of the core at hand in the captured machine. */
static inline const struct mmu *relayout_old(const struct relayout *r)
{
    return &r->world.old->cluster.core[r->core].mmu;
}

/* The second reading: writes what becomes of a record. The other is its handler of changes. */
bool relayout_rewrite_record(struct relayout *r, const struct trace_rec *rec);
bool relayout_rewrite_change(void *relayout, struct context *c, const struct runs_change *change);
