/* A device tree blob with every kind of node that matters, node by node. */
#include "tests/unit/platforms/zynqmp/tree.h"

/* As zynqmp-zcu102-rev1.0.dts has it: below /axi, whose ranges are 1:1. */
static void axi(void)
{
    static const char two[] = "xlnx,zynqmp-uart\0cdns,uart-r1p12";

    open_node("axi");
    text("compatible", "simple-bus");
    bus_cells(2, 2);
    flag("ranges");
    CELLS("interrupt-parent", GIC_PHANDLE);
    gic();
    open_node("serial@ff000000");
    assert_int_equal(fdt_property(fdt, "compatible", two, sizeof two), 0);
    CELLS("reg", 0, 0xFF000000, 0, 0x1000);
    close_node();
    device("iommu@fd800000", "arm,mmu-500", 0xFD800000, 0x20000);
    text("status", "disabled");
    close_node();
    device("ethernet@ff0e0000", "cdns,zynqmp-gem", 0xFF0E0000, 0x1000);
    CELLS("interrupts", 0, 63, 4);
    bus_cells(1, 0);
    open_node("ethernet-phy@c"); /* the number of a chip */
    CELLS("reg", 0xC);
    close_node();
    close_node();
    open_node("pcie@fd0e0000");
    text("compatible", "xlnx,nwl-pcie-2.11");
    text("device_type", "pci");
    bus_cells(3, 2);
    CELLS("reg", 0, 0xFD0E0000, 0, 0x1000, 0x80, 0, 0, 0x1000000);
    CELLS("ranges", 0x02000000, 0, 0xE0000000, 0, 0xE0000000, 0, 0x10000000, 0x43000000, 6, 0, 6, 0, 2, 0);
    open_node("pci@0,0"); /* a number in configuration space */
    CELLS("reg", 0, 0, 0, 0, 0);
    close_node();
    close_node();
    open_node("cci@fd6e0000");
    text("compatible", "arm,cci-400");
    text("status", "disabled");
    CELLS("reg", 0, 0xFD6E0000, 0, 0x9000);
    CELLS("ranges", 0, 0, 0xFD6E0000, 0x10000);
    bus_cells(1, 1);
    open_node("pmu@9000");
    text("compatible", "arm,cci-400-pmu,r1");
    CELLS("reg", 0x9000, 0x5000);
    close_node();
    close_node();
    close_node();
}

/* What Xen treats in some way of its own. */
static void special(void)
{
    device("sram@fffc0000", "mmio-sram", 0xFFFC0000, 0x40000);
    flag("no-memory-wc");
    flag("ranges");
    leaf("part@fffd0000", "x", 0xFFFD0000, 0x1000);
    leaf("sram@fffe0000", "mmio-sram", 0xFFFE0000, 0x1000);
    close_node();
    device("pl@a0000000", "x", 0xA0000000, 0x1000);
    flag("xen,passthrough");
    close_node();
    device("ppi@a0010000", "x", 0xA0010000, 0x1000);
    CELLS("interrupts-extended", GIC_PHANDLE, 0, 1, 4, GIC_PHANDLE, 1, 2, 4);
    close_node();
    device("away@a0020000", "x", 0xA0020000, 0x1000);
    CELLS("ranges", 0, 0, 0, 0xA0020000, 0, 0x1000);
    leaf("in@fff", "x", 0xFFF, 0x10);
    leaf("out@1000", "x", 0x1000, 0x10); /* in none of the ranges */
    close_node();
    device("flash@a0030000", "x", 0xA0030000, 0x1000);
    leaf("partition@0", "x", 0, 0x100000); /* no ranges: not the CPU's */
    close_node();
    leaf("timer@a0040000", "arm,armv7-timer-mem", 0xA0040000, 0x1000);
    open_node("reserved-memory");
    bus_cells(2, 2);
    flag("ranges");
    leaf("rproc@3ed00000", "x", 0x3ED00000, 0x40000);
    close_node();
}

