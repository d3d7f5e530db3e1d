/* What a trace's tables are, as they are used: sets of tables, which pages they lie in, what of them changes.
 *
 * Both readings of the trace go through this; what is to be done at a first use and at a change, the caller says. */
#pragma once

#include "sim/explore/leaf_runs.h"
#include "sim/explore/relayout.h"
#include "sim/machine.h"

#define CONTEXTS_MAX 1024
#define NO_CONTEXT (-1)

/* A stretch that changes, or one where nothing may be mapped ahead; leaves in it are no larger than leaf_bits. */
struct stretch {
    uint64_t ia, end;
    uint8_t leaf_bits;
};

struct stretches {
    struct stretch *stretch;
    size_t count, capacity;
};

struct context {
    struct relayout_context told;
    struct ttw_params params;  /* as captured */
    struct ttw_params fresh;   /* of the new layout */
    uint64_t shift;            /* captured input address - new one */
    int under;                 /* of a stage 1: the context of its stage 2, or NO_CONTEXT */
    struct leaf_runs runs;     /* at the first use */
    struct leaf_run like;      /* of a stage 2: how the captured tables of the guest are mapped; no bytes: not at all */
    struct stretches changing; /* sorted and disjoint after the first reading */
    struct stretches kept_holes; /* where the trace records faults of this stage */
    struct leaf_runs early;      /* what was mapped where nothing had been, in the order in which it was */
    bool used;                   /* in this reading */
    bool planned;                /* its new tables are there */
};

/* A page of captured tables in one place of a context. */
struct table_page {
    uint64_t page; /* PA >> 12 */
    uint64_t at;   /* as the descriptor above has it */
    uint64_t ia;   /* of its first entry */
    uint32_t next; /* 1 + index of the next with the same hash; 0: none */
    uint16_t context;
    uint8_t level;
};

struct world_core {
    bool stale; /* registers have changed since contexts were looked up */
    int stage2; /* contexts in use, or NO_CONTEXT */
    int stage1[2];
};

struct relayout_world {
    struct machine *old;
    struct context context[CONTEXTS_MAX];
    int count;
    struct table_page *page;
    size_t page_count, page_capacity;
    uint32_t *bucket; /* page_capacity of them */
    uint64_t descriptors;
    struct world_core core[CORES_MAX];
    struct relayout_result *result;
    struct trace_error *phrase; /* what has failed, without the trace's name */
    struct trace_error *err;    /* a whole message, of who reads or writes */
    /* A context is used for the first time in this reading. NULL: nothing is to be done. */
    bool (*used)(void *owner, struct context *c);
    bool (*changed)(void *owner, struct context *c, const struct runs_change *change);
    void *owner;
};

/* Starts a reading: a machine with the pages of the trace. Keeps contexts and pages of the reading before. */
bool relayout_world_begin(struct relayout_world *w, struct trace_reader *r);
void relayout_world_free(struct relayout_world *w);

/* A register is written; false: it is none of the models'. */
bool relayout_world_register(struct relayout_world *w, unsigned core, uint32_t encoding, uint64_t value);

/* Finds which contexts a core's EL1&0 uses now. Returns false with *phrase. */
bool relayout_world_use(struct relayout_world *w, unsigned core);

/* A table word changes. *ours: it is in a table of EL1&0. Returns false with *phrase. */
bool relayout_world_word(struct relayout_world *w, uint64_t pa, uint64_t value, bool *ours);

/* True when a page belongs to tables of EL1&0 that were met. */
bool relayout_world_owns(const struct relayout_world *w, uint64_t pa);

/* Notes that something is unsupported. */
void relayout_unsupported(struct relayout_world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a stretch; sorts and joins what overlaps, leaves being the smaller then. Return false for want of memory. */
bool stretches_add(struct stretches *r, uint64_t ia, uint64_t bytes, unsigned leaf_bits);
void stretches_sort(struct stretches *r);

/* Returns the first stretch that ends beyond an address; NULL: none. */
const struct stretch *stretches_find(const struct stretches *r, uint64_t ia);
