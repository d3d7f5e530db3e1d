/* Records in 16 bytes and back. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/dense.h"

#define VA 0xffff800012345678
#define FAR ((1ull << 44) | 0x678)

static struct dense_block block;

static const struct row {
    const char *name;
    struct trace_rec rec;
    bool odd;
} rows[] = {
    { "all zero", { .op = REC_FETCH, .n = 1 }, false },
    { "longest run", { .op = REC_FETCH, .n = 1024, .va = VA & ~0xfffull, .pa = 0x1000 }, false },
    { "load, last of everything",
      { .op = REC_LOAD,
        .core = 7,
        .el = 3,
        .flags = REC_MMIO | REC_UNPRIV,
        .size_log2 = 6,
        .n = 4092,
        .va = VA,
        .pa = 0x678 },
      false },
    { "store", { .op = REC_STORE, .core = 1, .el = 1, .va = VA, .pa = 0x12345678, .n = 8, .size_log2 = 3 }, false },
    { "zva", { .op = REC_ZVA, .va = VA & ~63ull, .pa = 0x640 }, false },
    { "last PA below 2^44", { .op = REC_LOAD, .va = VA, .pa = FAR - 0x1000 }, false },
    { "first PA beyond", { .op = REC_LOAD, .va = VA, .pa = FAR }, true },
    { "last PA of all", { .op = REC_LOAD, .va = VA, .pa = ~0ull << 12 | 0x678 }, true },
    { "PA with another offset", { .op = REC_LOAD, .va = VA, .pa = 0x1679 }, true },
    { "PA not known", { .op = REC_LOAD, .va = VA, .flags = REC_PA_UNKNOWN }, false },
    { "sys", { .op = REC_SYS, .n = 0xd503201f, .value = 5 }, true },
    { "msr", { .op = REC_MSR, .n = 0xc000, .value = ~0ull }, true },
    { "par", { .op = REC_PAR, .value = 1 }, true },
    { "exc", { .op = REC_EXC, .n = 0x780, .value = 1, .va = 2, .pa = 3, .elr = 4, .spsr = 5, .par = 6 }, true },
    { "tabw", { .op = REC_TABW, .pa = 8, .value = 7 }, true },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct trace_rec got;

    assert_null(record_problem(&row->rec));
    memset(&block, POISON, sizeof block);
    block.count = block.odd_count = 0;
    dense_add(&block, &row->rec);
    dense_add(&block, &row->rec);
    assert_int_equal(block.count, 2);
    assert_int_equal(block.odd_count, row->odd ? 2 : 0);
    got = dense_get(&block, 1);
    assert_true(fixture_same(&got, &row->rec));
}

/* What the record of a lane is found by: operation, level and core as one number. */
static void lanes(void **state)
{
    struct sweep s = { 0 };

    (void)state;
    for (unsigned core = 0; core < TRACE_CORES_MAX; core++) {
        for (unsigned el = 0; el < 4; el++) {
            for (unsigned op = REC_FETCH; op <= REC_ZVA; op++) {
                struct trace_rec rec = { .op = (uint8_t)op, .core = (uint8_t)core, .el = (uint8_t)el, .n = 4 };

                block.count = block.odd_count = 0;
                dense_add(&block, &rec);
                sweep_point(&s, block.rec[0].what & DENSE_LANE_MASK, core << 4 | el << 2 | op, "core %u, EL%u, %u",
                            core, el, op);
            }
        }
    }
    sweep_end(&s, 128);
}

/* DENSE_SPECIAL: all but what is aligned to its size or is an aligned pair, in one line or two and one page, not
 * unprivileged, its PA known. DENSE_TWO: a run in two lines or more, an aligned pair in two. */
