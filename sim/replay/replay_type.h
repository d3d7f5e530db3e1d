/* Memory types that a trace has of its accesses, and those that result here. Private to replay. */
#pragma once

#include "sim/replay/replay.h"

/* True when the type is what was told of it (REC_TYPE_*), which may be a part. [choice: the shareability of Device and
 * of Non-cacheable memory is not compared: it is always Outer Shareable [Arm: EffectiveShareability], and some RTL
 * prints what the descriptor says] */
bool replay_type_agrees(uint16_t told, struct memattr result);

/* Compares the type of an access that was translated. */
void replay_type_compare(struct replay *r, const struct trace_rec *rec, struct memattr result);
