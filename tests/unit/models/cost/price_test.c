/* What each look-up costs, and which region an address is in. */
#include "models/cost/price.h"
#include "tests/unit/models/rows.h"

static const struct prices prices = { .utlb = 1,
                                      .main_tlb = 20,
                                      .probe = 300,
                                      .walk = 4000,
                                      .level = 50000,
                                      .ipa_cache = 600000,
                                      .l1d = 7000000,
                                      .l2 = 80000000 };

struct step_row {
    const char *name;
    enum step_kind kind;
    uint8_t probes;
    uint32_t want;
};

static const struct step_row step_rows[] = {
    { "main TLB, one size", STEP_TLB, 1, 20 },
    { "main TLB, two sizes", STEP_TLB, 2, 320 },
    { "main TLB, four sizes", STEP_TLB, 4, 920 },
    { "walk cache: part of the walk", STEP_WALK_CACHE, 1, 0 },
    { "walk cache, two sizes", STEP_WALK_CACHE, 2, 300 },
    { "IPA cache, one size", STEP_IPA_CACHE, 1, 600000 },
    { "IPA cache, three sizes", STEP_IPA_CACHE, 3, 600600 },
};

static void check_step(void **state)
{
    const struct step_row *row = *state;
    struct step s = { .kind = (uint8_t)row->kind, .probes = row->probes };

    assert_int_equal(price_lookup(&prices, &s), row->want);
    s.hit = true; /* hit or miss, it was looked up */
    assert_int_equal(price_lookup(&prices, &s), row->want);
}

static const struct region map[] = {
    { 0x1000, 0x1000, MEM_DDR, "low" },
    { 0x2000, 0x1000, MEM_OCM, "next" },
    { 0x8000, 8, MEM_DEVICE, "small" },
    { 0xFFFFFFF000, 0x1000, MEM_PL, "top" },
};

struct region_row {
    const char *name;
    uint64_t pa;
    const char *want;
};

static const struct region_row region_rows[] = {
    { "address 0", 0, NULL },
    { "below the first", 0xFFF, NULL },
    { "at the first", 0x1000, "low" },
    { "end of the first", 0x1FFF, "low" },
    { "at the second", 0x2000, "next" },
    { "end of the second", 0x2FFF, "next" },
    { "in a gap", 0x3000, NULL },
    { "below the small one", 0x7FFF, NULL },
    { "at the small one", 0x8000, "small" },
    { "end of the small one", 0x8007, "small" },
    { "above the small one", 0x8008, NULL },
    { "top", 0xFFFFFFFFFF, "top" },
    { "above the top", 0x10000000000, NULL },
};

static void check_region(void **state)
{
    const struct region_row *row = *state;
    const struct region *r = price_region_of(map, sizeof map / sizeof *map, row->pa);

    if (!row->want) {
        assert_null(r);
        return;
    }
    assert_non_null(r);
    assert_string_equal(r->name, row->want);
}

static void empty_map(void **state)
{
    (void)state;
    assert_null(price_region_of(map, 0, 0x1000));
}

/* The interconnect's part of what a memory takes is never more than all of it, and what is saved never more than the
 * rest. */
struct split_row {
    const char *name;
    uint32_t memory, cci, saved, want_cci, want_memory;
};

static const struct split_row split_rows[] = {
    { "both parts", 180, 24, 0, 24, 156 },
    { "a row hit", 180, 24, 38, 24, 118 },
    { "a memory as fast as the interconnect", 24, 24, 0, 24, 0 },
    { "a memory faster than the interconnect", 23, 24, 0, 23, 0 },
    { "more saved than there is", 60, 24, 37, 24, 0 },
    { "all but one saved", 60, 24, 35, 24, 1 },
};

static void check_split(void **state)
{
    const struct split_row *row = *state;
    struct prices p = { .cci = row->cci, .memory = { [MEM_OCM] = row->memory, [MEM_DDR] = 9999 } };

    assert_int_equal(price_cci(&p, MEM_OCM), row->want_cci);
    assert_int_equal(price_memory(&p, MEM_OCM, row->saved), row->want_memory);
}

static void classes(void **state)
{
    (void)state;
    assert_int_equal(price_class_of(map, sizeof map / sizeof *map, 0x2000), MEM_OCM);
    assert_int_equal(price_class_of(map, sizeof map / sizeof *map, 0x8007), MEM_DEVICE);
    assert_int_equal(price_class_of(map, sizeof map / sizeof *map, 0x8008), MEM_NONE); /* in no region */
}

static void stalls(void **state)
{
    const struct prices p = { .l1d = 3 };

    (void)state;
    assert_int_equal(price_stall(&p, 14), 11);
    assert_int_equal(price_stall(&p, 3), 0);
    assert_int_equal(price_stall(&p, 2), 0);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_step, ROWS_OF(step_rows));
    rows_add(&all, check_region, ROWS_OF(region_rows));
    rows_add(&all, check_split, ROWS_OF(split_rows));
    rows_add_test(&all, "classes", classes, NULL);
    rows_add_test(&all, "what a core notices", stalls, NULL);
    rows_add_test(&all, "empty map", empty_map, NULL);
    return rows_run(&all, "cost/price");
}
