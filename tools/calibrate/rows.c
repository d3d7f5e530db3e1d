/* The tables of rows. */
#include "tools/calibrate/rows.h"

#define KB(n) ((uint32_t)(n) << 10)
#define MB(n) ((uint32_t)(n) << 20)

#define RANDOM(size, bits, s2)                                                                                         \
    {                                                                                                                  \
        .pattern = SCENE_RANDOM, .page_bits = (bits), .s2_bits = (s2), .va_bits = 39, .bytes = (size)                  \
    }
#define SMALL(which, s2, va)                                                                                           \
    {                                                                                                                  \
        .pattern = (which), .page_bits = 12, .s2_bits = (s2), .va_bits = (va)                                          \
    }
#define WITHIN(value, low, high) (value), (low), (high)
#define WITHIN_10(value) (value), 0.9 * (value), 1.1 * (value)

/* Nothing of these is of a board: they are the defaults, in cycles. */
static const struct row steps[] = {
    { "micro-TLB miss, main TLB hit", "cycles", ROW_MEASURED, VALUE_XLAT, LAB_ZYNQMP, SMALL(SCENE_PAGES, 0, 39),
      WITHIN(2, 1.8, 2.6), "[H&P: 2.6]; fitted on 7 boards [sbc-bench]" },
    { "main TLB miss, descriptor in L1D", "cycles", ROW_MEASURED, VALUE_WALK, LAB_ZYNQMP, SMALL(SCENE_SET, 0, 39),
      WITHIN(13.4, 12, 17), "[sbc-bench] fit of 8 boards, median" },
    { "main TLB miss, descriptor in L2", "cycles", ROW_MEASURED, VALUE_WALK, LAB_ZYNQMP, SMALL(SCENE_SET_COLD, 0, 39),
      WITHIN(26.5, 25, 28), "[sbc-bench] the same; 25 to 28" },
    { "load to use, L1D", "cycles", ROW_MEASURED, VALUE_L1D, LAB_ZYNQMP, RANDOM(KB(16), 12, 0), WITHIN_10(3),
      "[sbc-bench] ramlat" },
    { "L2 hit, beyond L1D", "cycles", ROW_MEASURED, VALUE_LINE, LAB_ZYNQMP, RANDOM(KB(256), 12, 0),
      WITHIN(11, 10.6, 12.3), "[sbc-bench] fitted" },
    { "load to use, L2", "cycles", ROW_MEASURED, VALUE_L2, LAB_ZYNQMP, RANDOM(KB(256), 12, 0), WITHIN(14, 14, 16),
      "[sbc-bench] the sum" },
};

/* The log itself: an i.MX8MQ with 1 MB of L2. */
#define LOG "[sbc-bench: results/27FC]"
#define BOARD(name, unit, kind, value, size, bits, ...)                                                                \
    {                                                                                                                  \
        name, unit, kind, value, LAB_IMX8MQ, RANDOM(size, bits, 0), __VA_ARGS__, LOG                                   \
    }
#define PER_MISS(name, size, cycles) BOARD(name, "cycles", ROW_MEASURED, VALUE_PER_MISS, size, 12, WITHIN_10(cycles))
#define SMALL_PAGES(name, size, ns) BOARD(name, "ns", ROW_MEASURED, VALUE_STALL, size, 12, WITHIN_10(ns))
#define LARGE_PAGES(name, size, ns) BOARD(name, "ns", ROW_MEASURED, VALUE_STALL, size, 21, WITHIN_10(ns))
#define DIFFER(name, size, kind, ns) BOARD(name, "ns", kind, VALUE_PAGES_DIFFER, size, 12, WITHIN(ns, -0.1, 0.1))

static const struct row per_miss[] = {
    PER_MISS("4 MB", MB(4), 18.6),   PER_MISS("8 MB", MB(8), 19.0),   PER_MISS("16 MB", MB(16), 21.7),
    PER_MISS("32 MB", MB(32), 24.4), PER_MISS("64 MB", MB(64), 26.4),
};

static const struct row small_pages[] = {
    SMALL_PAGES("64 KB", KB(64), 4.2),   SMALL_PAGES("128 KB", KB(128), 6.5), SMALL_PAGES("256 KB", KB(256), 7.6),
    SMALL_PAGES("512 KB", KB(512), 8.3), SMALL_PAGES("1 MB", MB(1), 9.3),     SMALL_PAGES("2 MB", MB(2), 71.5),
    SMALL_PAGES("4 MB", MB(4), 108.5),   SMALL_PAGES("8 MB", MB(8), 127.5),   SMALL_PAGES("16 MB", MB(16), 137.9),
    SMALL_PAGES("32 MB", MB(32), 144.0), SMALL_PAGES("64 MB", MB(64), 147.8),
};

static const struct row large_pages[] = {
    LARGE_PAGES("2 MB", MB(2), 68.6),    LARGE_PAGES("4 MB", MB(4), 102.3),
    LARGE_PAGES("8 MB", MB(8), 118.0),   LARGE_PAGES("16 MB", MB(16), 125.2),
    LARGE_PAGES("32 MB", MB(32), 128.7), BOARD("64 MB", "ns", ROW_FITTED, VALUE_STALL, MB(64), 21, WITHIN_10(130.7)),
};

/* The last one is open: 512 pages are just what the main TLB holds, and here nothing else wants a place in it. Two
 * other boards measure 0.5 to 0.6 ns, which some 5 % of misses make; the rest of this one's must be how its pages lie
 * in its L2, which the log does not tell. */
