/* The presets as tables, each row with the place in Xen's source that it is from. */
#include "platforms/xen/preset.h"

#include <string.h>

/* HCR_EL2: VM SWIO PTW FMO IMO AMO FB BSU=IS TWI TWE TSC TIDCP TAC RW [Xen: traps.c@4.8.0:129, p2m.c@4.8.0:149]; 4.17
 * adds TID3 and TSW [Xen: traps.c@4.17.0:98]. */
#define HCR_4_8 0x8038663FULL
#define HCR_4_17 0x807C663FULL

/* 40-bit IPA, two concatenated tables of level 1, walks Normal WB Inner Shareable [Xen: p2m.c@4.8.0:1604, boot logs of
 * a ZCU102]. */
#define VTCR 0x80023558ULL

#define SH_OUTER 2
#define SH_INNER 3
#define NONE 0xFF

/* enum p2m_type_t of each version [Xen: p2m.h@4.8.0:107, p2m.h@4.17.0:120]. */
#define NUMBERS_4_8                                                                                                    \
    {                                                                                                                  \
        0, 1, 2, 3, 4, 5, 6, NONE, 7, 8, 9, 10                                                                         \
    }
#define NUMBERS_4_17                                                                                                   \
    {                                                                                                                  \
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11                                                                           \
    }

/* 4.8 gives a 64-bit dom0 RAM from anywhere [Xen: domain_build.c@4.8.0:206]; 4.10 and 4.11 look below 4 GB first, 4.12
 * no longer moves itself [Xen: f60658c6ae], 4.13 leaves /reserved-memory alone [Xen: f9335bd4b8], 4.17 insists [Xen:
 * domain_build.c@4.17.0:197]. 64 frames: a boot log of 4.13; 32 in 4.8 [guess]. */
#define START_4_8                                                                                                      \
    {                                                                                                                  \
        .relocates = true, .banks_max = 64, .grant_frames = 32                                                         \
    }
#define START_4_11                                                                                                     \
    {                                                                                                                  \
        .relocates = true, .below_4g = true, .banks_max = 64, .grant_frames = 64                                       \
    }
#define START_4_13                                                                                                     \
    {                                                                                                                  \
        .below_4g = true, .keeps_reserved = true, .banks_max = 64, .grant_frames = 64                                  \
    }
#define START_4_17                                                                                                     \
    {                                                                                                                  \
        .below_4g = true, .keeps_reserved = true, .all_or_panic = true, .banks_max = 256, .grant_frames = 64           \
    }

static const struct xen_preset presets[] = {
    { .name = "seed",
      .what = "the words of Xilinx's page for Xen 4.8: RAM Outer Shareable, all of dom0 Normal cached 1:1",
      .type_number = NUMBERS_4_8,
      .ram_sh = SH_OUTER,
      .table_type = P2M_INVALID,
      .use = { P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_C, P2M_INVALID },
      .gic_1to1 = true,
      .start = START_4_8,
      .hcr_el2 = HCR_4_8,
      .vtcr_el2 = VTCR },
    { .name = "xen-4.8.0",
      .what = "RAM Inner Shareable; dom0's devices Device-nGnRE, mmio-sram Non-cacheable",
      .type_number = NUMBERS_4_8,
      .ram_sh = SH_INNER,        /* [Xen: p2m.c@4.8.0:541] */
      .table_type = P2M_INVALID, /* [Xen: p2m.c@4.8.0, mfn_to_p2m_entry of a table] */
      .use = { P2M_MMIO_DIRECT_DEV, P2M_MMIO_DIRECT_NC, P2M_MMIO_DIRECT_DEV,
               P2M_INVALID }, /* [Xen: domain_build.c@4.8.0:1322] */
      .start = START_4_8,
      .hcr_el2 = HCR_4_8,
      .vtcr_el2 = VTCR },
    { .name = "xen-4.8.1",
      .what = "4.8.1 to 4.12, dom0's RAM as in 4.8: devices Normal cached Outer Shareable, "
              "never executable",
      .type_number = NUMBERS_4_8,
      .ram_sh = SH_INNER,
      .table_type = P2M_INVALID,
      .use = { P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_DEV,
               P2M_INVALID }, /* [Xen: domain_build.c@4.8.1:1292] */
      .start = START_4_8,
      .hcr_el2 = HCR_4_8,
      .vtcr_el2 = VTCR },
    { .name = "xen-4.17",
      .what = "as 4.8.1, with other software type numbers and HCR_EL2; dom0's RAM below 4 GB first",
      .type_number = NUMBERS_4_17,
      .ram_sh = SH_INNER, /* [Xen: p2m.c@4.17.0:762] */
      .table_type = P2M_RAM_RW,
      .use = { P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_DEV,
               P2M_INVALID }, /* [Xen: domain_build.c@4.17.0:3319] */
      .layout = XEN_LAYOUT_4_17,
      .start = START_4_17,
      .hcr_el2 = HCR_4_17,
      .vtcr_el2 = VTCR },
    { .name = "xlnx-2019.1",
      .what = "Xilinx's tree: xl iomem knows \",memory\", Normal cached Outer Shareable, never executable",
      .type_number = NUMBERS_4_8,
      .ram_sh = SH_INNER,
      .table_type = P2M_INVALID,
      .use = { P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_DEV,
               P2M_MMIO_DIRECT_C }, /* [xlnx-xen: p2m.c@xilinx-v2019.1:1071] */
      .layout = XEN_LAYOUT_4_11,
      .start = START_4_11,
      .hcr_el2 = HCR_4_8,
      .vtcr_el2 = VTCR },
    { .name = "xlnx-2020.2",
      .what = "Xilinx's tree: xl iomem with \",memory\" is mapped as RAM, Inner Shareable and executable",
      .type_number = NUMBERS_4_8,
      .ram_sh = SH_INNER,
      .table_type = P2M_INVALID,
      .use = { P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_C, P2M_MMIO_DIRECT_DEV,
               P2M_RAM_RW }, /* [xlnx-xen: p2m.c@xilinx-v2020.2:1346] */
      .layout = XEN_LAYOUT_4_11,
      .start = START_4_13,
      .hcr_el2 = HCR_4_8,
      .vtcr_el2 = VTCR },
};

const char *p2m_type_name(enum p2m_type type)
{
    static const char *const names[P2M_TYPE_COUNT] = {
        "invalid",        "ram_rw",         "ram_ro",       "mmio_direct_dev", "mmio_direct_nc", "mmio_direct_c",
        "map_foreign_rw", "map_foreign_ro", "grant_map_rw", "grant_map_ro",    "iommu_map_rw",   "iommu_map_ro",
    };
    return names[type];
}

const struct xen_preset *xen_preset_at(size_t i)
{
    return i < sizeof presets / sizeof *presets ? &presets[i] : NULL;
}

const struct xen_preset *xen_preset_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    }
    return NULL;
}
