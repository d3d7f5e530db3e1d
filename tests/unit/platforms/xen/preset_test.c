/* Stage-2 leaves bit by bit, as each version of Xen writes them, and two that a real Xen 4.8.5 printed. */
#include "platforms/xen/preset.h"
#include "tests/unit/models/rows.h"

/* Low bits of a page and of a block, high bits; 0 for a type that the version does not have. */
struct leaf_row {
    const char *name;
    enum p2m_type type;
    uint16_t page, block;
    uint64_t high_4_8, high_4_17;
};

// clang-format off
static const struct leaf_row leaf_rows[] = {
    { "ram_rw",          P2M_RAM_RW,          0x7FF, 0x7FD, 0x0080000000000000, 0x0080000000000000 },
    { "ram_ro",          P2M_RAM_RO,          0x77F, 0x77D, 0x0100000000000000, 0x0100000000000000 },
    { "mmio_direct_dev", P2M_MMIO_DIRECT_DEV, 0x6C7, 0x6C5, 0x01C0000000000000, 0x01C0000000000000 },
    { "mmio_direct_nc",  P2M_MMIO_DIRECT_NC,  0x6D7, 0x6D5, 0x0240000000000000, 0x0240000000000000 },
    { "mmio_direct_c",   P2M_MMIO_DIRECT_C,   0x6FF, 0x6FD, 0x02C0000000000000, 0x02C0000000000000 },
    { "map_foreign_rw",  P2M_MAP_FOREIGN_RW,  0x7FF, 0x7FD, 0x0340000000000000, 0x0340000000000000 },
    { "map_foreign_ro",  P2M_MAP_FOREIGN_RO,  0x77F, 0x77D, 0,                  0x03C0000000000000 },
    { "grant_map_rw",    P2M_GRANT_MAP_RW,    0x7FF, 0x7FD, 0x03C0000000000000, 0x0440000000000000 },
    { "grant_map_ro",    P2M_GRANT_MAP_RO,    0x77F, 0x77D, 0x0440000000000000, 0x04C0000000000000 },
    { "iommu_map_rw",    P2M_IOMMU_MAP_RW,    0x7FF, 0x7FD, 0x04C0000000000000, 0x0540000000000000 },
    { "iommu_map_ro",    P2M_IOMMU_MAP_RO,    0x77F, 0x77D, 0x0540000000000000, 0x05C0000000000000 },
};
// clang-format on

static void check_version(const struct leaf_row *row, const char *preset, uint64_t high)
{
    const struct xen_preset *x = xen_preset_by_name(preset);

    assert_non_null(x);
    assert_string_equal(p2m_type_name(row->type), row->name);
    if (!high) {
        assert_int_equal(x->type_number[row->type], 0xFF);
        return;
    }
    assert_int_equal(xen_preset_leaf(x, row->type, 0x812345000, 3), high | 0x812345000 | row->page);
    assert_int_equal(xen_preset_leaf(x, row->type, 0x812200000, 2), high | 0x812200000 | row->block);
    assert_int_equal(xen_preset_leaf(x, row->type, 0x840000000, 1), high | 0x840000000 | row->block);
    assert_int_equal(xen_preset_type_of(x, xen_preset_leaf(x, row->type, 0, 1)), row->type);
}

static void check_leaf(void **state)
{
    const struct leaf_row *row = *state;

    check_version(row, "xen-4.8.0", row->high_4_8);
    check_version(row, "xen-4.8.1", row->high_4_8);
    check_version(row, "xen-4.17", row->high_4_17);
}

/* [Xen: a dump of 4.8.5, xen-devel, July 2020, porting Xen to Jetson Nano] */
static void field_vectors(void **state)
{
    const struct xen_preset *x = xen_preset_by_name("xen-4.8.1");

    (void)state;
    assert_int_equal(xen_preset_table(x, 0x17f0f3000), 0x004000017f0f377f);
    assert_int_equal(xen_preset_leaf(x, P2M_MMIO_DIRECT_C, 0x80000000, 1), 0x02c00000800006fd);
}

/* Table descriptors [Xen: p2m.c@4.8.0, p2m.c@4.17.0 page_to_p2m_table]. */
static void tables(void **state)
{
    (void)state;
    assert_int_equal(xen_preset_table(xen_preset_by_name("xen-4.17"), 0x1000), 0x008000000000177F | 0x80);
    assert_int_equal(xen_preset_table(xen_preset_by_name("xen-4.8.0"), 0x1000), 0x004000000000177F);
    assert_int_equal(xen_preset_table(xen_preset_by_name("seed"), 0x1000), 0x004000000000177F);
}

/* RAM is Outer Shareable by the page's words alone; nothing else differs in a leaf. */
static void the_seed_differs_in_shareability(void **state)
{
    const struct xen_preset *seed = xen_preset_by_name("seed"), *x = xen_preset_by_name("xen-4.8.0");

    (void)state;
    assert_int_equal(xen_preset_leaf(seed, P2M_RAM_RW, 0x40000000, 1) ^ xen_preset_leaf(x, P2M_RAM_RW, 0x40000000, 1),
                     1 << 8);
    assert_int_equal(xen_preset_leaf(seed, P2M_MMIO_DIRECT_DEV, 0x1000, 3),
                     xen_preset_leaf(x, P2M_MMIO_DIRECT_DEV, 0x1000, 3));
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(xen_preset_at(0)->name, "seed");
    assert_null(xen_preset_by_name("xen-4.9"));
    for (size_t i = 0; xen_preset_at(i); i++) {
        assert_ptr_equal(xen_preset_by_name(xen_preset_at(i)->name), xen_preset_at(i));
        assert_int_equal(xen_preset_at(i)->vtcr_el2, 0x80023558);
    }
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_leaf, ROWS_OF(leaf_rows));
    rows_add_test(&all, "what a real Xen printed", field_vectors, NULL);
    rows_add_test(&all, "table descriptors", tables, NULL);
    rows_add_test(&all, "the seed differs in shareability", the_seed_differs_in_shareability, NULL);
    rows_add_test(&all, "names", names, NULL);
    return rows_run(&all, "xen/preset");
}
