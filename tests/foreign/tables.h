// Page tables as a guest writes them, and the registers that name them: stage 1 of 39 bits in three levels of 4 KB.
//
// The tables are at 0x10000: root, level 2, level 3 for VA 0 to 2 MB. Stage 2, where it is on, is one level of 1 GB
// blocks at 0x20000, IPA to PA unchanged.
#pragma once

#include "tests/foreign/memory.h"

#include "sim/tlm/cluster.h"

constexpr std::uint64_t root_table = 0x10000, level2_table = 0x11000, level3_table = 0x12000, stage2_table = 0x20000;
constexpr std::uint64_t unclaimed = 0x10000000;

// AttrIndx of MAIR_EL1
enum attr_index : unsigned { WRITE_BACK, DEVICE, NON_CACHEABLE };
constexpr std::uint64_t mair = 0x4404FF; // Write-Back, Device-nGnRE, Non-cacheable

constexpr std::uint64_t va_of(unsigned page)
{
    return static_cast<std::uint64_t>(page) << 12;
}

constexpr std::uint64_t desc_of(std::uint64_t pa, attr_index attr)
{
    return pa | 1u << 10 | 3u << 8 | attr << 2 | 3; // AF, Inner Shareable, EL1 reads and writes, a page
}

inline void map(bytes_memory &memory, unsigned page, std::uint64_t pa, attr_index attr)
{
    memory.write64(level3_table + 8 * page, desc_of(pa, attr));
}

// Tables that map nothing yet, but VA 2 MB to 4 MB through a table where nobody answers.
inline void start_tables(bytes_memory &memory)
{
    memory.write64(root_table, level2_table | 3);
    memory.write64(level2_table, level3_table | 3);
    memory.write64(level2_table + 8, unclaimed | 3);
    for (unsigned i = 0; i < 1024; i++)
        memory.write64(stage2_table + 8 * i, static_cast<std::uint64_t>(i) << 30 | 1u << 10 | 3u << 8 | 3u << 6 | 1);
}

// Stage 1 on: M, C and I; 39 bits, walks cacheable and Inner Shareable. `write` sets a register of a core.
template <class write_register> void start_stage1(write_register write)
{
    write(SYSREG_TTBR0_EL1, root_table);
    write(SYSREG_TCR_EL1, 25 | 1u << 8 | 1u << 10 | 3u << 12 | 1u << 23);
    write(SYSREG_MAIR_EL1, mair);
    write(SYSREG_SCTLR_EL1, 1 | 1u << 2 | 1u << 12);
}

// Stage 2 on, of 40 bits; its blocks are Device-nGnRnE as written by start_tables.
template <class write_register> void start_stage2(write_register write)
{
    write(SYSREG_VTTBR_EL2, stage2_table);
    write(SYSREG_VTCR_EL2, 24 | 1u << 6 | 1u << 8 | 1u << 10 | 3u << 12 | 2u << 16);
    write(SYSREG_HCR_EL2, 1 | 1u << 31);
}