static const struct row pages_differ[] = {
    DIFFER("64 KB", KB(64), ROW_MEASURED, 0.0),   DIFFER("128 KB", KB(128), ROW_MEASURED, 0.0),
    DIFFER("256 KB", KB(256), ROW_MEASURED, 0.0), DIFFER("512 KB", KB(512), ROW_MEASURED, 0.0),
    DIFFER("1 MB", MB(1), ROW_MEASURED, 0.1),     DIFFER("2 MB", MB(2), ROW_OPEN, 2.9),
};

#define PREDICTION(name, unit, value, board, why, ...)                                                                 \
    {                                                                                                                  \
        name, unit, ROW_PREDICTION, value, board, __VA_ARGS__, 0, 0, 0, why                                            \
    }
#define WALKS(name, value, why, ...) PREDICTION(name, "cycles", value, LAB_ZYNQMP, why, __VA_ARGS__)

static const struct row walks[] = {
    WALKS("39-bit VAs, nothing cached", VALUE_XLAT, "3 fetches", SMALL(SCENE_FLUSHED, 0, 39)),
    WALKS("48-bit VAs, nothing cached", VALUE_XLAT, "4 fetches", SMALL(SCENE_FLUSHED, 0, 48)),
    WALKS("each upper level", VALUE_LEVEL, "the difference", SMALL(SCENE_FLUSHED, 0, 48)),
    WALKS("nested, 39-bit VAs, nothing cached", VALUE_XLAT, "15 fetches, S2 4 KB", SMALL(SCENE_FLUSHED, 12, 39)),
    WALKS("nested, 48-bit VAs, nothing cached", VALUE_XLAT, "19 fetches, S2 4 KB", SMALL(SCENE_FLUSHED, 12, 48)),
    WALKS("nested, 48-bit VAs, nothing cached", VALUE_XLAT, "8 fetches, S2 2 MB", SMALL(SCENE_FLUSHED, 21, 48)),
    WALKS("nested, walk and IPA cache hit", VALUE_WALK, "1 fetch, S2 4 KB", SMALL(SCENE_SET, 12, 39)),
};

#define TWO_STAGE(name, size, s2)                                                                                      \
    PREDICTION(name, "cycles", VALUE_PER_MISS, LAB_IMX8MQ, "that board, with Xen's 3 levels", RANDOM(size, 12, s2))

static const struct row two_stage[] = {
    TWO_STAGE("4 MB, stage 2 in 2 MB", MB(4), 21),   TWO_STAGE("8 MB, stage 2 in 2 MB", MB(8), 21),
    TWO_STAGE("16 MB, stage 2 in 2 MB", MB(16), 21), TWO_STAGE("32 MB, stage 2 in 2 MB", MB(32), 21),
    TWO_STAGE("64 MB, stage 2 in 2 MB", MB(64), 21), TWO_STAGE("4 MB, stage 2 in 4 KB", MB(4), 12),
    TWO_STAGE("8 MB, stage 2 in 4 KB", MB(8), 12),   TWO_STAGE("16 MB, stage 2 in 4 KB", MB(16), 12),
    TWO_STAGE("32 MB, stage 2 in 4 KB", MB(32), 12), TWO_STAGE("64 MB, stage 2 in 4 KB", MB(64), 12),
};

#define REGION(name, where, size, bits, why)                                                                           \
    PREDICTION(name, "ns", VALUE_STALL, LAB_ZYNQMP, why,                                                               \
               { .pattern = SCENE_RANDOM, .memory = (where), .page_bits = (bits), .va_bits = 39, .bytes = (size) })

static const struct row regions[] = {
    REGION("DDR, 64 MB in 2 MB pages", SCENE_DDR, MB(64), 21, "other A53 boards: 99 to 187 [sbc-bench]"),
    REGION("OCM, Non-cacheable", SCENE_OCM, KB(256), 12, "cost.ocm is a guess"),
    REGION("PL, Device", SCENE_PL, KB(256), 12, "cost.pl is a guess"),
};

static const struct row checks[] = {
    { "one core, 4 MB: tlm less fast", "cycles", ROW_CHECK, VALUE_ENGINES, LAB_IMX8MQ, RANDOM(MB(4), 12, 0),
      WITHIN(0, 0, 0), "nobody to wait for" },
};

#define GROUP(heading, rows)                                                                                           \
    {                                                                                                                  \
        heading, rows, sizeof(rows) / sizeof *(rows)                                                                   \
    }

static const struct row_group groups[] = {
    GROUP("Single steps", steps),
    GROUP("Random reads: extra for each main TLB miss, 4 KB pages less 2 MB pages", per_miss),
    GROUP("Random reads beyond an L1D hit, 4 KB pages", small_pages),
    GROUP("Random reads beyond an L1D hit, 2 MB pages", large_pages),
    GROUP("Random reads, 4 KB pages less 2 MB pages: micro-TLB entries are of 4 KB", pages_differ),
    GROUP("Walks, descriptors in L1D", walks),
    GROUP("Random reads in a guest: extra for each main TLB miss, over stage 1 in 2 MB pages", two_stage),
    GROUP("Memories of the ZynqMP at 1.2 GHz: random reads beyond an L1D hit", regions),
    GROUP("Engines", checks),
};

const struct row_group *rows_groups(size_t *count)
{
    *count = sizeof groups / sizeof *groups;
    return groups;
}
