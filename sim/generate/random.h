/* Random numbers that are the same on every machine: xoshiro256** [xoshiro], seeded by splitmix64 [xoshiro]. Integers
 * only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t s[4];
};

/* Starts the stream of a seed. Streams of different numbers of one seed have nothing to do with each other. */
void random_init(struct random *r, uint64_t seed, uint64_t stream);

/* Returns 64 random bits. */
uint64_t random_next(struct random *r);

/* Returns a number below n, n >= 1, each as likely as another [Lemire]. */
uint64_t random_below(struct random *r, uint64_t n);

/* True in `percent` of 100 cases. */
bool random_percent(struct random *r, uint64_t percent);
