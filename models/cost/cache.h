/* A cache of tags: which lines are there, never what they hold.
 *
 * A line is valid, perhaps dirty, perhaps unique: in no other L1 of the cluster. Coherence itself is the cluster's
 * affair. */
#pragma once

#include "models/mmu/repl.h"
#include <stddef.h>

#define CACHE_LINE_BITS 6 /* 64 bytes in all A53 caches [A53: 2.1.6] */
#define CACHE_LINE_MASK ((1u << CACHE_LINE_BITS) - 1)
#define CACHE_LINES_MAX 65536
#define CACHE_HINTS 16384

enum { LINE_VALID = 1, LINE_DIRTY = 2, LINE_UNIQUE = 4, LINE_FLAGS = 7 };

struct cache_config {
    uint32_t bytes; /* lines a power of two, at most CACHE_LINES_MAX */
    uint32_t ways;
    uint32_t policy; /* enum repl_policy */
    uint32_t seed;
};

struct cache {
    uint64_t *line; /* sets * ways: PA with the flags in its low bits; 0 is invalid */
    uint32_t set_mask;
    uint32_t free; /* lines that are invalid */
    uint16_t ways;
    uint32_t hint_mask;
    uint16_t hint[CACHE_HINTS]; /* by the lowest bits of a line's number the way it was last found in: the host's short
                                   cut, no part of the model */
    struct repl repl;
};

/* Starts empty, on storage for the configured lines, twice: tags and replacement state. */
void cache_init(struct cache *c, const struct cache_config *config, uint64_t *line, uint64_t *use);

/* True when a line of storage holds `tag`: a line's PA with LINE_VALID alone. */
static inline bool cache_line_is(uint64_t line, uint64_t tag)
{
    return (line & ~(uint64_t)(LINE_DIRTY | LINE_UNIQUE)) == tag;
}

/* Returns where a PA's set begins in c->line. */
static inline uint32_t cache_set(const struct cache *c, uint64_t pa)
{
    return ((uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask) * c->ways;
}

static inline uint16_t *cache_hint(struct cache *c, uint64_t pa)
{
    return &c->hint[pa >> CACHE_LINE_BITS & c->hint_mask];
}

/* Searches all ways of a set; cache_find's second half. Returns where in c->line it is, or CACHE_NOWHERE. */
uint32_t cache_search(struct cache *c, uint64_t pa, uint64_t tag);

#define CACHE_NOWHERE UINT32_MAX

/* Returns the line that holds a PA, or NULL. Counts as a use. */
static inline uint64_t *cache_find(struct cache *c, uint64_t pa)
{
    const uint64_t tag = align_down(pa, CACHE_LINE_BITS) | LINE_VALID;
    uint32_t at = cache_set(c, pa) + *cache_hint(c, pa);

    if (__builtin_expect(!cache_line_is(c->line[at], tag), 0)) {
        at = cache_search(c, pa, tag);
        if (at == CACHE_NOWHERE)
            return NULL;
    }
    repl_touch(&c->repl, 0, at);
    return &c->line[at];
}

/* As cache_find, but no use: for snoops. */
uint64_t *cache_peek(struct cache *c, uint64_t pa);

/* A line that cache_find or cache_peek has returned goes. */
void cache_drop(struct cache *c, uint64_t *line);

/* Brings in a line that is not there, with the flags given (LINE_VALID is implied). Returns the line that gave up its
 * place, flags and all; 0 if none did. */
uint64_t cache_fill(struct cache *c, uint64_t pa, unsigned flags);
