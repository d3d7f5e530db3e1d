/* Which sizes a stage-1 mapping is made in, where its tables lie, and what is refused. */
#include "platforms/linux/stage1.h"
#include "tests/unit/models/rows.h"

#define KB(n) ((uint64_t)(n) << 10)
#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)
#define POOL 0x41000000ULL
#define LEAF 0x0060000000000704ULL /* UXN, PXN, AF, SH, AttrIndx 1 */
#define CONTIGUOUS (1ULL << 52)

static struct stage1_pool pool;
static struct stage1 tree;

static void start(unsigned va_bits, uint64_t pages)
{
    memset(&pool, POISON, sizeof pool);
    memset(&tree, POISON, sizeof tree);
    stage1_pool_init(&pool, POOL, pages << 12);
    assert_int_equal(stage1_init_lower(&tree, &pool, va_bits), STAGE1_OK);
}

static enum stage1_result map(uint64_t va, uint64_t ipa, uint64_t bytes, unsigned sizes)
{
    struct stage1_mapping m = { .va = va, .ipa = ipa, .bytes = bytes, .leaf = LEAF, .sizes = (uint8_t)sizes };

    return stage1_map(&tree, &m);
}

struct size_row {
    const char *name;
    uint64_t va, ipa, bytes;
    unsigned sizes;
    size_t of_1g, of_2m, of_4k, contiguous;
};

#define ALL (STAGE1_BLOCKS | STAGE1_CONTIGUOUS)

// clang-format off
static const struct size_row size_rows[] = {
    { "a page", 0x1000, 0x5000, KB(4), ALL, 0, 0, 1, 0 },
    { "pages alone", GB(1), GB(1), MB(4), 0, 0, 0, 1024, 0 },
    { "2 MB, aligned", MB(2), MB(6), MB(2), STAGE1_BLOCKS, 0, 1, 0, 0 },
    { "2 MB less a page", MB(2), MB(6), MB(2) - KB(4), STAGE1_BLOCKS, 0, 0, 511, 0 },
    { "2 MB and a page", MB(2), MB(6), MB(2) + KB(4), STAGE1_BLOCKS, 0, 1, 1, 0 },
    { "pages lead up to the first block", MB(2) - KB(8), MB(6) - KB(8), MB(4), STAGE1_BLOCKS, 0, 1, 512, 0 },
    { "addresses that differ below 2 MB", MB(2), MB(6) + KB(4), MB(2), STAGE1_BLOCKS, 0, 0, 512, 0 },
    { "1 GB, aligned", GB(4), GB(8), GB(1), STAGE1_BLOCKS, 1, 0, 0, 0 },
    { "1 GB, not allowed", GB(4), GB(8), GB(1), STAGE1_2M, 0, 512, 0, 0 },
    { "1 GB alone allowed", GB(4), GB(8), GB(1) + MB(2), STAGE1_1G, 1, 0, 512, 0 },
    { "1 GB at an odd 512 MB", MB(512), MB(512), GB(1), STAGE1_BLOCKS, 0, 512, 0, 0 },
    { "64 KB: a group of 16 pages", KB(64), MB(1), KB(64), ALL, 0, 0, 16, 16 },
    { "64 KB, no group allowed", KB(64), MB(1), KB(64), STAGE1_BLOCKS, 0, 0, 16, 0 },
    { "64 KB less a page", KB(64), MB(1), KB(60), ALL, 0, 0, 15, 0 },
    { "groups among pages", KB(60), MB(1) - KB(4), KB(136), ALL, 0, 0, 34, 32 },
    { "addresses that differ below 64 KB", KB(64), KB(4), KB(64), ALL, 0, 0, 16, 0 },
    { "32 MB: a group of 16 blocks", MB(32), MB(64), MB(32), ALL, 0, 16, 0, 16 },
    { "30 MB: no group of blocks", MB(32), MB(64), MB(30), ALL, 0, 15, 0, 0 },
    { "16 GB of 1 GB: no hint", GB(16), GB(16), GB(16), ALL, 16, 0, 0, 0 },
};
// clang-format on

/* Leaves of [va, va + bytes) by level, 0 being holes, and at 4 those with the hint. */
static void count_leaves(uint64_t va, uint64_t ipa, uint64_t bytes, size_t count[5])
{
    memset(count, 0, 5 * sizeof *count);
    for (uint64_t at = va; at < va + bytes;) {
        struct stage1_leaf leaf = stage1_find(&tree, at);

        assert_int_equal(leaf.va, at);
        assert_int_equal(leaf.desc & ~CONTIGUOUS, (ipa + (at - va)) | LEAF | (leaf.level == 3 ? 3 : 1));
        count[leaf.level]++;
        count[4] += (leaf.desc & CONTIGUOUS) != 0;
        at += leaf.bytes;
    }
}

static void check_sizes(void **state)
{
    const struct size_row *row = *state;
    size_t count[5];

    start(39, 64);
    assert_int_equal(map(row->va, row->ipa, row->bytes, row->sizes), STAGE1_OK);
    count_leaves(row->va, row->ipa, row->bytes, count);
    assert_int_equal(count[0], 0);
    assert_int_equal(count[1], row->of_1g);
    assert_int_equal(count[2], row->of_2m);
    assert_int_equal(count[3], row->of_4k);
    assert_int_equal(count[4], row->contiguous);
    assert_int_equal(stage1_find(&tree, row->va + row->bytes).desc, 0);
    stage1_pool_free(&pool);
}

