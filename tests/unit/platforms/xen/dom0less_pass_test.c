/* xen,reg in device-tree modules: what is passed through where, and what is said of wrong ones. */
#include "platforms/xen/dom0less.h"
#include "tests/unit/platforms/xen/tree_fixture.h"

static struct tree tree;
static struct domu_config config;
static struct trace_error err;

struct pass_row {
    const char *name;
    struct tree_cells address_cells, size_cells; /* of /passthrough */
    struct tree_cells reg;
    bool path, force, cacheable;
    struct domu_passthrough expected; /* the first */
    size_t count;
    const char *text; /* of the error; NULL: it is read */
};

// clang-format off
static const struct pass_row rows[] = {
    /* the ZynqMP's GEM3 [Xen: passthrough.txt@4.17.0:130] */
    { "an Ethernet controller", { 0 }, { 0 }, { 5, { 0x0, 0xff0e0000, 0x1000, 0x0, 0xff0e0000 } }, .path = true,
      .expected = { .ipa = 0xff0e0000, .pa = 0xff0e0000, .bytes = 0x1000 }, .count = 1 },
    { "cells 2 and 2, two pieces", { 1, { 2 } }, { 1, { 2 } },
      { 12, { 4, 0x80000000, 0, 0x1000000, 1, 0, 0, 0xfd0c0000, 0, 0x2000, 0, 0x50000000 } }, .path = true,
      .expected = { .ipa = 0x100000000, .pa = 0x480000000, .bytes = 0x1000000 }, .count = 2 },
    { "cells 1 and 1", { 1, { 1 } }, { 1, { 1 } }, { 3, { 0xa0000000, 0x1000000, 0x50000000 } }, .path = true,
      .expected = { .ipa = 0x50000000, .pa = 0xa0000000, .bytes = 0x1000000 }, .count = 1 },
    { "no path, by force", { 1, { 1 } }, { 1, { 1 } }, { 3, { 0xa0000000, 0x1000, 0x50000000 } }, .force = true,
      .expected = { .ipa = 0x50000000, .pa = 0xa0000000, .bytes = 0x1000 }, .count = 1 },
    { "nothing to pass", { 0 }, { 0 }, { 0 }, .count = 0 },

    { "no path", { 0 }, { 0 }, { 5, { 0, 0xff0e0000, 0x1000, 0, 0xff0e0000 } },
      .text = "xen,reg needs xen,path, or xen,force-assign-without-iommu" },
    { "no reg", { 0 }, { 0 }, { 0 }, .path = true, .text = "xen,path without xen,reg" },
    { "cacheable", { 0 }, { 0 }, { 0 }, .path = true, .cacheable = true, .text = "only Xilinx's Xen since 2021 knows it" },
    { "address and size alone", { 0 }, { 0 }, { 3, { 0, 0xff0e0000, 0x1000 } }, .path = true,
      .text = "xen,reg is of 12 bytes, but should be 5 cells of 4 or more" },
    { "cells of 2 and 2 where 2 and 1 hold", { 0 }, { 0 }, { 6, { 0, 0xff0e0000, 0, 0x1000, 0, 0xff0e0000 } },
      .path = true, .text = "xen,reg is of 6 cells, but should be <address size guest-address> of 2, 1, 2" },
    { "not aligned", { 1, { 1 } }, { 1, { 1 } }, { 3, { 0xff0e0800, 0x1000, 0xff0e0000 } }, .path = true,
      .text = "0xff0e0800, size 0x1000, guest 0xff0e0000 must be multiples of 4 KB" },
    { "size not aligned", { 1, { 1 } }, { 1, { 1 } }, { 3, { 0xff0e0000, 0x100, 0xff0e0000 } }, .path = true,
      .text = "must be multiples of 4 KB" },
    { "guest not aligned", { 1, { 1 } }, { 1, { 1 } }, { 3, { 0xff0e0000, 0x1000, 0xff0e0004 } }, .path = true,
      .text = "must be multiples of 4 KB" },
    { "no size", { 1, { 1 } }, { 1, { 1 } }, { 3, { 0xff0e0000, 0, 0xff0e0000 } }, .path = true,
      .text = "0xff0e0000 with a size of 0" },
    { "beyond 2^40", { 0 }, { 0 }, { 5, { 0xff, 0xfffff000, 0x2000, 0, 0 } }, .path = true, .text = "lie beyond 2^40" },
    { "guest beyond 2^40", { 0 }, { 0 }, { 5, { 0, 0, 0x1000, 0x100, 0 } }, .path = true, .text = "lie beyond 2^40" },
    { "size beyond 2^40", { 1, { 2 } }, { 1, { 2 } }, { 6, { 0, 0, 0xffffffff, 0xfffff000, 0, 0 } }, .path = true,
      .text = "lie beyond 2^40" },
    { "cells of 3", { 1, { 3 } }, { 1, { 1 } }, { 7, { 0 } }, .path = true,
      .text = "#address-cells 3 and #size-cells 1 above it should be 1 or 2" },
};
// clang-format on

