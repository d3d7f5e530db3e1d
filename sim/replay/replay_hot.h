/* Whose instruction an access is, and whose data: a replay's misses on their way to the rows of hot.h. */
#pragma once

#include "sim/replay/replay.h"

#define REPLAY_NO_RUN UINT64_MAX /* of replay.last_run: it has fetched nothing yet */

/* Counts an access that may have missed its micro-TLB; the record is r->record. Returns a ticket for hot_add_cycles, 0
 * when there was no miss. */
uint32_t replay_hot_count(struct replay *r, const struct trace_rec *rec, const struct outcome *o);

/* Keeps what each core fetched last, before r->block goes. */
void replay_hot_end(struct replay *r);
