/* Guest layouts as tables [Xen: public/arch-arm.h@4.8.0:394, public/arch-arm.h@4.17.0:394]. */
#include "platforms/xen/layout.h"

/* clang-format off */
#define COMMON                                                                                                         \
    [LAYOUT_GICD]   = { 0x03001000, 0x1000 },                                                                          \
    [LAYOUT_GICC]   = { 0x03002000, 0x2000 },                                                                          \
    [LAYOUT_ACPI]   = { 0x20000000, 0x02000000 },                                                                      \
    [LAYOUT_GNTTAB] = { 0x38000000, 0x01000000 },                                                                      \
    [LAYOUT_MAGIC]  = { 0x39000000, 0x01000000 },                                                                      \
    [LAYOUT_RAM0]   = { 0x40000000, 0xC0000000 },                                                                      \
    [LAYOUT_RAM1]   = { 0x0200000000, 0xFE00000000 }

#define PL011 [LAYOUT_PL011] = { 0x22000000, 0x1000 }

static const struct xen_layout layouts[XEN_LAYOUT_COUNT] = {
    [XEN_LAYOUT_4_8] = {
        .version = "4.8",
        .window = { COMMON },
        .magic_page = { "console", "xenstore", "mem_access ring" }, /* [Xen: xc_dom_arm.c@4.8.0:70] */
    },
    /* [guess: releases between, which only 4.8 and 4.17 stand for here: 4.17 without virtio and vPCI] */
    [XEN_LAYOUT_4_11] = {
        .version = "4.11",
        .window = { COMMON, PL011 },
        .magic_page = { "console", "xenstore", "mem_access ring", "vuart" },
        .xl_builds_maxmem = true, /* an Arm guest is PVH since 4.11 [guess: for 4.11 itself] */
    },
    [XEN_LAYOUT_4_17] = {
        .version = "4.17",
        .window = { COMMON, PL011,
            [LAYOUT_VIRTIO_MMIO]   = { 0x02000000, 0x00100000 },
            [LAYOUT_VPCI_ECAM]     = { 0x10000000, 0x10000000 },
            [LAYOUT_VPCI_MEM]      = { 0x23000000, 0x10000000 },
            [LAYOUT_VPCI_PREFETCH] = { 0x0100000000, 0x0100000000 },
        },
        .magic_page = { "console", "xenstore", "mem_access ring", "vuart" }, /* [Xen: xg_dom_arm.c@4.17.0:28] */
        .xl_builds_maxmem = true,
        .direct_map = true,
    },
};
/* clang-format on */

const struct xen_layout *xen_layout(const struct xen_preset *x)
{
    return &layouts[x->layout];
}

const char *layout_window_name(enum layout_window window)
{
    static const char *const names[LAYOUT_WINDOW_COUNT] = {
        "virtio-mmio", "GICD",        "GICC",        "vPCI ECAM", "ACPI",          "PL011",
        "vPCI memory", "grant table", "magic pages", "RAM0",      "vPCI prefetch", "RAM1",
    };
    return names[window];
}
