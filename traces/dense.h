/* Records in 16 bytes: what nearly all of them need, for those who read millions.
 *
 * An access is dense whose PA is below 2^44, with the VA's offset in its page, or not known, and whose memory type is
 * not known; every other record lies beside, in full, and is referred to. */
#pragma once

#include "traces/record.h"
#include <stdbool.h>

struct dense {
    uint64_t va;   /* DENSE_ODD: index of the record among those beside */
    uint32_t page; /* PA >> 12; 0 when it is not known */
    uint32_t what; /* below */
};

/* Bits of `what`. */
enum {
    DENSE_OP = 0,      /* 2 bits: REC_FETCH to REC_ZVA */
    DENSE_EL = 2,      /* 2 bits */
    DENSE_CORE = 4,    /* 3 bits */
    DENSE_SPECIAL = 7, /* not aligned, in three cache lines or more, unprivileged, its PA not known; or DENSE_ODD. As
                          good as aligned is a pair of which both registers are (record_odd_bits), in one page */
    DENSE_SIZE = 8,    /* 3 bits: size_log2 */
    DENSE_FLAGS = 11,  /* 3 bits */
    DENSE_N = 14,      /* 10 bits: of a fetch n - 1, of a data access n / 4 */
    DENSE_ODD = 24,
    DENSE_TWO = 31, /* goes on in the next cache line: a run of instructions, or such a pair */
};

#define DENSE_LANE_MASK 127u /* operation, level and core as one number, */
#define DENSE_ASK_MASK 255u  /* and with DENSE_SPECIAL */
#define DENSE_PAGE_END (1ull << 32)

static inline uint32_t dense_n(uint32_t what)
{
    return what >> DENSE_N & 0x3ff;
}

static inline bool dense_is_odd(uint32_t what)
{
    return (what >> DENSE_ODD & 1) != 0;
}

/* Returns 1 for what goes on in the next cache line, else 0. */
static inline uint32_t dense_two(uint32_t what)
{
    return what >> DENSE_TWO;
}

/* Returns what a record of core 0 and level 0 has as `what`; n: as DENSE_N wants it. DENSE_SPECIAL and DENSE_TWO
 * are not in it. */
static inline uint32_t dense_what(uint32_t op, uint32_t size_log2, uint32_t flags, uint32_t n)
{
    return op << DENSE_OP | size_log2 << DENSE_SIZE | flags << DENSE_FLAGS | n << DENSE_N;
}

/* Returns the bits DENSE_SPECIAL and DENSE_TWO of a run of n instructions. */
static inline uint32_t dense_reach_of_run(uint64_t va, uint32_t n, uint32_t flags)
{
    const uint32_t end = (uint32_t)va % 64 / 4 + n; /* in instructions, of which a line has 16 */
    const uint32_t special = end > 32 || (flags & (REC_PA_UNKNOWN | REC_UNPRIV)) != 0, two = end > 16;

    return special << DENSE_SPECIAL | two << DENSE_TWO;
}

/* Returns the bit DENSE_SPECIAL or DENSE_TWO, or 0, of a load or store that is not aligned to its size; what its flags
 * make of it is not in it. */
uint32_t dense_reach_of_data(uint64_t va, uint32_t size_log2);

/* Returns the bit DENSE_SPECIAL, or 0, of a data access that is aligned. */
static inline uint32_t dense_special_data(uint32_t flags)
{
    return (uint32_t)((flags & (REC_PA_UNKNOWN | REC_UNPRIV)) != 0) << DENSE_SPECIAL;
}

/* Some records, in order. */
#define DENSE_BLOCK 4096

struct dense_block {
    struct dense rec[DENSE_BLOCK];
    struct trace_rec odd[DENSE_BLOCK];
    uint32_t count, odd_count;
};

/* Adds a valid record (record_problem); the block has room. */
void dense_add(struct dense_block *b, const struct trace_rec *rec);

/* Returns a record that is not DENSE_ODD in full, canonical. */
struct trace_rec dense_full(const struct dense *d);

/* The same of record i of a block, whatever it is. */
struct trace_rec dense_get(const struct dense_block *b, uint32_t i);
