/* TLB maintenance for a random machine: no more than the book asks for, chosen among all that suffices. */
#pragma once

#include "tests/oracle/random_machine.h"

/* Maintains until nothing that the core may have kept can do harm under its registers. */
void random_upkeep(struct random_machine *m, unsigned core);

/* Maintains until no core may have kept anything that rests on changed memory, in reach or not. */
void random_upkeep_all(struct random_machine *m);

/* Executes an operation that nothing asks for. */
void random_maintain_idly(struct random_machine *m);
