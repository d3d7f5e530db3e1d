/* /chosen/domU* as Xen reads them [Xen: create_domUs, construct_domU, domain_build.c@4.17.0]. */
#include "platforms/xen/dom0less.h"

#include "platforms/xen/dtree_node.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096ULL
#define PA_END (1ULL << 40)

/* Returns the i-th domain's node, or the number of domains as -1 - n when there are not so many. */
static int find_domain(const struct dtree *t, int i)
{
    int chosen = fdt_path_offset(t->blob, "/chosen"), count = 0, node;

    if (chosen < 0)
        return -1;
    fdt_for_each_subnode(node, t->blob, chosen)
    {
        if (fdt_node_check_compatible(t->blob, node, "xen,domain") != 0)
            continue;
        if (count++ == i)
            return node;
    }
    return -1 - count;
}

int dom0less_count(const struct dtree *t, struct trace_error *err)
{
    int count = -1 - find_domain(t, -1);

    if (count <= DOM0LESS_DOMAINS_MAX)
        return count;
    error_set(err, "%s: /chosen: %d domains, but there are VMIDs for %d", t->name, count, DOM0LESS_DOMAINS_MAX);
    return -1;
}

/* #address-cells and #size-cells hold for the children of a node; where it has none, its parent is asked
 * [Xen: dt_n_addr_cells, device_tree.c@4.17.0]. */
static struct dtree_widths widths_above(struct dtree_node n)
{
    struct dtree_widths w = { 0, 0 };

    while ((n.offset = fdt_parent_offset(n.tree->blob, n.offset)) >= 0) {
        if (w.address == 0)
            w.address = dtree_node_u32(n, "#address-cells", 0);
        if (w.size == 0)
            w.size = dtree_node_u32(n, "#size-cells", 0);
    }
    if (w.address == 0)
        w.address = DTREE_WIDTHS_DEFAULT.address;
    if (w.size == 0)
        w.size = DTREE_WIDTHS_DEFAULT.size;
    return w;
}

static bool add_static(struct domu_config *c, struct dtree_node n, struct ram_range r, struct trace_error *err)
{
    if (((r.base | r.bytes) & (PAGE - 1)) || r.bytes == 0)
        return dtree_node_fail(n, err, "xen,static-mem: 0x%" PRIx64 " and size 0x%" PRIx64 " must be multiples of 4 KB",
                               r.base, r.bytes);
    if (r.base >= PA_END || r.bytes > PA_END - r.base)
        return dtree_node_fail(n, err, "xen,static-mem: 0x%" PRIx64 " and size 0x%" PRIx64 " lie beyond 2^40", r.base,
                               r.bytes);
    for (size_t i = 0; i < c->static_count; i++) {
        const struct ram_range *other = &c->static_mem[i];

        if (r.base < other->base + other->bytes && other->base < r.base + r.bytes)
            return dtree_node_fail(n, err, "xen,static-mem: 0x%" PRIx64 " is given twice",
                                   r.base > other->base ? r.base : other->base);
    }
    c->static_mem[c->static_count++] = r;
    return true;
}

static bool read_static(struct domu_config *c, struct dtree_node n, struct trace_error *err)
{
    struct dtree_widths w = widths_above(n);
    struct dtree_cells cells;
    unsigned each = w.address + w.size;

    if (!xen_layout(c->preset)->direct_map)
        return dtree_node_fail(n, err, "xen,static-mem: the preset %s does not know it, xen-4.17 does",
                               c->preset->name);
    if (!dtree_node_check_widths(n, w, err) || !dtree_node_cells(n, "xen,static-mem", each, &cells, err))
        return false;
    if (cells.left % each != 0)
        return dtree_node_fail(n, err, "xen,static-mem is of %u cells, but should be pairs of %u and %u", cells.left,
                               w.address, w.size);
    if (cells.left / each > DOMU_STATIC_MAX)
        return dtree_node_fail(n, err, "xen,static-mem: more than %d banks", DOMU_STATIC_MAX);
    c->static_mem = calloc(cells.left / each, sizeof *c->static_mem);
    if (!c->static_mem)
        return error_set(err, "%s: out of memory", n.tree->name);
    while (cells.left > 0) {
        uint64_t base = dtree_node_take(&cells, w.address), bytes = dtree_node_take(&cells, w.size);

        if (!add_static(c, n, (struct ram_range){ base, bytes }, err))
            return false;
    }
    return true;
}

static bool read_numbers(struct domu_config *c, struct dtree_node n, struct trace_error *err)
{
    struct dtree_cells cells;
    uint64_t kb;

    if (!dtree_node_cells(n, "memory", 2, &cells, err))
        return false;
    kb = dtree_node_take(&cells, 2);
    if (kb == 0 || kb % 4 != 0 || kb >= PA_END >> 10)
        return dtree_node_fail(n, err, "memory is %" PRIu64 " KB, but should be a multiple of 4, up to 2^30", kb);
    c->ram_bytes = kb << 10;
    if (!dtree_node_cells(n, "cpus", 1, &cells, err))
        return false;
    c->vcpus = (unsigned)dtree_node_take(&cells, 1);
    if (c->vcpus == 0 || c->vcpus > DOMU_VCPUS_MAX)
        return dtree_node_fail(n, err, "cpus is %u, but a GICv2 serves 1 to %d", c->vcpus, DOMU_VCPUS_MAX);
    return true;
}

bool dom0less_read(struct domu_config *c, const struct xen_preset *preset, const struct dtree *t, int i,
                   struct trace_error *err)
{
    struct dtree_node n = { t, find_domain(t, i) };
    bool fixed;

    domu_config_init(c, preset, DOMU_DOM0LESS);
    if (n.offset < 0)
        return error_set(err, "%s: /chosen has %d nodes compatible with \"xen,domain\", not %d", t->name, -1 - n.offset,
                         i + 1);
    c->name[0] = '\0';
    domain_text(c->name, sizeof c->name, fdt_get_name(t->blob, n.offset, NULL));
    snprintf(c->ram_source, sizeof c->ram_source, "/chosen/%.60s: memory", c->name);
    if (!read_numbers(c, n, err))
        return false;
    c->vuart = dtree_node_has(n, "vpl011");
    c->direct_map = dtree_node_has(n, "direct-map");
    fixed = dtree_node_has(n, "xen,static-mem");
    if (c->direct_map && !fixed)
        return dtree_node_fail(n, err, "direct-map needs xen,static-mem: RAM of its own that it can be mapped to");
    if (!fixed)
        return true;
    snprintf(c->ram_source, sizeof c->ram_source, "/chosen/%.60s: xen,static-mem", c->name);
    return read_static(c, n, err);
}

bool dom0less_has_devices(const struct dtree *t, int i)
{
    int node = find_domain(t, i), module;

    if (node < 0)
        return false;
    fdt_for_each_subnode(module, t->blob, node)
    {
        if (fdt_node_check_compatible(t->blob, module, "multiboot,device-tree") == 0)
            return true;
    }
    return false;
}
