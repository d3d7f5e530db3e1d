/* The tables of a machine as its cores stand: both stages of EL1&0, and EL2's.
 *
 * Cores that walk the same tables in the same way are one. */
#pragma once

#include "sim/lint/finding.h"
#include "sim/machine.h"

#define TABLES_PIECES_MAX (1u << 22) /* mappings that are looked at, of all cores */

struct tables;

/* Starts with no core; `source` stands in front of each place. Returns NULL when out of memory. */
struct tables *lint_tables_new(const char *source, struct lint_report *r);

/* Tells what is wrong with the registers of a core, with the tables that they lead to, and where both stages meet. */
void lint_tables_core(struct tables *t, const struct machine *m, unsigned core);

/* Tells of aliases among all of them. NULL is allowed. */
void lint_tables_end(struct tables *t);

/* Tells what no walk can use of the registers of a core: reserved and unimplemented fields, as far as they matter. */
void lint_registers(const struct sysregs *regs, const char *owner, struct lint_report *r);
