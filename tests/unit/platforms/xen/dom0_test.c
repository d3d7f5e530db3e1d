/* dom0 on a ZCU102, node by node against the list of what Xen does with each, and leaf by leaf. */
#include "platforms/xen/dom0.h"
#include "platforms/xen/p2m.h"
#include "tests/unit/models/rows.h"

#include <stdio.h>
#include <stdlib.h>

#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)
#define LIST "tests/unit/platforms/xen/zcu102-dom0.csv"
#define LIST_ROWS 75

static struct board b;
static struct xen_domain d;
static struct dom0_ram ram;
static struct p2m p;
static struct trace_error err;

static bool build_on(const char *preset)
{
    struct dom0_options o = { .mem = GB(1), .xen_pa = DOM0_XEN_ANYWHERE };

    memset(&d, POISON, sizeof d);
    domain_init(&d, xen_preset_by_name(preset), "dom0", DOM0_VMID);
    return dom0_build(&d, &b, &o, &ram, &err);
}

static void start(const char *preset)
{
    assert_true(board_zcu102(&b));
    assert_true(build_on(preset));
    assert_int_equal(p2m_init(&p, d.preset, 0x7FE00000), P2M_OK);
    assert_int_equal(p2m_map_domain(&p, &d), P2M_OK);
}

static void end(void)
{
    p2m_free(&p);
    domain_free(&d);
    board_free(&b);
}

/* The type an IPA is mapped by, 1:1, or P2M_INVALID. */
static enum p2m_type type_at(uint64_t ipa)
{
    struct p2m_leaf leaf = p2m_find(&p, ipa);

    return leaf.desc && (leaf.desc & 0xFFFFFFF000 & ~(leaf.bytes - 1)) == leaf.ipa
               ? xen_preset_type_of(d.preset, leaf.desc)
               : P2M_INVALID;
}

static bool has_region(const char *name, uint64_t ipa)
{
    for (size_t i = 0; i < d.count; i++) {
        if (d.region[i].ipa == ipa && strcmp(d.region[i].name, name) == 0)
            return true;
    }
    return false;
}

/* One row of the list: base,size,node,compatible (which may hold a comma),status,action. */
static void check_list_row(const char *line, const struct board_region *n, enum p2m_type mapped)
{
    char *at;
    uint64_t base = strtoull(line, &at, 16), bytes = strtoull(at + 1, &at, 16), last = base + bytes - 1;
    const struct domain_region *r = domain_find(&d, base);

    assert_int_equal(n->base, base);
    assert_int_equal(n->bytes, bytes);
    assert_memory_equal(n->node, at + 1, strlen(n->node));
    if (strstr(line, "PCI ranges"))
        assert_true(n->flags & BOARD_PCI_WINDOW);
    else
        assert_non_null(strstr(at, n->compatible));
    assert_int_equal(strstr(line, ",disabled,") != NULL, (n->flags & BOARD_DISABLED) != 0);
    if (strstr(line, ",map 1:1")) {
        assert_int_equal(type_at(base), mapped);
        assert_int_equal(type_at(last), mapped);
        assert_int_equal(r->kind, REGION_DEVICE); /* of a page with several nodes, the last of them */
        assert_true(has_region(n->node, base & ~0xFFFULL));
    } else if (strstr(line, "memory node")) {
        assert_true(!r || r->kind == REGION_RAM || r->kind == REGION_SHARED);
    } else if (strstr(line, ",GIC: replaced")) {
        assert_int_equal(type_at(base), P2M_INVALID);
        assert_int_equal(r->kind, base == b.gicd.base   ? REGION_EMULATED
                                  : base == b.gicc.base ? REGION_GICC
                                                        : REGION_HIDDEN);
    } else {
        assert_non_null(strstr(line, ",skip"));
        assert_int_equal(p2m_find(&p, base).desc, 0);
        assert_int_equal(r->kind, REGION_HIDDEN);
        assert_non_null(strstr(r->source, strstr(line, "IOMMU") ? "IOMMU" : "console"));
    }
}

struct list_row {
    const char *name, *preset;
    enum p2m_type mapped;
};

