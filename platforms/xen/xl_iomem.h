/* One string of xl's iomem list. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iomem_policy {
    IOMEM_DEFAULT,
    IOMEM_MEMORY, /* ",memory" of Xilinx's tree: cacheable */
    IOMEM_DEVMEM, /* ",devmem" of it: Device, as without */
};

/* Page frame numbers and counts, as they are written. */
struct iomem {
    uint64_t start, count;
    uint64_t gfn; /* start, when there is no @GFN */
    enum iomem_policy policy;
};

/* What the version that reads it knows. */
enum iomem_dialect { IOMEM_OF_XEN, IOMEM_OF_XILINX };

struct iomem_complaint {
    size_t offset;    /* where in the string */
    const char *text; /* what, and what to do about it */
};

/* Reads "START,COUNT[@GFN]", all hexadecimal with or without 0x, which has to be consumed to its end, as sscanf does:
 * blanks are skipped before a number, and only there; numbers out of range become the largest [Xen:
 * xl_parse.c@4.17.0:1992]. Xilinx's xl reads a third field, but only behind @GFN [xlnx-xen: commit 3dfb993a35]. The
 * range must be frames below 2^28, as hypercalls refuse others. Returns false and fills *bad for what is refused. */
bool xl_iomem_read(const char *text, enum iomem_dialect dialect, struct iomem *m, struct iomem_complaint *bad);
