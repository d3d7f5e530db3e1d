/* Open rows: what an access meets, bank by bank, and what it saves. */
#include "models/cost/ddr.h"
#include "tests/unit/models/rows.h"

static const struct ddr_config config = { .banks = 4, .row_bytes = 0x1000, .hit_saves = 38, .closed_saves = 20 };

struct visit {
    uint64_t pa;
    uint32_t bank;
    enum ddr_row met;
};

struct story_row {
    const char *name;
    unsigned count;
    struct visit visits[5];
};

#define HIT DDR_ROW_HIT
#define CLOSED DDR_ROW_CLOSED
#define CONFLICT DDR_ROW_CONFLICT

static const struct story_row story_rows[] = {
    { "first touch", 1, { { 0, 0, CLOSED } } },
    { "end of the row", 3, { { 0, 0, CLOSED }, { 0xFFF, 0, HIT }, { 0x1000, 1, CLOSED } } },
    { "the last bank", 2, { { 0x3000, 3, CLOSED }, { 0x3FC0, 3, HIT } } },
    { "another row of the bank", 3, { { 0, 0, CLOSED }, { 0x4000, 0, CONFLICT }, { 0, 0, CONFLICT } } },
    { "banks do not mind each other",
      4,
      { { 0, 0, CLOSED }, { 0x1000, 1, CLOSED }, { 0x40, 0, HIT }, { 0x5000, 1, CONFLICT } } },
    { "high addresses", 2, { { 0xFFFFFFF000, 3, CLOSED }, { 0xFFFFFFFFC0, 3, HIT } } },
};

static void check_story(void **state)
{
    const struct story_row *row = *state;
    struct ddr d;

    memset(&d, POISON, sizeof d);
    ddr_init(&d, &config);
    for (unsigned i = 0; i < row->count; i++) {
        assert_int_equal(ddr_bank(&d, row->visits[i].pa), row->visits[i].bank);
        assert_int_equal(ddr_open(&d, row->visits[i].pa), row->visits[i].met);
    }
}

static void what_is_saved(void **state)
{
    struct ddr d;

    (void)state;
    ddr_init(&d, &config);
    assert_int_equal(ddr_saves(&d, DDR_ROW_HIT), 38);
    assert_int_equal(ddr_saves(&d, DDR_ROW_CLOSED), 20);
    assert_int_equal(ddr_saves(&d, DDR_ROW_CONFLICT), 0);
}

/* Without banks every access is at its full price. */
static void no_rows(void **state)
{
    const struct ddr_config none = { .hit_saves = 38, .closed_saves = 20 };
    struct ddr d;

    (void)state;
    ddr_init(&d, &none);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(ddr_bank(&d, 0x1000 * i), 0);
        assert_int_equal(ddr_open(&d, 0x40), DDR_ROW_CONFLICT);
    }
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_story, ROWS_OF(story_rows));
    rows_add_test(&all, "what is saved", what_is_saved, NULL);
    rows_add_test(&all, "no rows", no_rows, NULL);
    return rows_run(&all, "cost/ddr");
}
