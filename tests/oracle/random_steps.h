/* A random machine's life: accesses, ATs, register writes, table changes, and the maintenance they call for. */
#pragma once

#include "tests/oracle/random_machine.h"

/* Builds machine `index` of the seed and lives its life, up to the first answer that is wrong. Returns !m->failed. */
bool random_live(struct random_machine *m, uint64_t seed, unsigned long index);

/* --- between the parts of it --- */

/* Writes a register of a core: switches process or guest, turns a control. Maintenance is left to random_upkeep. */
void random_change_registers(struct random_machine *m);

/* Changes a descriptor, and marks what may be kept of it. */
void random_change_tables(struct random_machine *m);

/* Changes a leaf and asks before anything is maintained. */
void random_open_window(struct random_machine *m);

/* Returns an access for a core to make, mostly to where its tables lead. It may cross a 4 KB page. */
struct naive_access random_choose_access(struct random_machine *m, unsigned core);
