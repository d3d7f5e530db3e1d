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
    memset(c->hint, 0, sizeof c->hint);
    memset(line, 0, lines * sizeof *line);
    repl_init(&c->repl, &(struct repl_shape){ sets, config->ways, config->policy, config->seed }, use);
}

static uint32_t set_of(const struct cache *c, uint64_t pa)
{
    return ((uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask) * c->ways;
}

uint32_t cache_search(struct cache *c, uint64_t pa, uint64_t tag)
{
    const uint32_t first = set_of(c, pa);
    uint32_t at = CACHE_NOWHERE;

    for (uint32_t i = first; i < first + c->ways; i++) /* to the end: which way it is in nobody can guess */
        at = cache_line_is(c->line[i], tag) ? i : at;
    if (at != CACHE_NOWHERE)
        c->hint[pa >> CACHE_LINE_BITS & (CACHE_HINTS - 1)] = at;
    return at;
}

uint64_t *cache_peek(struct cache *c, uint64_t pa)
{
    const uint64_t tag = align_down(pa, CACHE_LINE_BITS) | LINE_VALID;
    uint32_t at = c->hint[pa >> CACHE_LINE_BITS & (CACHE_HINTS - 1)];

    if (!cache_line_is(c->line[at], tag))
        at = cache_search(c, pa, tag);
    return at == CACHE_NOWHERE ? NULL : &c->line[at];
}

void cache_drop(struct cache *c, uint64_t *line)
{
    *line = 0;
    c->free++;
}

/* Returns the first way of a set that is free, or c->ways. */
static uint32_t free_way(const struct cache *c, const uint64_t *line)
{
    uint32_t way = 0;

    if (c->free == 0)
        return c->ways;
    while (way < c->ways && line[way] != 0)
        way++;
    return way;
}

uint64_t cache_fill(struct cache *c, uint64_t pa, unsigned flags)
{
    uint32_t set = (uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask;
    uint64_t *line = &c->line[set * c->ways], victim;
    uint32_t way = free_way(c, line);

    if (way == c->ways)
        way = repl_victim(&c->repl, set);
    else
        c->free--;
    victim = line[way];
    line[way] = align_down(pa, CACHE_LINE_BITS) | LINE_VALID | flags;
    repl_touch(&c->repl, set, way);
    return victim;
}
