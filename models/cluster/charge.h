/* What an access costs whom: cycles of its translations, of its lines, and the counters that hold them.
 *
 * charge_alone adds up the prices as if the core had the machine to itself, which is right when everything is done
 * before the next thing begins. An engine in which cores meet finds its own cycles and hands them to charge_count: the
 * counters are the same. */
#pragma once

#include "models/cluster/cluster.h"

struct charge {
    uint8_t kind;           /* enum access_kind */
    uint8_t missed, walked; /* as in struct outcome; 0 for an AT, which is no access */
    uint32_t xlat[2];       /* cycles of each translation */
    uint32_t xlat_wait;     /* of them, waiting for what another access had taken */
    uint32_t line_wait;     /* the same for its lines */
    uint32_t lines;         /* cycles the core waits for its lines, after translation */
    uint32_t dvm_wait;      /* cycles a DSB waits for broadcast maintenance */
    uint32_t stall;         /* cycles the core does not go on, for all of it */
};

/* Returns the charge of an access at its prices; with no outcome, of one that its micro-TLB granted. Its lines are
 * those in memsys.traffic. */
struct charge charge_alone(struct cluster *c, enum access_kind kind, const struct outcome *o);

/* The same for an AT: [choice: no part of any access's latency]. */
struct charge charge_at(struct cluster *c, const struct outcome *o);

/* The stall of a fetch is the micro-TLB's as long as that was at work, then the instruction cache's [choice: what the
 * front end has run ahead of is no stall]; a load's is the line's alone [choice: LD_DEP_STALL does not tell a wait for
 * translation from one for data]. */
static inline void charge_count_stall(struct counts *n, const struct charge *charge, uint64_t times)
{
    const uint32_t xlat_cycles = charge->xlat[0] + charge->xlat[1];
    const uint32_t xlat = (charge->stall < xlat_cycles ? charge->stall : xlat_cycles) & (0u - (charge->missed != 0));
    const uint32_t fetch = 0u - (charge->kind == ACCESS_FETCH), load = 0u - (charge->kind == ACCESS_LOAD);

    n->v[COUNT_CPU_CYCLES] += charge->stall * times;
    n->v[COUNT_IUTLB_DEP_STALL] += (xlat & fetch) * times;
    n->v[COUNT_IC_DEP_STALL] += ((charge->stall - xlat) & fetch) * times;
    n->v[COUNT_LD_DEP_STALL] += (charge->lines & load) * times;
}

/* One of its translations. Who knows what comes next: no branches. */
static inline void charge_add_xlat(struct counts *n, const struct charge *charge, unsigned i, uint64_t times)
{
    n->v[COUNT_WALK_CYCLES] += (charge->xlat[i] & (0u - (charge->walked >> i & 1))) * times;
    n->v[COUNT_XLAT_CYCLES] += (charge->xlat[i] & (0u - (charge->missed >> i & 1))) * times;
}

/* Adds a charge to counters, so many times. Returns one access's translation latency, in cycles. */
static inline uint32_t charge_add(struct counts *n, const struct charge *charge, uint64_t times)
{
    charge_add_xlat(n, charge, 0, times);
    if (__builtin_expect(charge->xlat[1] != 0, 0))
        charge_add_xlat(n, charge, 1, times);
    n->v[COUNT_XLAT_WAIT] += charge->xlat_wait * times;
    n->v[COUNT_LINE_WAIT] += charge->line_wait * times;
    n->v[COUNT_DVM_WAIT] += charge->dvm_wait * times;
    charge_count_stall(n, charge, times);
    return charge->xlat[0] + charge->xlat[1];
}

/* The same to a core's own, once. */
static inline uint32_t charge_count(struct cluster *c, unsigned core, const struct charge *charge)
{
    return charge_add(&c->core[core].mmu.count, charge, 1);
}
