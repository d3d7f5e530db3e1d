/* The maps of guests: GIC, toolstack's pages, what is passed through, and what a real Xen 4.17 built. */
#include "tests/unit/platforms/xen/domu_fixture.h"

/* 256 MB as a dom0less guest, in the PA range where Xen had it. The leaves are of the capture of a ZCU102
 * (zcu102-domU): all of its RAM that was used, and the GICC. */
static void as_captured(void **state)
{
    static const struct {
        uint64_t ipa, desc;
        unsigned level;
    } leaves[] = {
        { 0x03002000, 0x01C00000F906F6C7, 3 }, { 0x40000000, 0x00800000600007FD, 2 },
        { 0x42000000, 0x00800000620007FD, 2 }, { 0x42400000, 0x00800000624007FD, 2 },
        { 0x48200000, 0x00800000682007FD, 2 }, { 0x4BA00000, 0x008000006BA007FD, 2 },
    };
    size_t count[4];

    (void)state;
    start("xen-4.17", DOMU_DOM0LESS, MB(256));
    config.vuart = true;
    host.pool.order = RAM_IN_ORDER;
    give(0x60000000, MB(256));
    build();
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
        struct p2m_leaf leaf = p2m_find(&p, leaves[i].ipa);

        assert_int_equal(leaf.desc, leaves[i].desc);
        assert_int_equal(leaf.level, leaves[i].level);
    }
    count_leaves(0x40000000, MB(256), count);
    assert_int_equal(count[2], 128);
    assert_int_equal(p2m_find(&p, 0x03003000).desc, 0x01C00000F90706C7); /* the GICC's second page */
    assert_int_equal(p2m_find(&p, 0x03001000).desc, 0);                  /* the GICD traps */
    assert_int_equal(p2m_find(&p, 0x22000000).desc, 0);                  /* so does the vPL011 */
    assert_int_equal(p2m_find(&p, 0x39000000).desc, 0);                  /* no toolstack, no magic pages */
    assert_int_equal(p2m_find(&p, 0x50000000).desc, 0);
    assert_int_equal(domain_find(&d, 0x03001000)->kind, REGION_EMULATED);
    assert_int_equal(domain_find(&d, 0x22000000)->kind, REGION_EMULATED);
    assert_int_equal(domain_find(&d, 0x38000000)->type, P2M_INVALID);
    assert_int_equal(d.vmid, 2);
    finish();
}

struct magic_row {
    const char *name; /* preset */
    unsigned pages;
};

static const struct magic_row magic_rows[] = { { "xen-4.8.0", 3 }, { "xen-4.17", 4 }, { "xlnx-2020.2", 4 } };

/* Ordinary RAM behind the guest's own [Xen: xc_dom_arm.c@4.8.0:70, xg_dom_arm.c@4.17.0:50]. */
static void check_magic(void **state)
{
    const struct magic_row *row = *state;
    uint64_t ram;

    start(row->name, DOMU_BY_XL, MB(2));
    give(MB(16), MB(16));
    build();
    ram = xen_preset_leaf(config.preset, P2M_RAM_RW, 0, 3);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(p2m_find(&p, 0x39000000 + 4096 * i).desc, i < row->pages ? ram | (MB(18) + 4096 * i) : 0);
    assert_string_equal(domain_find(&d, 0x39001000)->name, "magic page: xenstore");
    finish();
}

static void pass(uint64_t ipa, uint64_t pa, uint64_t bytes)
{
    assert_non_null(domu_pass(&config, ipa, pa, bytes));
}

/* 16 MB by xl are 4096 pages, as its hypercall takes 64 at a time; Xen at boot maps them in one go. */
static void passed_through(void **state)
{
    size_t count[4];

    (void)state;
    for (int by_xl = 0; by_xl < 2; by_xl++) {
        start("xen-4.17", by_xl ? DOMU_BY_XL : DOMU_DOM0LESS, MB(2));
        give(MB(16), MB(16));
        pass(0x50000000, 0xA0000000, MB(16));
        build();
        count_leaves(0x50000000, MB(16), count);
        assert_int_equal(count[2], by_xl ? 0 : 8);
        assert_int_equal(count[3], by_xl ? 4096 : 0);
        assert_int_equal(p2m_find(&p, 0x50000000).desc & ~2ULL, 0x01C00000A00006C5);
        finish();
    }
}

/* What is passed through comes last: without @GFN, the PL's 0x80000000 lands in the guest's RAM, and replaces it. */
static void over_ram(void **state)
{
    (void)state;
    start("xen-4.8.0", DOMU_BY_XL, MB(1026));
    give(GB(33), GB(2));
    pass(0x80000000, 0x80000000, KB(4));
    build();
    assert_int_equal(p2m_find(&p, 0x80000000).desc & 0xFFFFFFF000, 0x80000000);
    assert_int_equal(p2m_find(&p, 0x80001000).desc & 0xFFFFFFF000, GB(34) + KB(4));
    assert_int_equal(domain_find(&d, 0x80000000)->kind, REGION_IOMEM);
    finish();
}

static void direct_map(void **state)
{
    static const struct ram_range ranges[] = { { 0x30000000, MB(256) }, { 0x800000000, GB(1) } };
    size_t count[4];

    (void)state;
    start("xen-4.17", DOMU_DOM0LESS, MB(1280));
    set_static(ranges, 2);
    config.direct_map = true;
    config.vuart = true;
    build();
    count_leaves(0x30000000, MB(256), count);
    assert_int_equal(count[2], 128);
    assert_int_equal(p2m_find(&p, 0x30000000).desc, 0x00800000300007FD);
    assert_int_equal(p2m_find(&p, 0x800000000).desc, 0x00800008000007FD);
    assert_int_equal(p2m_find(&p, 0xF9020000).desc, 0x01C00000F906F6C7);
    assert_int_equal(p2m_find(&p, 0xF9021000).desc, 0x01C00000F90706C7);
    assert_int_equal(p2m_find(&p, 0x40000000).desc, 0);
    assert_int_equal(p2m_find(&p, 0x03002000).desc, 0);
    assert_int_equal(domain_find(&d, 0xF9010000)->kind, REGION_EMULATED);
    assert_int_equal(domain_find(&d, 0xFF000000)->kind, REGION_EMULATED);
    finish();
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "256 MB as captured", as_captured, NULL);
    rows_add(&all, check_magic, ROWS_OF(magic_rows));
    rows_add_test(&all, "passed through", passed_through, NULL);
    rows_add_test(&all, "passed through over RAM", over_ram, NULL);
    rows_add_test(&all, "direct-map", direct_map, NULL);
    return rows_run(&all, "xen/domu");
}
