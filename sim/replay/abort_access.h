/* The access that an abort in a trace tells of. */
#pragma once

#include "models/mmu/mmu.h"
#include "traces/record.h"

/* True when an exception record is an abort of the MMU that can be made again. */
bool abort_is_mmu(const struct trace_rec *rec);

/* Returns the access of such a record, by its syndrome and the MMU as it stands. Its size is unknown, and of no matter
 * to the faults made again. What the tables do not explain with EL1's permissions was an LDTR or STTR, checked with
 * EL0's, which a syndrome does not say: *unprivileged_guessed. */
struct access abort_access(const struct trace_rec *rec, const struct mmu *m, bool *unprivileged_guessed);
