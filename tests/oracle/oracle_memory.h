/* The physical memory of an oracle script: sparse, zero where never written, absent outside the declared RAM.
 * Only for the judge's programs; it allocates and exits when it cannot. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ORACLE_MEMORY_RANGES_MAX = 8, ORACLE_MEMORY_BUCKETS = 4096 };

struct oracle_page;

struct oracle_memory {
    struct oracle_page *buckets[ORACLE_MEMORY_BUCKETS];
    struct {
        uint64_t base, bytes;
    } ranges[ORACLE_MEMORY_RANGES_MAX];
    unsigned range_count; /* 0: memory everywhere */
};

/* Empties `memory`, which must be zeroed or in use, and forgets its ranges. */
void oracle_memory_reset(struct oracle_memory *memory);

/* Declares that [base, base + bytes) exists. Returns false when there are too many ranges. */
bool oracle_memory_add_range(struct oracle_memory *memory, uint64_t base, uint64_t bytes);

/* Writes the 64-bit word at `pa`, a multiple of 8. */
void oracle_memory_write(struct oracle_memory *memory, uint64_t pa, uint64_t value);

/* Zeroes [pa, pa + bytes), both multiples of 8. */
void oracle_memory_zero(struct oracle_memory *memory, uint64_t pa, uint64_t bytes);

/* Reads the word at `pa`; fits naive_machine.read64. Returns false where there is no memory. */
bool oracle_memory_read(void *memory, uint64_t pa, uint64_t *value);
