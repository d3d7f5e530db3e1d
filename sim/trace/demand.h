/* Tables on demand, for traces that know VAs alone: a page is mapped when it is touched first, as a filter of a trace.
 *
 * The stage-1 tables and registers are those of Linux 6.1 with 48-bit VAs; stage 2 those of a world, if one is asked
 * for. Frames are handed out in the order of first touch from the domain's RAM, from its start [choice]. In front of a
 * core's first record come its registers, in front of a first touch the table words it takes: from invalid to valid,
 * which needs no TLBI [Arm: R_JVXRH]. The PA of each access is filled in, so that a replay can be verified.
 *
 * All pages can be read, written and executed by their owner [choice], as who touches a page first does not tell what
 * comes later: those of the lower half are EL0's (PAGE_SHARED_EXEC), unless the first touch is a fetch by EL1, those of
 * the upper half EL1's (PAGE_KERNEL_EXEC). A PA that the trace knows is the page's frame, when there is no stage 2. */
#pragma once

#include "sim/map/world.h"
#include "traces/reader.h"

/* Sets the filter. `world` says what of Xen is below; its preset NULL: nothing, stage 1 alone. Returns false with
 * *err. */
bool demand_filter(struct trace_reader *r, const struct world_request *world, struct trace_error *err);
