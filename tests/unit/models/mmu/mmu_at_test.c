/* AT: what it answers in PAR_EL1, when it aborts instead, and that it uses and fills nothing
 * [Arm: D8.2.13, C5.4; A.g: D4.2.11]. */
#include "tests/unit/models/fault_rows.h"

static struct guest g;
static struct at_result result;

static void at(enum at_op op, unsigned el, uint64_t va)
{
    struct at_request request = { .va = VA(va), .op = (uint8_t)op, .el = (uint8_t)el };

    memset(&g.x, POISON, sizeof g.x);
    memset(&result, POISON, sizeof result);
    mmu_at(&g.mmu, &request, &g.x, &result);
}

/* The VA's page: EL1 reads and writes, EL0 nothing; AP 11 at GUEST_VA + 0x1000: both read; Device-GRE at + 0x2000 over
 * stage 2's Write-Back; stage 2 read-only at + 0x3000; stage 2 unmapped at + 0x4000 */
static void start(void)
{
    guest_start(&g);
    guest_map1(&g, GUEST_VA + 0x1000, GUEST_DATA + 0x1000, 3, S1_LEAF | D_AP(3));
    guest_map1(&g, GUEST_VA + 0x2000, GUEST_DATA + 0x2000, 3, S1_LEAF | D_INDEX(5));
    guest_map1(&g, GUEST_VA + 0x3000, GUEST_DATA + 0x3000, 3, S1_LEAF | D_AP(1));
    guest_map2(&g, GUEST_DATA + 0x3000, 3, S2_LEAF & ~D_AP(2), 1);
    guest_map1(&g, GUEST_VA + 0x4000, 0x5000, 3, S1_LEAF);
}

#define P(n) (GUEST_VA + 0x1000ULL * (n))
#define PAR_WB(pa) (0xFF00000000000B80ULL | (pa))  /* Write-Back ish, NS, RES1 */
#define PAR_GRE(pa) (0x0C00000000000B00ULL | (pa)) /* Device-GRE osh */
#define PAR_FAULT(fst) (0x801ULL | (fst) << 1)
#define S (1 << 9)

struct par_row {
    const char *name;
    enum at_op op;
    uint64_t va;
    struct reg_edit reg[2];
    uint64_t par;
};

// clang-format off
#define NO_REG { { SYSREG_SCTLR_EL1, 0, 0 } }
#define M_OFF { SYSREG_SCTLR_EL1, 0, 1 }
#define DC_ON { SYSREG_HCR_EL2, 1 << 12, 0 }
#define VM_OFF { SYSREG_HCR_EL2, 0, 1 }

static const struct par_row par_rows[] = {
    { "S1E1R gives the IPA",                 AT_S1E1R,  P(0),          NO_REG, PAR_WB(GUEST_DATA) },
    { "S12E1R gives the PA",                 AT_S12E1R, P(0),          NO_REG, PAR_WB(0x08000000) },
    { "no bit [11:0] of the address",        AT_S12E1R, P(0) + 0xFFF,  NO_REG, PAR_WB(0x08000000) },
    { "S1E1W",                               AT_S1E1W,  P(0),          NO_REG, PAR_WB(GUEST_DATA) },
    { "S12E1W",                              AT_S12E1W, P(0),          NO_REG, PAR_WB(0x08000000) },
    { "S1E0R of EL1's page",                 AT_S1E0R,  P(0),          NO_REG, PAR_FAULT(0x0F) },
    { "S1E0R of a page for both",            AT_S1E0R,  P(1),          NO_REG, PAR_WB(GUEST_DATA + 0x1000) },
    { "S1E0W of a read-only page",           AT_S1E0W,  P(1),          NO_REG, PAR_FAULT(0x0F) },
    { "S1E1W of a read-only page",           AT_S1E1W,  P(1),          NO_REG, PAR_FAULT(0x0F) },
    { "S12E0R",                              AT_S12E0R, P(1),          NO_REG, PAR_WB(0x08001000) },
    { "S12E0W of a stage-1 read-only page",  AT_S12E0W, P(1),          NO_REG, PAR_FAULT(0x0F) },
    { "S1E1R of Device: stage 1's type",     AT_S1E1R,  P(2),          NO_REG, PAR_GRE(GUEST_DATA + 0x2000) },
    { "S12E1R of Device: combined",          AT_S12E1R, P(2),          NO_REG, PAR_GRE(0x08002000) },
    { "Device, unaligned: no alignment fault", AT_S12E1R, P(2) + 1,    NO_REG,
      PAR_GRE(0x08002000) }, /* [Arm: D8.2.13] */
    { "SCTLR_EL1.A: no alignment fault",     AT_S1E1R,  P(0) + 1,      { { SYSREG_SCTLR_EL1, 2, 0 } },
      PAR_WB(GUEST_DATA) },
    { "S1E1W: stage 2 is not asked",         AT_S1E1W,  P(3),          NO_REG, PAR_WB(GUEST_DATA + 0x3000) },
    { "S12E1W: stage-2 permission",          AT_S12E1W, P(3),          NO_REG, PAR_FAULT(0x0F) | S },
    { "S12E0R of that page",                 AT_S12E0R, P(3),          NO_REG, PAR_WB(0x08003000) },
    { "S1E1R: the output's stage 2 is not asked", AT_S1E1R, P(4),      NO_REG, PAR_WB(0x5000) },
    { "S12E1R: stage-2 translation, level 1", AT_S12E1R, P(4),         NO_REG, PAR_FAULT(0x05) | S },
    { "stage-1 translation, level 3",        AT_S12E1R, P(5),          NO_REG, PAR_FAULT(0x07) },
    { "VA out of range",                     AT_S12E1R, 1ULL << 48,    NO_REG, PAR_FAULT(0x04) },
    { "a data access: XN does not matter",   AT_S1E1R,  P(3),          NO_REG,
      PAR_WB(GUEST_DATA + 0x3000) }, /* PXN by AP 01 */
    { "C 0: Non-cacheable",                  AT_S12E1R, P(0),          { { SYSREG_SCTLR_EL1, 0, 4 } },
      0x4400000008000B00ULL },
    { "stage 1 off: Device-nGnRnE",          AT_S1E1R,  GUEST_DATA,    { M_OFF },
      0x0000000048000B00ULL }, /* [Arm: R_WFZPW] */
    { "stage 1 off, S12",                    AT_S12E1R, GUEST_DATA,    { M_OFF }, 0x0000000008000B00ULL },
    { "stage 1 off, EL0 writes",             AT_S12E0W, GUEST_DATA,    { M_OFF }, 0x0000000008000B00ULL },
    { "stage 1 off, VA at 2^40",             AT_S1E1R,  1ULL << 40,    { M_OFF }, PAR_FAULT(0x00) },
    { "DC: Write-Back nsh",                  AT_S1E1R,  GUEST_DATA,    { DC_ON },
      0xFF00000048000A00ULL }, /* [Arm: R_WFZPW] */
    { "DC, S12: with stage 2's ish",         AT_S12E1R, GUEST_DATA,    { DC_ON }, PAR_WB(0x08000000) },
    { "both off, S12",                       AT_S12E1R, 0x12345678,    { M_OFF, VM_OFF }, 0x0000000012345B00ULL },
};
// clang-format on

