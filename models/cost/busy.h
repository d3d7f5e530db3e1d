/* When a shared resource is taken: a calendar, for requests that come nearly but not quite in the order of their times.
 *
 * Cores that run ahead of each other by up to a quantum ask out of order, so "free from then on" would make the later
 * asker wait for what has not happened yet. A calendar lets it have the gap that was left. Times are in cycles. */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define BUSY_SPANS 128 /* kept at most; when there is no room for another the first gap counts as taken */
#define BUSY_OWNERS 4  /* who can take: cores */

struct busy_span {
    uint64_t from, to; /* [from, to) */
    uint32_t owner;
};

struct busy {
    struct busy_span span[BUSY_SPANS]; /* by time, none overlapping */
    uint32_t count;
    uint32_t recent; /* where the last one was put, or near it */
};

/* How long a request waits, and for whom: cycles by owner. */
struct busy_wait {
    uint64_t start;
    uint32_t by[BUSY_OWNERS];
};

/* Starts with nothing taken. */
void busy_init(struct busy *b);

/* Forgets what ended at or before `now`: no request comes for an earlier time. */
void busy_forget(struct busy *b, uint64_t now);

/* Finds the first time, `at` or later, from which the resource is free for `cycles` (0: at that very time); books
 * nothing. */
struct busy_wait busy_find(const struct busy *b, uint64_t at, uint32_t cycles);

/* busy_take where nothing is booked from `at` on, which is nearly always so. Returns false, and does nothing,
 * elsewhere. */
static inline bool busy_append(struct busy *b, uint64_t at, uint32_t cycles, uint32_t owner)
{
    struct busy_span *last = b->count ? b->span + b->count - 1 : b->span;

    assert(owner < BUSY_OWNERS);
    if (b->count == BUSY_SPANS || cycles == 0 || (b->count > 0 && last->to > at))
        return false;
    if (b->count > 0 && last->to == at && last->owner == owner)
        last->to = at + cycles;
    else {
        struct busy_span span = { at, at + cycles, owner };

        b->span[b->count++] = span;
    }
    b->recent = b->count - 1;
    return true;
}

/* busy_find, and takes the resource for what is found; 0 cycles take nothing. */
struct busy_wait busy_take(struct busy *b, uint64_t at, uint32_t cycles, uint32_t owner);
