/* The calendar: a short sorted array, searched from its end, where nearly all requests belong. */
#include "models/cost/busy.h"

#include <assert.h>
#include <string.h>

void busy_init(struct busy *b)
{
    b->count = 0;
}

static void drop_first(struct busy *b, uint32_t n)
{
    b->count -= n;
    memmove(b->span, b->span + n, b->count * sizeof *b->span);
}

void busy_forget(struct busy *b, uint64_t now)
{
    uint32_t n = 0;

    while (n < b->count && b->span[n].to <= now)
        n++;
    if (n > 0)
        drop_first(b, n);
}

/* Returns the first span that ends after a time, or `count`. */
static uint32_t first_after(const struct busy *b, uint64_t at)
{
    uint32_t i = b->count;

    while (i > 0 && b->span[i - 1].to > at)
        i--;
    return i;
}

struct busy_wait busy_find(const struct busy *b, uint64_t at, uint32_t cycles)
{
    struct busy_wait w = { .start = at };

    for (uint32_t i = first_after(b, at); i < b->count; i++) {
        const struct busy_span *s = &b->span[i];

        if (s->from >= w.start + (cycles ? cycles : 1))
            break;
        if (s->from > w.start) /* a gap too short: it is waited through, for the same owner */
            w.by[s->owner] += (uint32_t)(s->from - w.start);
        w.by[s->owner] += (uint32_t)(s->to - (s->from > w.start ? s->from : w.start));
        w.start = s->to;
    }
    return w;
}

/* Puts a span that overlaps none at its place. */
static void insert(struct busy *b, struct busy_span span)
{
    uint32_t i = first_after(b, span.from);

    if (i > 0 && b->span[i - 1].to == span.from && b->span[i - 1].owner == span.owner) {
        b->span[i - 1].to = span.to;
        return;
    }
    if (b->count == BUSY_SPANS) { /* [choice: the first gap is closed: what is booked is never lost] */
        b->span[1].from = b->span[0].from;
        drop_first(b, 1);
        i = first_after(b, span.from);
        if (i < b->count && b->span[i].from < span.from) /* it was to lie in that very gap */
            return;
    }
    memmove(b->span + i + 1, b->span + i, (b->count - i) * sizeof *b->span);
    b->span[i] = span;
    b->count++;
}

void busy_book(struct busy *b, uint64_t at, uint32_t cycles, uint32_t owner)
{
    uint64_t end = at + cycles;

    assert(owner < BUSY_OWNERS);
    while (at < end) {
        uint32_t i = first_after(b, at);
        uint64_t free_to = i < b->count && b->span[i].from < end ? b->span[i].from : end;

        if (free_to <= at) { /* taken here already */
            at = b->span[i].to;
            continue;
        }
        insert(b, (struct busy_span){ at, free_to, owner });
        at = free_to;
    }
}

struct busy_wait busy_take(struct busy *b, uint64_t at, uint32_t cycles, uint32_t owner)
{
    struct busy_wait w = busy_find(b, at, cycles);

    busy_book(b, w.start, cycles, owner);
    return w;
}
