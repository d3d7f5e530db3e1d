/* Drawing and removing the bar. */
#include "sim/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_COLUMNS 40
#define FIRST_AFTER_S 0.5
#define AGAIN_AFTER_S 0.1
#define STEPS_BETWEEN_LOOKS 64

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *p, bool wanted, const char *what)
{
    *p = (struct progress){ .on = wanted && isatty(STDERR_FILENO), .what = what };
    if (p->on)
        p->start = p->last = now();
}

void progress_step(struct progress *p, uint64_t done, uint64_t total)
{
    double t;
    int full;

    if (!p->on || ++p->steps % STEPS_BETWEEN_LOOKS != 0 || total == 0)
        return;
    t = now();
    if (t - p->start < FIRST_AFTER_S || t - p->last < AGAIN_AFTER_S)
        return;
    p->last = t;
    p->shown = true;
    full = (int)((double)done / (double)total * BAR_COLUMNS);
    if (full > BAR_COLUMNS)
        full = BAR_COLUMNS;
    fprintf(stderr, "\r%.30s [%.*s%*s] %3.0f %%", p->what, full, "########################################",
            BAR_COLUMNS - full, "", 100.0 * (double)done / (double)total);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fprintf(stderr, "\r\033[K");
    p->on = p->shown = false;
}
