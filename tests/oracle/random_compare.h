/* The questions put to a random machine: each to the cluster and to the naive walker, and the answers compared. */
#pragma once

#include "tests/oracle/random_machine.h"

/* Makes an access that does not leave its 4 KB page, and notes what may be kept of it. */
void random_access(struct random_machine *m, unsigned core, const struct naive_access *access);

/* Makes an access that does: it is answered like its first part, unless the second faults. */
void random_split_access(struct random_machine *m, unsigned core, const struct naive_access *access);

/* As random_access, while the word at pa has changed from `before` and nothing has been maintained: the answer may be
 * the one of before, or that of now, and no other. */
void random_access_in_window(struct random_machine *m, unsigned core, const struct naive_access *access, uint64_t pa,
                             uint64_t before);

/* Executes an AT at EL1 or EL2. Its walk is compared read by read: an AT keeps nothing and uses nothing kept
 * [choice: models/mmu/mmu.h]. */
void random_at(struct random_machine *m, unsigned core, enum naive_at_op op, unsigned el, uint64_t va);
