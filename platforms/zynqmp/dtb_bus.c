/* What the numbers in a device tree mean: cells, and ranges from bus to bus. */
#include "platforms/zynqmp/dtb.h"

#include <string.h>

#define CELLS_MAX 4 /* [Xen: device_tree.c@4.17.0, DT_MAX_ADDR_CELLS] */

const void *dtb_property(const struct dtb *t, int node, const char *name, int *bytes)
{
    const void *p = fdt_getprop(t->fdt, node, name, bytes);

    if (!p)
        *bytes = 0;
    return p;
}

/* Leaves *value alone where the property is missing. */
static bool one_cell(struct dtb *t, int node, const char *name, uint32_t *value)
{
    int bytes;
    const fdt32_t *p = dtb_property(t, node, name, &bytes);

    if (!p)
        return true;
    if (bytes != 4)
        return dtb_fail(t, "%s is %d bytes long, not 4", name, bytes);
    *value = fdt32_ld(p);
    return true;
}

static bool cells(struct dtb *t, int node, const char *name, uint32_t *value)
{
    if (!one_cell(t, node, name, value))
        return false;
    return *value <= CELLS_MAX || dtb_fail(t, "%s is %u, at most %d make sense", name, *value, CELLS_MAX);
}

static bool is_type(const struct dtb *t, int node, const char *type)
{
    int bytes;
    const char *p = dtb_property(t, node, "device_type", &bytes);

    return p && (size_t)bytes == strlen(type) + 1 && memcmp(p, type, (size_t)bytes) == 0;
}

bool dtb_enter(struct dtb *t, int node, int depth)
{
    struct dtb_level *l = &t->level[depth];

    *l = depth ? t->level[depth - 1] : (struct dtb_level){ .address_cells = 2, .size_cells = 1 };
    l->ranges = dtb_property(t, node, "ranges", &l->ranges_bytes);
    l->pci = l->pci || is_type(t, node, "pci");
    l->reserved = l->reserved || strcmp(t->path, "/reserved-memory") == 0;
    return cells(t, node, "#address-cells", &l->address_cells) && cells(t, node, "#size-cells", &l->size_cells) &&
           one_cell(t, node, "interrupt-parent", &l->interrupt_parent);
}

bool dtb_number(const fdt32_t *cell, uint32_t count, uint64_t *value)
{
    *value = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (*value >> 32)
            return false;
        *value = *value << 32 | fdt32_ld(cell + i);
    }
    return true;
}

/* Through the ranges of one bus to its parent's addresses. That an address lies in a range is asked, that the end of
 * what begins there does too is not [Xen: device_tree.c@4.17.0, dt_bus_default_map]. */
static bool cross(const struct dtb_level *bus, const struct dtb_level *parent, uint64_t *address)
{
    uint32_t na = bus->address_cells, pna = parent->address_cells, entry = na + pna + bus->size_cells;

    if (!bus->ranges || bus->ranges_bytes == 0)
        return bus->ranges != NULL;
    for (const fdt32_t *p = bus->ranges, *end = p + bus->ranges_bytes / 4; entry && (size_t)(end - p) >= entry;
         p += entry) {
        uint64_t from, to, bytes;

        if (dtb_number(p, na, &from) && dtb_number(p + na, pna, &to) &&
            dtb_number(p + na + pna, bus->size_cells, &bytes) && *address - from < bytes && *address >= from) {
            *address = *address - from + to;
            return true;
        }
    }
    return false;
}

bool dtb_translate(const struct dtb *t, int depth, uint64_t *address)
{
    for (int i = depth - 1; i > 0; i--) {
        if (!cross(&t->level[i], &t->level[i - 1], address))
            return false;
    }
    return true;
}

struct meaning {
    const char *compatible;
    uint32_t flags;
};

