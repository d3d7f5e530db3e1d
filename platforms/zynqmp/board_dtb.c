/* A board of a user's device tree blob: every node, once, in order. */
#include "platforms/zynqmp/dtb.h"

#include "platforms/dtree.h"
#include "traces/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool dtb_fail(struct dtb *t, const char *format, ...)
{
    char what[256];
    va_list ap;

    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    return error_set(t->err, "%.160s: %.120s: %s", t->name, t->path[0] ? t->path : "/", what);
}

static bool take(struct dtb *t, struct board_range range, enum board_owner owner)
{
    return board_take(t->board, range, owner) || dtb_fail(t, "more than %d areas of RAM are taken", BOARD_TAKEN_MAX);
}

/* RAM and areas of it that are taken are known to a board by more than their region. */
static bool note(struct dtb *t, const struct board_region *r)
{
    struct board_range range = { r->base, r->bytes };

    if (r->flags & BOARD_MEMORY) {
        if (r->bytes > BOARD_ADDRESS_END || r->base > BOARD_ADDRESS_END - r->bytes)
            return dtb_fail(t, "memory at 0x%llx, of 0x%llx bytes, does not lie in 40 bits",
                            (unsigned long long)r->base, (unsigned long long)r->bytes);
        if (t->board->ram_count == BOARD_RAM_MAX)
            return dtb_fail(t, "more than %d banks of memory", BOARD_RAM_MAX);
        t->board->ram[t->board->ram_count++] = range;
    }
    return !(r->flags & BOARD_RESERVED) || take(t, range, BOARD_OF_RESERVED);
}

static bool add(struct dtb *t, const struct board_region *r)
{
    if (!note(t, r))
        return false;
    return board_add(t->board, r) || dtb_fail(t, "no memory, or more than %d regions", BOARD_REGIONS_MAX);
}

/* A boot module's reg is an address of RAM whatever node it is in [Xen: bootfdt.c@4.17.0, process_multiboot_node]. */
static bool is_module(const struct dtb *t, int node)
{
    return dtb_is(t, node, "multiboot,module") || dtb_is(t, node, "xen,multiboot-module");
}

/* An address outside the ranges of its bus makes Xen give up the tree [Xen: domain_build.c@4.17.0:2448, handle_device];
 * here the others are worth more, and the board says so [choice]. */
static void untranslated(struct dtb *t)
{
    if (t->board->untranslated++ == 0)
        board_name_node(t->board->untranslated_node, t->path);
}

/* In the order of its reg [Xen: gic-v2.c@4.17.0:1240]. */
static struct board_range *gic_part(struct board *b, int i)
{
    struct board_range *const part[] = { &b->gicd, &b->gicc, &b->gich, &b->gicv };

    return part[i];
}

/* Without sizes they are names: of a chip on a bus, of a CPU. Without ranges they are not the CPU's addresses
 * [Xen: device_tree.c@4.17.0, dt_bus_default_match]. */
static bool has_addresses(const struct dtb_level *bus, int depth)
{
    return !bus->pci && bus->size_cells > 0 && (depth == 1 || bus->ranges);
}

static bool read_reg(struct dtb *t, int node, int depth, struct board_region *r)
{
    const struct dtb_level *bus = &t->level[depth - 1];
    uint32_t na = bus->address_cells, ns = bus->size_cells;
    int bytes, i = 0;
    const fdt32_t *p = dtb_property(t, node, "reg", &bytes);
    size_t cells = (size_t)bytes / 4, entry = na + ns;
    bool module = is_module(t, node);

    if (bytes == 0 || !(module || has_addresses(bus, depth)))
        return true;
    if (na == 0)
        return dtb_fail(t, "has a reg, but #address-cells is 0");
    for (; cells >= entry; cells -= entry, p += entry, i++) {
        if (!dtb_number(p, na, &r->base) || !dtb_number(p + na, ns, &r->bytes))
            return dtb_fail(t, "reg entry %d takes more than 64 bits", i);
        if (module) {
            if (!take(t, (struct board_range){ r->base, r->bytes }, BOARD_OF_MODULE))
                return false;
        } else if (!dtb_translate(t, depth, &r->base)) {
            untranslated(t);
        } else if (!add(t, r)) {
            return false;
        } else if (node == t->gic && i < 4) {
            *gic_part(t->board, i) = (struct board_range){ r->base, r->bytes };
        }
    }
    return true;
}

/* What a PCI bridge shows of its bus to the CPU: an address on the bus (of 3 cells), the CPU's, a size. */
static bool read_windows(struct dtb *t, int node, int depth, struct board_region *r)
{
    uint32_t na = t->level[depth].address_cells, ns = t->level[depth].size_cells;
    uint32_t pna = t->level[depth - 1].address_cells;
    int bytes, i = 0;
    const fdt32_t *p = dtb_property(t, node, "ranges", &bytes);
    size_t cells = (size_t)bytes / 4, entry = na + pna + ns;

    if (entry == 0)
        return true;
    r->flags |= BOARD_PCI_WINDOW;
    for (; cells >= entry; cells -= entry, p += entry, i++) {
        if (!dtb_number(p + na, pna, &r->base) || !dtb_number(p + na + pna, ns, &r->bytes))
            return dtb_fail(t, "ranges entry %d takes more than 64 bits", i);
        if (!dtb_translate(t, depth, &r->base))
            untranslated(t);
        else if (!add(t, r))
            return false;
    }
    return true;
}