static void check_par(void **state)
{
    const struct par_row *row = *state;

    start();
    for (unsigned i = 0; i < 2; i++) {
        guest_reg_clear(&g, row->reg[i].reg, row->reg[i].clear);
        guest_reg_set(&g, row->reg[i].reg, row->reg[i].set);
    }
    for (unsigned el = 1; el <= 2; el++) {
        at(row->op, el, row->va);
        assert_false(result.aborts);
        assert_int_equal(result.par, row->par);
        assert_int_equal(g.mmu.regs.v[SYSREG_PAR_EL1], 0); /* writing it is the caller's */
    }
}

/* Faults that an AT takes as a Data Abort, by the level it executes at. CM and WnR set, FAR the operand
 * [Arm: D8.2.13, R_WJMZJ]. */
struct abort_row {
    const char *name;
    enum at_op op;
    unsigned el;
    struct edit spoil, no_ram;
    bool aborts;
    uint64_t esr, hpfar, par; /* esr and hpfar of an abort (hpfar 0: not written), par otherwise */
    unsigned to;
};

// clang-format off
#define CM_WNR 0x140u
#define S1PTW 0x80u
#define NO_PAGE { '2', TABLE_L3, 3, 0, 1 }

static const struct abort_row abort_rows[] = {
    { "walk's stage 2, at EL1",       AT_S1E1R,  1, NO_PAGE, { 0 }, true,  0x92000000u | CM_WNR | S1PTW | 0x07,
      TABLE_L3 >> 8, 0, 2 },
    { "walk's stage 2, S1E0W at EL1", AT_S1E0W,  1, NO_PAGE, { 0 }, true,  0x92000000u | CM_WNR | S1PTW | 0x07,
      TABLE_L3 >> 8, 0, 2 },
    { "walk's stage 2, at EL2",       AT_S1E1R,  2, NO_PAGE, { 0 }, false, 0, 0, PAR_FAULT(0x07) | S | 1 << 8, 0 },
    { "walk's stage 2, S12 at EL2",   AT_S12E1R, 2, NO_PAGE, { 0 }, false, 0, 0, PAR_FAULT(0x07) | S | 1 << 8, 0 },
    { "external abort, at EL1",       AT_S1E1R,  1, { 0 }, { '1', GUEST_VA, 3, 0, 0 }, true,
      0x96000000u | CM_WNR | 0x17, 0, 0, 1 },
    { "external abort, at EL2",       AT_S12E1R, 2, { 0 }, { '1', GUEST_VA, 3, 0, 0 }, true,
      0x96000000u | CM_WNR | 0x17, 0, 0, 2 },
    { "external abort of stage 2",    AT_S12E1R, 2, { 0 }, { '2', GUEST_DATA, 3, 0, 0 }, true,
      0x96000000u | CM_WNR | 0x17, 0, 0, 2 },
};
// clang-format on

