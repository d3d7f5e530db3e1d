/* Adds to a device tree blob what Xen looks for below /chosen [Xen: docs/misc/arm/device-tree/booting.txt@4.17.0]. */
#include "tools/capture/tree.h"

#include "platforms/dtree.h"
#include "tools/capture/content.h"
#include "traces/error.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_BYTES 65536u /* for what is added */
#define GIC_REG_CELLS 16

/* Calls of libfdt return a negative number on failure; the first one is kept, and nothing is done after it. */
struct tree {
    void *blob;
    int problem;
};

static int note(struct tree *t, int result)
{
    if (result < 0 && t->problem >= 0)
        t->problem = result;
    return result;
}

static int add_node(struct tree *t, int parent, const char *name)
{
    return t->problem < 0 ? -1 : note(t, fdt_add_subnode(t->blob, parent, name));
}

static void set_text(struct tree *t, int node, const char *name, const char *text)
{
    if (t->problem >= 0)
        note(t, fdt_setprop(t->blob, node, name, text, (int)strlen(text) + 1));
}

static void set_cell(struct tree *t, int node, const char *name, uint64_t value)
{
    if (t->problem >= 0)
        note(t, fdt_setprop_u32(t->blob, node, name, (uint32_t)value));
}

static void set_pair(struct tree *t, int node, const char *name, const uint64_t value[2])
{
    fdt64_t cells[2] = { cpu_to_fdt64(value[0]), cpu_to_fdt64(value[1]) };

    if (t->problem >= 0)
        note(t, fdt_setprop(t->blob, node, name, cells, sizeof cells));
}

/* A module has its kind, and "multiboot,module" for those that know no kinds. */
static void add_module(struct tree *t, int parent, const char *name, const struct tree_module *m)
{
    static const char kernel[] = "multiboot,kernel\0multiboot,module", initrd[] = "multiboot,ramdisk\0multiboot,module";
    const uint64_t reg[2] = { m->pa, m->bytes };
    bool is_kernel = strncmp(name, "kernel", 6) == 0;
    int node;

    if (m->bytes == 0)
        return;
    node = add_node(t, parent, name);
    if (t->problem >= 0)
        note(t, fdt_setprop(t->blob, node, "compatible", is_kernel ? kernel : initrd,
                            is_kernel ? (int)sizeof kernel : (int)sizeof initrd));
    set_pair(t, node, "reg", reg);
}

static void add_domu(struct tree *t, int chosen, const struct tree_domain *d)
{
    const uint64_t memory = d->memory_kib;
    fdt64_t kib = cpu_to_fdt64(memory);
    int node = add_node(t, chosen, "domU1"), kernel;

    set_text(t, node, "compatible", "xen,domain");
    set_cell(t, node, "#address-cells", 2);
    set_cell(t, node, "#size-cells", 2);
    if (t->problem >= 0)
        note(t, fdt_setprop(t->blob, node, "memory", &kib, sizeof kib));
    set_cell(t, node, "cpus", d->cpus);
    if (t->problem >= 0)
        note(t, fdt_setprop_empty(t->blob, node, "vpl011"));
    add_module(t, node, "kernel@0", &d->kernel);
    kernel = t->problem < 0 ? -1 : fdt_subnode_offset(t->blob, node, "kernel@0");
    set_text(t, kernel, "bootargs", d->arguments);
    if (t->problem >= 0)
        node = fdt_path_offset(t->blob, "/chosen/domU1");
    add_module(t, node, "ramdisk@0", &d->initrd);
}

/* QEMU's GICC_IIDR is not a GIC-400's, so Xen does not see that its 4 KB pages are repeated to 64 KB, and hangs. The
 * last copy of the first page and the first of the second lie side by side: 8 KB that are right in QEMU and in
 * silicon. */
static void narrow_gic(struct tree *t)
{
    int node = fdt_node_offset_by_compatible(t->blob, -1, "arm,gic-400"), length = 0;
    const fdt32_t *reg = node < 0 ? NULL : fdt_getprop(t->blob, node, "reg", &length);
    fdt32_t cells[GIC_REG_CELLS];

    if (!reg || length != (int)sizeof cells)
        return;
    memcpy(cells, reg, sizeof cells);
    for (int i = 4; i < GIC_REG_CELLS; i += 8) { /* GICC and GICV, of GICD, GICC, GICH, GICV */
        if (fdt32_to_cpu(cells[i + 3]) < 0x20000)
            return;
        cells[i + 1] = cpu_to_fdt32(fdt32_to_cpu(cells[i + 1]) + 0xf000);
        cells[i + 3] = cpu_to_fdt32(0x2000);
    }
    note(t, fdt_setprop(t->blob, node, "reg", cells, sizeof cells));
}

static void change(struct tree *t, const struct tree_request *request)
{
    int chosen = fdt_path_offset(t->blob, "/chosen");

    if (chosen < 0)
        chosen = add_node(t, 0, "chosen");
    set_text(t, chosen, "xen,xen-bootargs", request->xen_arguments);
    set_cell(t, chosen, "#address-cells", 2);
    set_cell(t, chosen, "#size-cells", 2);
    if (request->domu.arguments)
        add_domu(t, chosen, &request->domu);
    if (request->dom0.arguments) {
        set_text(t, chosen, "xen,dom0-bootargs", request->dom0.arguments);
        add_module(t, chosen, "kernel@0", &request->dom0.kernel);
        add_module(t, chosen, "ramdisk@0", &request->dom0.initrd);
    }
    narrow_gic(t);
    if (t->problem >= 0)
        note(t, fdt_pack(t->blob));
}

bool tree_write(struct out_file *out, const char *path, const struct tree_request *request, struct trace_error *err)
{
    struct tree t = { 0 };
    size_t bytes;
    void *blob = content_read(path, DTREE_BYTES_MAX, &bytes, err);
    struct dtree given = { .name = path, .blob = blob, .bytes = bytes };
    bool ok = false;

    if (!blob || !dtree_check(&given, err)) {
        free(blob);
        return false;
    }
    t.blob = malloc(bytes + ROOM_BYTES);
    if (t.blob) {
        note(&t, fdt_open_into(blob, t.blob, (int)(bytes + ROOM_BYTES)));
        if (t.problem >= 0)
            change(&t, request);
        ok = t.problem < 0 ? error_set(err, "%s: cannot be changed: %s", path, fdt_strerror(t.problem))
                           : out_file_write(out, t.blob, fdt_totalsize(t.blob), err);
    } else {
        error_set(err, "%s: out of memory", path);
    }
    free(t.blob);
    free(blob);
    return ok;
}
