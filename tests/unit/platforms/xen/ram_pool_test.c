/* Which memory the pool gives, and what it refuses to hold. */
#include "platforms/xen/ram_pool.h"
#include "tests/unit/models/rows.h"

#define KB(n) ((uint64_t)(n) << 10)
#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)

static struct ram_pool pool;

static void start(enum ram_order order)
{
    memset(&pool, POISON, sizeof pool);
    ram_pool_init(&pool, order);
}

/* Takes, and asserts what comes of it; 1 for nothing. */
static void take(uint64_t bytes, uint64_t expected)
{
    uint64_t pa = 1;

    assert_int_equal(ram_pool_take(&pool, bytes, &pa), expected != 1);
    assert_int_equal(pa, expected);
}

static void first_fit(void **state)
{
    (void)state;
    start(RAM_FIRST_FIT);
    assert_null(ram_pool_add(&pool, (struct ram_range){ MB(1), MB(7) }));
    assert_null(ram_pool_add(&pool, (struct ram_range){ GB(1), GB(1) }));
    take(MB(2), MB(2)); /* aligned: 1 MB below is left */
    take(MB(1), MB(1)); /* and given out later */
    take(GB(1), GB(1));
    take(MB(4), MB(4));
    assert_int_equal(pool.count, 0);
    take(KB(4), 1);
}

static void in_order(void **state)
{
    (void)state;
    start(RAM_IN_ORDER);
    assert_null(ram_pool_add(&pool, (struct ram_range){ MB(1), MB(2) }));
    assert_null(ram_pool_add(&pool, (struct ram_range){ GB(1), GB(1) }));
    take(MB(2), 1); /* not aligned */
    take(MB(1), MB(1));
    take(MB(2), 1); /* too small; the next range does not come before it is used up */
    take(MB(1), MB(2));
    take(GB(1), GB(1));
    take(KB(4), 1);
}

/* Blocks out of the middle fill the list; nothing that was taken is ever given again. */
static void full_list(void **state)
{
    (void)state;
    start(RAM_FIRST_FIT);
    for (uint64_t i = 0; i < RAM_POOL_RANGES; i++)
        assert_null(ram_pool_add(&pool, (struct ram_range){ MB(4 * i) + KB(4), MB(2) }));
    take(MB(1), MB(1)); /* [4 KB, 1 MB) and 4 KB above it: only the larger is kept */
    assert_int_equal(pool.count, RAM_POOL_RANGES);
    assert_int_equal(pool.range[0].base, KB(4));
    assert_int_equal(pool.range[0].bytes, MB(1) - KB(4));
    take(KB(512), KB(512));
    assert_int_equal(ram_pool_left(&pool), KB(508) + MB(2) * (RAM_POOL_RANGES - 1));
}

struct bad_row {
    const char *name;
    struct ram_range range;
    const char *text;
};

static const struct bad_row bad_rows[] = {
    { "base is not aligned", { 0x800, KB(4) }, "is not a multiple of 4 KB" },
    { "size is not aligned", { 0, 0x800 }, "is not a multiple of 4 KB" },
    { "empty", { 0, 0 }, "is empty" },
    { "base beyond 2^40", { 1ULL << 40, KB(4) }, "does not lie below 2^40" },
    { "end beyond 2^40", { (1ULL << 40) - KB(4), KB(8) }, "does not lie below 2^40" },
    { "size wraps", { KB(4), 0 - KB(4) }, "does not lie below 2^40" },
    { "overlaps below", { GB(1) - KB(4), KB(8) }, "overlaps another" },
    { "overlaps above", { GB(2) - KB(4), KB(8) }, "overlaps another" },
    { "lies within", { GB(1) + KB(4), KB(4) }, "overlaps another" },
    { "lies around", { 0, GB(4) }, "overlaps another" },
};

static void check_bad(void **state)
{
    const struct bad_row *row = *state;

    start(RAM_FIRST_FIT);
    assert_null(ram_pool_add(&pool, (struct ram_range){ GB(1), GB(1) }));
    assert_string_equal(ram_pool_add(&pool, row->range), row->text);
    assert_null(ram_pool_add(&pool, (struct ram_range){ GB(2), KB(4) })); /* neighbours are welcome */
    assert_null(ram_pool_add(&pool, (struct ram_range){ GB(1) - KB(4), KB(4) }));
    assert_int_equal(ram_pool_left(&pool), GB(1) + KB(8));
}

static void too_many(void **state)
{
    (void)state;
    start(RAM_FIRST_FIT);
    for (uint64_t i = 0; i < RAM_POOL_RANGES; i++)
        assert_null(ram_pool_add(&pool, (struct ram_range){ MB(i), KB(4) }));
    assert_string_equal(ram_pool_add(&pool, (struct ram_range){ GB(1), KB(4) }), "is one range too many");
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "first fit", first_fit, NULL);
    rows_add_test(&all, "in order", in_order, NULL);
    rows_add_test(&all, "the list is full", full_list, NULL);
    rows_add_test(&all, "too many ranges", too_many, NULL);
    rows_add(&all, check_bad, ROWS_OF(bad_rows));
    return rows_run(&all, "xen/ram_pool");
}
