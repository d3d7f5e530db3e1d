/* Round robin, pseudo-random and least recently used. */
#include "models/mmu/repl.h"

#include <string.h>

const char *repl_name(enum repl_policy policy)
{
    static const char *const names[REPL_POLICY_COUNT] = { "rr", "random", "lru" };
    return names[policy];
}

void repl_init(struct repl *r, const struct repl_shape *shape, uint64_t *use)
{
    *r = (struct repl){ .use = use, .ways = (uint16_t)shape->ways, .policy = (uint8_t)shape->policy };
    if (shape->policy == REPL_RANDOM)
        r->state = 2 * (uint64_t)shape->seed + 1; /* xorshift must not start at zero */
    memset(use, 0, (size_t)shape->sets * shape->ways * sizeof *use);
}

/* xorshift64, Marsaglia 2003 */
static uint64_t next_random(struct repl *r)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return r->state;
}

static uint32_t oldest(const uint64_t *use, uint32_t ways)
{
    uint32_t victim = 0;

    for (uint32_t w = 1; w < ways; w++) {
        if (use[w] < use[victim])
            victim = w;
    }
    return victim;
}

uint32_t repl_victim_of_policy(struct repl *r, uint32_t set)
{
    if (r->policy == REPL_RANDOM)
        return (uint32_t)((next_random(r) >> 32) * r->ways >> 32);
    return oldest(&r->use[set * r->ways], r->ways);
}