static void chosen(void)
{
    open_node("aliases");
    text("serial0", "/axi/serial@ff000000");
    text("loop", "loop");
    close_node();
    open_node("chosen");
    text("stdout-path", "serial0:115200n8");
    bus_cells(2, 2);
    device("module@20000000", "multiboot,module", 0x20000000, 0x2000000);
    close_node();
    close_node();
}

struct region_row {
    const char *name;
    uint64_t base, bytes;
    uint32_t flags;
    const char *compatible;
    bool of_zcu102; /* the bundled list has it, the same */
};

// clang-format off
static const struct region_row region_rows[] = {
    { "/memory@0", 0, 0x80000000, BOARD_MEMORY, "", true },
    { "/memory@0", 0x800000000, 0x80000000, BOARD_MEMORY, "", true },
    { "/axi/interrupt-controller@f9010000", 0xF9010000, 0x10000, BOARD_GIC, "arm,gic-400", true },
    { "/axi/interrupt-controller@f9010000", 0xF9020000, 0x20000, BOARD_GIC, "arm,gic-400", true },
    { "/axi/interrupt-controller@f9010000", 0xF9040000, 0x20000, BOARD_GIC, "arm,gic-400", true },
    { "/axi/interrupt-controller@f9010000", 0xF9060000, 0x20000, BOARD_GIC, "arm,gic-400", true },
    { "/axi/serial@ff000000", 0xFF000000, 0x1000, BOARD_CONSOLE, "xlnx,zynqmp-uart", true },
    { "/axi/iommu@fd800000", 0xFD800000, 0x20000, BOARD_IOMMU | BOARD_DISABLED, "arm,mmu-500", true },
    { "/axi/ethernet@ff0e0000", 0xFF0E0000, 0x1000, 0, "cdns,zynqmp-gem", true },
    { "/axi/pcie@fd0e0000", 0xFD0E0000, 0x1000, 0, "xlnx,nwl-pcie-2.11", true },
    { "/axi/pcie@fd0e0000", 0x8000000000, 0x1000000, 0, "xlnx,nwl-pcie-2.11", true },
    { "/axi/pcie@fd0e0000", 0xE0000000, 0x10000000, BOARD_PCI_WINDOW, "xlnx,nwl-pcie-2.11", true },
    { "/axi/pcie@fd0e0000", 0x600000000, 0x200000000, BOARD_PCI_WINDOW, "xlnx,nwl-pcie-2.11", true },
    { "/axi/cci@fd6e0000", 0xFD6E0000, 0x9000, BOARD_DISABLED, "arm,cci-400", true },
    { "/axi/cci@fd6e0000/pmu@9000", 0xFD6E9000, 0x5000, 0, "arm,cci-400-pmu,r1", true },
    { "/sram@fffc0000", 0xFFFC0000, 0x40000, BOARD_SRAM | BOARD_NO_WC, "mmio-sram", false },
    { "/sram@fffc0000/part@fffd0000", 0xFFFD0000, 0x1000, BOARD_SRAM | BOARD_NO_WC, "x", false },
    { "/sram@fffc0000/sram@fffe0000", 0xFFFE0000, 0x1000, BOARD_SRAM, "mmio-sram", false },
    { "/pl@a0000000", 0xA0000000, 0x1000, BOARD_PASSTHROUGH, "x", false },
    { "/ppi@a0010000", 0xA0010000, 0x1000, BOARD_PPI, "x", false },
    { "/away@a0020000", 0xA0020000, 0x1000, 0, "x", false },
    { "/away@a0020000/in@fff", 0xA0020FFF, 0x10, 0, "x", false },
    { "/flash@a0030000", 0xA0030000, 0x1000, 0, "x", false },
    { "/timer@a0040000", 0xA0040000, 0x1000, BOARD_UNSHOWN, "arm,armv7-timer-mem", false },
    { "/reserved-memory/rproc@3ed00000", 0x3ED00000, 0x40000, BOARD_RESERVED, "x", false },
};
// clang-format on
#define REGIONS (sizeof region_rows / sizeof *region_rows)

