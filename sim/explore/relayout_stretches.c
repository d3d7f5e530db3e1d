/* Stretches of input addresses. */
#include "sim/explore/relayout_world.h"

#include <stdlib.h>

#define STRETCHES_MAX (1u << 20)

static int by_address(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;

    return (x->ia > y->ia) - (x->ia < y->ia);
}

void stretches_sort(struct stretches *r)
{
    size_t kept = 0;

    if (r->count > 0)
        qsort(r->stretch, r->count, sizeof *r->stretch, by_address);
    for (size_t i = 0; i < r->count; i++) {
        struct stretch *last = kept > 0 ? &r->stretch[kept - 1] : NULL, *next = &r->stretch[i];

        if (!last || next->ia > last->end || (next->ia == last->end && next->leaf_bits != last->leaf_bits)) {
            r->stretch[kept++] = *next;
            continue;
        }
        last->end = next->end > last->end ? next->end : last->end;
        last->leaf_bits = next->leaf_bits < last->leaf_bits ? next->leaf_bits : last->leaf_bits;
    }
    r->count = kept;
}

bool stretches_add(struct stretches *r, uint64_t ia, uint64_t bytes, unsigned leaf_bits)
{
    if (r->count == r->capacity)
        stretches_sort(r);
    if (2 * r->count >= r->capacity) { /* as many again as are kept have room: sorting is rare */
        size_t capacity = r->capacity ? 2 * r->capacity : 64;
        struct stretch *larger = capacity > STRETCHES_MAX ? NULL : realloc(r->stretch, capacity * sizeof *larger);

        if (!larger && r->count == r->capacity)
            return false;
        r->stretch = larger ? larger : r->stretch;
        r->capacity = larger ? capacity : r->capacity;
    }
    r->stretch[r->count++] = (struct stretch){ ia, ia + bytes, (uint8_t)leaf_bits };
    return true;
}

const struct stretch *stretches_find(const struct stretches *r, uint64_t ia)
{
    size_t low = 0, high = r->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->stretch[middle].end <= ia)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->count ? &r->stretch[low] : NULL;
}
