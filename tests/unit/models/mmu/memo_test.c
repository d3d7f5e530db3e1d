/* What is dropped of what was known, and that no more is. */
#include "models/mmu/memo.h"
#include "tests/unit/models/rows.h"

#define LANES_HERE 0x0EE /* of three levels' first two, data */
#define KEY(va) ((va) >> 12)

static struct memo m;
static struct memo_row known[2][MEMO_ROWS];
static struct memo_page lane[MEMO_LANES][MEMO_PAGES];

static void start(void)
{
    memset(lane, POISON, sizeof lane);
    memset(known, POISON, sizeof known);
    m = (struct memo){ .lane = lane, .lanes = LANES_HERE, .read = known[0], .write = known[1] };
    memo_init(&m);
}

static void know(unsigned at, uint64_t va)
{
    lane[at][memo_page_place(va)] = (struct memo_page){ .key = KEY(va), .page = 5 };
}

static bool knows(unsigned at, uint64_t va)
{
    return lane[at][memo_page_place(va)].key == KEY(va);
}

static struct memo_tie tie(uint64_t left)
{
    return (struct memo_tie){ .left = left, .lanes = LANES_HERE };
}

/* A page that is known in two lanes, and another VA's entry that goes. */
static const struct page_row {
    const char *name;
    uint64_t known, goes;
    bool stays; /* known */
} page_rows[] = {
    { "page: itself", 0x12345000, 0x12345000, false },
    { "page: anywhere in it", 0x12345FC0, 0x12345008, false },
    { "page: the next", 0x12345000, 0x12346000, true },
    { "page: same place, another page", 0x12345000, 0x12345000 + MEMO_PAGES * 0x1000ull, true },
    { "page: differs in bit 55", 0xFF80000012345000, 0x12345000, true },
    { "page: differs in what TBI ignores", 0x5A00000012345000, 0x12345000, false },
};

static void check_page(void **state)
{
    const struct page_row *row = *state;

    start();
    know(1, row->known);
    know(6, row->known);
    memo_drop_page(&m, row->goes, tie(MEMO_LEFT + 3 * MEMO_ERA));
    for (unsigned at = 1; at < 7; at += 5) {
        const struct memo_page *p = &lane[at][memo_page_place(row->known)];

        assert_int_equal(knows(at, row->known), row->stays);
        assert_true(row->stays || p->key == (KEY(row->known) | (MEMO_LEFT + 3 * MEMO_ERA)));
        assert_int_equal(p->page, 5);
    }
}

/* What is left stays so, whatever goes; and where nothing is to be left, nothing is. */
static void left_once(void **state)
{
    (void)state;
    start();
    know(1, 0x1000);
    know(6, 0x2000);
    memo_drop_page(&m, 0x1000, tie(MEMO_LEFT));
    memo_drop_page(&m, 0x1000, tie(MEMO_LEFT + MEMO_ERA));
    memo_drop_page(&m, 0x2000, tie(MEMO_NO_PAGE));
    assert_true(lane[1][memo_page_place(0x1000)].key == (KEY(0x1000) | MEMO_LEFT));
    assert_true(lane[6][memo_page_place(0x2000)].key == MEMO_NO_PAGE);
    memo_drop_pages(&m);
    assert_true(lane[1][memo_page_place(0x1000)].key == MEMO_NO_PAGE);
}

/* Other lanes are another memo's. */
static void others_stay(void **state)
{
    (void)state;
    start();
    know(0, 0x1000);
    know(1, 0x1000);
    memo_drop_page(&m, 0x1000, tie(MEMO_LEFT));
    assert_true(knows(0, 0x1000));
    assert_false(knows(1, 0x1000));
}

/* By a line's number in memory. */
static bool has(const struct memo_row *rows, uint32_t line, uint32_t more)
{
    return memo_has_lines(&rows[memo_row(line / 64)], line / 64, 64ull * (line % 64), more);
}

static void nothing_at_first(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < MEMO_LANES; i++)
        assert_int_equal(lane[i][7].key == MEMO_NO_PAGE, LANES_HERE >> i & 1);
    for (uint32_t page = 0; page < 64; page++) {
        assert_false(has(m.read, 64 * page + 1, 0));
        assert_false(has(m.write, 64 * page + 1, 0));
    }
}

/* Every line of some pages has a place of its own; one goes alone, for readers and for writers. With it goes what
 * reaches into it, in the same page. */
static void lines(void **state)
{
    const uint32_t all = 64 * MEMO_ROWS, gone = 0x3A40 / 64;
    struct sweep s = { 0 };

    (void)state;
    start();
    for (uint32_t i = 0; i < all; i++)
        m.read[memo_row(i / 64)].page[i % 64] = m.write[memo_row(i / 64)].page[i % 64] = i / 64;
    memo_drop_line(&m, 0x3A40);
    for (uint32_t i = 0; i < all; i++) {
        sweep_point(&s, has(m.read, i, 0), i != gone, "read, line %u", i);
        sweep_point(&s, has(m.write, i, 0), i != gone, "write, line %u", i);
        if (i % 64 != 63)
            sweep_point(&s, has(m.read, i, 1), i != gone && i + 1 != gone, "read, line %u and the next", i);
    }
    sweep_end(&s, 2 * all + 63 * MEMO_ROWS);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_page, ROWS_OF(page_rows));
    rows_add_test(&all, "left once", left_once, NULL);
    rows_add_test(&all, "others stay", others_stay, NULL);
    rows_add_test(&all, "nothing at first", nothing_at_first, NULL);
    rows_add_test(&all, "lines", lines, NULL);
    return rows_run(&all, "models/mmu/memo");
}
