/* What is measured at a point: numbers by name, and how they are written, so that a result read back from a file is the
 * result that was measured. */
#pragma once

#include "models/cluster/config.h"
#include "traces/reader.h"

#include <math.h>
#include <stdio.h>

/* Name, unit, digits behind the point (0: a whole number), meaning. */
#define METRIC_LIST(X)                                                                                                 \
    X(MEAN, "mean", "cycles", 6, "translation cycles of an access")                                                    \
    X(MEAN_FETCH, "mean_fetch", "cycles", 6, "of an instruction fetch")                                                \
    X(MEAN_LOAD, "mean_load", "cycles", 6, "of a load")                                                                \
    X(MEAN_STORE, "mean_store", "cycles", 6, "of a store")                                                             \
    X(P99, "p99", "cycles", 0, "what 99 % of the accesses do not exceed")                                              \
    X(P99_FETCH, "p99_fetch", "cycles", 0, "99 % of the instruction fetches")                                          \
    X(P99_LOAD, "p99_load", "cycles", 0, "99 % of the loads")                                                          \
    X(P99_STORE, "p99_store", "cycles", 0, "99 % of the stores")                                                       \
    X(CPU_CYCLES, "cpu_cycles", "cycles", 0, "all that the cores took, sum of all")                                    \
    X(XLAT_CYCLES, "translation_cycles", "cycles", 0, "of them, translation")                                          \
    X(ACCESSES, "accesses", "accesses", 0, "instruction fetches, loads and stores")                                    \
    X(IUTLB_MISS, "iutlb_miss", "share", 6, "misses of the instruction micro-TLBs, of their look-ups")                 \
    X(DUTLB_MISS, "dutlb_miss", "share", 6, "of the data micro-TLBs")                                                  \
    X(MAIN_TLB_MISS, "main_tlb_miss", "share", 6, "of the main TLBs")                                                  \
    X(WALK_CACHE_MISS, "walk_cache_miss", "share", 6, "of the walk caches")                                            \
    X(IPA_CACHE_MISS, "ipa_cache_miss", "share", 6, "of the IPA caches")                                               \
    X(L1I_MISS, "l1i_miss", "share", 6, "of the L1 instruction caches")                                                \
    X(L1D_MISS, "l1d_miss", "share", 6, "of the L1 data caches, walks included")                                       \
    X(L2_MISS, "l2_miss", "share", 6, "of the L2")                                                                     \
    X(WALKS, "walks", "walks", 0, "translations that walked")                                                          \
    X(WALK_CYCLES, "walk_cycles", "cycles", 6, "of a walk")                                                            \
    X(WALK_FETCHES, "walk_fetches", "fetches", 6, "descriptor fetches of a walk")                                      \
    X(FETCHES, "fetches", "fetches", 0, "descriptor fetches")                                                          \
    X(FETCHES_L1D, "fetches_l1d", "fetches", 0, "of them, found in an L1 data cache")                                  \
    X(FETCHES_L2, "fetches_l2", "fetches", 0, "found in the L2")                                                       \
    X(FETCHES_MEMORY, "fetches_memory", "fetches", 0, "from memory")                                                   \
    METRIC_LEVEL_LIST(X, 1, 0)                                                                                         \
    METRIC_LEVEL_LIST(X, 1, 1)                                                                                         \
    METRIC_LEVEL_LIST(X, 1, 2)                                                                                         \
    METRIC_LEVEL_LIST(X, 1, 3)                                                                                         \
    METRIC_LEVEL_LIST(X, 2, 0)                                                                                         \
    METRIC_LEVEL_LIST(X, 2, 1)                                                                                         \
    METRIC_LEVEL_LIST(X, 2, 2)                                                                                         \
    METRIC_LEVEL_LIST(X, 2, 3)                                                                                         \
    X(TABLE_BYTES, "table_bytes", "bytes", 0, "translation tables of EL1&0")                                           \
    X(MAPPED_BYTES, "mapped_bytes", "bytes", 0, "what their leaves map, each stage for itself")                        \
    X(LEAVES, "leaves", "leaves", 0, "in these tables")                                                                \
    X(S1L1_LEAVES, "s1l1_leaves", "leaves", 0, "of them, of stage 1, level 1: 1 GB in the 4 KB granule")               \
    X(S1L2_LEAVES, "s1l2_leaves", "leaves", 0, "of stage 1, level 2: 2 MB; 512 MB in the 64 KB granule")               \
    X(S1L3_LEAVES, "s1l3_leaves", "leaves", 0, "of stage 1, level 3: pages")                                           \
    X(S2L1_LEAVES, "s2l1_leaves", "leaves", 0, "of stage 2, level 1")                                                  \
    X(S2L2_LEAVES, "s2l2_leaves", "leaves", 0, "of stage 2, level 2")                                                  \
    X(S2L3_LEAVES, "s2l3_leaves", "leaves", 0, "of stage 2, level 3")                                                  \
    X(REACH_BYTES, "reach_bytes", "bytes", 0, "main TLB entries times the mean leaf, of the stage whose are smaller")  \
    X(STORAGE_BITS, "storage_bits", "bits", 0, "storage of TLBs and caches, an estimate: see metric_storage_bits")

