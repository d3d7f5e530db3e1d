/* The guest's RAM as it was and as it becomes while its stores are repeated, and which of it walks read.
 *
 * Three views of ram.img, of which only the pages that are touched take memory: as it was; as it is now; as one knows
 * it who has seen the pages that walks read as they were, and has been told of some words since. */
#pragma once

#include "models/mem/port.h"
#include "traces/reader.h"

#define MEMORY_CHANGES_MAX 64 /* more than the words that one access reads */

struct memory_change {
    uint64_t pa, value;
};

struct memory {
    const char *path;
    uint64_t bytes;
    const uint8_t *start;
    uint8_t *now, *told; /* told: NULL until memory_rewind */
    uint8_t *is_table;   /* by page: a walk has read of it */
    struct memory_change change[MEMORY_CHANGES_MAX];
    unsigned changes;
};

/* Opens ram.img, which is to have so many bytes; path must outlive the memory. Returns false and fills *err; there is
 * nothing to close then. */
bool memory_open(struct memory *m, const char *path, uint64_t bytes, struct trace_error *err);

/* Back to the start, for the second time through. From here on each word that a walk reads and that has changed is put
 * into `change`, once. */
bool memory_rewind(struct memory *m, struct trace_error *err);

/* A mem_port's read64. False where no RAM is. */
bool memory_read64(void *memory, pa_t pa, uint64_t *value);

/* Stores up to 16 bytes, or zeroes, where RAM is. */
void memory_store(struct memory *m, uint64_t pa, const uint8_t *bytes, unsigned count);
void memory_zero(struct memory *m, uint64_t pa, unsigned count);

/* Finds the next page at *pa or above that walks have read. Returns it as it was at the start, NULL when there is
 * none. */
const uint8_t *memory_next_table(const struct memory *m, uint64_t *pa);

void memory_close(struct memory *m);
