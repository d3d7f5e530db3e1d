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
    memset(line, 0, lines * sizeof *line);
    repl_init(&c->repl, &(struct repl_shape){ sets, config->ways, config->policy, config->seed }, use);
}

uint64_t *cache_peek(struct cache *c, uint64_t pa)
{
    uint64_t tag = align_down(pa, CACHE_LINE_BITS) | LINE_VALID;
    uint64_t *line = &c->line[((uint32_t)(pa >> CACHE_LINE_BITS) & c->set_mask) * c->ways];

    for (uint32_t w = 0; w < c->ways; w++) {
        if ((line[w] & ~(uint64_t)(LINE_DIRTY | LINE_UNIQUE)) == tag)
            return &line[w];
    }
    return NULL;
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
