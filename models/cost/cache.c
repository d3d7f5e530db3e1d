/* Tag storage. */
#include "models/cost/cache.h"

#include <assert.h>
#include <string.h>

void cache_init(struct cache *c, const struct cache_config *config, uint64_t *line, uint64_t *use)
{
    uint32_t lines = config->bytes >> CACHE_LINE_BITS, sets = lines / config->ways;

    assert(lines <= CACHE_LINES_MAX && sets > 0 && (sets & (sets - 1)) == 0);
    c->line = line;
    c->set_mask = sets - 1;
    c->free = lines;
    c->ways = (uint16_t)config->ways;
    c->hint_mask = (lines < CACHE_HINTS ? lines : CACHE_HINTS) - 1;
    memset(c->hint, 0, (c->hint_mask + 1) * sizeof *c->hint);
    memset(line, 0, lines * sizeof *line);
    repl_init(&c->repl, &(struct repl_shape){ sets, config->ways, config->policy, config->seed }, use);
}

/* Returns the first of so many ways that holds a tag, or 0 for one that is free; or CACHE_NOWHERE. All are looked at:
 * which way it is in no processor can guess. */
static inline uint32_t search_ways(const uint64_t *line, uint64_t tag, uint32_t ways)
{
    uint32_t way = CACHE_NOWHERE;

    for (uint32_t w = ways; w-- > 0;)
        way = cache_line_is(line[w], tag) ? w : way;
    return way;
}

/* The same of a set, by a loop whose end the compiler knows where it is the A53's. */
static uint32_t search_set(const struct cache *c, const uint64_t *line, uint64_t tag)
{
    switch (c->ways) {
    case 2:
        return search_ways(line, tag, 2);
    case 4:
        return search_ways(line, tag, 4);
    case 16:
        return search_ways(line, tag, 16);
    default:
        return search_ways(line, tag, c->ways);
    }
}

uint32_t cache_search(struct cache *c, uint64_t pa, uint64_t tag)
{
    const uint32_t first = cache_set(c, pa);
    const uint32_t way = search_set(c, &c->line[first], tag);

    if (way == CACHE_NOWHERE)
        return CACHE_NOWHERE;
    *cache_hint(c, pa) = (uint16_t)way;
    return first + way;
}

uint64_t *cache_peek(struct cache *c, uint64_t pa)
{
    const uint64_t tag = align_down(pa, CACHE_LINE_BITS) | LINE_VALID;
    uint32_t at = cache_set(c, pa) + *cache_hint(c, pa);

    if (!cache_line_is(c->line[at], tag))
        at = cache_search(c, pa, tag);
    return at == CACHE_NOWHERE ? NULL : &c->line[at];
}

void cache_drop(struct cache *c, uint64_t *line)
{
    *line = 0;
    c->free++;
}

uint64_t cache_fill(struct cache *c, uint64_t pa, unsigned flags)
{
    uint32_t set = (uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask;
    uint64_t *line = &c->line[cache_set(c, pa)], victim;
    uint32_t way = c->free > 0 ? search_set(c, line, 0) : CACHE_NOWHERE;

    if (way == CACHE_NOWHERE)
        way = repl_victim(&c->repl, set);
    else
        c->free--;
    victim = line[way];
    line[way] = align_down(pa, CACHE_LINE_BITS) | LINE_VALID | flags;
    *cache_hint(c, pa) = (uint16_t)way;
    repl_touch(&c->repl, set, way);
    return victim;
}
