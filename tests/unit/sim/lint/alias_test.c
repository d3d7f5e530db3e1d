/* Which two mappings of one address contradict each other, and how badly. */
#include "sim/lint/alias.h"
#include "tests/unit/sim/lint/found.h"

#define WB                                                                                                             \
    {                                                                                                                  \
        0xFF, SH_ISH                                                                                                   \
    }
#define WB_OSH                                                                                                         \
    {                                                                                                                  \
        0xFF, SH_OSH                                                                                                   \
    }
#define WB_RA                                                                                                          \
    {                                                                                                                  \
        0xEE, SH_ISH                                                                                                   \
    }
#define NC                                                                                                             \
    {                                                                                                                  \
        0x44, SH_OSH                                                                                                   \
    }
#define WT                                                                                                             \
    {                                                                                                                  \
        0xBB, SH_ISH                                                                                                   \
    }
#define DEV                                                                                                            \
    {                                                                                                                  \
        0x04, SH_OSH                                                                                                   \
    }
#define DEV_STRONG                                                                                                     \
    {                                                                                                                  \
        0x00, SH_OSH                                                                                                   \
    }

#define TYPE(severity, n)                                                                                              \
    {                                                                                                                  \
        LINT_MISMATCHED_TYPE, severity, n                                                                              \
    }

struct row {
    const char *name;
    struct alias_piece piece[4]; /* bytes 0: no more */
    struct found want[FOUND_MAX];
};

/* PA, bytes, IA, space, attributes, the worst, regime */
static const struct row rows[] = {
    { "nothing", { { 0 } }, { { 0 } } },
    { "the same",
      { { 0x1000, 0x1000, 0, "a", WB, LINT_ERROR }, { 0x1000, 0x1000, 0, "b", WB, LINT_ERROR } },
      { { 0 } } },
    { "hints alone",
      { { 0x1000, 0x1000, 0, "a", WB, LINT_ERROR }, { 0x1000, 0x1000, 0, "b", WB_RA, LINT_ERROR } },
      { { 0 } } },
    { "WB and NC",
      { { 0x1000, 0x1000, 0, "a", WB, LINT_ERROR }, { 0x1000, 0x1000, 0, "b", NC, LINT_ERROR } },
      { TYPE(LINT_ERROR, 1) } },
    { "WB and WT",
      { { 0x1000, 0x1000, 0, "a", WB, LINT_ERROR }, { 0x1000, 0x1000, 0, "b", WT, LINT_ERROR } },
      { TYPE(LINT_ERROR, 1) } },
    { "WB and Device, one harmless",
      { { 0x1000, 0x1000, 0, "a", WB, LINT_WARNING }, { 0x1000, 0x1000, 0, "b", DEV, LINT_ERROR } },
      { TYPE(LINT_WARNING, 1) } },
    { "two Device types",
      { { 0x1000, 0x1000, 0, "a", DEV_STRONG, LINT_ERROR }, { 0x1000, 0x1000, 0, "b", DEV, LINT_ERROR } },
      { TYPE(LINT_NOTE, 1) } },
    { "EL2's map of all",
      { { 0, 1 << 20, 0, "el2", WB, LINT_WARNING, REGIME_EL2 }, { 0x1000, 0x1000, 0, "b", NC, LINT_WARNING } },
      { TYPE(LINT_NOTE, 1) } },
    { "shareability",
      { { 0x1000, 0x1000, 0, "a", WB, LINT_ERROR }, { 0x1000, 0x1000, 0, "b", WB_OSH, LINT_ERROR } },
      { { LINT_MISMATCHED_SHAREABILITY, LINT_WARNING, 1 } } },
    { "neighbours",
      { { 0x1000, 0x1000, 0, "a", WB, LINT_ERROR }, { 0x2000, 0x1000, 0, "b", NC, LINT_ERROR } },
      { { 0 } } },
    { "the last page",
      { { 0x1000, 0x2000, 0, "a", WB, LINT_ERROR }, { 0x2000, 0x1000, 0, "b", NC, LINT_ERROR } },
      { TYPE(LINT_ERROR, 1) } },
    { "in the order of a file",
      { { 0x2000, 0x1000, 0, "b", NC, LINT_ERROR }, { 0x1000, 0x2000, 0, "a", WB, LINT_ERROR } },
      { TYPE(LINT_ERROR, 1) } },
    { "a short one between",
      { { 0, 0x9000, 0, "a", WB, LINT_ERROR },
        { 0x1000, 0x1000, 0, "a", WB, LINT_ERROR },
        { 0x8000, 0x1000, 0, "b", NC, LINT_ERROR } },
      { TYPE(LINT_ERROR, 1) } },
    { "one against two ways",
      { { 0, 0x4000, 0, "a", WB, LINT_ERROR },
        { 0, 0x4000, 0, "b", WB_OSH, LINT_ERROR },
        { 0x1000, 0x1000, 0, "c", NC, LINT_ERROR } },
      { { LINT_MISMATCHED_SHAREABILITY, LINT_WARNING, 1 }, TYPE(LINT_ERROR, 2) } },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct aliases a = { NULL };
    struct lint_report r;

    lint_report_init(&r, LINT_KEPT);
    for (unsigned i = 0; i < 4; i++)
        aliases_add(&a, &row->piece[i]);
    aliases_check(&a, &r);
    found_check(&r, row->want);
    aliases_free(&a);
    lint_report_free(&r);
}

/* A page a call, which goes on: one piece. A break in either address, or in what it is: another. */
static void check_joined(void **state)
{
    struct aliases a = { NULL };
    struct alias_piece p = { .pa = 0x1000, .bytes = 0x1000, .space = "a", .attr = WB };

    (void)state;
    for (unsigned i = 0; i < 100; i++, p.pa += 0x1000, p.ia += 0x1000)
        aliases_add(&a, &p);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.piece[0].bytes, 100 * 0x1000);
    p.ia += 0x1000;
    aliases_add(&a, &p);
    assert_int_equal(a.count, 2);
    p.pa += 0x1000;
    p.ia += 0x1000;
    p.attr.sh = SH_OSH;
    aliases_add(&a, &p);
    assert_int_equal(a.count, 3);
    aliases_free(&a);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add_test(&all, "pages that go on are one piece", check_joined, NULL);
    return rows_run(&all, "sim/lint/alias");
}
