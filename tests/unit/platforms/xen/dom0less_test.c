/* /chosen/domU* nodes: what they give a guest, and what is said of wrong ones and of broken trees. */
#include "platforms/xen/dom0less.h"
#include "tests/unit/platforms/xen/tree_fixture.h"

#include <stdio.h>

#define KB(n) ((uint64_t)(n) << 10)
#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)

static struct tree tree;
static struct domu_config config;
static struct trace_error err;

/* A domain node and what is in it; cells that are not there stay out. */
struct domain_row {
    const char *name, *preset;
    struct tree_cells memory, cpus, fixed, address_cells, size_cells; /* the last two: of /chosen */
    bool vpl011, direct_map;
    const char *text; /* of the error; NULL: it is read */
};

// clang-format off
static const struct domain_row rows[] = {
    { "as the capture of a ZCU102", "xen-4.17", .memory = { 2, { 0, 0x40000 } }, .cpus = { 1, { 2 } }, .vpl011 = true },
    { "static memory", "xen-4.17", .memory = { 2, { 0, 0x80000 } }, .cpus = { 1, { 1 } },
      .fixed = { 8, { 0, 0x30000000, 0, 0x10000000, 8, 0, 0, 0x10000000 } }, .address_cells = { 1, { 2 } },
      .size_cells = { 1, { 2 } } },
    { "direct-map", "xen-4.17", .memory = { 2, { 0, 0x80000 } }, .cpus = { 1, { 1 } },
      .fixed = { 8, { 0, 0x30000000, 0, 0x10000000, 8, 0, 0, 0x10000000 } }, .address_cells = { 1, { 2 } },
      .size_cells = { 1, { 2 } }, .direct_map = true },
    { "cells of the root, where /chosen has none", "xen-4.17", .memory = { 2, { 0, 0x80000 } }, .cpus = { 1, { 1 } },
      .fixed = { 6, { 0, 0x30000000, 0x10000000, 8, 0, 0x10000000 } } },

    { "no memory", "xen-4.17", .cpus = { 1, { 1 } }, .text = "/chosen/domU1: memory is missing" },
    { "memory of one cell", "xen-4.17", .memory = { 1, { 0x40000 } }, .cpus = { 1, { 1 } },
      .text = "/chosen/domU1: memory is of 4 bytes, but should be 2 cells" },
    { "memory of no whole pages", "xen-4.17", .memory = { 2, { 0, 0x40001 } }, .cpus = { 1, { 1 } },
      .text = "/chosen/domU1: memory is 262145 KB, but should be a multiple of 4" },
    { "memory of 0", "xen-4.17", .memory = { 2, { 0, 0 } }, .cpus = { 1, { 1 } }, .text = "memory is 0 KB" },
    { "memory of 2^40 bytes", "xen-4.17", .memory = { 2, { 0, 0x40000000 } }, .cpus = { 1, { 1 } },
      .text = "memory is 1073741824 KB" },
    { "memory that overflows", "xen-4.17", .memory = { 2, { 0x400000, 0 } }, .cpus = { 1, { 1 } }, .text = "memory is" },
    { "no cpus", "xen-4.17", .memory = { 2, { 0, 0x40000 } }, .text = "/chosen/domU1: cpus is missing" },
    { "no cpu", "xen-4.17", .memory = { 2, { 0, 0x40000 } }, .cpus = { 1, { 0 } }, .text = "cpus is 0, but a GICv2" },
    { "nine cpus", "xen-4.17", .memory = { 2, { 0, 0x40000 } }, .cpus = { 1, { 9 } }, .text = "cpus is 9, but a GICv2" },
    { "direct-map of nothing", "xen-4.17", .memory = { 2, { 0, 0x40000 } }, .cpus = { 1, { 1 } }, .direct_map = true,
      .text = "/chosen/domU1: direct-map needs xen,static-mem" },
    { "static memory before 4.17", "xlnx-2020.2", .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } },
      .fixed = { 3, { 0, 0x30000000, 0x1000 } }, .text = "the preset xlnx-2020.2 does not know it, xen-4.17 does" },
    { "half a bank", "xen-4.17", .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } },
      .fixed = { 5, { 0, 0x30000000, 0x1000, 0, 0 } }, .text = "xen,static-mem is of 5 cells, but should be pairs of 2 and 1" },
    { "less than a bank", "xen-4.17", .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } },
      .fixed = { 2, { 0, 0x30000000 } }, .text = "xen,static-mem is of 8 bytes, but should be 3 cells of 4 or more" },
    { "static memory not aligned", "xen-4.17", .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } },
      .fixed = { 3, { 0, 0x30000800, 0x1000 } }, .text = "0x30000800 and size 0x1000 must be multiples of 4 KB" },
    { "static memory of no size", "xen-4.17", .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } },
      .fixed = { 3, { 0, 0x30000000, 0 } }, .text = "must be multiples of 4 KB" },
    { "static memory beyond 2^40", "xen-4.17", .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } },
      .fixed = { 3, { 0xFF, 0xFFFFF000, 0x2000 } }, .text = "lie beyond 2^40" },
    { "static memory twice", "xen-4.17", .memory = { 2, { 0, 8 } }, .cpus = { 1, { 1 } },
      .fixed = { 6, { 0, 0x30000000, 0x2000, 0, 0x30001000, 0x1000 } }, .text = "0x30001000 is given twice" },
    { "three cells an address", "xen-4.17", .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } },
      .fixed = { 4, { 0, 0, 0x30000000, 0x1000 } }, .address_cells = { 1, { 3 } },
      .text = "#address-cells 3 and #size-cells 1 above it should be 1 or 2" },
};
// clang-format on

