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
    c->ways = (uint16_t)config->ways;
    memset(c->hint, 0, sizeof c->hint);
    memset(line, 0, lines * sizeof *line);
    repl_init(&c->repl, &(struct repl_shape){ sets, config->ways, config->policy, config->seed }, use);
}

uint32_t cache_search(struct cache *c, uint64_t pa, uint64_t tag)
{
    const uint64_t *line = &c->line[((uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask) * c->ways];

    for (uint32_t w = 0; w < c->ways; w++) {
        if (cache_line_is(line[w], tag)) {
            c->hint[pa >> CACHE_LINE_BITS & (CACHE_HINTS - 1)] = (uint8_t)w;
            return w;
        }
    }
    return c->ways;
}

uint64_t *cache_peek(struct cache *c, uint64_t pa)
{
    uint32_t way = cache_search(c, pa, align_down(pa, CACHE_LINE_BITS) | LINE_VALID);

    return way == c->ways ? NULL : &c->line[((uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask) * c->ways + way];
}

uint64_t cache_fill(struct cache *c, uint64_t pa, unsigned flags)
{
    uint32_t set = (uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask, way = 0;
    uint64_t *line = &c->line[set * c->ways], victim;

    while (way < c->ways && line[way] != 0)
        way++;
    if (way == c->ways)
        way = repl_victim(&c->repl, set);
    victim = line[way];
    line[way] = align_down(pa, CACHE_LINE_BITS) | LINE_VALID | flags;
    repl_touch(&c->repl, set, way);
    return victim;
}