/* Descriptor fetches of a level of a stage, by where they were found. */
#define METRIC_LEVEL_LIST(X, stage, level)                                                                             \
    X(S##stage##L##level##_L1D, "s" #stage "l" #level "_l1d", "fetches", 0,                                            \
      "of stage " #stage ", level " #level ", found in an L1 data cache")                                              \
    X(S##stage##L##level##_L2, "s" #stage "l" #level "_l2", "fetches", 0, "the same, found in the L2")                 \
    X(S##stage##L##level##_MEMORY, "s" #stage "l" #level "_memory", "fetches", 0, "the same, from memory")

enum metric {
#define X(id, name, unit, digits, text) METRIC_##id,
    METRIC_LIST(X)
#undef X
        METRIC_COUNT
};

struct metric_row {
    const char *name, *unit;
    int digits;
    const char *text;
};

const struct metric_row *metric_row(enum metric m);

/* Returns the metric of a name; METRIC_COUNT when there is none, after offering all to `err`: a phrase. */
enum metric metric_find(const char *name, struct trace_error *err);

/* True when more is better. */
bool metric_wants_more(enum metric m);

/* What became of a point. */
enum point_status {
    POINT_OPEN,       /* not replayed yet */
    POINT_OK,         /* replayed, and all that the trace knows of the answers agrees */
    POINT_MISMATCH,   /* replayed, and something does not agree */
    POINT_IMPOSSIBLE, /* no machine, or no tables, can be so: the reason says why */
    POINT_FAILED,     /* its replay has crashed, or run out of memory */
    POINT_STATUS_COUNT
};

const char *point_status_name(enum point_status s);

#define POINT_REASON_BYTES 200
#define POINT_DOMAINS_BYTES 8192 /* 257 domains of "vmid255=" and 20 digits at most */

struct point_result {
    enum point_status status;
    double value[METRIC_COUNT]; /* NAN: there is none */
    char *domains;              /* translation cycles of each, as "vmid1=23 el2=45"; NULL: none */
    char reason[POINT_REASON_BYTES];
};

/* No value, no reason. */
void point_result_init(struct point_result *r, enum point_status status);
void point_result_free(struct point_result *r);

/* Sets the reason: what no row may hold is replaced by blanks. */
void point_result_explain(struct point_result *r, const char *reason);

/* Writes "STATUS,VALUE,...,DOMAINS,REASON" without a newline; a value that there is none of is an empty cell. */
void point_result_write(const struct point_result *r, FILE *out);

/* The names of these columns, without a newline. */
void point_result_write_names(FILE *out);

#define POINT_RESULT_CELLS (METRIC_COUNT + 3)

/* Reads the cells back. Returns false with *err, a phrase that names the column. *r is to be freed in either case. */
bool point_result_read(struct point_result *r, const char *const cell[POINT_RESULT_CELLS], struct trace_error *err);

/* Rounds the values to what is written of them, so that a result is the same whether measured or read. */
void point_result_round(struct point_result *r);

/* Bits that the TLBs and caches of all cores store. Each entry of the TLB RAM has 114 without parity [A53: 6.7]; one of
 * a micro-TLB is taken for as large [guess], and a line of a cache for its 64 bytes with 32 bits of tag and state
 * [guess]. */
uint64_t metric_storage_bits(const struct config *config);
