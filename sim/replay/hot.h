/* Which code and which data make translation slow: cycles beyond micro-TLB hits, by the address of the instruction and
 * by the address that it accesses.
 *
 * Only what misses its micro-TLB comes here, so that the hits, which are nearly all accesses, cost nothing more. Rows
 * are bounded: where addresses are many, later ones share the row of their page, and what has no room is one row. */
#pragma once

#include "sim/replay/symbols.h"

#define HOT_ROWS 65535u
#define HOT_EXACT 49152u /* from so many rows on, a new one is a page's */
#define HOT_TOP_MAX 1000

struct hot_row {
    struct symbols_place place;
    bool page; /* of all addresses in it that have no row of their own */
    uint64_t misses, walks, cycles;
};

struct hot;

/* An access that missed its micro-TLB, or may have. */
struct hot_access {
    struct symbols_place code; /* of the instruction */
    struct symbols_place data; /* of what it accesses; a fetch has none */
    bool fetch;
    bool code_unknown; /* the core has fetched nothing yet */
    unsigned misses, walks;
};

/* Returns NULL when out of memory. */
struct hot *hot_new(void);

/* Counts an access. Returns a ticket, not 0, with which its cycles are added. */
uint32_t hot_count(struct hot *h, const struct hot_access *a);
void hot_add_cycles(struct hot *h, uint32_t ticket, uint32_t cycles);

enum hot_side { HOT_CODE, HOT_DATA };

/* What rows come to under one name, or in one page. */
struct hot_sum {
    struct symbols_place place;  /* of the symbol's begin, or of the page */
    const struct symbol *symbol; /* NULL: a page that no file names */
    const char *file;            /* with a symbol: its file */
    uint64_t misses, walks, cycles;
};

/* Sums rows by symbol, or by page where there is none (symbols NULL: by page all), ordered by domain, then by falling
 * cycles. Returns how many sums there are in *sums, which is to be freed; -1 when out of memory. */
long hot_rank(const struct hot *h, enum hot_side side, const struct symbols *symbols, struct hot_sum **sums);

/* Returns what had no room in any row. */
struct hot_row hot_rest(const struct hot *h, enum hot_side side);

/* NULL is allowed. */
void hot_free(struct hot *h);
