/* Points done, their rate, and the time that is left at this rate. */
#include "sim/explore/tally.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define FIRST_AFTER_S 0.5
#define AGAIN_AFTER_S 0.1

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void tally_begin(struct tally *t, bool wanted, size_t count)
{
    *t = (struct tally){ .on = wanted && isatty(STDERR_FILENO), .count = count };
    t->start = t->last = now();
}

void tally_step(struct tally *t)
{
    double at, rate;

    t->done++;
    if (!t->on)
        return;
    at = now();
    if (at - t->start < FIRST_AFTER_S || at - t->last < AGAIN_AFTER_S)
        return;
    t->last = at;
    t->shown = true;
    rate = (double)t->done / (at - t->start);
    fprintf(stderr, "\r%zu of %zu points, %.1f a second, %.0f s left\033[K", t->done, t->count, rate,
            (double)(t->count - t->done) / rate);
}

void tally_end(struct tally *t)
{
    if (t->shown)
        fprintf(stderr, "\r\033[K");
    t->on = t->shown = false;
}
