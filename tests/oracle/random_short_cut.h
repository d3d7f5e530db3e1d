/* The short cuts that a replay takes first, in random machines: what is known of an access must be what a look
 * finds. */
#pragma once

#include "tests/oracle/random_machine.h"

/* Makes an access of the model by a short cut: one of its TLBs simply grants it, and *o is what became of it. Returns
 * false when it is to go the long way: then nothing has been done. */
bool random_short_cut(struct random_machine *m, unsigned core, const struct access *a, struct outcome *o);
