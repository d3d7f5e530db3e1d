/* What a run of random machines has asked and seen. */
#pragma once

#include "tests/oracle/random_machine.h"

/* Prints it as a table. */
void random_tally_print(const struct random_tally *t, FILE *out);

/* Returns what a long run should have seen and has not, or NULL: a test that asks nothing proves nothing. */
const char *random_tally_lacks(const struct random_tally *t);
