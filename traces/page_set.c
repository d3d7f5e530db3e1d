/* Open addressing, at most half full. */
#include "traces/page_set.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 1024

static size_t place(const struct page_set *s, uint64_t number)
{
    size_t at = (size_t)((number * 0x9E3779B97F4A7C15u) >> 20) & (s->room - 1);

    while (s->slot[at] != 0 && s->slot[at] != number)
        at = (at + 1) & (s->room - 1);
    return at;
}

static bool grow(struct page_set *s)
{
    struct page_set bigger = { .room = s->room ? 2 * s->room : ROOM_FIRST, .count = s->count };

    bigger.slot = calloc(bigger.room, sizeof *bigger.slot);
    if (!bigger.slot)
        return false;
    for (size_t i = 0; i < s->room; i++) {
        if (s->slot[i] != 0)
            bigger.slot[place(&bigger, s->slot[i])] = s->slot[i];
    }
    free(s->slot);
    *s = bigger;
    return true;
}

enum page_set_result page_set_add(struct page_set *s, uint64_t number)
{
    size_t at;

    if (s->room > 0) {
        at = place(s, number);
        if (s->slot[at] == number)
            return PAGE_SET_KNOWN;
    }
    if (s->count >= PAGE_SET_MAX || (2 * (s->count + 1) > s->room && !grow(s)))
        return PAGE_SET_FULL;
    s->slot[place(s, number)] = number;
    s->count++;
    return PAGE_SET_NEW;
}

void page_set_free(struct page_set *s)
{
    free(s->slot);
    *s = (struct page_set){ NULL };
}
