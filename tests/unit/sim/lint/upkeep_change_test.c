/* Changes of a descriptor by name, row by row. */
#include "sim/lint/upkeep_change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAIR 0x44FF04FF00ULL /* 0: Device-nGnRnE, 1: WB, 2: Device-nGnRE, 3: WB once more, 4: NC */

static const struct change_view page1 = { 1, 3, 12, true, MAIR }, page_el2 = { 1, 3, 12, false, MAIR },
                                page2 = { 2, 3, 12, true, 0 }, upper1 = { 1, 2, 12, true, MAIR },
                                root1 = { 1, 0, 12, true, MAIR }, table2 = { 2, 2, 12, true, 0 },
                                big1 = { 1, 2, 16, true, MAIR };

static const struct row {
    const char *name;
    const struct change_view *view;
    uint64_t from, to;
    unsigned changes;
} rows[] = {
    { "nothing", &page1, 0x80000F07, 0x80000F07, 0 },
    { "invalid to valid [Arm: I_WZCBG]", &page1, 0, 0x80000F07, CHANGE_MADE },
    { "block encoding at level 3 is invalid", &page1, 0x80000F05, 0x80000F07, CHANGE_MADE },
    { "access flag set [Arm: I_WZCBG]", &page1, 0x80000B07, 0x80000F07, CHANGE_MADE },
    { "access flag cleared", &page1, 0x80000F07, 0x80000B07, CHANGE_AF_CLEARED },
    { "access flag cleared, another address", &page1, 0x80000F07, 0x80001B07, CHANGE_BROKEN },
    { "access flag cleared of what was a table", &upper1, 0x44000003, 0x80000B05, CHANGE_BROKEN },
    { "valid to invalid [Arm: R_GPPYH]", &page1, 0x80000F07, 0x80000F06, CHANGE_BROKEN },
    { "invalid to invalid", &page1, 0x80000F06, 0, CHANGE_IGNORED },
    { "software bits", &page1, 0x80000F07, 0x0780000080000F07, CHANGE_IGNORED },
    { "address, writable [Arm: R_WHZWS]", &page1, 0x80000F07, 0x80001F07, CHANGE_ADDRESS },
    { "address, becoming writable", &page1, 0x80000F87, 0x80001F07, CHANGE_ADDRESS | CHANGE_WIDER },
    { "address, read-only [Arm: R_WHZWS]", &page1, 0x80000F87, 0x80001F87, CHANGE_ADDRESS_RO },
    { "type by index", &page1, 0x80000F07, 0x80000F03, CHANGE_TYPE },
    { "another index, the same type", &page1, 0x80000F07, 0x80000F0F, CHANGE_IGNORED },
    { "cacheability", &page1, 0x80000F07, 0x80000F13, CHANGE_TYPE },
    { "shareability", &page1, 0x80000F07, 0x80000E07, CHANGE_SHARED },
    { "shareability of Device is none", &page1, 0x80000F0B, 0x80000C0B, CHANGE_IGNORED },
    { "Contiguous", &page1, 0x80000F07, 0x0010000080000F07, CHANGE_CONTIGUOUS },
    { "nG to global", &page1, 0x80000F07, 0x80000707, CHANGE_GLOBAL },
    { "global to nG", &page1, 0x80000707, 0x80000F07, CHANGE_NOT_GLOBAL },
    { "nG is nothing in EL2", &page_el2, 0x80000F47, 0x80000747, CHANGE_IGNORED },
    { "read-only", &page1, 0x0020000080000F07, 0x0020000080000F87, CHANGE_NARROWER },
    { "writable", &page1, 0x0020000080000F87, 0x0020000080000F07, CHANGE_WIDER },
    { "not executable at EL0", &page1, 0x80000F47, 0x0040000080000F47, CHANGE_NARROWER },
    { "stage 2: to read-only", &page2, 0x800007FF, 0x8000077F, CHANGE_NARROWER },
    { "stage 2: type", &page2, 0x800007FF, 0x800007D7, CHANGE_TYPE },
    { "stage 2: address, write-only", &page2, 0x800007BF, 0x800017BF, CHANGE_ADDRESS },
    { "stage 2: address, read-only", &page2, 0x8000077F, 0x8000177F, CHANGE_ADDRESS_RO },
    { "block to table", &upper1, 0x80000F05, 0x44000003, CHANGE_SIZE },
    { "table to block", &upper1, 0x44000003, 0x80000F05, CHANGE_SIZE },
    { "another table", &upper1, 0x44000003, 0x44001003, CHANGE_TABLE },
    { "APTable set", &upper1, 0x44000003, 0x4000000044000003, CHANGE_NARROWER },
    { "PXNTable cleared", &upper1, 0x0800000044000003, 0x44000003, CHANGE_WIDER },
    { "hierarchical bits are none of stage 2", &table2, 0x44000003, 0x4000000044000003, CHANGE_IGNORED },
    { "no block at level 0: invalid", &root1, 0x44000003, 0x44000001, CHANGE_BROKEN },
    { "a block's low address bits with 4 KB", &upper1, 0x80200F05, 0x80210F05, CHANGE_IGNORED },
    { "a block's address with 64 KB", &big1, 0x80000F05, 0xA0000F05, CHANGE_ADDRESS },
    { "a table's low address bits with 64 KB", &big1, 0x44000003, 0x44001003, CHANGE_IGNORED },
};

static void one_row(void **state)
{
    const struct row *r = *state;
    char is[256], expected[256];

    change_text(change_of(r->view, r->from, r->to), is, sizeof is);
    change_text(r->changes, expected, sizeof expected);
    assert_string_equal(is, expected);
    assert_int_equal(change_of(r->view, r->from, r->to), r->changes);
}

/* The text is cut at a name, and ends. */
static void a_text_is_cut(void **state)
{
    char text[24];

    (void)state;
    change_text(CHANGE_TYPE | CHANGE_SHARED, text, sizeof text);
    assert_string_equal(text, "memory type");
    change_text(CHANGE_TYPE, text, sizeof text);
    assert_string_equal(text, "memory type");
    change_text(~0u, text, sizeof text);
    assert_true(strlen(text) < sizeof text);
}

int main(void)
{
    enum { ROWS = sizeof rows / sizeof *rows };
    struct CMUnitTest tests[ROWS + 1];

    for (size_t i = 0; i < ROWS; i++)
        tests[i] = (struct CMUnitTest){ rows[i].name, one_row, NULL, NULL, (void *)(uintptr_t)&rows[i] };
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(a_text_is_cut);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
