/* The map as a table [UG1085: system addresses] [embeddedsw: translation_table.S]. */
#include "platforms/zynqmp/map.h"

#define MB(x) ((uint64_t)(x) << 20)
#define GB(x) ((uint64_t)(x) << 30)

/* clang-format off */
static const struct region map[] = {
    { 0x0000000000, GB(2),    MEM_DDR,    "DDR low" },
    { 0x0080000000, GB(1),    MEM_PL,     "PL (M_AXI_HPM0_LPD, HPM0_FPD, HPM1_FPD)" },
    { 0x00C0000000, MB(512),  MEM_DEVICE, "QSPI linear" },
    { 0x00E0000000, MB(256),  MEM_DEVICE, "PCIe low" },
    { 0x00F0000000, MB(128),  MEM_NONE,   "reserved" },
    { 0x00F8000000, MB(16),   MEM_DEVICE, "STM, CoreSight" },
    { 0x00F9000000, MB(1),    MEM_DEVICE, "GIC" },
    { 0x00F9100000, MB(63),   MEM_NONE,   "reserved" },
    { 0x00FD000000, MB(16),   MEM_DEVICE, "FPD slaves" },
    { 0x00FE000000, MB(28),   MEM_DEVICE, "LPD slaves" },
    { 0x00FFC00000, MB(2),    MEM_DEVICE, "CSU, PMU" },
    { 0x00FFE00000, 0x1C0000, MEM_OCM,    "TCM" },
    { 0x00FFFC0000, 0x040000, MEM_OCM,    "OCM" },
    { 0x0100000000, GB(12),   MEM_NONE,   "reserved" },
    { 0x0400000000, GB(8),    MEM_PL,     "PL (HPM0_FPD, HPM1_FPD)" },
    { 0x0600000000, GB(8),    MEM_DEVICE, "PCIe prefetchable" },
    { 0x0800000000, GB(32),   MEM_DDR,    "DDR high" },
    { 0x1000000000, GB(448),  MEM_PL,     "PL" },
    { 0x8000000000, GB(256),  MEM_DEVICE, "PCIe high" },
    { 0xC000000000, GB(256),  MEM_NONE,   "reserved" },
};
/* clang-format on */

const struct region *zynqmp_map(uint32_t *count)
{
    *count = sizeof map / sizeof *map;
    return map;
}
