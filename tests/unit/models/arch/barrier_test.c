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

#define BSU_ISH (1ULL << 10)
#define TGE (1ULL << 27)

/* [Arm: HCR_EL2.BSU]: the least shareability domain of barriers at EL1 and EL0 */
static const struct under_row {
    const char *name;
    uint32_t opcode;
    unsigned el;
    uint64_t hcr;
    uint32_t acts_as;
} under_rows[] = {
    { "nsh at EL1 under Xen", 0xD503379F, 1, BSU_ISH, 0xD5033B9F },
    { "nsh at EL0 under Xen", 0xD503379F, 0, BSU_ISH, 0xD5033B9F },
    { "nshst keeps what it orders", 0xD503369F, 1, BSU_ISH, 0xD5033A9F },
    { "nsh at EL1 without BSU", 0xD503379F, 1, 0, 0xD503379F },
    { "nsh of Xen's own", 0xD503379F, 2, BSU_ISH, 0xD503379F },
    { "nsh where EL0 is EL2's", 0xD503379F, 0, BSU_ISH | TGE, 0xD503379F },
    { "ish", 0xD5033B9F, 1, BSU_ISH, 0xD5033B9F },
    { "osh", 0xD503339F, 1, BSU_ISH, 0xD503339F },
    { "sy", 0xD5033F9F, 1, BSU_ISH, 0xD5033F9F },
};

static void check_under(void **state)
{
    const struct under_row *row = *state;

    assert_int_equal(barrier_dsb_under(row->opcode, row->el, row->hcr), row->acts_as);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_barrier, ROWS_OF(barrier_rows));
    rows_add(&all, check_under, ROWS_OF(under_rows));
    return rows_run(&all, "arch/barrier");
}
