/* The map that Xen makes up for a guest other than dom0, by version [Xen: public/arch-arm.h].
 *
 * Constants only. Which of the windows a guest gets, and what lies in them, domu.h says. */
#pragma once

#include "platforms/xen/preset.h"

enum layout_window {
    LAYOUT_VIRTIO_MMIO,
    LAYOUT_GICD,
    LAYOUT_GICC,
    LAYOUT_VPCI_ECAM,
    LAYOUT_ACPI,
    LAYOUT_PL011,
    LAYOUT_VPCI_MEM,
    LAYOUT_GNTTAB,
    LAYOUT_MAGIC,
    LAYOUT_RAM0,
    LAYOUT_VPCI_PREFETCH,
    LAYOUT_RAM1,
    LAYOUT_WINDOW_COUNT
};

/* IPA and size; 0 bytes: the version has no such window. */
struct layout_range {
    uint64_t base, bytes;
};

#define LAYOUT_MAGIC_PAGES_MAX 4

struct xen_layout {
    const char *version;                             /* "4.8", ... */
    struct layout_range window[LAYOUT_WINDOW_COUNT]; /* sorted by base */
    const char *magic_page[LAYOUT_MAGIC_PAGES_MAX];  /* what each page from LAYOUT_MAGIC on is for; NULL: no more */
    bool xl_builds_maxmem;                           /* xl gives maxmem, not memory, at the start */
    bool direct_map;                                 /* dom0less knows direct-map and xen,static-mem */
};

/* Returns the layout of a preset. */
const struct xen_layout *xen_layout(const struct xen_preset *x);

/* Returns "GICD", "RAM0", ... */
const char *layout_window_name(enum layout_window window);
