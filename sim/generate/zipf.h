/* Ranks by Zipf's law: rank k of 1 to n comes with a probability in proportion to k^-alpha.
 *
 * Exactly that, but for rounding in the 60th bit, whatever n is, without a table of n entries: ranks fall into some
 * hundred groups, each under a lid as high as its first rank; a group is drawn by the area under its lid, a rank of it
 * evenly, and kept if it lies under the curve. Fixed-point integers, as pow() of one C library is not that of
 * another. */
#pragma once

#include "sim/generate/random.h"

#define ZIPF_ALPHA_ONE 1000 /* alpha is given in thousandths */
#define ZIPF_ALPHA_MAX 4000
#define ZIPF_GROUPS_MAX 512

struct zipf_group {
    uint64_t first, count; /* ranks */
    uint64_t lid;          /* the weight of the first one */
    unsigned __int128 end; /* area under the lids up to this one's end */
};

struct zipf {
    uint64_t alpha;
    unsigned groups;
    uint64_t root[41]; /* 2^-(2^-i) in units of 2^-62 */
    struct zipf_group group[ZIPF_GROUPS_MAX];
};

/* n from 1 to 2^40; alpha up to ZIPF_ALPHA_MAX. */
void zipf_init(struct zipf *z, uint64_t n, uint64_t alpha);

/* Returns a rank, from 1 to n. */
uint64_t zipf_draw(const struct zipf *z, struct random *r);

/* Returns k^-alpha in units of 2^-62. */
uint64_t zipf_weight(const struct zipf *z, uint64_t k);
