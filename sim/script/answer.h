/* What a statement of a script answered, under the keys that scripts compare. */
#pragma once

#include "models/cluster/cluster.h"
#include "traces/script.h"
#include <stdio.h>

struct answer {
    bool is_at;
    bool fault;             /* an exception is taken; an AT's F = 1 is not one */
    struct outcome outcome; /* an AT's: cycles and fetches of its walk */
    struct at_result at;    /* is_at only */
};

/* True when every key given agrees. `par=` is compared but for what is UNKNOWN or IMPLEMENTATION DEFINED (bit 10, on a
 * fault [63:48]), `esr=` in EC, FnV, EA, CM, S1PTW, WnR and the status code: the instruction's own syndrome is not
 * known. */
bool answer_agrees(const struct answer *a, const struct script_expect *e);

/* Returns NULL, or what is wrong with the values expected: a phrase for the user. */
const char *answer_problem(const struct script_expect *e);

/* Prints the answers under `keys` (of script_expect), and when they are none, or some have no value, under
 * those that say most. */
void answer_print(FILE *out, const struct answer *a, uint32_t keys);
