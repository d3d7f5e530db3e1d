/* What is counted, each event named once: the A53's PMU events under their numbers [A53: 12.9, Table 12-28], then our
 * own, which no A53 has.
 *
 * One translation, one outcome: a miss counts one refill, never a miss and then a hit. An access that crosses a page is
 * two translations; one that is made again because an exception record tells of it is another. */
#pragma once

#include <stdint.h>

/* Name, PMU event number (0x1000 and up: none, private to this model), meaning. */
#define COUNT_LIST(X)                                                                                                  \
    X(L1I_CACHE_REFILL, 0x01, "lines brought into the L1 instruction cache")                                           \
    X(L1I_TLB_REFILL, 0x02, "instruction micro-TLB misses, faulting ones included [choice]")                           \
    X(L1D_CACHE_REFILL, 0x03, "lines brought into the L1 data cache, by walks too [choice]")                           \
    X(L1D_CACHE, 0x04, "L1 data cache look-ups, by walks too [choice]")                                                \
    X(L1D_TLB_REFILL, 0x05, "data micro-TLB misses, faulting ones included [choice]")                                  \
    X(LD_RETIRED, 0x06, "loads")                                                                                       \
    X(ST_RETIRED, 0x07, "stores, DC ZVA included [choice]")                                                            \
    X(INST_RETIRED, 0x08, "instructions fetched")                                                                      \
    X(EXC_TAKEN, 0x09, "exceptions taken")                                                                             \
    X(EXC_RETURN, 0x0A, "ERET")                                                                                        \
    X(CID_WRITE_RETIRED, 0x0B, "writes to CONTEXTIDR_EL1")                                                             \
    X(UNALIGNED_LDST_RETIRED, 0x0F, "unaligned loads and stores")                                                      \
    X(CPU_CYCLES, 0x11,                                                                                                \
      "cycles in which the core works or waits, at one an instruction [choice]; none while it has no records")         \
    X(MEM_ACCESS, 0x13, "data memory accesses; one that crosses a page counts twice")                                  \
    X(L1I_CACHE, 0x14, "L1 instruction cache look-ups, one a line")                                                    \
    X(L1D_CACHE_WB, 0x15, "dirty lines written back from the L1 data cache")                                           \
    X(L2D_CACHE, 0x16, "L2 cache look-ups")                                                                            \
    X(L2D_CACHE_REFILL, 0x17, "lines brought into the L2 cache")                                                       \
    X(L2D_CACHE_WB, 0x18, "dirty lines written back from the L2 cache")                                                \
    X(EXC_IRQ, 0x86, "IRQs taken")                                                                                     \
    X(EXC_FIQ, 0x87, "FIQs taken")                                                                                     \
    X(EXT_MEM_REQ, 0xC0, "requests that leave the cluster [choice: an uncached access is one, whatever its size]")     \
    X(EXT_MEM_REQ_NC, 0xC1, "those that are Non-cacheable or Device")                                                  \
    X(EXT_SNOOP, 0xC8, "lines taken from or invalidated by another core")                                              \
    X(IC_DEP_STALL, 0xE1, "cycles the core waits for an instruction line")                                             \
    X(IUTLB_DEP_STALL, 0xE2, "cycles the core waits for a translation after an instruction micro-TLB miss")            \
    X(LD_DEP_STALL, 0xE7, "cycles the core waits for the line of a load, translation apart [choice]")                  \
    X(MAIN_TLB, 0x1000, "main TLB look-ups")                                                                           \
    X(MAIN_TLB_PROBE, 0x1001, "page sizes looked up in it")                                                            \
    X(MAIN_TLB_REFILL, 0x1002, "main TLB misses, faulting ones included")                                              \
    X(WALK_CACHE, 0x1003, "walk cache look-ups")                                                                       \
    X(WALK_CACHE_REFILL, 0x1004, "walk cache misses")                                                                  \
    X(IPA_CACHE, 0x1005, "IPA cache look-ups")                                                                         \
    X(IPA_CACHE_REFILL, 0x1006, "IPA cache misses")                                                                    \
    X(WALK, 0x1007, "translations that walked: one a page and attempt")                                                \
    X(WALK_FETCH, 0x1008, "descriptor fetches, those of AT included")                                                  \
    X(WALK_FETCH_L1D, 0x1009, "of them, found in the L1 data cache")                                                   \
    X(WALK_FETCH_L2, 0x100A, "of them, found in the L2 cache")                                                         \
    X(WALK_CYCLES, 0x100B, "translation cycles of accesses that walked")                                               \
    X(XLAT_CYCLES, 0x100C, "translation cycles of micro-TLB misses")                                                   \
    X(UTLB_FLUSH, 0x100D, "times both micro-TLBs were emptied")                                                        \
    X(TLBI, 0x100E, "TLB maintenance operations executed")                                                             \
    X(TLBI_RECEIVED, 0x100F, "broadcast ones received from other cores")                                               \
    X(TLBI_DROPPED, 0x1010, "entries that maintenance dropped")                                                        \
    X(FAULT_STAGE1, 0x1011, "accesses that ended in a stage-1 fault")                                                  \
    X(FAULT_STAGE2, 0x1012, "accesses that ended in a stage-2 fault")                                                  \
    X(AT, 0x1013, "address translation instructions")                                                                  \
    X(XLAT_WAIT, 0x1014, "translation cycles spent waiting for what another access had taken")                         \
    X(LINE_WAIT, 0x1015, "cycles that lines came later by, for the same reason")                                       \
    X(DVM_WAIT, 0x1016, "cycles a DSB waited for broadcast maintenance")                                               \
    X(WALK_FETCH_S1_L0, 0x1018, "descriptor fetches of stage 1, level 0")                                              \
    X(WALK_FETCH_S1_L1, 0x1019, "of stage 1, level 1")                                                                 \
    X(WALK_FETCH_S1_L2, 0x101A, "of stage 1, level 2")                                                                 \
    X(WALK_FETCH_S1_L3, 0x101B, "of stage 1, level 3")                                                                 \
    X(WALK_FETCH_S2_L0, 0x101C, "of stage 2, level 0: none, with 40-bit IPAs")                                         \
    X(WALK_FETCH_S2_L1, 0x101D, "of stage 2, level 1")                                                                 \
    X(WALK_FETCH_S2_L2, 0x101E, "of stage 2, level 2")                                                                 \
    X(WALK_FETCH_S2_L3, 0x101F, "of stage 2, level 3")

enum count {
#define X(name, number, text) COUNT_##name,
    COUNT_LIST(X)
#undef X
        COUNT_COUNT
};

struct counts {
    uint64_t v[COUNT_COUNT];
};

struct count_row {
    const char *name;
    uint32_t number;
    const char *text;
};

/* Returns the row of a counter. */
const struct count_row *count_row(enum count c);
