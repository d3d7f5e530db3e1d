/* Every number of the ZynqMP's A53 cluster that a user may change with -C: key, range, default, and where it is from.
 *
 * One table; `stagewalk params` prints it. */
#pragma once

#include "models/cluster/config.h"
#include <stddef.h>

struct param {
    const char *key;
    const char *unit;   /* "entries", "cycles", ...; "policy" and "switch": a word, see params_word */
    uint32_t min, max;  /* inclusive */
    uint32_t value;     /* default */
    size_t offset;      /* of its uint32_t in struct config */
    const char *source; /* a citation, or [choice] or [guess] with the reason */
};

/* The table; *count is set to its length. */
const struct param *params_table(size_t *count);

/* Fills a configuration with the defaults and the ZynqMP's map. */
void params_default(struct config *config);

/* Sets one parameter from text: a C number, or a word. Returns NULL, or why not (a phrase for the user, in
 * `why`, of `why_bytes`). */
const char *params_set(struct config *config, const char *key, const char *text, char *why, size_t why_bytes);

/* Returns NULL when the numbers fit each other (sets a power of two, ...), or why not, in `why`. To be asked once all
 * have been set. */
const char *params_check(const struct config *config, char *why, size_t why_bytes);

/* Returns the word that stands for a value: rr, random or lru, off or on; NULL when the parameter is a number. */
const char *params_word(const struct param *p, uint32_t value);

/* Returns a parameter's current value. */
uint32_t params_get(const struct config *config, const struct param *p);