static const struct list_row list_rows[] = {
    { "the list, 4.8.0", "xen-4.8.0", P2M_MMIO_DIRECT_DEV },
    { "the list, 4.8.1", "xen-4.8.1", P2M_MMIO_DIRECT_C },
    { "the list, 4.17", "xen-4.17", P2M_MMIO_DIRECT_C },
    { "the list, Xilinx 2020.2", "xlnx-2020.2", P2M_MMIO_DIRECT_C },
};

static void check_list(void **state)
{
    const struct list_row *row = *state;
    FILE *f = fopen(LIST, "r");
    char line[256];
    size_t count = 0;

    assert_non_null(f);
    start(row->preset);
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        assert_true(count < b.count);
        check_list_row(line, &b.region[count++], row->mapped);
    }
    fclose(f);
    assert_int_equal(count, LIST_ROWS);
    assert_int_equal(b.count, LIST_ROWS);
    end();
}

struct leaf_row {
    const char *name;
    uint64_t ipa, bytes;
    size_t of_1g, of_2m, of_4k;
};

// clang-format off
static const struct leaf_row leaf_rows[] = {
    { "PCIe 64-bit: 8 x 1 GB", 0x600000000, GB(8), 8, 0, 0 },
    { "PCIe 32-bit: 128 x 2 MB", 0xE0000000, MB(256), 0, 128, 0 },
    { "ECAM: 8 x 2 MB", 0x8000000000, MB(16), 0, 8, 0 },
    { "QSPI: 64 x 2 MB", 0xC0000000, MB(128), 0, 64, 0 },
    { "GICC: 32 x 4 KB", 0xF9020000, 0x20000, 0, 0, 32 },
    { "RAM of 1 GB in two chunks: 512 x 2 MB", 0x20000000, GB(1), 0, 512, 0 },
    { "DDR controller: 48 x 4 KB", 0xFD070000, 0x30000, 0, 0, 48 },
};
// clang-format on

static void count_leaves(uint64_t ipa, uint64_t bytes, size_t count[4])
{
    memset(count, 0, 4 * sizeof *count);
    for (uint64_t at = ipa; at < ipa + bytes;) {
        struct p2m_leaf leaf = p2m_find(&p, at);

        count[leaf.desc ? leaf.level : 0]++;
        at = leaf.ipa + leaf.bytes;
    }
}

static void check_leaves(void **state)
{
    const struct leaf_row *row = *state;
    size_t count[4];

    start("xen-4.17");
    count_leaves(row->ipa, row->bytes, count);
    assert_int_equal(count[0], 0);
    assert_int_equal(count[1], row->of_1g);
    assert_int_equal(count[2], row->of_2m);
    assert_int_equal(count[3], row->of_4k);
    end();
}

/* All of dom0: nothing is mapped but what the rows above and the 4 KB nodes say. */
static void all_leaves(void **state)
{
    size_t count[4];

    (void)state;
    start("xen-4.17");
    count_leaves(0, GB(1024), count);
    assert_int_equal(count[1], 8);
    assert_int_equal(count[2], 512 + 128 + 64 + 8);
    assert_true(count[3] > 32);
    end();
}

static int by_base(const void *x, const void *y)
{
    const struct board_region *a = x, *c = y;

    return a->base < c->base ? -1 : a->base > c->base;
}

/* Xen 4.16 printed on a ZCU102 which holes of 64 MB and more it offers as "Extended region 0" to 5: between what the
 * device tree knows of, each in units of 2 MB [Xen: domain_build.c@4.17.0, find_memory_holes]. */
static void holes(void **state)
{
    static const uint64_t printed[][2] = { { 0x80000000, 0xC0000000 },    { 0xC8000000, 0xE0000000 },
                                           { 0xF0000000, 0xF9000000 },    { 0xFFC00000, 0x600000000 },
                                           { 0x880000000, 0x8000000000 }, { 0x8001000000, 0x10000000000 } };
    uint64_t at = 0;
    size_t found = 0;

    (void)state;
    assert_true(board_zcu102(&b));
    qsort(b.region, b.count, sizeof *b.region, by_base);
    for (size_t i = 0; i <= b.count; i++) {
        uint64_t base = i < b.count ? b.region[i].base & ~(MB(2) - 1) : GB(1024);

        if (base >= at + MB(64)) {
            assert_true(found < 6);
            assert_int_equal(at, printed[found][0]);
            assert_int_equal(base, printed[found++][1]);
        }
        if (i < b.count && b.region[i].base + b.region[i].bytes > at)
            at = (b.region[i].base + b.region[i].bytes + MB(2) - 1) & ~(MB(2) - 1);
    }
    assert_int_equal(found, 6);
    board_free(&b);
}

