/* Pieces of address spaces: nothing is lost, whatever becomes coarse, and nothing grows without bound. */
#include "tests/unit/models/rows.h"

#include "sim/replay/spaces.h"

static uint64_t sum(const struct spaces *s)
{
    uint64_t all = s->rest.data + s->rest.fetches;

    for (uint32_t i = 0; i < s->count; i++)
        all += s->row[i].data + s->row[i].fetches;
    return all;
}

static void count(struct spaces *s, uint64_t va, uint64_t pa, uint16_t asid)
{
    const struct spaces_key key = { .va = va, .ipa = pa, .pa = pa, .domain = 1, .asid = asid, .stages = 1 };

    spaces_row(s, &key)->data++;
}

static void one_row_a_page(void **state)
{
    struct spaces s;

    (void)state;
    assert_true(spaces_init(&s));
    count(&s, 0x1000, 0x8000, 1);
    count(&s, 0x1fff, 0x8fff, 1);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.row[0].data, 2);
    assert_int_equal(s.row[0].key.va, 0x1000);
    count(&s, 0x2000, 0x8000, 1); /* another VA */
    count(&s, 0x1000, 0x9000, 1); /* another PA */
    count(&s, 0x1000, 0x8000, 2); /* another ASID */
    assert_int_equal(s.count, 4);
    assert_int_equal(s.bits, 12);
    spaces_free(&s);
}

static void coarser(void **state)
{
    struct spaces s;

    (void)state;
    assert_true(spaces_init(&s));
    for (uint64_t i = 0; i < 64; i++)
        count(&s, 0x400000 + i * 0x1000, 0x80000000 + i * 0x1000, 1);
    s.row[0].leaves[0] = 4;
    s.row[63].leaves[0] = 8;
    spaces_coarsen(&s, 64);
    assert_int_equal(s.count, 64);
    assert_int_equal(s.bits, 12);
    spaces_coarsen(&s, 63);
    assert_int_equal(s.count, 16);
    assert_int_equal(s.bits, 14);
    spaces_coarsen(&s, 1);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.bits, 18);
    assert_int_equal(s.row[0].key.va, 0x400000);
    assert_int_equal(s.row[0].leaves[0], 12);
    assert_int_equal(sum(&s), 64);
    count(&s, 0x43f123, 0x8003f123, 1);
    assert_int_equal(s.count, 1);
    spaces_free(&s);
}

static const struct flood_row {
    const char *name;
    uint64_t va_step, pa_step;
    unsigned asids;
} floods[] = {
    { "page after page", 0x1000, 0x1000, 1 },
    { "all over the space", 0x0123456789ab1000, 0x1234567000, 1 },
    { "more address spaces than there is room for", 0x1000, 0x1000, 65536 },
};

static void is_bounded(void **state)
{
    const struct flood_row *row = *state;
    struct spaces s;

    assert_true(spaces_init(&s));
    for (uint64_t i = 0; i < 200000; i++)
        count(&s, i * row->va_step, i * row->pa_step, (uint16_t)(i % row->asids));
    assert_true(s.count <= SPACES_ROWS_MAX);
    assert_int_equal(sum(&s), 200000);
    spaces_free(&s);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "one row a page", one_row_a_page, NULL);
    rows_add_test(&all, "coarser", coarser, NULL);
    rows_add(&all, is_bounded, ROWS_OF(floods));
    return rows_run(&all, "sim/replay/spaces");
}
