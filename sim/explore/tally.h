/* How far a run over many points is, on a terminal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct tally {
    bool on, shown;
    size_t done, count;
    double start, last;
};

/* `wanted` and standard error a terminal: a line will be shown, once the work has taken half a second. */
void tally_begin(struct tally *t, bool wanted, size_t count);

/* One more is done. */
void tally_step(struct tally *t);

/* Removes the line. */
void tally_end(struct tally *t);