static void whole_tree(void)
{
    begin();
    memory();
    axi();
    special();
    chosen();
    finish();
}

static bool is_row(const struct board_region *n, const struct region_row *row)
{
    return n->base == row->base && n->bytes == row->bytes && n->flags == row->flags &&
           strcmp(n->node, row->name) == 0 && strcmp(n->compatible, row->compatible) == 0;
}

static void check_region(void **state)
{
    const struct region_row *row = *state;
    struct board zcu102;
    bool found = false;

    whole_tree();
    assert_true(parse());
    assert_int_equal(b.count, REGIONS);
    assert_true(is_row(&b.region[row - region_rows], row));
    assert_true(board_zcu102(&zcu102));
    for (size_t i = 0; i < zcu102.count; i++)
        found |= is_row(&zcu102.region[i], row);
    assert_int_equal(found, row->of_zcu102);
    board_free(&zcu102);
    board_free(&b);
}

static void the_rest_of_the_board(void **state)
{
    (void)state;
    whole_tree();
    assert_true(parse());
    assert_string_equal(b.name, "board.dtb");
    assert_int_equal(b.ram_count, 2);
    assert_int_equal(b.ram[1].base, 0x800000000);
    assert_int_equal(b.gicd.base, 0xF9010000);
    assert_int_equal(b.gicc.base, 0xF9020000);
    assert_int_equal(b.gich.base, 0xF9040000);
    assert_int_equal(b.gicv.base, 0xF9060000);
    assert_int_equal(b.gicv.bytes, 0x20000);
    assert_int_equal(b.taken_count, 3);
    assert_int_equal(b.taken[0].owner, BOARD_OF_FIRMWARE);
    assert_int_equal(b.taken[0].range.base, 0x7FE00000);
    assert_int_equal(b.taken[1].owner, BOARD_OF_RESERVED);
    assert_int_equal(b.taken[1].range.base, 0x3ED00000);
    assert_int_equal(b.taken[2].owner, BOARD_OF_MODULE);
    assert_int_equal(b.taken[2].range.base, 0x20000000);
    assert_int_equal(b.untranslated, 1);
    assert_string_equal(b.untranslated_node, "/away@a0020000/out@1000");
    board_free(&b);
}

struct console_row {
    const char *name, *bootargs, *stdout_path;
    bool found;
};

static const struct console_row console_rows[] = {
    { "stdout-path by an alias", NULL, "serial0:115200n8", true },
    { "stdout-path as a path", NULL, "/axi/serial@ff000000", true },
    { "dtuart= by an alias", "console=dtuart dtuart=serial0 x", NULL, true },
    { "dtuart= comes first", "dtuart=/axi/serial@ff000000", "/axi/nothing", true },
    { "the last dtuart=", "dtuart=serial0 dtuart=/axi/nothing", NULL, false },
    { "no word dtuart=", "nodtuart=serial0", NULL, false },
    { "none", NULL, NULL, false },
    { "an alias of itself", NULL, "loop", false },
    { "empty", NULL, "", false },
};

static void check_console(void **state)
{
    const struct console_row *row = *state;
    bool found = false;

    begin();
    memory();
    axi();
    open_node("aliases");
    text("serial0", "/axi/serial@ff000000");
    text("loop", "loop");
    close_node();
    open_node("chosen");
    if (row->bootargs)
        text("xen,xen-bootargs", row->bootargs);
    if (row->stdout_path)
        text("stdout-path", row->stdout_path);
    close_node();
    finish();
    assert_true(parse());
    for (size_t i = 0; i < b.count; i++)
        found |= (b.region[i].flags & BOARD_CONSOLE) != 0;
    assert_int_equal(found, row->found);
    board_free(&b);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_region, ROWS_OF(region_rows));
    rows_add_test(&all, "the rest of the board", the_rest_of_the_board, NULL);
    rows_add(&all, check_console, ROWS_OF(console_rows));
    return rows_run(&all, "zynqmp/board_dtb");
}
