/* The numbers that are no rule of the architecture's are choices: round, and such that each pattern shows what it is
 * for on an A53 within a second. */
#include "sim/generate/words_table.h"

#define K (1ULL << 10)
#define M (1ULL << 20)
#define G (1ULL << 30)
#define BIT(key) (1u << (key))

/* clang-format off */
const struct word_row words_rows[KEY_COUNT] = {
    [KEY_FOOTPRINT] = { "footprint", "bytes", "data that is walked over, of each process", WORD_SIZE, 4 * K, WORDS_FOOTPRINT_MAX, 64 * M, 4 * K, { { 0 } } },
    [KEY_ACCESSES] = { "accesses", "", "loads and stores of the pattern, all cores together", WORD_NUMBER, 1, 1000000000000, 1000000, 1, { { 0 } } },
    [KEY_SEED] = { "seed", "", "another seed, another trace", WORD_NUMBER, 0, UINT64_MAX, 1, 1, { { 0 } } },
    [KEY_SIZE] = { "size", "bytes", "size of one access", WORD_CHOICE, 0, 0, 8, 1,
        { { "1", 1 }, { "2", 2 }, { "4", 4 }, { "8", 8 }, { "16", 16 }, { "32", 32 }, { "64", 64 } } },
    [KEY_WRITE] = { "write", "percent", "share of stores", WORD_NUMBER, 0, 100, 0, 1, { { 0 } } },
    [KEY_INSTRUCTIONS] = { "instructions", "", "instructions for each access, itself among them", WORD_NUMBER, 1, 256, 4, 1, { { 0 } } },
    [KEY_CODE] = { "code", "bytes", "the loop that is executed", WORD_SIZE, 4 * K, 1 * M, 4 * K, 4 * K, { { 0 } } },
    [KEY_CORES] = { "cores", "", "cores that work on it, in turns", WORD_NUMBER, 1, 4, 1, 1, { { 0 } } },
    [KEY_EL] = { "el", "", "where it runs, 0 in the lower half of VAs, 1 in the upper", WORD_CHOICE, 0, 0, 0, 1, { { "0", 0 }, { "1", 1 } } },
    [KEY_STAGE] = { "stage", "", "which tables translate", WORD_CHOICE, 0, 0, STAGE_BOTH, 1,
        { { "1", STAGE_1 }, { "2", STAGE_2 }, { "both", STAGE_BOTH } } },
    [KEY_XEN] = { "xen", "", "whose stage 2, by a name that `map --xen list` prints", WORD_CHOICE, 0, 0, 0, 1, { { 0 } } },
    [KEY_VA] = { "va", "bits", "of Linux's VAs: walks of 3 levels, or of 4", WORD_CHOICE, 0, 0, 48, 1, { { "39", 39 }, { "48", 48 } } },
    [KEY_MAP] = { "map", "bytes", "largest leaves of stage 1; 64K and 32M are 4K and 2M with the contiguous bit", WORD_CHOICE, 0, 0, 4 * K, 1,
        { { "4K", 4 * K }, { "64K", 64 * K }, { "2M", 2 * M }, { "32M", 32 * M }, { "1G", 1 * G } } },
    [KEY_S2MAP] = { "s2map", "bytes", "largest leaves of stage 2", WORD_CHOICE, 0, 0, 1 * G, 1,
        { { "4K", 4 * K }, { "2M", 2 * M }, { "1G", 1 * G } } },
    [KEY_STRIDE] = { "stride", "bytes", "from one access to the next, a multiple of size=", WORD_SIZE, 1, 1ULL << 40, 4 * K + 64, 1, { { 0 } } },
    [KEY_STEP] = { "step", "bytes", "from one node to its neighbour in memory, a multiple of size=", WORD_SIZE, 1, 1 * G, 64, 1, { { 0 } } },
    [KEY_ALPHA] = { "alpha", "", "the law's exponent, to three decimals; 0 is uniform", WORD_TENTH, 0, 4000, 990, 1, { { 0 } } },
    [KEY_DIMS] = { "dims", "", "5 points in a plane, or 7 in space", WORD_CHOICE, 0, 0, 2, 1, { { "2", 2 }, { "3", 3 } } },
    [KEY_N] = { "n", "elements", "length of the grid's edges, in elements of size=", WORD_NUMBER, 3, 1 << 20, 256, 1, { { 0 } } },
    [KEY_MAIN] = { "main", "", "what walks over data meanwhile; its keys may be given, too", WORD_CHOICE, 0, 0, PATTERN_RANDOM, 1,
        { { "sequential", PATTERN_SEQUENTIAL }, { "strided", PATTERN_STRIDED }, { "random", PATTERN_RANDOM },
          { "chase", PATTERN_CHASE }, { "zipf", PATTERN_ZIPF }, { "stencil", PATTERN_STENCIL } } },
    [KEY_EVERY] = { "every", "accesses", "of a core from one interruption to the next", WORD_NUMBER, 1, 1000000000, 1000, 1, { { 0 } } },
    [KEY_BURST] = { "burst", "accesses", "of each handler to its own data", WORD_NUMBER, 0, 1000, 32, 1, { { 0 } } },
    [KEY_PROCESSES] = { "processes", "", "processes in turns, two or more a core; each with an ASID", WORD_NUMBER, 2, 256, 8, 1, { { 0 } } },
    [KEY_ASIDS] = { "asids", "", "ASIDs that there are; fewer than processes: all are taken back at times", WORD_NUMBER, 2, 65535, 65535, 1, { { 0 } } },
    [KEY_GUESTS] = { "guests", "", "guests in turns, each with a VMID", WORD_NUMBER, 2, 16, 4, 1, { { 0 } } },
    [KEY_VCPUS] = { "vcpus", "", "vCPUs of each guest, no fewer than cores; more share a core", WORD_NUMBER, 1, 16, 4, 1, { { 0 } } },
    [KEY_POLL] = { "poll", "runs", "between two looks of who waits at the flag; 0 - it sleeps", WORD_NUMBER, 0, 1000000, 8, 1, { { 0 } } },
    [KEY_REMAP] = { "remap", "rounds", "for which dom0 keeps the grant mapped; 0 - for ever", WORD_NUMBER, 0, 1000000, 16, 1, { { 0 } } },
};
/* clang-format on */