static struct dtree module_of(const struct pass_row *row)
{
    struct dtree t;

    tree_begin(&tree);
    tree_cell(&tree, "#address-cells", 1); /* of no meaning below /passthrough */
    tree_node(&tree, "gic");
    tree_end_node(&tree);
    tree_node(&tree, "passthrough");
    tree_list(&tree, "#address-cells", &row->address_cells);
    tree_list(&tree, "#size-cells", &row->size_cells);
    tree_node(&tree, "ethernet@ff0e0000");
    tree_list(&tree, row->cacheable ? "xen,reg-cacheable" : "xen,reg", row->cacheable ? &rows[0].reg : &row->reg);
    if (row->path)
        tree_text(&tree, "xen,path", "/amba/ethernet@ff0e0000");
    if (row->force)
        tree_flag(&tree, "xen,force-assign-without-iommu");
    tree_end_node(&tree);
    tree_end_node(&tree);
    t = tree_end(&tree, "eth.dtb");
    assert_true(dtree_check(&t, &err));
    return t;
}

static void check_pass(void **state)
{
    const struct pass_row *row = *state;
    struct dtree t = module_of(row);

    domu_config_init(&config, xen_preset_by_name("xen-4.17"), DOMU_DOM0LESS);
    if (row->text) {
        assert_false(dom0less_pass(&config, &t, &err));
        assert_ptr_equal(strstr(err.text, "eth.dtb: /passthrough/ethernet@ff0e0000: "), err.text);
        assert_non_null(strstr(err.text, row->text));
    } else {
        if (!dom0less_pass(&config, &t, &err))
            fail_msg("%s", err.text);
        assert_int_equal(config.passthrough_count, row->count);
    }
    if (row->count) {
        assert_int_equal(config.passthrough[0].ipa, row->expected.ipa);
        assert_int_equal(config.passthrough[0].pa, row->expected.pa);
        assert_int_equal(config.passthrough[0].bytes, row->expected.bytes);
        assert_int_equal(config.passthrough[0].type, P2M_MMIO_DIRECT_DEV);
        assert_string_equal(config.passthrough[0].name, row->path ? "/amba/ethernet@ff0e0000" : "ethernet@ff0e0000");
        assert_string_equal(config.passthrough[0].source, "eth.dtb: xen,reg");
    }
    domu_config_free(&config);
}

static void put_reg(const char *name, const struct tree_cells *reg)
{
    tree_node(&tree, name);
    tree_list(&tree, "xen,reg", reg);
    tree_flag(&tree, "xen,force-assign-without-iommu");
}

/* The cells that hold are those of the parent, by depth; without any, 2 and 1, whatever the root says. Nodes elsewhere
 * than below /passthrough are not looked at. */
static void cells_by_depth(void **state)
{
    static const struct tree_cells one = { 3, { 0x1000, 0x1000, 0x1000 } },
                                   two = { 5, { 0, 0x2000, 0x1000, 0, 0x2000 } };
    struct dtree t;

    (void)state;
    tree_begin(&tree);
    put_reg("elsewhere", &one);
    tree_end_node(&tree);
    put_reg("passthrough", &two);
    put_reg("bus", &two);
    tree_cell(&tree, "#address-cells", 1);
    put_reg("a", &one);
    put_reg("below", &two);
    tree_end_node(&tree);
    tree_end_node(&tree);
    put_reg("b", &one);
    tree_end_node(&tree);
    tree_end_node(&tree);
    put_reg("c", &two);
    tree_end_node(&tree);
    tree_end_node(&tree);
    put_reg("passthrough@1", &one);
    tree_end_node(&tree);
    t = tree_end(&tree, "module.dtb");
    assert_true(dtree_check(&t, &err));
    domu_config_init(&config, xen_preset_by_name("xen-4.17"), DOMU_DOM0LESS);
    if (!dom0less_pass(&config, &t, &err))
        fail_msg("%s", err.text);
    assert_int_equal(config.passthrough_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(config.passthrough[i].pa, i == 2 || i == 4 ? 0x1000 : 0x2000);
    domu_config_free(&config);
}

static void no_passthrough(void **state)
{
    struct dtree t;

    (void)state;
    tree_begin(&tree);
    t = tree_end(&tree, "module.dtb");
    domu_config_init(&config, xen_preset_by_name("xen-4.17"), DOMU_DOM0LESS);
    assert_true(dom0less_pass(&config, &t, &err));
    assert_int_equal(config.passthrough_count, 0);
    domu_config_free(&config);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_pass, ROWS_OF(rows));
    rows_add_test(&all, "cells by depth", cells_by_depth, NULL);
    rows_add_test(&all, "no /passthrough", no_passthrough, NULL);
    return rows_run(&all, "xen/dom0less_pass");
}
