/* What coder and decoder of packed records both expect next.
 *
 * The coder writes only where a record differs from the expectation, so both sides must move through the same
 * states: this file is the one definition of them. Tables are small enough for a host's second-level cache, have no
 * tags (a wrong entry is a wrong guess, never an error) and are cleared at each block. Everything is inline: decoding
 * shares one core's second with the replay itself. See FORMAT.md, "Prediction".
 *
 * Decoding follows a chain: a run, the slot after it, the next run. To keep it short, keys are kept multiplied by the
 * hash's factor, where a sum needs no multiplication, and entries hold a record as it is delivered (dense.h). */
#pragma once

#include "traces/dense.h"

#define PREDICT_BITS 12
#define PREDICT_ENTRIES (1u << PREDICT_BITS)
#define PREDICT_FACTOR 0x9e3779b97f4a7c15u
#define PREDICT_STEP 0x1000003u /* keeps the keys of one run's data accesses apart */

/* The habits of one data access of one run of instructions. */
struct predict_slot {
    uint64_t va;    /* where it went last */
    uint64_t next;  /* where it goes if it steps on as it did last */
    uint64_t apart; /* from the data access before it on that core */
};

/* What a slot stands for: `what` as dense.h has it, of an aligned address, and more in bits that are free there.
 * Operation 0: no data access, the run is over. */
enum {
    PREDICT_ALIGN = 24,  /* 6 bits: bytes - 1 */
    PREDICT_FOLLOW = 31, /* which guess comes first: 0 next, 1 the access before + apart */
};
#define PREDICT_DELIVERED ((1u << PREDICT_ALIGN) - 1)

/* A run of instructions. The cleared entry is a valid run. */
struct predict_run {
    uint64_t va;
    uint32_t what; /* as dense.h has it */
};

struct predict_core {
    uint64_t va;        /* of the run fetched last */
    uint64_t after;     /* keys: what follows the run fetched last, */
    uint64_t after_two; /* what follows the last two, */
    uint64_t position;  /* the next slot */
    uint64_t data;      /* VA of the last data access */
};

struct predict {
    uint32_t what[PREDICT_ENTRIES]; /* of the slots: apart, since loops branch on it */
    struct predict_slot slots[PREDICT_ENTRIES];
    struct predict_run runs[2][PREDICT_ENTRIES]; /* after the last two runs; after the last run */
    uint64_t pages[PREDICT_ENTRIES];             /* page of VA to page of PA */
    struct predict_core cores[TRACE_CORES_MAX];
    uint64_t offsets[TRACE_CORES_MAX]
                    [2]; /* page of PA - page of VA, last met by a core in a half of the address space */
};

static inline unsigned predict_index(uint64_t key)
{
    return (unsigned)(key >> (64 - PREDICT_BITS));
}

static inline struct predict_slot *predict_slot(struct predict *p, const struct predict_core *c)
{
    return &p->slots[predict_index(c->position)];
}

static inline struct predict_run *predict_run(struct predict *p, const struct predict_core *c, unsigned order)
{
    return &p->runs[order][predict_index(order ? c->after : c->after_two)];
}

static inline uint64_t *predict_page(struct predict *p, uint64_t va)
{
    return &p->pages[predict_index((va >> 12) * PREDICT_FACTOR)];
}

/* A shape has n - 1 in bits 9:0, flags above. */
static inline struct predict_run predict_run_of(uint64_t va, uint32_t shape)
{
    const uint32_t n = shape & 0x3ff, flags = shape >> 10;

    return (struct predict_run){ va, dense_what(REC_FETCH, 0, flags, n) | dense_reach_of_run(va, n + 1, flags) };
}

static inline uint32_t *predict_what(struct predict *p, const struct predict_core *c)
{
    return &p->what[predict_index(c->position)];
}

static inline unsigned predict_op(uint32_t what)
{
    return what & 3;
}

/* Returns `what` as it is to be delivered for this address. */
static inline uint32_t predict_deliver(uint32_t what, uint64_t va)
{
    return dense_aligned(what & PREDICT_DELIVERED, va, what >> PREDICT_ALIGN & 63);
}

/* Makes a slot that of a data access; n: its instruction's offset / 4. */
static inline void predict_set(uint32_t *what, uint32_t op, uint32_t size_log2, uint32_t flags, uint32_t n)
{
    *what = (*what & 1u << PREDICT_FOLLOW) | dense_what(op, size_log2, flags, n) | dense_special_data(flags) |
            ((1u << size_log2) - 1) << PREDICT_ALIGN;
}

/* One of two numbers, the second where `second` is all ones: no branch, for what cannot be foreseen. */
static inline uint64_t predict_select(uint64_t second, uint64_t a, uint64_t b)
{
    return a ^ ((a ^ b) & second);
}

/* The two guesses at an address: the one that was right when they differed last comes first. */
static inline uint64_t predict_data(const struct predict_slot *s, uint32_t what, const struct predict_core *c,
                                    uint32_t guess)
{
    return predict_select((uint64_t)((int32_t)(what ^ guess << PREDICT_FOLLOW) >> 31), s->next, c->data + s->apart);
}

static inline uint64_t predict_zva_align(uint64_t va, unsigned op)
{
    return __builtin_expect(op == REC_ZVA, 0) ? va & ~63ull : va;
}

/* Learns a data access, and moves on in the run. */
static inline void predict_learn_data(struct predict_slot *s, struct predict_core *c, uint64_t va)
{
    s->next = 2 * va - s->va;
    s->apart = va - c->data;
    s->va = va;
    c->data = va;
    c->position += PREDICT_STEP * PREDICT_FACTOR;
}

/* Learns a run: in both tables, in the slot that said whether the run before was over, and in the core. expected: it is
 * the first guess, and the slot says so: the first table and the slot have it already. */
static inline void predict_learn_run(struct predict *p, struct predict_core *c, struct predict_run run, bool expected)
{
    const uint64_t key = run.va * PREDICT_FACTOR;

    if (!expected) {
        *predict_run(p, c, 0) = run;
        *predict_what(p, c) &= 1u << PREDICT_FOLLOW;
    }
    *predict_run(p, c, 1) = run;
    c->va = run.va;
    c->after_two = key + 3 * c->after;
    c->after = key;
    c->position = key;
}
