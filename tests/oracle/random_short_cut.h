/* The short cuts that a replay takes first, in random machines: what is known of an access must be what a look finds. */
#pragma once

#include "tests/oracle/random_machine.h"

/* Makes an access of the model by a short cut. Returns the entry that granted it, or NULL when it is to go the long way:
 * then nothing has been done. */
const struct utlb_entry *random_short_cut(struct random_machine *m, unsigned core, const struct access *a);
