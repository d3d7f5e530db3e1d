/* The table of the BSP, region by region [embeddedsw: ZynqMP/gcc/translation_table.S]. */
#include "platforms/linux/bare_metal.h"

#include <stdio.h>

#define MB(x) ((uint64_t)(x) << 20)
#define GB(x) ((uint64_t)(x) << 30)

/* AF and AttrIndx 1, Write-Back; Outer Shareable when built for EL1 Non-secure, "to support CCI enabled IP's"; global;
 * read, written and executed by EL1, executed by EL0 [embeddedsw: translation_table.S, Memory]. */
#define MEMORY (1ULL << 10 | 2ULL << 8 | 1ULL << 2)

/* AF and AttrIndx 2, nGnRnE, never executed [embeddedsw: translation_table.S, Device]. */
#define DEVICE (1ULL << 10 | 2ULL << 2 | 1ULL << 53 | 1ULL << 54)

struct row {
    uint64_t base, bytes, leaf;
    const char *name;
};

/* What it leaves out faults. The 2 MB at 0xF9000000 hold 1 MB of GIC and 1 MB that is reserved. */
static const struct row rows[] = {
    { 0x0000000000, GB(2), MEMORY, "DDR low" },
    { 0x0080000000, GB(1), DEVICE, "PL (M_AXI_HPM0_LPD, HPM0_FPD, HPM1_FPD)" },
    { 0x00C0000000, MB(512), DEVICE, "QSPI linear" },
    { 0x00E0000000, MB(256), DEVICE, "PCIe low" },
    { 0x00F8000000, MB(16), DEVICE, "STM, CoreSight" },
    { 0x00F9000000, MB(2), DEVICE, "GIC" },
    { 0x00FD000000, MB(16), DEVICE, "FPD slaves" },
    { 0x00FE000000, MB(28), DEVICE, "LPD slaves" },
    { 0x00FFC00000, MB(2), DEVICE, "CSU, PMU" },
    { 0x00FFE00000, MB(2), MEMORY, "TCM, OCM" },
    { 0x0400000000, GB(8), DEVICE, "PL (HPM0_FPD, HPM1_FPD)" },
    { 0x0600000000, GB(8), DEVICE, "PCIe prefetchable" },
    { 0x0800000000, GB(32), MEMORY, "DDR high" },
    { 0x1000000000, GB(448), DEVICE, "PL" },
    { 0x8000000000, GB(256), DEVICE, "PCIe high" },
};

/* Of DDR what the design has, in whole blocks. */
static uint64_t bytes_of(const struct row *row, uint64_t ddr_low, uint64_t ddr_high)
{
    uint64_t block = row->base < GB(4) ? MB(2) : GB(1), there = row->bytes;

    if (row->base == 0 && ddr_low < there)
        there = ddr_low;
    if (row->base == GB(32) && ddr_high < there)
        there = ddr_high;
    return there & ~(block - 1);
}

bool bare_metal_map(struct vmap *v, uint64_t ddr_low_bytes, uint64_t ddr_high_bytes)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct vmap_region r = { .va = row->base, .ipa = row->base, .leaf = row->leaf, .tree = TREE_LOWER };
        struct vmap_region *added;

        r.bytes = bytes_of(row, ddr_low_bytes, ddr_high_bytes);
        if (r.bytes == 0)
            continue;
        r.sizes = row->base < GB(4) ? STAGE1_2M : STAGE1_1G;
        r.prot = row->leaf == MEMORY ? "Memory" : "Device";
        r.source = "embeddedsw: translation_table.S";
        added = vmap_add(v, &r);
        if (!added)
            return false;
        snprintf(added->name, sizeof added->name, "%s", row->name);
    }
    return true;
}
