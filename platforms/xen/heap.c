/* Blocks of free pages, merged with their buddies and taken apart as Xen does it. */
#include "platforms/xen/heap.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_BITS 12

void heap_init(struct heap *h)
{
    memset(h, 0, sizeof *h);
}

void heap_free_all(struct heap *h)
{
    free(h->block);
    heap_init(h);
}

static uint64_t bytes_of(unsigned order)
{
    return 1ULL << (PAGE_BITS + order);
}

static bool append(struct heap *h, uint64_t pa, unsigned order)
{
    if (h->count == h->capacity) {
        size_t capacity = h->capacity ? 2 * h->capacity : 64;
        struct heap_block *more = realloc(h->block, capacity * sizeof *more);

        if (!more)
            return false;
        h->block = more;
        h->capacity = capacity;
    }
    h->block[h->count++] = (struct heap_block){ pa, order };
    return true;
}

static void remove_block(struct heap *h, size_t i)
{
    memmove(&h->block[i], &h->block[i + 1], (h->count - i - 1) * sizeof *h->block);
    h->count--;
}

bool heap_release(struct heap *h, uint64_t pa, unsigned order)
{
    for (size_t i = 0; order < HEAP_ORDER_MAX && i < h->count;) {
        if (h->block[i].order == order && h->block[i].pa == (pa ^ bytes_of(order))) {
            remove_block(h, i);
            pa &= ~bytes_of(order++);
            i = 0;
        } else {
            i++;
        }
    }
    return append(h, pa, order);
}

/* Page 0 stays out, so that no block reaches across a power of two [Xen: page_alloc.c@4.17.0, init_heap_pages] [choice:
 * so in all versions]. */
bool heap_add(struct heap *h, uint64_t base, uint64_t end)
{
    if (base < bytes_of(0))
        base = bytes_of(0);
    base = (base + bytes_of(0) - 1) & ~(bytes_of(0) - 1);
    end &= ~(bytes_of(0) - 1);
    while (base < end) {
        unsigned order = 0;

        while (order < HEAP_ORDER_MAX && (base & bytes_of(order)) == 0 && bytes_of(order + 1) <= end - base)
            order++;
        if (!heap_release(h, base, order))
            return false;
        base += bytes_of(order);
    }
    return true;
}

/* Xen's zone: pages whose number has the same highest bit. */
static unsigned zone_of(uint64_t pa)
{
    return 64 - (unsigned)__builtin_clzll(pa | 1);
}

uint64_t heap_take(struct heap *h, unsigned order, unsigned address_bits)
{
    size_t best = SIZE_MAX;
    struct heap_block from;

    for (size_t i = 0; i < h->count; i++) {
        const struct heap_block *b = &h->block[i], *known = best == SIZE_MAX ? NULL : &h->block[best];

        if (b->order < order || zone_of(b->pa) > address_bits)
            continue;
        if (!known || zone_of(b->pa) > zone_of(known->pa) ||
            (zone_of(b->pa) == zone_of(known->pa) && b->order < known->order))
            best = i;
    }
    if (best == SIZE_MAX)
        return HEAP_NONE;
    from = h->block[best];
    remove_block(h, best);
    while (from.order > order) {
        from.order--;
        if (!append(h, from.pa, from.order))
            return HEAP_NONE;
        from.pa += bytes_of(from.order);
    }
    return from.pa;
}
