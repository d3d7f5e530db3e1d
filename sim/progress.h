/* A bar on the terminal for work that takes a while: how far it is, how fast, how long it will take. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    char what[32];
    const char *unit; /* of what is counted: "records", unless the caller says otherwise */
    double start, last;
};

/* `wanted` and standard error a terminal: the bar will be shown, once the work has taken half a second. In a child of
 * jobs_run its parent is told instead. */
void progress_begin(struct progress *p, bool wanted, const char *what);

/* Tells how far the work is: `done` of `total` (0: unknown), and how many records (0: they are not counted) that is.
 * Cheap. */
void progress_step(struct progress *p, uint64_t done, uint64_t total, uint64_t records);

/* Removes the bar. */
void progress_end(struct progress *p);

/* Removes the bar until the next step, if one is shown: something is to be printed to standard error. */
void progress_hide(void);

/* The same in a handler of a signal that ends the program: async-signal-safe. */
void progress_wipe(void);
