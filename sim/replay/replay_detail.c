/* Who translates, in which address space, with which memory type. */
#include "sim/replay/replay_detail.h"

#include <string.h>

/* An entry of a TLB that was not told of a change may lead where tables no longer do: the second look is then no read
 * of the trace's, and is not reported as one. */
void replay_detail_access(struct replay *r, const struct trace_rec *rec, const struct access *a,
                          const struct outcome *o)
{
    struct phys *phys = &r->machine->phys;
    const struct regime *g = &r->machine->cluster.core[rec->core].mmu.regime[regime_of_el(rec->el)];
    const uint64_t absent = phys->absent_reads;
    const pa_t first = phys->first_absent;
    struct access whole = *a;
    struct detail_access d = {
        .who = { rec->core, (unsigned)(r->core[rec->core].domain[rec->el] - r->stats.domain),
                 replay_latency_kind((enum rec_op)rec->op) },
        .access = &whole,
        .outcome = o,
        .asid = rec->va >> 55 & 1 ? 0 : g->asid,
        .type = SPACES_TYPE_NONE,
    };

    whole.va = VA(regime_canonical_va(g, a->va));
    if (o->x.fault.type == FAULT_NONE) {
        uint32_t type = stats_type_row(&r->stats, &o->x.type);

        d.type = type < TYPE_ROWS ? (uint16_t)type : SPACES_TYPE_NONE;
    }
    detail_count(r->detail, &r->machine->cluster, &d);
    phys->absent_reads = absent;
    phys->first_absent = first;
}
