/* Host memory as a short list of free ranges. */
#include "platforms/xen/ram_pool.h"

#include "models/arch/addr.h"

#include <assert.h>
#include <string.h>

#define POOL_PAGE 4096ULL
#define POOL_END (1ULL << 40)

void ram_pool_init(struct ram_pool *p, enum ram_order order)
{
    memset(p, 0, sizeof *p);
    p->order = order;
}

const char *ram_pool_add(struct ram_pool *p, struct ram_range range)
{
    if ((range.base | range.bytes) & (POOL_PAGE - 1))
        return "is not a multiple of 4 KB";
    if (range.bytes == 0)
        return "is empty";
    if (range.base >= POOL_END || range.bytes > POOL_END - range.base)
        return "does not lie below 2^40";
    for (size_t i = 0; i < p->count; i++) {
        const struct ram_range *r = &p->range[i];

        if (range.base < r->base + r->bytes && r->base < range.base + range.bytes)
            return "overlaps another";
    }
    if (p->count == RAM_POOL_RANGES)
        return "is one range too many";
    p->range[p->count++] = range;
    return NULL;
}

static void remove_range(struct ram_pool *p, size_t i)
{
    memmove(&p->range[i], &p->range[i + 1], (p->count - i - 1) * sizeof *p->range);
    p->count--;
}

/* Makes a place for what is left above a block that was taken out of the middle. When the list is full, the smaller of
 * both parts is given up [choice]. Returns true when there is a place, at i + 1. */
static bool insert_after(struct ram_pool *p, size_t i)
{
    if (p->count == RAM_POOL_RANGES)
        return false;
    memmove(&p->range[i + 2], &p->range[i + 1], (p->count - i - 1) * sizeof *p->range);
    p->count++;
    return true;
}

static void take_from(struct ram_pool *p, size_t i, uint64_t pa, uint64_t bytes)
{
    struct ram_range *r = &p->range[i], above = { pa + bytes, r->base + r->bytes - (pa + bytes) };

    r->bytes = pa - r->base;
    if (r->bytes == 0)
        *r = above;
    else if (above.bytes > 0 && insert_after(p, i))
        p->range[i + 1] = above;
    else if (above.bytes > r->bytes)
        *r = above;
    if (p->range[i].bytes == 0)
        remove_range(p, i);
}

bool ram_pool_take(struct ram_pool *p, uint64_t bytes, uint64_t *pa)
{
    size_t tried = p->order == RAM_IN_ORDER && p->count > 1 ? 1 : p->count;

    assert(bytes >= POOL_PAGE && (bytes & (bytes - 1)) == 0);
    for (size_t i = 0; i < tried; i++) {
        const struct ram_range *r = &p->range[i];
        uint64_t at = (r->base + bytes - 1) & ~(bytes - 1);

        if (at - r->base >= r->bytes || r->bytes - (at - r->base) < bytes)
            continue;
        if (p->order == RAM_IN_ORDER && at != r->base)
            continue;
        *pa = at;
        take_from(p, i, at, bytes);
        return true;
    }
    return false;
}

uint64_t ram_pool_left(const struct ram_pool *p)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < p->count; i++)
        sum += p->range[i].bytes;
    return sum;
}
