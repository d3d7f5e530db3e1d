/* Xen's heap as far as it decides where dom0's RAM lies: free pages as a buddy allocator holds them
 * [Xen: page_alloc.c@4.17.0, alloc_heap_pages]. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_ORDER_MAX 18 /* 1 GB [Xen: config.h@4.8.0:37] */
#define HEAP_NONE UINT64_MAX

/* 2^order free pages. */
struct heap_block {
    uint64_t pa;
    unsigned order;
};

struct heap {
    struct heap_block *block; /* of one size, the first is given away first */
    size_t count, capacity;
};

/* Starts empty; heap_free_all in any case. */
void heap_init(struct heap *h);
void heap_free_all(struct heap *h);

/* Gives [base, end) to the heap: its whole pages, but the page at 0. No byte of it is in the heap yet. Returns false
 * when there is no memory. */
bool heap_add(struct heap *h, uint64_t base, uint64_t end);

/* Takes 2^order pages below 2^address_bits: from the highest power of two that has them, and there from the smallest
 * block, of a larger block its end. Returns their PA or HEAP_NONE; heap_release gives them back. */
uint64_t heap_take(struct heap *h, unsigned order, unsigned address_bits);
bool heap_release(struct heap *h, uint64_t pa, unsigned order);