#define COMMON ((1u << KEY_STRIDE) - 1)
#define WALKS (BIT(KEY_STRIDE) | BIT(KEY_STEP) | BIT(KEY_ALPHA) | BIT(KEY_DIMS) | BIT(KEY_N) | BIT(KEY_MAIN))
#define WITHOUT(keys) ~(uint32_t)(keys)

/* clang-format off */
const struct pattern_row words_patterns[PATTERN_COUNT] = {
    [PATTERN_SEQUENTIAL] = { "sequential", "one access behind the other: what a TLB likes best, and what prefetching would hide",
        COMMON, 64 * M },
    [PATTERN_STRIDED] = { "strided", "a fixed stride: conflicts in sets of TLB and caches",
        COMMON | BIT(KEY_STRIDE), 64 * M },
    [PATTERN_RANDOM] = { "random", "uniform over the footprint: the reach of each TLB",
        COMMON, 64 * M },
    [PATTERN_CHASE] = { "chase", "pointers in one random cycle through all nodes: latency, nothing overlaps",
        COMMON | BIT(KEY_STEP), 64 * M },
    [PATTERN_ZIPF] = { "zipf", "few pages hot, many cold, hot ones anywhere: what heaps and caches of servers look like",
        COMMON | BIT(KEY_ALPHA), 64 * M },
    [PATTERN_STENCIL] = { "stencil", "a grid's points from their neighbours, rows or planes apart, into a second grid",
        (COMMON & WITHOUT(BIT(KEY_FOOTPRINT) | BIT(KEY_WRITE))) | BIT(KEY_DIMS) | BIT(KEY_N), 0 },
    [PATTERN_INTERRUPTS] = { "interrupts", "a walk broken by bursts of a handler at EL1: vectors, stack, GIC; with Xen through EL2",
        COMMON | WALKS | BIT(KEY_EVERY) | BIT(KEY_BURST), 4 * M },
    [PATTERN_CONTEXTS] = { "contexts", "a storm of context switches: processes by ASID, TTBR writes, ASIDs taken back by TLBI",
        (COMMON & WITHOUT(BIT(KEY_EL))) | WALKS | BIT(KEY_EVERY) | BIT(KEY_PROCESSES) | BIT(KEY_ASIDS), 1 * M },
    [PATTERN_WORLDS] = { "worlds", "a storm of guest switches: guests by VMID, entry to EL2, VTTBR_EL2, ERET",
        COMMON | WALKS | BIT(KEY_EVERY) | BIT(KEY_GUESTS) | BIT(KEY_VCPUS), 1 * M },
    [PATTERN_DMA] = { "dma", "a granted buffer between two domains: a driver fills it, dom0's backend reads it, flags say whose",
        (COMMON & WITHOUT(BIT(KEY_EL) | BIT(KEY_STAGE) | BIT(KEY_WRITE) | BIT(KEY_SEED))) | BIT(KEY_POLL) | BIT(KEY_REMAP), 64 * K },
};
/* clang-format on */
