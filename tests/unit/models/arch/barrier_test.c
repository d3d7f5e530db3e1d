/* Which opcodes are DSB and ISB, whatever their option. */
#include "models/arch/barrier.h"
#include "tests/unit/models/rows.h"

struct barrier_row {
    const char *name;
    uint32_t opcode;
    bool dsb, isb;
};

/* [Arm: C6.2, DSB, ISB, DMB, CLREX, NOP]; as GNU as encodes them */
static const struct barrier_row barrier_rows[] = {
    { "dsb sy", 0xD5033F9F, true, false },    { "dsb ish", 0xD5033B9F, true, false },
    { "dsb ishst", 0xD5033A9F, true, false }, { "dsb nsh", 0xD503379F, true, false },
    { "isb", 0xD5033FDF, false, true },       { "isb #0", 0xD50330DF, false, true },
    { "dmb ish", 0xD5033BBF, false, false },  { "clrex", 0xD5033F5F, false, false },
    { "nop", 0xD503201F, false, false },      { "all ones", UINT32_MAX, false, false },
};

static void check_barrier(void **state)
{
    const struct barrier_row *row = *state;

    assert_int_equal(barrier_is_dsb(row->opcode), row->dsb);
    assert_int_equal(barrier_is_isb(row->opcode), row->isb);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_barrier, ROWS_OF(barrier_rows));
    return rows_run(&all, "arch/barrier");
}
