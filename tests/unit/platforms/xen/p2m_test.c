/* Which sizes Xen maps a region in, how it takes superpages apart, and that the walker finds what was meant. */
#include "platforms/xen/p2m.h"
#include "tests/unit/models/rows.h"

#define KB(n) ((uint64_t)(n) << 10)
#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)
#define BASE 0x7FF00000ULL

static struct p2m p;

static void start(void)
{
    memset(&p, POISON, sizeof p);
    assert_int_equal(p2m_init(&p, xen_preset_by_name("xen-4.17"), BASE), P2M_OK);
}

/* Leaves by level in [ipa, ipa + bytes). */
static void count_leaves(uint64_t ipa, uint64_t bytes, size_t count[4])
{
    memset(count, 0, 4 * sizeof *count);
    for (uint64_t at = ipa; at < ipa + bytes;) {
        struct p2m_leaf leaf = p2m_find(&p, at);

        assert_int_equal(leaf.ipa, at);
        count[leaf.desc ? leaf.level : 0]++;
        at += leaf.bytes;
    }
}

struct size_row {
    const char *name;
    uint64_t ipa, pa, bytes;
    enum region_batch batch;
    size_t of_1g, of_2m, of_4k;
};

// clang-format off
static const struct size_row size_rows[] = {
    { "1 GB, aligned", GB(1), GB(33), GB(1), BATCH_WHOLE, 1, 0, 0 },
    { "512 MB: 2 MB blocks", GB(1), MB(512), MB(512), BATCH_WHOLE, 0, 256, 0 },
    { "1 GB at an odd 512 MB", MB(512), MB(512), GB(1), BATCH_WHOLE, 0, 512, 0 },
    { "PCIe 64-bit of a ZCU102", GB(24), GB(24), GB(8), BATCH_WHOLE, 8, 0, 0 },
    { "1.5 GB: no look-ahead, all of it in 2 MB", GB(1), GB(1), MB(1536), BATCH_WHOLE, 0, 768, 0 },
    { "2 MB and a page: 4 KB until the rest is whole", GB(1), GB(1), MB(2) + KB(4), BATCH_WHOLE, 0, 0, 513 },
    { "128 MB of QSPI", 0xC0000000, 0xC0000000, MB(128), BATCH_WHOLE, 0, 64, 0 },
    { "a page", 0xFF0E0000, 0xFF0E0000, KB(4), BATCH_WHOLE, 0, 0, 1 },
    { "machine frame not aligned", GB(1), GB(1) + KB(4), MB(2), BATCH_WHOLE, 0, 0, 512 },
    { "xl iomem is 4 KB always", GB(1), 0xA0000000, MB(16), BATCH_64_PAGES, 0, 0, 4096 },
    { "xl iomem, no multiple of 64 pages", GB(1), 0xA0000000, KB(260), BATCH_64_PAGES, 0, 0, 65 },
    { "across both root tables", GB(511), GB(33), GB(2), BATCH_WHOLE, 2, 0, 0 },
    { "the last gigabyte", GB(1023), GB(33), GB(1), BATCH_WHOLE, 1, 0, 0 },
};
// clang-format on

static void check_sizes(void **state)
{
    const struct size_row *row = *state;
    struct xen_domain d;
    size_t count[4];

    start();
    domain_init(&d, p.preset, "domU", 2);
    assert_non_null(domain_add(&d, &(struct domain_region){ .ipa = row->ipa,
                                                            .pa = row->pa,
                                                            .bytes = row->bytes,
                                                            .type = P2M_MMIO_DIRECT_DEV,
                                                            .batch = (uint8_t)row->batch }));
    assert_int_equal(p2m_map_domain(&p, &d), P2M_OK);
    count_leaves(row->ipa, row->bytes, count);
    assert_int_equal(count[0], 0);
    assert_int_equal(count[1], row->of_1g);
    assert_int_equal(count[2], row->of_2m);
    assert_int_equal(count[3], row->of_4k);
    for (uint64_t at = 0; at < row->bytes && at <= MB(4); at += KB(4)) {
        struct p2m_leaf leaf = p2m_find(&p, row->ipa + at);

        assert_int_equal(leaf.desc & 0xFFFFFFF000, (row->pa + at) & ~(leaf.bytes - 1) & 0xFFFFFFF000);
    }
    domain_free(&d);
    p2m_free(&p);
}

/* A page inside a gigabyte takes it apart, all else stays. */
static void splits(void **state)
{
    size_t count[4];

    (void)state;
    start();
    assert_int_equal(p2m_map(&p, GB(1), GB(33), GB(1), P2M_RAM_RW), P2M_OK);
    assert_int_equal(p2m_map(&p, GB(1) + MB(2) + KB(8), 0x5000, KB(4), P2M_GRANT_MAP_RO), P2M_OK);
    assert_int_equal(p.splits, 2);
    count_leaves(GB(1), GB(1), count);
    assert_int_equal(count[2], 511);
    assert_int_equal(count[3], 512);
    assert_int_equal(p2m_find(&p, GB(1) + MB(2) + KB(8)).desc, xen_preset_leaf(p.preset, P2M_GRANT_MAP_RO, 0x5000, 3));
    assert_int_equal(p2m_find(&p, GB(1) + MB(2) + KB(4)).desc,
                     xen_preset_leaf(p.preset, P2M_RAM_RW, GB(33) + MB(2) + KB(4), 3));
    assert_int_equal(p2m_find(&p, GB(1) + MB(4)).desc, xen_preset_leaf(p.preset, P2M_RAM_RW, GB(33) + MB(4), 2));
    p2m_free(&p);
}

static void empty(void **state)
{
    (void)state;
    start();
    assert_int_equal(p2m_find(&p, 0).desc, 0);
    assert_int_equal(p2m_find(&p, GB(1023) + 5).ipa, GB(1023));
    assert_int_equal(p2m_vttbr(&p, 3), BASE | 3ULL << 48);
    p2m_free(&p);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_sizes, ROWS_OF(size_rows));
    rows_add_test(&all, "a page inside a gigabyte", splits, NULL);
    rows_add_test(&all, "empty", empty, NULL);
    return rows_run(&all, "xen/p2m");
}