/* What comes from the file may go to a terminal. */
static void make_printable(char *text)
{
    for (; *text; text++) {
        if (*text < ' ' || *text > '~')
            *text = '?';
    }
}

/* Makes path that of a node at `depth`, whose parent's it begins with. */
static bool enter_path(struct dtb *t, int node, int depth)
{
    int length, before = depth ? t->level[depth - 1].path_bytes : 0;
    const char *name = fdt_get_name(t->fdt, node, &length);

    if (depth == 0)
        return true;
    t->path[before] = 0;
    if (!name || before + 1 + length >= DTB_PATH_BYTES)
        return dtb_fail(t, "a node below has no name, or too long a one");
    t->path[before] = '/';
    memcpy(t->path + before + 1, name, (size_t)length + 1);
    make_printable(t->path + before);
    t->level[depth].path_bytes = before + 1 + length;
    return true;
}

static bool read_node(struct dtb *t, int node, int depth)
{
    struct board_region r = { 0 };
    uint32_t own, inherited;
    int bytes, path_bytes;
    const char *compatible;

    if (!enter_path(t, node, depth))
        return false;
    path_bytes = t->level[depth].path_bytes;
    if (!dtb_enter(t, node, depth))
        return false;
    t->level[depth].path_bytes = depth ? path_bytes : 0;
    if (depth == 0)
        return true;
    own = dtb_flags(t, node, depth);
    inherited = t->level[depth - 1].flags;
    if (own & BOARD_SRAM) /* its own word counts */
        inherited &= ~(uint32_t)(BOARD_SRAM | BOARD_NO_WC);
    r.flags = own | inherited;
    t->level[depth].flags = r.flags & BOARD_INHERITED;
    board_name_node(r.node, t->path);
    compatible = dtb_property(t, node, "compatible", &bytes);
    snprintf(r.compatible, sizeof r.compatible, "%.*s", bytes, compatible ? compatible : "");
    make_printable(r.compatible);
    if (!read_reg(t, node, depth, &r))
        return false;
    return !t->level[depth].pci || t->level[depth - 1].pci || read_windows(t, node, depth, &r);
}

static bool read_reserve_map(struct dtb *t)
{
    int count = fdt_num_mem_rsv(t->fdt);

    for (int i = 0; i < count; i++) {
        uint64_t base, bytes;

        if (fdt_get_mem_rsv(t->fdt, i, &base, &bytes) == 0 &&
            !take(t, (struct board_range){ base, bytes }, BOARD_OF_FIRMWARE))
            return false;
    }
    return true;
}

/* The GIC that Xen drives is the first of its kind. */
static bool find_gic(struct dtb *t)
{
    static const char *const kinds[] = { "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int node = fdt_node_offset_by_compatible(t->fdt, -1, kinds[i]);

        if (node >= 0) {
            t->gic = node;
            t->gic_phandle = fdt_get_phandle(t->fdt, node);
            return true;
        }
    }
    return dtb_fail(t, "no node is compatible with arm,gic-400: not the device tree of a ZynqMP");
}

static bool read_tree(struct dtb *t)
{
    int depth = 0, node = 0;

    if (!find_gic(t) || !read_reserve_map(t))
        return false;
    t->console = dtb_find_console(t);
    for (; node >= 0 && depth >= 0; node = fdt_next_node(t->fdt, node, &depth)) {
        if (depth >= DTB_DEPTH_MAX)
            return dtb_fail(t, "nodes lie more than %d deep", DTB_DEPTH_MAX - 1);
        if (!read_node(t, node, depth))
            return false;
    }
    t->path[0] = 0;
    if (t->board->gicv.bytes == 0)
        return dtb_fail(t, "the GIC's reg has not the four entries GICD, GICC, GICH and GICV");
    if (t->board->ram_count == 0)
        return dtb_fail(t, "no node has device_type \"memory\"");
    return true;
}

bool board_parse_dtb(struct board *b, const void *blob, size_t bytes, const char *name, struct trace_error *err)
{
    struct dtb t = { .fdt = blob, .name = name, .board = b, .err = err, .console = -1 };
    struct dtree tree = { name, blob, bytes };

    memset(b, 0, sizeof *b);
    snprintf(b->name, sizeof b->name, "%.*s", BOARD_TEXT_BYTES - 1, name);
    if (!dtree_check(&tree, err))
        return false;
    return read_tree(&t);
}

bool board_read_dtb(struct board *b, const char *path, struct trace_error *err)
{
    struct dtree t;
    bool good;

    memset(b, 0, sizeof *b);
    good = dtree_read(&t, path, err) && board_parse_dtb(b, t.blob, t.bytes, path, err);
    dtree_free(&t);
    return good;
}
