/* The road of every record, in batches. */
#pragma once

#include "sim/replay/replay.h"

/* Before the first batch, with the machine there. */
void replay_batch_begin(struct replay *r);

/* Does what records [from, to) of r->block say. Returns NULL, or why the trace cannot go on: at record r->record. */
const char *replay_batch_run(struct replay *r, uint32_t from, uint32_t to);

/* The same with what follows of it, each record as r->sample has it, if there is one. Returns false with *err. */
bool replay_range(struct replay *r, uint32_t from, uint32_t to, struct trace_error *err);

/* What no lane is for, in a dense record: one that is no access, a core beyond any. */
#define REPLAY_FAR_OFF (1u << DENSE_ODD | (DENSE_LANE_MASK & ~(LANES - 1u)))

/* Counts what is counted of every access. */
static inline void replay_batch_count(struct replay_lane *l, uint32_t units)
{
    *l->retired += units;
    l->accesses++;
}

/* Prices what the main TLB granted, and looks at where it led. */
void replay_batch_refilled(struct replay *r, const struct dense *d, const struct outcome *o);

/* Gives a core's domains the accesses that were counted for them: before they become others. What is priced on the
 * way leaves no lines in memsys.traffic: not between an access and its price. */
void replay_batch_settle(struct replay *r, unsigned core);

/* Returns how many instructions a core has fetched so far: what COUNT_INST_RETIRED will be once settled. */
uint64_t replay_batch_instructions(const struct replay *r, unsigned core);
