/* A bar on the terminal for work that takes a while. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    bool shown;
    const char *what;
    unsigned steps;
    double start, last;
};

/* `wanted` and standard error a terminal: the bar will be shown, once the work has taken half a second. */
void progress_begin(struct progress *p, bool wanted, const char *what);

/* Tells how far the work is: `done` of `total` (0: unknown). Cheap. */
void progress_step(struct progress *p, uint64_t done, uint64_t total);

/* Removes the bar. */
void progress_end(struct progress *p);