/* [Xen: domain_build.c@4.17.0:2522] and the drivers' own lists. */
static const struct meaning meanings[] = {
    { "arm,gic-400", BOARD_GIC },
    { "arm,cortex-a15-gic", BOARD_GIC },
    { "arm,cortex-a7-gic", BOARD_GIC },
    { "arm,armv8-timer", BOARD_TIMER },
    { "arm,armv7-timer", BOARD_TIMER },
    { "arm,smmu-v1", BOARD_IOMMU },
    { "arm,smmu-v2", BOARD_IOMMU },
    { "arm,smmu-v3", BOARD_IOMMU },
    { "arm,mmu-400", BOARD_IOMMU },
    { "arm,mmu-401", BOARD_IOMMU },
    { "arm,mmu-500", BOARD_IOMMU },
    { "mmio-sram", BOARD_SRAM },
    { "xen,xen", BOARD_UNSHOWN },
    { "xen,domain", BOARD_UNSHOWN },
    { "xen,multiboot-module", BOARD_UNSHOWN },
    { "multiboot,module", BOARD_UNSHOWN },
    { "arm,psci", BOARD_UNSHOWN },
    { "arm,psci-0.2", BOARD_UNSHOWN },
    { "arm,psci-1.0", BOARD_UNSHOWN },
    { "arm,cortex-a7-pmu", BOARD_UNSHOWN },
    { "arm,cortex-a15-pmu", BOARD_UNSHOWN },
    { "arm,cortex-a53-edac", BOARD_UNSHOWN },
    { "arm,armv8-pmuv3", BOARD_UNSHOWN },
    { "arm,armv7-timer-mem", BOARD_UNSHOWN },
    { "xlnx,zynqmp-pm", BOARD_UNSHOWN }, /* [Xen: platforms/xilinx-zynqmp.c@4.8.0] */
};

static uint32_t flags_of_compatible(const struct dtb *t, int node)
{
    int bytes;
    const char *list = dtb_property(t, node, "compatible", &bytes);
    uint32_t flags = 0;

    if (!list)
        return 0;
    for (const char *end = list + bytes, *s = list; s < end;) {
        const char *nul = memchr(s, 0, (size_t)(end - s));

        if (!nul)
            break;
        for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
            flags |= strcmp(s, meanings[i].compatible) == 0 ? meanings[i].flags : 0;
        s = nul + 1;
    }
    return flags;
}

bool dtb_is(const struct dtb *t, int node, const char *compatible)
{
    return fdt_node_check_compatible(t->fdt, node, compatible) == 0;
}

/* An interrupt of the GIC is three cells; the first is 1 for a private one. Of interrupts-extended only what comes
 * before another controller's is looked at [choice: its cells would have to be looked up]. */
static bool has_ppi(const struct dtb *t, int node, uint32_t parent)
{
    int bytes;
    const fdt32_t *p = dtb_property(t, node, "interrupts-extended", &bytes);
    bool ppi = false;

    if (t->gic_phandle == 0)
        return false;
    if (p) {
        for (int i = 0; i + 4 <= bytes / 4 && fdt32_ld(p + i) == t->gic_phandle; i += 4)
            ppi |= fdt32_ld(p + i + 1) == 1;
        return ppi;
    }
    p = dtb_property(t, node, "interrupts", &bytes);
    for (int i = 0; parent == t->gic_phandle && i + 3 <= bytes / 4; i += 3)
        ppi |= fdt32_ld(p + i) == 1;
    return ppi;
}

uint32_t dtb_flags(const struct dtb *t, int node, int depth)
{
    int bytes;
    const char *status = dtb_property(t, node, "status", &bytes);
    bool okay =
        !status || (bytes == 5 && memcmp(status, "okay", 5) == 0) || (bytes == 3 && memcmp(status, "ok", 3) == 0);
    uint32_t flags = flags_of_compatible(t, node);

    if ((flags & BOARD_SRAM) && fdt_getprop(t->fdt, node, "no-memory-wc", NULL))
        flags |= BOARD_NO_WC;
    if (is_type(t, node, "memory"))
        flags |= BOARD_MEMORY;
    if (strcmp(t->path, "/cpus") == 0)
        flags |= BOARD_UNSHOWN;
    if (node == t->console)
        flags |= BOARD_CONSOLE;
    if (!(flags & (BOARD_GIC | BOARD_TIMER)) && has_ppi(t, node, t->level[depth].interrupt_parent))
        flags |= BOARD_PPI;
    if (fdt_getprop(t->fdt, node, "xen,passthrough", NULL))
        flags |= BOARD_PASSTHROUGH;
    return flags | (okay ? 0 : BOARD_DISABLED) | (t->level[depth].reserved ? BOARD_RESERVED : 0);
}