static void gic(void **state)
{
    (void)state;
    start("xen-4.17");
    for (uint64_t at = 0; at < 0x20000; at += 0x1000) {
        struct p2m_leaf leaf = p2m_find(&p, 0xF9020000 + at);

        assert_int_equal(leaf.desc, xen_preset_leaf(d.preset, P2M_MMIO_DIRECT_DEV, 0xF9060000 + at, 3));
    }
    assert_int_equal(domain_find(&d, 0xF9010FFF)->kind, REGION_EMULATED);
    assert_int_equal(domain_find(&d, 0xF9011000)->kind, REGION_HIDDEN);
    assert_int_equal(p2m_find(&p, 0xF9010000).desc, 0);
    assert_int_equal(domain_find(&d, 0xF9040000)->kind, REGION_HIDDEN);
    assert_int_equal(domain_find(&d, 0xF9060000)->kind, REGION_HIDDEN);
    end();
}

/* "all devices and all memory gets mapped 1:1": GIC, console and SMMU too. */
static void the_seed(void **state)
{
    (void)state;
    start("seed");
    for (size_t i = 0; i < b.count; i++) {
        if (b.region[i].flags & BOARD_MEMORY)
            continue;
        assert_int_equal(type_at(b.region[i].base), P2M_MMIO_DIRECT_C);
        assert_int_equal(domain_find(&d, b.region[i].base)->kind, REGION_DEVICE);
    }
    assert_int_equal(type_at(ram.bank[0].base), P2M_RAM_RW);
    assert_int_equal(p2m_find(&p, ram.bank[0].base).desc >> 8 & 3, 2);
    end();
}

static void registers_and_grant_table(void **state)
{
    const struct domain_region *r;

    (void)state;
    start("xen-4.17");
    assert_int_equal(d.preset->hcr_el2, 0x807C663F);
    assert_int_equal(d.preset->vtcr_el2, 0x80023558);
    assert_int_equal(p2m_vttbr(&p, d.vmid), 0x7FE00000 | 1ULL << 48);
    r = domain_find(&d, 0x4200000); /* "Grant table range: 0x4200000-0x4240000" [Xen: boot log of a ZCU102] */
    assert_string_equal(r->name, "grant table");
    assert_int_equal(r->bytes, 0x40000);
    assert_int_equal(p2m_find(&p, 0x4200000).desc, 0);
    end();
}

struct node_row {
    const char *name;
    struct board_region node;
    const char *preset;
    enum p2m_type type; /* of its first page; P2M_INVALID: hidden */
    const char *source; /* a part of it */
};

// clang-format off
static const struct node_row node_rows[] = {
    { "SRAM, 4.8.0", { 0xFFFC0000, 0x40000, BOARD_SRAM, "/sram", "mmio-sram" }, "xen-4.8.0", P2M_MMIO_DIRECT_NC, "1:1" },
    { "SRAM without write combining, 4.8.0", { 0xFFFC0000, 0x40000, BOARD_SRAM | BOARD_NO_WC, "/sram", "" }, "xen-4.8.0", P2M_MMIO_DIRECT_DEV, "1:1" },
    { "SRAM, 4.8.1", { 0xFFFC0000, 0x40000, BOARD_SRAM, "/sram", "" }, "xen-4.8.1", P2M_MMIO_DIRECT_C, "1:1" },
    { "passed through", { 0xA0000000, 0x1000, BOARD_PASSTHROUGH, "/pl", "" }, "xen-4.17", P2M_INVALID, "xen,passthrough" },
    { "passed through, by the page's words", { 0xA0000000, 0x1000, BOARD_PASSTHROUGH, "/pl", "" }, "seed", P2M_INVALID, "xen,passthrough" },
    { "disabled is mapped", { 0xA0000000, 0x1000, BOARD_DISABLED, "/pl", "" }, "xen-4.17", P2M_MMIO_DIRECT_C, "1:1" },
    { "a PPI", { 0xA0000000, 0x1000, BOARD_PPI, "/pl", "" }, "xen-4.17", P2M_INVALID, "PPI" },
    { "a timer", { 0xA0000000, 0x1000, BOARD_TIMER, "/pl", "" }, "xen-4.17", P2M_INVALID, "timer" },
    { "a boot module's kind", { 0xA0000000, 0x1000, BOARD_UNSHOWN, "/pl", "" }, "xen-4.17", P2M_INVALID, "shows no domain" },
    { "no page's beginning", { 0xA0000FF0, 0x20, 0, "/pl", "" }, "xen-4.17", P2M_MMIO_DIRECT_C, "1:1" },
    { "reserved in dom0's RAM replaces it", { 0x30000000, 0x1000, BOARD_RESERVED, "/reserved-memory/a", "" }, "xlnx-2019.1", P2M_MMIO_DIRECT_C, "1:1" },
};
// clang-format on

