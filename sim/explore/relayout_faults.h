/* What a trace records of faults, in another geometry: the same faults, at the levels of the new tables. */
#pragma once

#include "sim/explore/relayout_world.h"

/* What an AT came to before and comes to now. */
struct relayout_at {
    bool pending;
    uint64_t was, is; /* PAR_EL1 */
};

/* Returns the stage-2 fault that an access of a record comes to in the captured tables: of an abort, or of an AT. Type
 * FAULT_NONE: none. */
struct fault relayout_fault_of(const struct mmu *old, const struct trace_rec *rec);

/* Changes an abort, an AT's own result and PAR_EL1 in a record to what the new tables give. */
void relayout_mend_abort(struct relayout_world *w, const struct mmu *fresh, struct trace_rec *rec);
void relayout_note_at(struct relayout_world *w, struct mmu *fresh, const struct trace_rec *rec, struct relayout_at *at);
void relayout_mend_par(struct relayout_world *w, const struct relayout_at *at, struct trace_rec *rec);
