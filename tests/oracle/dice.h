/* Chance that can be repeated: the same seed gives the same machine on every host. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

/* Returns 64 random bits. [splitmix64, Steele et al. 2014, public domain] */
static inline uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* Returns a number below n, which is at least 1. */
static inline unsigned dice_below(struct dice *d, unsigned n)
{
    return (unsigned)((dice_next(d) >> 32) * n >> 32);
}

/* True in so many cases of a hundred. */
static inline bool dice_percent(struct dice *d, unsigned percent)
{
    return dice_below(d, 100) < percent;
}

/* Returns an index below n with a chance in proportion to its weight. */
static inline unsigned dice_weighted(struct dice *d, const uint8_t *weight, unsigned n)
{
    unsigned total = 0, i = 0, pick;

    for (unsigned k = 0; k < n; k++)
        total += weight[k];
    pick = dice_below(d, total);
    while (pick >= weight[i])
        pick -= weight[i++];
    return i;
}