static const struct plain_row {
    const char *name;
    struct trace_rec rec;
    bool plain, two;
} plain_rows[] = {
    { "plain: a byte anywhere", { .op = REC_LOAD, .va = VA + 63 - 0x38, .pa = 0x67f }, true },
    { "plain: aligned", { .op = REC_STORE, .size_log2 = 3, .va = VA, .pa = 0x678 }, true },
    { "plain: off by one", { .op = REC_LOAD, .size_log2 = 3, .va = VA + 1, .pa = 0x679 }, false },
    { "plain: off by half", { .op = REC_LOAD, .size_log2 = 3, .va = VA + 4, .pa = 0x67c }, false },
    { "plain: a pair aligned as one", { .op = REC_LOAD, .size_log2 = 4, .va = VA + 8, .pa = 0x680 }, true },
    { "plain: a pair aligned each", { .op = REC_LOAD, .size_log2 = 4, .va = VA - 16, .pa = 0x668 }, true },
    { "plain: a pair aligned each, over two lines",
      { .op = REC_LOAD, .size_log2 = 4, .va = VA, .pa = 0x678 },
      true,
      true },
    { "plain: a pair aligned by less", { .op = REC_LOAD, .size_log2 = 4, .va = VA - 12, .pa = 0x66c }, false },
    { "plain: a pair of 16 bytes aligned each", { .op = REC_STORE, .size_log2 = 5, .va = VA + 24, .pa = 0x690 }, true },
    { "plain: a pair of 16 bytes aligned by 8",
      { .op = REC_STORE, .size_log2 = 5, .va = VA + 16, .pa = 0x688 },
      false },
    { "plain: a pair of 16 bytes, over two lines",
      { .op = REC_STORE, .size_log2 = 5, .va = VA + 56, .pa = 0x6b0 },
      true,
      true },
    { "plain: a pair over two pages", { .op = REC_LOAD, .size_log2 = 4, .va = VA + 0x980, .pa = 0xff8 }, false },
    { "plain: a line", { .op = REC_LOAD, .size_log2 = 6, .va = VA + 8, .pa = 0x680 }, true },
    { "plain: unprivileged", { .op = REC_LOAD, .flags = REC_UNPRIV, .va = VA, .pa = 0x678 }, false },
    { "plain: PA not known", { .op = REC_LOAD, .flags = REC_PA_UNKNOWN, .va = VA }, false },
    { "plain: in MMIO", { .op = REC_LOAD, .flags = REC_MMIO, .va = VA, .pa = 0x678 }, true },
    { "plain: run of one", { .op = REC_FETCH, .n = 1, .va = 0x103c, .pa = 0x3c }, true },
    { "plain: run to its line's end", { .op = REC_FETCH, .n = 16, .va = 0x1000, .pa = 0 }, true },
    { "plain: run beyond it", { .op = REC_FETCH, .n = 17, .va = 0x1000, .pa = 0 }, true, true },
    { "plain: run beyond it, from its last", { .op = REC_FETCH, .n = 2, .va = 0x103c, .pa = 0x3c }, true, true },
    { "plain: run of two lines", { .op = REC_FETCH, .n = 32, .va = 0x1000, .pa = 0 }, true, true },
    { "plain: run beyond two", { .op = REC_FETCH, .n = 33, .va = 0x1000, .pa = 0 }, false, true },
    { "plain: run beyond two, from the first's last",
      { .op = REC_FETCH, .n = 18, .va = 0x103c, .pa = 0x3c },
      false,
      true },
    { "plain: run of 1024", { .op = REC_FETCH, .n = 1024, .va = 0x1000, .pa = 0 }, false, true },
};

static void check_plain(void **state)
{
    const struct plain_row *row = *state;

    assert_null(record_problem(&row->rec));
    block.count = block.odd_count = 0;
    dense_add(&block, &row->rec);
    assert_false(dense_is_odd(block.rec[0].what));
    assert_int_equal(block.rec[0].what >> DENSE_SPECIAL & 1, !row->plain);
    assert_int_equal(dense_two(block.rec[0].what), row->two);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add(&all, check_plain, ROWS_OF(plain_rows));
    rows_add_test(&all, "lanes", lanes, NULL);
    return rows_run(&all, "traces/dense");
}
