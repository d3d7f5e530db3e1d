/* Which way of a set gives up its place. A policy knows sets and ways, nothing of tags or addresses.
 *
 * Protocol: repl_victim tells the way of a full set to refill; repl_touch follows each hit and each fill. Callers fill
 * invalid ways first. The A53 documents pseudo-random for its L1 data cache
 * [A53: 2.1.6]; for everything else the policy is a parameter. */
#pragma once

#include "models/arch/addr.h"

enum repl_policy { REPL_ROUND_ROBIN, REPL_RANDOM, REPL_LRU, REPL_POLICY_COUNT };

struct repl {
    uint64_t *use;  /* sets * ways words: LRU stamps, or in the first word of a set the round-robin hand */
    uint64_t state; /* LRU clock, or random state */
    uint16_t ways;
    uint8_t policy; /* enum repl_policy */
};

/* Returns "rr", "random" or "lru". */
const char *repl_name(enum repl_policy policy);

struct repl_shape {
    uint32_t sets, ways;
    uint32_t policy; /* enum repl_policy */
    uint32_t seed;   /* of REPL_RANDOM */
};

/* Starts over, on storage of sets * ways words. */
void repl_init(struct repl *r, const struct repl_shape *shape, uint64_t *use);

/* A way was used; `way` may also count from the first set on, with set 0. */
static inline void repl_touch(struct repl *r, uint32_t set, uint32_t way)
{
    if (r->policy == REPL_LRU)
        r->use[set * r->ways + way] = ++r->state;
}

/* repl_victim of the other policies. */
uint32_t repl_victim_of_policy(struct repl *r, uint32_t set);

/* Returns the way of the set to refill, 0..ways-1. */
static inline uint32_t repl_victim(struct repl *r, uint32_t set)
{
    uint64_t *hand = &r->use[set * r->ways];
    const uint32_t way = (uint32_t)*hand;

    if (r->policy != REPL_ROUND_ROBIN)
        return repl_victim_of_policy(r, set);
    *hand = way + 1u == r->ways ? 0 : way + 1;
    return way;
}