/* Tables come one after the other from the pool; their attributes are those of the mapping that made them. */
static void table_pages(void **state)
{
    struct stage1 upper;
    struct stage1_mapping m = { .va = 0 - GB(1), .ipa = 0x5000, .bytes = KB(4), .leaf = LEAF, .table = 3ULL << 59 };

    (void)state;
    start(48, 64);
    assert_int_equal(stage1_init_upper(&upper, &pool, 48), STAGE1_OK);
    assert_int_equal(stage1_root(&tree), POOL);
    assert_int_equal(stage1_root(&upper), POOL + 0x1000);
    assert_int_equal(stage1_map(&upper, &m), STAGE1_OK);
    assert_int_equal(pool.count, 5);
    assert_int_equal(pool.page[1][511], (POOL + 0x2000) | 3ULL << 59 | 3);
    assert_int_equal(pool.page[2][511], (POOL + 0x3000) | 3ULL << 59 | 3);
    assert_int_equal(pool.page[3][0], (POOL + 0x4000) | 3ULL << 59 | 3);
    assert_int_equal(pool.page[4][0], 0x5000 | LEAF | 3);
    m = (struct stage1_mapping){ .va = m.va + KB(4), .ipa = 0x9000, .bytes = KB(4), .leaf = LEAF };
    assert_int_equal(stage1_map(&upper, &m), STAGE1_OK);
    assert_int_equal(pool.count, 5);
    assert_int_equal(pool.page[3][0], (POOL + 0x4000) | 3ULL << 59 | 3);
    assert_int_equal(stage1_find(&upper, m.va).desc, 0x9000 | LEAF | 3);
    stage1_pool_free(&pool);
}

/* 39 bits begin at level 1, 48 and the BSP's 40 at level 0, 30 at level 2, where no 1 GB block is. */
static void start_levels(void **state)
{
    static const struct {
        unsigned va_bits;
        size_t pages_of_a_page;
    } row[] = { { 48, 4 }, { 40, 4 }, { 39, 3 }, { 31, 3 }, { 30, 2 }, { 25, 2 } };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        uint64_t va = (1ULL << row[i].va_bits) - KB(4);

        start(row[i].va_bits, 8);
        assert_int_equal(map(va, 0x7000, KB(4), ALL), STAGE1_OK);
        assert_int_equal(pool.count, row[i].pages_of_a_page);
        assert_int_equal(stage1_find(&tree, va).desc, 0x7000 | LEAF | 3);
        assert_int_equal(stage1_find(&tree, 0).desc, 0);
        stage1_pool_free(&pool);
    }
    start(30, 8);
    assert_int_equal(map(0, 0, GB(1), STAGE1_BLOCKS), STAGE1_OK);
    assert_int_equal(stage1_find(&tree, 0).level, 2);
    stage1_pool_free(&pool);
}

static void overlaps(void **state)
{
    (void)state;
    start(39, 8);
    assert_int_equal(map(MB(2), MB(2), MB(2), STAGE1_BLOCKS), STAGE1_OK);
    assert_int_equal(map(MB(2), MB(2), MB(2), STAGE1_BLOCKS), STAGE1_OVERLAP);
    assert_int_equal(map(MB(3), MB(3), KB(4), 0), STAGE1_OVERLAP);
    assert_int_equal(map(MB(4), 0x1000, KB(4), 0), STAGE1_OK);
    assert_int_equal(map(MB(4), 0x1000, KB(4), 0), STAGE1_OVERLAP);
    assert_int_equal(map(MB(4), MB(4), MB(2), STAGE1_BLOCKS), STAGE1_OVERLAP);
    assert_string_equal(stage1_result_name(STAGE1_OVERLAP), "mapped already");
    stage1_pool_free(&pool);
}

static void halves(void **state)
{
    struct stage1 upper;

    (void)state;
    start(39, 8);
    assert_int_equal(stage1_init_upper(&upper, &pool, 39), STAGE1_OK);
    assert_true(stage1_holds(&tree, 0, GB(512)));
    assert_false(stage1_holds(&tree, 0, GB(512) + 1));
    assert_true(stage1_holds(&tree, GB(512) - KB(4), KB(4)));
    assert_false(stage1_holds(&tree, GB(512), KB(4)));
    assert_false(stage1_holds(&tree, 0 - KB(4), KB(4)));
    assert_true(stage1_holds(&upper, 0 - KB(4), KB(4)));
    assert_true(stage1_holds(&upper, 0 - GB(512), GB(512)));
    assert_false(stage1_holds(&upper, 0 - GB(512) - KB(4), KB(4)));
    assert_false(stage1_holds(&upper, 0, KB(4)));
    assert_int_equal(map(GB(512), 0, KB(4), 0), STAGE1_OUTSIDE);
    assert_string_equal(stage1_result_name(STAGE1_OUTSIDE), "outside the tree's half");
    stage1_pool_free(&pool);
}

static void full_pool(void **state)
{
    (void)state;
    start(39, 3);
    assert_int_equal(map(0, 0, KB(4), 0), STAGE1_OK);
    assert_int_equal(map(MB(2), 0, KB(4), 0), STAGE1_POOL_FULL);
    assert_int_equal(map(KB(4), 0, KB(4), 0), STAGE1_OK);
    stage1_pool_free(&pool);
    stage1_pool_init(&pool, POOL, 0);
    assert_int_equal(stage1_init_lower(&tree, &pool, 39), STAGE1_POOL_FULL);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_sizes, ROWS_OF(size_rows));
    rows_add_test(&all, "table pages", table_pages, NULL);
    rows_add_test(&all, "start levels", start_levels, NULL);
    rows_add_test(&all, "overlaps", overlaps, NULL);
    rows_add_test(&all, "halves", halves, NULL);
    rows_add_test(&all, "a full pool", full_pool, NULL);
    return rows_run(&all, "linux/stage1");
}