static void check_node(void **state)
{
    const struct node_row *row = *state;
    const struct domain_region *r;

    assert_true(board_zcu102(&b));
    assert_true(board_add(&b, &row->node));
    assert_true(build_on(row->preset));
    assert_int_equal(p2m_init(&p, d.preset, 0x7FE00000), P2M_OK);
    assert_int_equal(p2m_map_domain(&p, &d), P2M_OK);
    r = domain_find(&d, row->node.base & ~0xFFFULL);
    assert_string_equal(r->name, row->node.node);
    assert_non_null(strstr(r->source, row->source));
    assert_int_equal(r->type, row->type);
    assert_int_equal(type_at(row->node.base), row->type);
    assert_int_equal(r->bytes, (row->node.bytes + 0xFFF) & ~0xFFFULL); /* the length's pages, not those touched */
    end();
}

struct bad_row {
    const char *name;
    struct board_region node;
    struct board_range gicc;
    const char *message;
};

// clang-format off
static const struct bad_row bad_rows[] = {
    { "beyond 40 bits", { 0xFFFFFFF000, 0x1001, 0, "/far", "" }, { 0xF9020000, 0x20000 }, "zcu102: /far: 0x1001 bytes at 0xfffffff000" },
    { "beyond 64 bits", { 0xFFFFFFFFFFFFF000, 0x2000, 0, "/far", "" }, { 0xF9020000, 0x20000 }, "/far" },
    { "all of 64 bits", { 0, UINT64_MAX, 0, "/far", "" }, { 0xF9020000, 0x20000 }, "/far" },
    { "hidden, beyond 40 bits", { 0xFFFFFFF000, 0x1001, BOARD_IOMMU, "/far", "" }, { 0xF9020000, 0x20000 }, "/far" },
    { "GICC and GICV differ", { 0 }, { 0xF9020000, 0x10000 }, "zcu102: GIC: GICC (0x10000 bytes at 0xf9020000)" },
    { "no whole pages", { 0 }, { 0xF9020800, 0x20000 }, "GIC: GICC" },
    { "GICC far away", { 0 }, { 0xFFFFFFFFFFFE0000, 0x20000 }, "GIC: GICC" },
};
// clang-format on

static void check_bad(void **state)
{
    const struct bad_row *row = *state;

    assert_true(board_zcu102(&b));
    b.gicc = row->gicc;
    if (row->node.bytes)
        assert_true(board_add(&b, &row->node));
    assert_false(build_on("xen-4.17"));
    assert_non_null(strstr(err.text, row->message));
    domain_free(&d);
    board_free(&b);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_list, ROWS_OF(list_rows));
    rows_add(&all, check_leaves, ROWS_OF(leaf_rows));
    rows_add_test(&all, "all leaves", all_leaves, NULL);
    rows_add_test(&all, "holes, as Xen 4.16 printed them", holes, NULL);
    rows_add_test(&all, "GIC", gic, NULL);
    rows_add_test(&all, "the seed maps all", the_seed, NULL);
    rows_add_test(&all, "registers, grant table", registers_and_grant_table, NULL);
    rows_add(&all, check_node, ROWS_OF(node_rows));
    rows_add(&all, check_bad, ROWS_OF(bad_rows));
    return rows_run(&all, "xen/dom0");
}
