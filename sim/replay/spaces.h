/* Which pieces of VA space lead to which pieces of IPA and PA space, and how often a translation was needed there.
 *
 * Rows are bounded: when they are many, pieces become four times as large and rows that then agree are one. Whatever a
 * trace does, a page of a report can show what is left. */
#pragma once

#include "models/arch/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPACES_ROWS_MAX 24576u
#define SPACES_TYPE_NONE 0xFFFF /* the type had no room */

/* Who translates where to what. */
struct spaces_key {
    uint64_t va, ipa, pa; /* of a piece's first byte */
    uint16_t domain;      /* VMID, or DOMAIN_EL2 */
    uint16_t asid;        /* of the lower half */
    uint16_t type;        /* number of the memory type, or SPACES_TYPE_NONE */
    uint16_t stages;      /* TLB_STAGE1, TLB_STAGE2: which are on */
};

struct spaces_row {
    struct spaces_key key;
    uint64_t fetches, data; /* micro-TLB misses, by what missed */
    uint64_t walks;
    uint8_t leaves[2]; /* of each stage: bit n: a leaf of level n was seen */
};

struct spaces {
    struct spaces_row *row; /* in no order */
    uint32_t *slot;         /* 1 + index of a row, or 0 */
    uint32_t count;
    unsigned bits;          /* a piece is 2^bits bytes; 64 and more: all of a space */
    struct spaces_row rest; /* of whoever had no room even then */
};

/* Starts with pieces of 4 KB. Returns false when out of memory; spaces_free in any case. */
bool spaces_init(struct spaces *s);
void spaces_free(struct spaces *s);

/* Returns the row of a key, whose addresses may be anywhere in a piece; a new one has no leaves. Valid until the next
 * call. */
struct spaces_row *spaces_row(struct spaces *s, const struct spaces_key *key);

/* Makes pieces larger until there are no more than so many rows. */
void spaces_coarsen(struct spaces *s, uint32_t rows_max);
