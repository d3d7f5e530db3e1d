/* Prices added up. */
#include "models/cluster/charge.h"

/* What leaves the cluster, beyond the L2's own price. */
static uint32_t beyond(struct cluster *c, uint64_t pa)
{
    const struct config *config = &c->config;
    enum mem_class mem_class = price_class_of(config->map, config->map_count, pa);
    uint32_t saved = mem_class == MEM_DDR ? ddr_saves(&c->ddr, ddr_open(&c->ddr, pa)) : 0;

    return price_cci(&config->price, mem_class) + price_memory(&config->price, mem_class, saved);
}

static uint32_t latency_of(struct cluster *c, uint64_t pa, enum mem_level found)
{
    switch (found) {
    case LEVEL_L1:
        return c->config.price.l1d;
    case LEVEL_L2:
        return c->config.price.l2;
    case LEVEL_MEMORY:
    case LEVEL_COUNT:
        break;
    }
    return c->config.price.l2 + beyond(c, pa);
}

/* One translation's steps. */
static uint32_t price_steps(struct cluster *c, const struct steps *steps)
{
    const struct prices *p = &c->config.price;
    uint32_t cycles = p->utlb, fetches = 0;
    bool walked = false;

    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];

        if (s->kind != STEP_TLB && !walked) {
            walked = true;
            cycles += p->walk;
        }
        if (s->kind == STEP_FETCH)
            cycles += latency_of(c, s->address, (enum mem_level)s->found) + (fetches++ ? p->level : 0);
        else
            cycles += price_lookup(p, s);
    }
    return cycles;
}

/* The lines that the core waits for; the others, too, open their rows. */
static uint32_t price_lines(struct cluster *c)
{
    const struct traffic *t = &c->memsys.traffic;
    uint32_t cycles = 0;

    for (unsigned i = 0; i < t->count; i++) {
        const struct traffic_item *item = &t->item[i];
        bool line = item->kind == TRAFFIC_FILL;
        uint32_t latency;

        if (!traffic_is_priced(item))
            continue;
        latency = latency_of(c, item->pa, line ? (enum mem_level)item->found : LEVEL_MEMORY);
        if (item->waits)
            cycles += price_stall(&c->config.price, latency);
    }
    return cycles;
}

struct charge charge_alone(struct cluster *c, enum access_kind kind, const struct outcome *o)
{
    struct charge charge = { .kind = (uint8_t)kind };

    if (o) {
        charge.missed = o->missed;
        charge.walked = o->walked;
        charge.xlat[0] = price_steps(c, &o->x.steps);
        if (o->pages > 1)
            charge.xlat[1] = price_steps(c, &o->second);
    }
    charge.lines = price_lines(c);
    charge.stall = charge.xlat[0] + charge.xlat[1] + charge.lines;
    if (o) /* a micro-TLB look-up is hidden in the access */
        charge.stall -= o->pages * c->config.price.utlb;
    return charge;
}

struct charge charge_at(struct cluster *c, const struct outcome *o)
{
    struct charge charge = { .kind = ACCESS_AT_READ };

    charge.xlat[0] = charge.stall = price_steps(c, &o->x.steps) - c->config.price.utlb;
    return charge;
}
