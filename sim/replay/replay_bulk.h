/* What costs the same each time: counted when it happens, priced when somebody wants to know.
 *
 * An access of a lane may have asked the main TLB, and may have taken lines from the L2; as nothing waits, its price
 * depends on how often it did either. What leaves the cluster is priced at once: which rows are open makes a
 * difference. */
#pragma once

#include "sim/replay/replay_cost.h"

/* True when an access may be priced so: nobody wants to know of it by itself, and no other core makes it wait. */
static inline bool bulk_may(const struct replay *r)
{
    return r->cycles_alone && !r->tlm;
}

/* Counts an access that was granted after so many probes of the main TLB, 0 when its micro-TLB had it, and took so many
 * lines from the L2, at most REPLAY_LINES. */
static inline void bulk_count(struct replay *r, uint32_t lane, unsigned probes, unsigned lines)
{
    r->bulk[lane][probes][lines]++;
}

/* A record that was a micro-TLB refill from the main TLB, and moved no line; with r->cycles_alone, by either engine. */
static inline void bulk_refill(struct replay *r, const struct dense *d, unsigned probes)
{
    if (r->tlm)
        replay_cost_refill(r, d, probes);
    else
        bulk_count(r, d->what & DENSE_LANE_MASK, probes, 0);
}

/* Returns how many lines of an access the L2 gave, or REPLAY_LINES + 1 when more has a price than can be told so. What
 * is given up, or claimed from other cores, has none. */
unsigned bulk_lines(const struct traffic *traffic);

/* Counts an access so, if it may be; `moved`: memsys.traffic is its own. Returns false when it is to be priced by
 * itself. */
static inline bool bulk_take(struct replay *r, uint32_t lane, unsigned probes, bool moved)
{
    unsigned lines;

    if (!bulk_may(r))
        return false;
    lines = moved ? bulk_lines(&r->machine->cluster.memsys.traffic) : 0;
    if (lines > REPLAY_LINES)
        return false;
    bulk_count(r, lane, probes, lines);
    return true;
}

/* Prices what has been counted in a lane. */
void bulk_settle(struct replay *r, uint32_t lane);
