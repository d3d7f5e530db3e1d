/* Nothing is kept at a fetch, so that fetches cost nothing: where a core was is looked for when an access misses, back
 * in the block at hand. */
#include "sim/replay/replay_hot.h"

#include <string.h>

static struct symbols_place place(const struct replay *r, const struct trace_rec *rec, uint64_t va)
{
    const struct regime *g = &r->machine->cluster.core[rec->core].mmu.regime[regime_of_el(rec->el)];
    bool upper = va >> 55 & 1;

    return (struct symbols_place){ .va = regime_canonical_va(g, VA(va)),
                                   .domain = (uint16_t)(r->core[rec->core].domain[rec->el] - r->stats.domain),
                                   .asid = upper ? 0 : g->asid };
}

/* Returns the core that fetched with record i of a block, or CORES_MAX for another record; *va: where. */
static unsigned fetcher(const struct dense_block *b, uint32_t i, uint64_t *va)
{
    const struct dense *d = &b->rec[i];
    const struct trace_rec *odd;

    *va = d->va;
    if (__builtin_expect(!dense_is_odd(d->what), 1))
        return (d->what >> DENSE_OP & 3) == REC_FETCH ? d->what >> DENSE_CORE & 7 : CORES_MAX;
    odd = &b->odd[d->va];
    *va = odd->va;
    return odd->op == REC_FETCH ? odd->core : CORES_MAX;
}

/* Looks for what a core fetched last before record `to` of the block, no farther back than when it last looked. */
static uint64_t last_run(struct replay *r, unsigned core, uint32_t to)
{
    uint64_t va;

    for (uint32_t i = to; i-- > r->run_seen[core];) {
        if (fetcher(r->block, i, &va) == core) {
            r->last_run[core] = va;
            break;
        }
    }
    r->run_seen[core] = to;
    return r->last_run[core];
}

uint32_t replay_hot_count(struct replay *r, const struct trace_rec *rec, const struct outcome *o)
{
    struct hot_access a = { .fetch = rec->op == REC_FETCH,
                            .misses = (o->missed & 1u) + (o->missed >> 1),
                            .walks = cluster_walks(o) };
    uint64_t run = a.fetch ? rec->va : last_run(r, rec->core, (uint32_t)(r->record - r->block_start));

    if (a.misses == 0 && o->pages < 2)
        return 0;
    a.code_unknown = run == REPLAY_NO_RUN;
    a.code =
        place(r, rec, a.fetch || rec->op == REC_ZVA ? run : run + rec->n); /* a DC ZVA's own place is not recorded */
    a.data = place(r, rec, rec->va);
    return hot_count(r->hot, &a);
}

void replay_hot_end(struct replay *r)
{
    unsigned looked_for = (1u << CORES_MAX) - 1;
    uint64_t va;

    for (uint32_t i = r->block->count; i-- > 0 && looked_for != 0;) {
        unsigned core = fetcher(r->block, i, &va);

        if (core < CORES_MAX && (looked_for >> core & 1)) {
            r->last_run[core] = va;
            looked_for &= ~(1u << core);
        }
    }
    memset(r->run_seen, 0, sizeof r->run_seen);
}
