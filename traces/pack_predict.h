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
#define PREDICT_INVERSE 0xf1de83e19937733du /* of the factor, modulo 2^64 */
#define PREDICT_STEP 0x1000003u             /* keeps the keys of one run's data accesses apart */

/* The habits of one data access of one run of instructions. */
struct predict_slot {
    uint64_t va;    /* where it went last */
    uint64_t next;  /* where it goes if it steps on as it did last */
    uint64_t apart; /* from there to the data access before it on that core */
};

/* What a slot stands for: `what` as dense.h has it, of an aligned address, and more in bits that are free there.
 * Operation 0: no data access, the run is over. */
enum {
    PREDICT_FOLLOW = 2, /* which guess comes first: 0 next, 1 the access before - apart */
    PREDICT_ALIGN = 25, /* 6 bits: bytes - 1; of a ZVA 63 */
    PREDICT_ZVA = 31,
};
#define PREDICT_DELIVERED (((1u << DENSE_ODD) - 1) & ~(1u << PREDICT_FOLLOW))
#define PREDICT_COUNTED (3u << DENSE_OP | 1u << PREDICT_ZVA) /* tells operations apart even when added up */

/* A run of instructions. The cleared entry is a valid run. */
struct predict_run {
    uint64_t key;  /* of its VA: what comes next is looked for with it, and waits for it */
    uint32_t what; /* as dense.h has it */
};

struct predict_core {
    uint64_t after;     /* keys: what follows the run fetched last, */
    uint64_t after_two; /* what follows the last two, */
    uint64_t position;  /* the next slot */
    uint64_t data;      /* VA of the last data access */
};

struct predict {
    uint32_t what[PREDICT_ENTRIES]; /* of the slots: apart, since loops branch on it */
    struct predict_slot slots[PREDICT_ENTRIES];
    struct predict_run after_two[PREDICT_ENTRIES]; /* after the last two runs */
    struct predict_run after[PREDICT_ENTRIES];     /* after the last run */
    uint64_t pages[PREDICT_ENTRIES];               /* page of VA to page of PA */
    struct predict_core cores[TRACE_CORES_MAX];
    uint64_t offsets[TRACE_CORES_MAX]
                    [2]; /* page of PA - page of VA, last met by a core in a half of the address space */
};

static inline size_t predict_index(uint64_t key)
{
    return key >> (64 - PREDICT_BITS);
}

static inline struct predict_slot *predict_slot(struct predict *p, const struct predict_core *c)
{
    return &p->slots[predict_index(c->position)];
}

static inline struct predict_run *predict_run(struct predict *p, const struct predict_core *c, unsigned order)
{
    /* In 32 bits: compilers then leave it to the load to add where the table begins, which is off the chain. */
    const unsigned one = (unsigned)predict_index(c->after), two = (unsigned)predict_index(c->after_two);

    return order ? &p->after[one] : &p->after_two[two];
}

/* Returns the key of a VA, by which entries are found. */
static inline uint64_t predict_key(uint64_t va)
{
    return va * PREDICT_FACTOR;
}

static inline uint64_t predict_va(uint64_t key)
{
    return key * PREDICT_INVERSE;
}

static inline uint64_t *predict_page(struct predict *p, uint64_t va)
{
    return &p->pages[predict_index((va >> 12) * PREDICT_FACTOR)];
}

/* A shape has n - 1 in bits 9:0, flags above. */
static inline struct predict_run predict_run_of(uint64_t va, uint32_t shape)
{
    const uint32_t n = shape & 0x3ff, flags = shape >> 10;

    return (struct predict_run){ predict_key(va),
                                 dense_what(REC_FETCH, 0, flags, n) | dense_reach_of_run(va, n + 1, flags) };
}

static inline uint32_t *predict_what(struct predict *p, const struct predict_core *c)
{
    return &p->what[predict_index(c->position)];
}

static inline unsigned predict_op(uint32_t what)
{
    return what & 3;
}

/* Returns what a slot is for a kind of data access, with n = 0; 0 when there is no such kind. */
static inline uint32_t predict_kind(unsigned kind)
{
    const uint32_t op = kind & 3, size_log2 = kind >> 2 & 7, flags = kind >> 5, zva = op == REC_ZVA;
    const uint32_t align = zva ? 63 : (1u << size_log2) - 1;

    if (op == REC_FETCH || size_log2 > (zva ? 0 : 6))
        return 0;
    return dense_what(op, size_log2, flags, 0) | dense_special_data(flags) | align << PREDICT_ALIGN |
           zva << PREDICT_ZVA;
}

/* Makes a slot that of a data access; n: its instruction's offset / 4. */
static inline void predict_set(uint32_t *what, uint32_t kind, uint32_t n)
{
    *what = (*what & 1u << PREDICT_FOLLOW) | kind | n << DENSE_N;
}

/* One of two numbers, where which cannot be foreseen: compilers are told, lest they make it a branch. */
static inline uint64_t predict_select(bool second, uint64_t a, uint64_t b)
{
    return __builtin_expect_with_probability(second, 1, 0.5) ? b : a;
}

/* The two guesses at an address: the one that was right when they differed last comes first. */
static inline uint64_t predict_data(const struct predict_slot *s, uint32_t what, const struct predict_core *c,
                                    size_t guess)
{
    const uint32_t follow = (what ^ (uint32_t)guess << PREDICT_FOLLOW) & 1u << PREDICT_FOLLOW;

    return predict_select(follow != 0, s->next, c->data - s->apart);
}

static inline uint64_t predict_zva_align(uint64_t va, unsigned op)
{
    return op == REC_ZVA ? va & ~63ull : va;
}

/* Learns a data access, and moves on in the run. */
static inline void predict_learn_data(struct predict_slot *s, struct predict_core *c, uint64_t va)
{
    s->next = 2 * va - s->va;
    s->apart = c->data - va;
    s->va = va;
    c->data = va;
    c->position += PREDICT_STEP * PREDICT_FACTOR;
}

/* Learns a run: in both tables, in the slot that said whether the run before was over, and in the core. expected: it is
 * the first guess, and the slot says so: the first table and the slot have it already. */
static inline void predict_learn_run(struct predict *p, struct predict_core *c, struct predict_run run, bool expected)
{
    if (!expected) {
        *predict_run(p, c, 0) = run;
        *predict_what(p, c) &= 1u << PREDICT_FOLLOW;
    }
    *predict_run(p, c, 1) = run;
    c->after_two = run.key + 3 * c->after;
    c->after = run.key;
    c->position = run.key;
}
