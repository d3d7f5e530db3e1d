/* Host memory from which a domain's RAM is taken.
 *
 * Xen's heap is not modelled: where its pages lie depends on all that was allocated and freed before. What is kept of
 * it is that an extent is aligned to its size, as from a buddy allocator, which decides how large the mappings can
 * be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAM_POOL_RANGES 64

struct ram_range {
    uint64_t base, bytes; /* multiples of 4 KB, below 2^40 */
};

enum ram_order {
    RAM_FIRST_FIT, /* the lowest aligned place of the first range that has one [choice] */
    RAM_IN_ORDER,  /* only what comes next: to build what was seen in a capture, page for page */
};

struct ram_pool {
    enum ram_order order;
    size_t count;
    struct ram_range range[RAM_POOL_RANGES]; /* in the order in which they are tried; none is empty */
};

/* Starts with nothing to give. */
void ram_pool_init(struct ram_pool *p, enum ram_order order);

/* Adds a range behind the others. Returns NULL, or what is wrong with it: a text for a message. */
const char *ram_pool_add(struct ram_pool *p, struct ram_range range);

/* Takes 2^n bytes, at least 4 KB, aligned to that. Returns false, and takes nothing, when there is no such place. */
bool ram_pool_take(struct ram_pool *p, uint64_t bytes, uint64_t *pa);

/* Bytes that are left. */
uint64_t ram_pool_left(const struct ram_pool *p);