static void check_abort(void **state)
{
    const struct abort_row *row = *state;

    start();
    fault_edit(&g, &row->spoil);
    if (row->no_ram.stage)
        fault_take_ram(&g, &row->no_ram);
    at(row->op, row->el, GUEST_VA + 0x123);
    assert_int_equal(result.aborts, row->aborts);
    if (!row->aborts) {
        assert_int_equal(result.par, row->par);
        return;
    }
    assert_int_equal(result.exception.el, row->to);
    assert_int_equal(result.exception.esr & 0xFC0001FFu, row->esr & 0xFC0001FFu); /* EA is IMPLEMENTATION DEFINED */
    assert_int_equal(result.exception.far, GUEST_VA + 0x123);
    assert_int_equal(result.exception.hpfar_valid, row->hpfar != 0);
    if (row->hpfar)
        assert_int_equal(result.exception.hpfar, row->hpfar);
}

/* Fills nothing: the load after it walks in full. Uses nothing: it sees tables that changed without maintenance. Asks
 * no cache: its steps are descriptor reads alone. */
static void uses_and_fills_nothing(void **state)
{
    char picture[STEPS_MAX + 1];

    (void)state;
    start();
    at(AT_S12E1R, 2, P(0));
    guest_picture(&g.x.steps, 0, picture);
    assert_string_equal(picture, "123A123B123C123D123");
    assert_int_equal(g.mmu.count.v[COUNT_MAIN_TLB], 0);
    assert_int_equal(g.mmu.count.v[COUNT_IPA_CACHE], 0);
    assert_int_equal(g.mmu.count.v[COUNT_L1D_TLB_REFILL], 0);
    assert_int_equal(g.mmu.count.v[COUNT_AT], 1);
    guest_load(&g, P(0));
    guest_picture(&g.x.steps, 0, picture);
    assert_string_equal(picture, "twi123Ai123Bi123Ci123Di123");
    guest_map1(&g, P(0), GUEST_DATA + 0x7000, 3, S1_LEAF);
    at(AT_S12E1R, 2, P(0));
    assert_int_equal(result.par, PAR_WB(0x08007000));
    assert_int_equal(guest_load(&g, P(0)), HIT_UTLB);
    assert_int_equal(g.x.pa.v, 0x08000000); /* the load still has the old one */
    at(AT_S1E1R, 2, P(0));
    guest_picture(&g.x.steps, 0, picture);
    assert_string_equal(picture, "123A123B123C123D"); /* stage 2 of the walk, not of the output */
}

/* Blocks: the PA's low bits come from the VA, of halves of 1 GB too. */
static void blocks(void **state)
{
    static const struct shape shape = { .leaf_level = 1, .s2_leaf_level = 1 };
    uint64_t base = GUEST_VA & ~0x3FFFFFFFULL;

    (void)state;
    guest_start_shape(&g, &shape);
    at(AT_S12E1R, 2, base + 0x3ABCD123);
    assert_int_equal(result.par, PAR_WB(0x3ABCD000));
    assert_int_equal(result.pa.v, 0x3ABCD123);
    assert_int_equal(result.ipa.v, 0x7ABCD123);
    at(AT_S1E1R, 2, base + 0x1ABCD123);
    assert_int_equal(result.par, PAR_WB(0x5ABCD000));
}

/* EL2's own regime. */
static void el2(void **state)
{
    (void)state;
    start();
    tree_map(&g.el2, 0x40000000, 3, 0x55555000 | S1_LEAF | D_AP(2) | D_PAGE, 1);
    guest_reg(&g, SYSREG_TCR_EL2, 16 | 2 << 16 | TCR_WALK0);
    guest_reg(&g, SYSREG_TTBR0_EL2, EL2_ROOT);
    guest_reg(&g, SYSREG_MAIR_EL2, GUEST_MAIR);
    at(AT_S1E2R, 2, 0x12345678); /* off */
    assert_int_equal(result.par, 0x0000000012345B00ULL);
    guest_reg(&g, SYSREG_SCTLR_EL2, SCTLR_ON);
    at(AT_S1E2R, 2, 0x40000000);
    assert_int_equal(result.par, PAR_WB(0x55555000));
    at(AT_S1E2W, 2, 0x40000000);
    assert_int_equal(result.par, PAR_FAULT(0x0F));
    at(AT_S1E2R, 2, 0x80000000);
    assert_int_equal(result.par, PAR_FAULT(0x05));
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_par, ROWS_OF(par_rows));
    rows_add(&all, check_abort, ROWS_OF(abort_rows));
    rows_add_test(&all, "AT uses and fills nothing", uses_and_fills_nothing, NULL);
    rows_add_test(&all, "AT of blocks", blocks, NULL);
    rows_add_test(&all, "AT S1E2R and S1E2W", el2, NULL);
    return rows_run(&all, "mmu/mmu, AT");
}
