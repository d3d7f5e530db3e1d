/* A set that counts, grows and stops. */
#include "traces/page_set.h"

#include "tests/unit/models/rows.h"

static void test_known_and_new(void **state)
{
    struct page_set s = { NULL };

    (void)state;
    assert_int_equal(page_set_add(&s, 7), PAGE_SET_NEW);
    assert_int_equal(page_set_add(&s, 7), PAGE_SET_KNOWN);
    assert_int_equal(page_set_add(&s, UINT64_MAX), PAGE_SET_NEW);
    assert_int_equal(page_set_add(&s, 7), PAGE_SET_KNOWN);
    assert_int_equal(s.count, 2);
    page_set_free(&s);
    assert_null(s.slot);
}

/* Numbers that follow each other and numbers far apart, through several growths. */
static void test_growth(void **state)
{
    struct page_set s = { NULL };
    struct sweep sweep = { 0 };

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 1; i <= 10000; i++) {
            uint64_t number = i & 1 ? i : i << 40;

            sweep_point(&sweep, page_set_add(&s, number), round ? PAGE_SET_KNOWN : PAGE_SET_NEW, "%llu, round %d",
                        (unsigned long long)i, round);
        }
    }
    sweep_end(&sweep, 20000);
    assert_int_equal(s.count, 10000);
    page_set_free(&s);
}

static void test_full(void **state)
{
    struct page_set s = { NULL };

    (void)state;
    for (uint64_t i = 1; i < PAGE_SET_MAX; i++)
        page_set_add(&s, i);
    assert_int_equal(page_set_add(&s, PAGE_SET_MAX), PAGE_SET_NEW);
    assert_int_equal(page_set_add(&s, PAGE_SET_MAX + 1), PAGE_SET_FULL);
    assert_int_equal(page_set_add(&s, 1), PAGE_SET_KNOWN);
    assert_int_equal(s.count, PAGE_SET_MAX);
    assert_true(s.room <= 2 * PAGE_SET_MAX);
    page_set_free(&s);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "known and new", test_known_and_new, NULL);
    rows_add_test(&all, "growth", test_growth, NULL);
    rows_add_test(&all, "full", test_full, NULL);
    return rows_run(&all, "traces/page_set");
}