static void put_domain(const char *name, const struct domain_row *row)
{
    tree_node(&tree, name);
    tree_text(&tree, "compatible", "xen,domain");
    tree_list(&tree, "memory", &row->memory);
    tree_list(&tree, "cpus", &row->cpus);
    tree_list(&tree, "xen,static-mem", &row->fixed);
    if (row->vpl011)
        tree_flag(&tree, "vpl011");
    if (row->direct_map)
        tree_flag(&tree, "direct-map");
    tree_node(&tree, "module@44000000");
    tree_text(&tree, "compatible", "multiboot,kernel");
    tree_end_node(&tree);
    tree_end_node(&tree);
}

static struct dtree tree_of(const struct domain_row *row)
{
    struct dtree t;

    tree_begin(&tree);
    tree_node(&tree, "memory");
    tree_end_node(&tree);
    tree_node(&tree, "chosen");
    tree_list(&tree, "#address-cells", &row->address_cells);
    tree_list(&tree, "#size-cells", &row->size_cells);
    tree_node(&tree, "module@1000");
    tree_end_node(&tree);
    put_domain("domU1", row);
    tree_end_node(&tree);
    t = tree_end(&tree, "host.dtb");
    assert_true(dtree_check(&t, &err));
    return t;
}

static void check_good(const struct domain_row *row)
{
    assert_string_equal(config.name, "domU1");
    assert_int_equal(config.builder, DOMU_DOM0LESS);
    assert_int_equal(config.ram_bytes, KB(row->memory.cell[1]));
    assert_int_equal(config.vcpus, row->cpus.cell[0]);
    assert_int_equal(config.vuart, row->vpl011);
    assert_int_equal(config.direct_map, row->direct_map);
    assert_int_equal(config.static_count, row->fixed.count ? 2 : 0);
    if (row->fixed.count) {
        assert_int_equal(config.static_mem[0].base, 0x30000000);
        assert_int_equal(config.static_mem[0].bytes, MB(256));
        assert_int_equal(config.static_mem[1].base, GB(32));
        assert_int_equal(config.static_mem[1].bytes, MB(256));
    }
}

static void check_domain(void **state)
{
    const struct domain_row *row = *state;
    struct dtree t = tree_of(row);

    memset(&config, POISON, sizeof config);
    assert_int_equal(dom0less_count(&t, &err), 1);
    assert_false(dom0less_has_devices(&t, 0));
    if (!row->text) {
        if (!dom0less_read(&config, xen_preset_by_name(row->preset), &t, 0, &err))
            fail_msg("%s", err.text);
        check_good(row);
    } else {
        assert_false(dom0less_read(&config, xen_preset_by_name(row->preset), &t, 0, &err));
        assert_ptr_equal(strstr(err.text, "host.dtb: /chosen/domU1: "), err.text);
        assert_non_null(strstr(err.text, row->text));
    }
    domu_config_free(&config);
}

