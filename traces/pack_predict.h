/* What coder and decoder of packed records both expect next.
 *
 * The coder writes only where a record differs from the expectation, so both sides must move through the same
 * states: this file is the one definition of them. Tables are small enough for a host's second-level cache, have no
 * tags (a wrong entry is a wrong guess, never an error) and are cleared at each block. Everything is inline: decoding
 * shares one core's second with the replay itself. See FORMAT.md, "Prediction". */
#pragma once

#include "traces/record.h"

#define PREDICT_BITS 12
#define PREDICT_ENTRIES (1u << PREDICT_BITS)
#define PREDICT_STEP 0x1000003u /* keeps the keys of one run's data accesses apart */

/* A data access as one byte: op (2 bits: REC_LOAD, REC_STORE, REC_ZVA), size (3), flags (3). Zero, that is REC_FETCH,
 * means: no data access here, the run is over. */
#define PREDICT_KIND_OP(kind) ((kind)&3u)
#define PREDICT_KIND_SIZE(kind) ((kind) >> 2 & 7u)
#define PREDICT_KIND_FLAGS(kind) ((kind) >> 5)

/* The habits of one data access of one run of instructions. */
struct predict_slot {
    uint64_t va;    /* where it went last */
    uint64_t step;  /* from the time before to last time */
    uint64_t apart; /* from the data access before it on that core */
    uint16_t n;
    uint8_t kind;
    uint8_t follow; /* which guess comes first: 0 va + step, 1 the access before + apart */
};

/* A run of instructions. Holding n - 1 makes the cleared entry a valid run. */
struct predict_run {
    uint64_t va;
    uint32_t shape; /* n - 1 in bits 9:0, flags above */
};

struct predict_core {
    uint64_t va;        /* of the run fetched last */
    uint64_t va_before; /* of the run before that */
    uint64_t position;  /* in the run: key of the next slot */
    uint64_t data;      /* VA of the last data access */
    uint64_t offset[2]; /* page of PA - page of VA, last met in each half of the address space */
    uint8_t el;
};

struct predict {
    struct predict_slot slots[PREDICT_ENTRIES];
    struct predict_run runs[2][PREDICT_ENTRIES]; /* after the last two runs; after the last run */
    uint64_t pages[PREDICT_ENTRIES];             /* page of VA to page of PA */
    struct predict_core cores[TRACE_CORES_MAX];
};

static inline unsigned predict_hash(uint64_t x)
{
    return (unsigned)(x * 0x9e3779b97f4a7c15u >> (64 - PREDICT_BITS));
}

static inline struct predict_slot *predict_slot(struct predict *p, const struct predict_core *c)
{
    return &p->slots[predict_hash(c->position)];
}

static inline struct predict_run *predict_run(struct predict *p, const struct predict_core *c, unsigned order)
{
    return &p->runs[order][predict_hash(c->va + (order ? 0 : 3 * c->va_before))];
}

static inline uint64_t *predict_page(struct predict *p, uint64_t va)
{
    return &p->pages[predict_hash(va >> 12)];
}

static inline uint64_t predict_zva_align(uint64_t va, unsigned kind)
{
    static const uint64_t keep[4] = { ~0ull, ~0ull, ~0ull, ~63ull };
    return va & keep[PREDICT_KIND_OP(kind)];
}

/* The two guesses at an address: the one that was right when they differed last comes first. */
static inline uint64_t predict_data(const struct predict_slot *s, const struct predict_core *c, unsigned second)
{
    return s->follow ^ second ? c->data + s->apart : s->va + s->step;
}

/* Learns a data access, and moves on in the run. */
static inline void predict_learn_data(struct predict_slot *s, struct predict_core *c, uint64_t va)
{
    s->step = va - s->va;
    s->apart = va - c->data;
    s->va = va;
    c->data = va;
    c->position += PREDICT_STEP;
}

/* Learns a run: in both tables, in the slot that said whether the run before was over, and in the core. */
static inline void predict_learn_run(struct predict *p, struct predict_core *c, uint64_t va, uint32_t shape)
{
    for (unsigned order = 0; order < 2; order++)
        *predict_run(p, c, order) = (struct predict_run){ va, shape };
    predict_slot(p, c)->kind = REC_FETCH;
    c->va_before = c->va;
    c->va = va;
    c->position = va;
}
