/* A set of slots of an array, which gives them out in ascending order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SLOTS_MAX (1u << 16)
#define SLOTS_NONE UINT32_MAX

struct slots {
    uint64_t word[SLOTS_MAX / 64];
    uint64_t some[SLOTS_MAX / 64 / 64]; /* bit n: word[n] is not 0 */
};

static inline void slots_add(struct slots *s, uint32_t i)
{
    s->word[i / 64] |= 1ULL << i % 64;
    s->some[i / 64 / 64] |= 1ULL << i / 64 % 64;
}

static inline void slots_remove(struct slots *s, uint32_t i)
{
    s->word[i / 64] &= ~(1ULL << i % 64);
    if (s->word[i / 64] == 0)
        s->some[i / 64 / 64] &= ~(1ULL << i / 64 % 64);
}

/* Adds all of another. */
static inline void slots_unite(struct slots *s, const struct slots *other)
{
    for (uint32_t n = 0; n < sizeof s->some / sizeof *s->some; n++) {
        for (uint64_t left = other->some[n]; left; left &= left - 1) {
            uint32_t w = 64 * n + (uint32_t)__builtin_ctzll(left);

            s->word[w] |= other->word[w];
        }
        s->some[n] |= other->some[n];
    }
}

/* Removes the lowest and returns it, SLOTS_NONE of an empty set. */
static inline uint32_t slots_take(struct slots *s)
{
    for (uint32_t n = 0; n < sizeof s->some / sizeof *s->some; n++) {
        uint32_t w, i;

        if (s->some[n] == 0)
            continue;
        w = 64 * n + (uint32_t)__builtin_ctzll(s->some[n]);
        i = 64 * w + (uint32_t)__builtin_ctzll(s->word[w]);
        slots_remove(s, i);
        return i;
    }
    return SLOTS_NONE;
}