/* 80000 KB come in five chunks, each mapped by itself [Xen: allocate_bank_memory, domain_build.c@4.17.0:393]. */
static void from_tree_to_regions(void **state)
{
    static const uint64_t chunk_kb[] = { 65536, 8192, 4096, 2048, 128 };
    static const struct domain_row row = { .memory = { 2, { 0, 80000 } }, .cpus = { 1, { 1 } } };
    struct dtree t = tree_of(&row);
    struct domu_host host;
    struct xen_domain d;
    size_t n = 0;

    (void)state;
    assert_true(dom0less_read(&config, xen_preset_by_name("xen-4.17"), &t, 0, &err));
    domu_host_zynqmp(&host);
    assert_null(ram_pool_add(&host.pool, (struct ram_range){ 0x60000000, MB(256) }));
    assert_true(domu_build(&d, &config, &host, 1, &err));
    for (size_t i = 0; i < d.count; i++) {
        if (d.region[i].kind == REGION_RAM)
            assert_int_equal(d.region[i].bytes, KB(chunk_kb[n++]));
    }
    assert_int_equal(n, 5);
    assert_string_equal(d.region[2].source, "/chosen/domU1: memory");
    domain_free(&d);
    domu_config_free(&config);
}

static void several_domains(void **state)
{
    static const struct domain_row row = { .memory = { 2, { 0, 4 } }, .cpus = { 1, { 1 } } };
    struct dtree t;

    (void)state;
    tree_begin(&tree);
    tree_node(&tree, "chosen");
    put_domain("domU1", &row);
    tree_node(&tree, "domU2"); /* not compatible */
    tree_end_node(&tree);
    put_domain("domU3\x1b[31m", &row); /* nothing that a terminal would obey comes through */
    tree_end_node(&tree);
    t = tree_end(&tree, "host.dtb");
    assert_true(dtree_check(&t, &err));
    assert_int_equal(dom0less_count(&t, &err), 2);
    assert_true(dom0less_read(&config, xen_preset_by_name("xen-4.17"), &t, 1, &err));
    assert_string_equal(config.name, "domU3?[31m");
    domu_config_free(&config);
    assert_false(dom0less_read(&config, xen_preset_by_name("xen-4.17"), &t, 2, &err));
    assert_string_equal(err.text, "host.dtb: /chosen has 2 nodes compatible with \"xen,domain\", not 3");
    domu_config_free(&config);
}

static void no_chosen(void **state)
{
    struct dtree t;

    (void)state;
    tree_begin(&tree);
    t = tree_end(&tree, "host.dtb");
    assert_true(dtree_check(&t, &err));
    assert_int_equal(dom0less_count(&t, &err), 0);
    assert_false(dom0less_has_devices(&t, 0));
    assert_false(dom0less_read(&config, xen_preset_by_name("seed"), &t, 0, &err));
    domu_config_free(&config);
}

static void too_many(void **state)
{
    static const struct domain_row row = { .cpus = { 1, { 1 } } };
    struct dtree t;

    (void)state;
    tree_begin(&tree);
    tree_node(&tree, "chosen");
    for (int i = 0; i <= DOM0LESS_DOMAINS_MAX; i++) {
        char name[16];

        snprintf(name, sizeof name, "domU%d", i);
        put_domain(name, &row);
    }
    tree_end_node(&tree);
    t = tree_end(&tree, "host.dtb");
    assert_int_equal(dom0less_count(&t, &err), -1);
    assert_string_equal(err.text, "host.dtb: /chosen: 255 domains, but there are VMIDs for 254");
}

/* Each length that a whole tree can be cut to, each byte of it another: refused or read, never worse. */
static void broken_trees(void **state)
{
    struct dtree whole = tree_of(&rows[1]), t = whole;
    static struct tree copy;

    (void)state;
    for (t.bytes = 0; t.bytes < whole.bytes; t.bytes++)
        assert_false(dtree_check(&t, &err));
    t.blob = copy.blob;
    t.bytes = whole.bytes;
    for (size_t i = 0; i < 255 * whole.bytes; i++) {
        memcpy(copy.blob, whole.blob, whole.bytes);
        copy.blob[i / 255] = (char)((size_t)copy.blob[i / 255] + 1 + i % 255);
        if (!dtree_check(&t, &err))
            continue;
        for (int j = 0; j < dom0less_count(&t, &err); j++) {
            dom0less_has_devices(&t, j);
            dom0less_read(&config, xen_preset_by_name("xen-4.17"), &t, j, &err);
            dom0less_pass(&config, &t, &err);
            domu_config_free(&config);
        }
    }
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_domain, ROWS_OF(rows));
    rows_add_test(&all, "from tree to regions", from_tree_to_regions, NULL);
    rows_add_test(&all, "several domains", several_domains, NULL);
    rows_add_test(&all, "no /chosen", no_chosen, NULL);
    rows_add_test(&all, "too many domains", too_many, NULL);
    rows_add_test(&all, "broken trees", broken_trees, NULL);
    return rows_run(&all, "xen/dom0less");
}
