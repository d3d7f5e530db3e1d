/* Steps to cycles. */
#include "models/cost/price.h"

#include <stddef.h>

const struct region *price_region_of(const struct region *map, uint32_t count, uint64_t pa)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t mid = (low + high) / 2;

        if (pa < map[mid].base)
            high = mid;
        else if (pa - map[mid].base < map[mid].bytes)
            return &map[mid];
        else
            low = mid + 1;
    }
    return NULL;
}

uint32_t price_lookup(const struct prices *p, const struct step *s)
{
    uint32_t further = s->probes > 1 ? (s->probes - 1u) * p->probe : 0;

    switch ((enum step_kind)s->kind) {
    case STEP_TLB:
        return p->main_tlb + further;
    case STEP_WALK_CACHE: /* its first probe is part of `walk` */
        return further;
    case STEP_IPA_CACHE:
        return p->ipa_cache + further;
    case STEP_FETCH:
        break;
    }
    return 0;
}

enum mem_class price_class_of(const struct region *map, uint32_t count, uint64_t pa)
{
    const struct region *r = price_region_of(map, count, pa);

    return r ? (enum mem_class)r->mem_class : MEM_NONE;
}

uint32_t price_cci(const struct prices *p, enum mem_class mem_class)
{
    return p->cci < p->memory[mem_class] ? p->cci : p->memory[mem_class];
}

uint32_t price_memory(const struct prices *p, enum mem_class mem_class, uint32_t saved)
{
    uint32_t own = p->memory[mem_class] - price_cci(p, mem_class);

    return own > saved ? own - saved : 0;
}
