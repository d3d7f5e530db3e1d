/* What a device-tree module passes through [Xen: domain_handle_dtb_bootmodule, handle_passthrough_prop,
 * domain_build.c@4.17.0:2908]. */
#include "platforms/xen/dom0less.h"

#include "platforms/xen/dtree_node.h"
#include "traces/error.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define PAGE 4096ULL
#define IPA_END (1ULL << 40)

struct piece {
    uint64_t pa, bytes, ipa;
};

/* Always Device-nGnRE, whatever it is [Xen: domain_build.c@4.17.0:2949]. */
static bool pass_piece(struct domu_config *c, struct dtree_node n, struct piece m, struct trace_error *err)
{
    const char *host = fdt_stringlist_get(n.tree->blob, n.offset, "xen,path", 0, NULL);
    const char *own = fdt_get_name(n.tree->blob, n.offset, NULL);
    struct domu_passthrough *p;

    if ((m.pa | m.ipa | m.bytes) & (PAGE - 1))
        return dtree_node_fail(
            n, err, "xen,reg: 0x%" PRIx64 ", size 0x%" PRIx64 ", guest 0x%" PRIx64 " must be multiples of 4 KB", m.pa,
            m.bytes, m.ipa);
    if (m.bytes == 0)
        return dtree_node_fail(n, err, "xen,reg: 0x%" PRIx64 " with a size of 0", m.pa);
    if (m.bytes > IPA_END || m.pa > IPA_END - m.bytes || m.ipa > IPA_END - m.bytes)
        return dtree_node_fail(n, err,
                               "xen,reg: 0x%" PRIx64 ", size 0x%" PRIx64 ", guest 0x%" PRIx64 " lie beyond 2^40", m.pa,
                               m.bytes, m.ipa);
    p = domu_pass(c, m.ipa, m.pa, m.bytes);
    if (!p)
        return dtree_node_fail(n, err, "xen,reg: more than %d pieces, or out of memory", DOMU_PASSTHROUGH_MAX);
    domain_text(p->name, sizeof p->name, host ? host : own);
    domain_text(p->source, sizeof p->source - 16, n.tree->name);
    domain_text(p->source, sizeof p->source, ": xen,reg");
    return true;
}

/* A tree that Xen 4.17 would print an error of and go on without the device, as it drops what scan_pfdt_node returns
 * for nodes within, is refused [choice]. */
static bool pass_node(struct domu_config *c, struct dtree_node n, struct dtree_widths w, struct trace_error *err)
{
    bool reg = dtree_node_has(n, "xen,reg"), path = dtree_node_has(n, "xen,path");
    bool force = dtree_node_has(n, "xen,force-assign-without-iommu");
    unsigned each = 2 * w.address + w.size;
    struct dtree_cells cells;

    if (dtree_node_has(n, "xen,reg-cacheable"))
        return dtree_node_fail(n, err, "xen,reg-cacheable: only Xilinx's Xen since 2021 knows it, and no preset here");
    if (path && !reg)
        return dtree_node_fail(n, err, "xen,path without xen,reg");
    if (!reg)
        return true;
    if (!path && !force)
        return dtree_node_fail(n, err, "xen,reg needs xen,path, or xen,force-assign-without-iommu");
    if (!dtree_node_check_widths(n, w, err) || !dtree_node_cells(n, "xen,reg", each, &cells, err))
        return false;
    if (cells.left % each != 0)
        return dtree_node_fail(n, err,
                               "xen,reg is of %u cells, but should be <address size guest-address> of %u, %u, %u",
                               cells.left, w.address, w.size, w.address);
    while (cells.left > 0) {
        struct piece m;

        m.pa = dtree_node_take(&cells, w.address);
        m.bytes = dtree_node_take(&cells, w.size);
        m.ipa = dtree_node_take(&cells, w.address);
        if (!pass_piece(c, n, m, err))
            return false;
    }
    return true;
}

/* Returns /passthrough, by exactly this name, or -1. */
static int find_passthrough(const struct dtree *t)
{
    int node;

    fdt_for_each_subnode(node, t->blob, 0)
    {
        const char *name = fdt_get_name(t->blob, node, NULL);

        if (name && strcmp(name, "passthrough") == 0)
            return node;
    }
    return -1;
}

bool dom0less_pass(struct domu_config *c, const struct dtree *module, struct trace_error *err)
{
    struct dtree_widths above[DTREE_DEPTH_MAX + 2]; /* what holds for a node, by how deep it is below /passthrough */
    struct dtree_node n = { module, find_passthrough(module) };
    int depth = 0;

    above[0] = DTREE_WIDTHS_DEFAULT;
    while (n.offset >= 0) {
        assert(depth <= DTREE_DEPTH_MAX);
        if (!pass_node(c, n, above[depth], err))
            return false;
        above[depth + 1].address = dtree_node_u32(n, "#address-cells", DTREE_WIDTHS_DEFAULT.address);
        above[depth + 1].size = dtree_node_u32(n, "#size-cells", DTREE_WIDTHS_DEFAULT.size);
        n.offset = fdt_next_node(module->blob, n.offset, &depth);
        if (depth <= 0)
            break;
    }
    return true;
}
