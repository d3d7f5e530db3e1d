/* Counts become prices. */
#include "sim/replay/replay_bulk.h"

unsigned bulk_lines(const struct traffic *traffic)
{
    unsigned lines = 0;

    for (unsigned i = 0; i < traffic->count; i++) {
        const struct traffic_item *item = &traffic->item[i];

        if (!traffic_is_priced(item))
            continue;
        if (item->kind != TRAFFIC_FILL || item->found != LEVEL_L2)
            return REPLAY_LINES + 1;
        lines++;
    }
    return lines <= REPLAY_LINES ? lines : REPLAY_LINES + 1;
}

static void price(struct replay *r, uint32_t lane, unsigned probes, unsigned lines)
{
    struct cluster *c = &r->machine->cluster;
    struct traffic *t = &c->memsys.traffic;
    struct outcome o = { .pages = 1, .missed = 1 };

    o.x.steps.step[o.x.steps.count++] = (struct step){ .kind = STEP_TLB, .hit = true, .probes = (uint8_t)probes };
    t->count = 0;
    while (t->count < lines)
        memsys_note(&c->memsys, 0, LEVEL_L2, !c->lane[lane].wants);
    replay_cost_same(r, lane, probes ? &o : NULL, r->bulk[lane][probes][lines]);
}

void bulk_settle(struct replay *r, uint32_t lane)
{
    for (unsigned probes = 0; probes <= TLB_SIZES; probes++) {
        for (unsigned lines = 0; lines <= REPLAY_LINES; lines++) {
            if (r->bulk[lane][probes][lines] > 0)
                price(r, lane, probes, lines);
            r->bulk[lane][probes][lines] = 0;
        }
    }
}
