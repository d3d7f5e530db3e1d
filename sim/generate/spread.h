/* A permutation of [0, n) that needs no table: what spreads the hot pages of a Zipf distribution over the footprint. */
#pragma once

#include <stdint.h>

struct spread {
    uint64_t n, mask;
    unsigned bits;
    uint64_t factor[3]; /* odd */
};

/* Chooses one by a seed; n from 1 to 2^62. */
void spread_init(struct spread *s, uint64_t n, uint64_t seed);

/* Returns where i, below n, goes. */
uint64_t spread_at(const struct spread *s, uint64_t i);
