/* Sparse physical memory for descriptors: 4 KB pages found by hash, in storage that the caller owns.
 *
 * What was never written reads as zero. The models do not allocate: when phys_write64 says that room has run out, the
 * caller hands over larger storage with phys_move. */
#pragma once

#include "models/mem/port.h"
#include <stddef.h>

#define PHYS_PAGE_BITS 12
#define PHYS_PAGE_WORDS 512
#define PHYS_RAM_MAX 8

struct phys_page {
    uint64_t pa; /* of its first byte */
    uint64_t word[PHYS_PAGE_WORDS];
};

struct phys_range {
    uint64_t base, bytes;
};

struct phys {
    struct phys_page *page; /* room for `capacity`, the first `count` in use */
    uint32_t *slot;         /* 2 * capacity hash slots: 1 + index of a page, or 0 */
    uint32_t capacity;      /* a power of two */
    uint32_t count;
    uint32_t ram_count; /* 0: memory exists everywhere */
    struct phys_range ram[PHYS_RAM_MAX];
    uint64_t absent_reads; /* reads of pages that were never written, since init */
    pa_t first_absent;     /* the first of them */
};

/* Bytes of slot storage that `capacity` pages need. */
static inline size_t phys_slot_bytes(uint32_t capacity)
{
    return 2 * (size_t)capacity * sizeof(uint32_t);
}

/* Starts empty, on storage for `capacity` pages (a power of two). */
void phys_init(struct phys *m, struct phys_page *page, uint32_t *slot, uint32_t capacity);

/* Forgets all content and all RAM ranges; keeps the storage. */
void phys_reset(struct phys *m);

/* Moves to larger storage; the old may be freed afterwards. */
void phys_move(struct phys *m, struct phys_page *page, uint32_t *slot, uint32_t capacity);

/* Writes a word at an 8-byte aligned PA. Returns false when a new page is needed and there is no room. */
bool phys_write64(struct phys *m, pa_t pa, uint64_t value);

/* Writes a page, 4 KB aligned. Returns false as phys_write64 does. */
bool phys_write_page(struct phys *m, pa_t pa, const uint64_t word[PHYS_PAGE_WORDS]);

/* Zeroes [pa, pa + bytes), both multiples of 8. Needs no room. */
void phys_zero(struct phys *m, pa_t pa, uint64_t bytes);

/* Says that memory exists in [base, base + bytes) and in no place not so named. Returns false when PHYS_RAM_MAX ranges
 * are there already. */
bool phys_add_ram(struct phys *m, uint64_t base, uint64_t bytes);

/* True when the page of a PA has been written, if with zeroes. */
bool phys_holds(const struct phys *m, pa_t pa);

/* mem_port.read64 of a struct phys: false where no RAM exists. */
bool phys_read64(void *phys, pa_t pa, uint64_t *value);
