/* What a page that shows a replay wants to know beyond the report: latencies of each core, VMID and kind, what the
 * cycles went to, how rates went over time, which pieces of the address spaces were translated, which tables were read.
 *
 * Only what misses its micro-TLB comes here, one at a time, and what hits at the ends of batches. All of it is bounded.
 * Nothing here changes what a replay does or reports. */
#pragma once

#include "models/cluster/charge.h"
#include "sim/replay/spaces.h"
#include "sim/replay/stats.h"
#include "traces/record.h"

/* Latencies up to here have a bin of their own; beyond, each octave has 64. */
#define DETAIL_EXACT 256u
#define DETAIL_BINS (DETAIL_EXACT + 24 * 64)

/* Latencies of one core, VMID and kind. */
struct detail_cell {
    uint64_t accesses;         /* all, plain micro-TLB hits among them */
    uint64_t bin[DETAIL_BINS]; /* those that are no plain hits */
};

#define DETAIL_CELLS 128 /* more combinations are counted, and no more */

/* Returns the bin of a latency, and the least latency of a bin. */
unsigned detail_bin(uint32_t cycles);
uint32_t detail_bin_least(unsigned bin);

/* Steps of the accesses whose latencies are counted, and what they take by themselves. */
struct detail_steps {
    uint64_t translations;                          /* that came beyond a plain micro-TLB hit */
    uint64_t main_tlb, walk_cache, ipa_cache, walk; /* cycles */
    uint64_t fetches[2][4][LEVEL_COUNT];            /* by stage - 1, level, where found */
    uint64_t wait;                                  /* cycles by which others made them later */
};

/* What is followed over time, of each core. */
extern const enum count detail_followed[];
#define DETAIL_FOLLOWED 15
#define DETAIL_SAMPLES 400 /* when so many are there, every other one goes */

struct detail_sample {
    uint64_t records;
    uint64_t count[CORES_MAX][DETAIL_FOLLOWED]; /* up to there */
};

/* A page that holds tables. */
struct detail_table {
    uint64_t pa;
    uint16_t domain;
    uint8_t stage, level; /* stage 0: a free row */
    uint64_t fetches[LEVEL_COUNT];
};

#define DETAIL_TABLES 4096 /* a power of two; three quarters may be used */

struct detail {
    struct detail_cell *cell[CORES_MAX][DOMAIN_COUNT][LATENCY_KIND_COUNT]; /* NULL: none, or there was no room */
    unsigned cells;
    uint64_t cells_lost; /* accesses without a cell */
    struct detail_steps steps;
    struct detail_sample sample[DETAIL_SAMPLES];
    unsigned samples;
    uint64_t sample_every; /* records */
    struct spaces spaces;
    struct detail_table table[DETAIL_TABLES];
    unsigned tables;
    uint64_t tables_lost; /* fetches */
};

/* Returns NULL when out of memory. detail_free allows NULL. */
struct detail *detail_new(void);
void detail_free(struct detail *d);

/* Whose access. */
struct detail_who {
    unsigned core, domain;
    enum latency_kind kind;
};

/* So many accesses were made, whatever they took. */
void detail_accesses(struct detail *d, const struct detail_who *who, uint64_t count);

/* One of them was no plain micro-TLB hit: what was done, and, once they are known, its cycles. */
struct detail_access {
    struct detail_who who;
    const struct access *access;
    const struct outcome *outcome;
    uint16_t asid;
    uint16_t type; /* of the row in the statistics, or SPACES_TYPE_NONE */
};
void detail_count(struct detail *d, struct cluster *c, const struct detail_access *a);
void detail_cycles(struct detail *d, const struct detail_who *who, uint32_t cycles, uint32_t wait);

/* A batch has ended, with so many records done; or all have. */
void detail_batch(struct detail *d, const struct cluster *c, uint64_t records);
void detail_end(struct detail *d, const struct cluster *c, uint64_t records);
