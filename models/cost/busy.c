/* The calendar: a short sorted array, searched from where the last request went: a core that runs behind others asks
 * again a little later. */
#include "models/cost/busy.h"

#include <assert.h>
#include <string.h>

void busy_init(struct busy *b)
{
    b->count = b->recent = 0;
}

static void drop_first(struct busy *b, uint32_t n)
{
    b->count -= n;
    b->recent = b->recent > n ? b->recent - n : 0;
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
    uint32_t i = b->recent;

    while (i < b->count && b->span[i].to <= at)
        i++;
    while (i > 0 && b->span[i - 1].to > at)
        i--;
    return i;
}

/* busy_find. *place: the first span that begins behind what was found. */
static struct busy_wait find(const struct busy *b, uint64_t at, uint32_t cycles, uint32_t *place)
{
    struct busy_wait w = { .start = at };
    uint32_t i = first_after(b, at);

    for (; i < b->count; i++) {
        const struct busy_span *s = &b->span[i];

        if (s->from >= w.start + (cycles ? cycles : 1))
            break;
        if (s->from > w.start) /* a gap too short: it is waited through, for the same owner */
            w.by[s->owner] += (uint32_t)(s->from - w.start);
        w.by[s->owner] += (uint32_t)(s->to - (s->from > w.start ? s->from : w.start));
        w.start = s->to;
    }
    *place = i;
    return w;
}

struct busy_wait busy_find(const struct busy *b, uint64_t at, uint32_t cycles)
{
    uint32_t place;

    return find(b, at, cycles, &place);
}

/* Puts a span that overlaps none at its place, which is first_after its begin. */
static void insert(struct busy *b, struct busy_span span, uint32_t place)
{
    if (place > 0 && b->span[place - 1].to == span.from && b->span[place - 1].owner == span.owner) {
        b->span[place - 1].to = span.to;
        b->recent = place - 1;
        return;
    }
    if (b->count == BUSY_SPANS) { /* [choice: the first gap is closed: what is booked is never lost] */
        b->span[1].from = b->span[0].from;
        drop_first(b, 1);
        place = first_after(b, span.from);
        if (place < b->count && b->span[place].from < span.from) /* it was to lie in that very gap */
            return;
    }
    memmove(b->span + place + 1, b->span + place, (b->count - place) * sizeof *b->span);
    b->span[place] = span;
    b->count++;
    b->recent = place;
}

struct busy_wait busy_take(struct busy *b, uint64_t at, uint32_t cycles, uint32_t owner)
{
    uint32_t place;
    struct busy_wait w = find(b, at, cycles, &place);

    assert(owner < BUSY_OWNERS);
    if (cycles > 0)
        insert(b, (struct busy_span){ w.start, w.start + cycles, owner }, place);
    return w;
}
