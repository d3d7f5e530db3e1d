/* With which memory attribute descriptors are read: TCR and VTCR, SCTLR.C and HCR_EL2.CD, and stage 2's word on the
 * guest's tables [Arm: S1Walk, HCR_EL2.PTW; A.g: D4.2.4]. And the attribute the access itself gets. */
#include "tests/unit/models/fault_rows.h"

static struct guest g;

/* A nested walk; the level-3 table's page has this stage-2 MemAttr and SH. Wanted: byte and sh of the read of the
 * guest's level-3 descriptor, and of stage 2's own. */
struct walk_row {
    const char *name;
    struct reg_edit reg[2];
    unsigned memattr, sh;
    unsigned want, want_sh, want2, want2_sh;
};

// clang-format off
#define WB_ISH 0xFF, SH_ISH
#define NC_OSH 0x44, SH_OSH
#define TCR_FIELDS 0x3F00ULL /* IRGN0, ORGN0, SH0 */
#define TCR(irgn, orgn, sh) { SYSREG_TCR_EL1, (irgn) << 8 | (orgn) << 10 | (sh) << 12, TCR_FIELDS }
#define VTCR(irgn, orgn, sh) { SYSREG_VTCR_EL2, (irgn) << 8 | (orgn) << 10 | (sh) << 12, TCR_FIELDS }
#define NO_REG { { SYSREG_SCTLR_EL1, 0, 0 } }
#define WB2 0xF, SH_ISH

static const struct walk_row walk_rows[] = {
    { "Write-Back throughout",               NO_REG,               WB2,         WB_ISH,       WB_ISH },
    { "TCR: Non-cacheable",                  { TCR(0, 0, 3) },     WB2,         NC_OSH,       WB_ISH },
    { "TCR: inner NC alone",                 { TCR(0, 1, 3) },     WB2,         0xF4, SH_ISH, WB_ISH },
    { "TCR: Write-Through",                  { TCR(2, 2, 3) },     WB2,         0xAA, SH_ISH, WB_ISH },
    { "TCR: no Write-Allocate",              { TCR(3, 3, 3) },     WB2,         0xEE, SH_ISH, WB_ISH },
    { "TCR: inner WB, outer WT",             { TCR(1, 2, 3) },     WB2,         0xAF, SH_ISH, WB_ISH },
    { "TCR: nsh, stage 2 ish",               { TCR(1, 1, 0) },     WB2,         WB_ISH,       WB_ISH },
    { "TCR: osh",                            { TCR(1, 1, 2) },     WB2,         0xFF, SH_OSH, WB_ISH },
    { "VTCR: Non-cacheable",                 { VTCR(0, 0, 3) },    WB2,         WB_ISH,       NC_OSH },
    { "VTCR: inner WB, outer WT",            { VTCR(1, 2, 2) },    WB2,         WB_ISH,       0xAF, SH_OSH },
    { "SCTLR_EL1.C 0 is stage 1's",          { { SYSREG_SCTLR_EL1, 0, 4 } }, WB2, NC_OSH,
      WB_ISH }, /* [Arm: SCTLR_EL1.C] */
    { "SCTLR_EL1.I 0 is for fetches",        { { SYSREG_SCTLR_EL1, 0, 1 << 12 } }, WB2, WB_ISH, WB_ISH },
    { "HCR_EL2.CD is both's",                { { SYSREG_HCR_EL2, 1ULL << 32, 0 } }, WB2, NC_OSH,
      NC_OSH }, /* [Arm: HCR_EL2.CD] */
    { "HCR_EL2.ID is for fetches",           { { SYSREG_HCR_EL2, 1ULL << 33, 0 } }, WB2, WB_ISH, WB_ISH },
    { "stage 2: Non-cacheable",              NO_REG,               0x5, SH_ISH, NC_OSH,       WB_ISH },
    { "stage 2: Write-Through",              NO_REG,               0xA, SH_ISH, 0xBB, SH_ISH, WB_ISH },
    { "stage 2: nsh, TCR ish",               NO_REG,               0xF, SH_NSH, WB_ISH,       WB_ISH },
    { "stage 2: Device acts as NC",          NO_REG,               0x1, SH_NSH, NC_OSH,
      WB_ISH }, /* [Arm: HCR_EL2.PTW] */
    { "stage 2: Device-nGnRnE acts as NC",   NO_REG,               0x0, SH_OSH, NC_OSH,
      WB_ISH }, /* [Arm: HCR_EL2.PTW] */
    { "iNC/oWB over iWB/oNC is NC",          { TCR(0, 1, 3) },     0x7, SH_ISH, NC_OSH,       WB_ISH },
};
// clang-format on

static const struct step *last_fetch(unsigned stage)
{
    for (unsigned i = g.x.steps.count; i-- > 0;) {
        if (g.x.steps.step[i].kind == STEP_FETCH && g.x.steps.step[i].stage == stage)
            return &g.x.steps.step[i];
    }
    fail_msg("no fetch of stage %u", stage);
    return NULL;
}

static void check_walk(void **state)
{
    const struct walk_row *row = *state;
    struct edit page = { '2', TABLE_L3, 3, D_MEMATTR(row->memattr) | (uint64_t)row->sh << 8, D_MEMATTR(15) | 3 << 8 };

    guest_start(&g);
    fault_edit(&g, &page);
    for (unsigned i = 0; i < 2; i++) {
        guest_reg_clear(&g, row->reg[i].reg, row->reg[i].clear);
        guest_reg_set(&g, row->reg[i].reg, row->reg[i].set);
    }
    guest_load(&g, GUEST_VA);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
    assert_int_equal(last_fetch(1)->level, 3);
    assert_int_equal(last_fetch(1)->attr.attr, row->want);
    assert_int_equal(last_fetch(1)->attr.sh, row->want_sh);
    assert_int_equal(last_fetch(2)->attr.attr, row->want2);
    assert_int_equal(last_fetch(2)->attr.sh, row->want2_sh);
    assert_int_equal(last_fetch(1)->address, GUEST_PA(TABLE_L3));
    assert_int_equal(last_fetch(1)->desc, GUEST_DATA | S1_LEAF | D_PAGE);
    /* a walk that the walk cache shortens reads alike [A53: Table 6-15, Attrs] */
    guest_map1(&g, GUEST_VA + 0x1000, GUEST_DATA + 0x1000, 3, S1_LEAF);
    assert_int_equal(guest_load(&g, GUEST_VA + 0x1000), HIT_WALK_CACHE);
    assert_int_equal(last_fetch(1)->attr.attr, row->want);
    assert_int_equal(last_fetch(1)->attr.sh, row->want_sh);
}

/* What the access gets: the page's AttrIndx, its stage-2 MemAttr, the controls. Data, then instruction fetch; FE: the
 * fetch is refused. */
struct type_row {
    const char *name;
    struct reg_edit reg[2];
    unsigned index, memattr;
    unsigned data, data_sh, fetch, fetch_sh;
};

#define FE 0xFE, 0

// clang-format off
static const struct type_row type_rows[] = {
    { "WB over WB",                       NO_REG, 0, 0xF, WB_ISH, WB_ISH },
    { "WT over WB",                       NO_REG, 3, 0xF, 0xBB, SH_ISH, 0xBB, SH_ISH },
    { "WB over WT",                       NO_REG, 0, 0xA, 0xBB, SH_ISH, 0xBB, SH_ISH },
    { "NC over WB",                       NO_REG, 2, 0xF, NC_OSH, NC_OSH },
    { "WB over NC",                       NO_REG, 0, 0x5, NC_OSH, NC_OSH },
    { "WB over Device-nGnRE, as Xen's",   NO_REG, 0, 0x1, 0x04, SH_OSH, FE },
    { "Device-GRE over WB",               NO_REG, 5, 0xF, 0x0C, SH_OSH, FE },
    { "Device-GRE over Device-nGnRE",     NO_REG, 5, 0x1, 0x04, SH_OSH, FE },
    { "Device-nGnRnE over Device-GRE",    NO_REG, 4, 0x3, 0x00, SH_OSH, FE },
    { "SCTLR_EL1.C 0",                    { { SYSREG_SCTLR_EL1, 0, 4 } }, 0, 0xF, NC_OSH, WB_ISH },
    { "SCTLR_EL1.I 0",                    { { SYSREG_SCTLR_EL1, 0, 1 << 12 } }, 0, 0xF, WB_ISH, NC_OSH },
    { "HCR_EL2.CD",                       { { SYSREG_HCR_EL2, 1ULL << 32, 0 } }, 0, 0xF, NC_OSH, WB_ISH },
    { "HCR_EL2.ID",                       { { SYSREG_HCR_EL2, 1ULL << 33, 0 } }, 0, 0xF, WB_ISH, NC_OSH },
    { "HCR_EL2.CD, Device stays",         { { SYSREG_HCR_EL2, 1ULL << 32, 0 } }, 1, 0xF, 0x04, SH_OSH, FE },
};
// clang-format on

static void check_type(void **state)
{
    const struct type_row *row = *state;
    struct edit leaf = { '1', GUEST_VA, 3, D_INDEX(row->index), D_INDEX(7) };
    struct edit page = { '2', GUEST_DATA, 3, D_MEMATTR(row->memattr), D_MEMATTR(15) };

    guest_start(&g);
    fault_edit(&g, &leaf);
    fault_edit(&g, &page);
    for (unsigned i = 0; i < 2; i++) {
        guest_reg_clear(&g, row->reg[i].reg, row->reg[i].clear);
        guest_reg_set(&g, row->reg[i].reg, row->reg[i].set);
    }
    for (unsigned round = 0; round < 3; round++) { /* from a walk, from a micro-TLB, from the main TLB */
        guest_load(&g, GUEST_VA);
        assert_int_equal(guest_type(&g).attr, row->data);
        assert_int_equal(guest_type(&g).sh, row->data_sh);
        guest_access(&g, ACCESS_FETCH, 1, GUEST_VA);
        assert_int_equal(g.x.fault.type, row->fetch == 0xFE ? FAULT_PERMISSION : FAULT_NONE);
        if (row->fetch != 0xFE) {
            assert_int_equal(guest_type(&g).attr, row->fetch);
            assert_int_equal(guest_type(&g).sh, row->fetch_sh);
        }
        if (round == 1) { /* empties the micro-TLBs alone */
            guest_reg_set(&g, SYSREG_TCR_EL1, 1ULL << 38);
        }
    }
}

/* The type says what each stage gave to it: of a stage that is off nothing, but for what stands in stage 1's place. */
static void stages_of_a_type(void **state)
{
    (void)state;
    guest_start(&g);
    guest_map1(&g, GUEST_VA, GUEST_DATA, 3, S1_LEAF | D_INDEX(3));
    guest_load(&g, GUEST_VA); /* Write-Through over Write-Back */
    assert_int_equal(g.x.type.s1.attr, 0xBB);
    assert_int_equal(g.x.type.s2.attr, 0xFF);
    assert_int_equal(g.x.type.stages, TLB_STAGE1 | TLB_STAGE2);
    assert_false(g.x.type.cached); /* [A53: 7.5] */
    guest_reg_clear(&g, SYSREG_SCTLR_EL1, 1);
    guest_load(&g, GUEST_DATA);
    assert_int_equal(g.x.type.s1.attr, 0x00);
    assert_int_equal(g.x.type.s2.attr, 0xFF);
    assert_int_equal(g.x.type.stages, TLB_STAGE2);
    guest_reg(&g, SYSREG_HCR_EL2, 1ULL << 31 | 1ULL << 12); /* DC */
    guest_load(&g, GUEST_DATA);
    assert_int_equal(g.x.type.s1.attr, 0xFF);
    assert_true(g.x.type.cached);
    guest_reg(&g, SYSREG_HCR_EL2, 1ULL << 31);
    guest_load(&g, GUEST_DATA);
    assert_int_equal(g.x.type.stages, 0);
    assert_int_equal(g.x.type.s2.attr, 0);
    assert_int_equal(g.x.type.s2.sh, 0);
}

/* With stage 1 off: what stands in its place, combined with stage 2's word on the page. */
struct off_row {
    const char *name;
    struct reg_edit reg[2];
    unsigned memattr;
    unsigned data, data_sh, fetch, fetch_sh;
};

// clang-format off
#define M_OFF { SYSREG_SCTLR_EL1, 0, 1 }

static const struct off_row off_rows[] = {
    { "off over WB, I 1",        { M_OFF }, 0xF, 0x00, SH_OSH, 0xAA, SH_OSH },
    { "off over WB, I 0",        { { SYSREG_SCTLR_EL1, 0, 1 | 1 << 12 } }, 0xF, 0x00, SH_OSH, NC_OSH },
    { "off over NC, I 1",        { M_OFF }, 0x5, 0x00, SH_OSH, NC_OSH },
    { "off, DC, over WB",        { M_OFF, { SYSREG_HCR_EL2, 1 << 12, 0 } }, 0xF, WB_ISH, WB_ISH },
    { "off, DC, VM 0, over WB",  { M_OFF, { SYSREG_HCR_EL2, 1 << 12, 1 } }, 0xF, WB_ISH, WB_ISH }, /* [Arm: R_LBPTY] */
    { "off, DC, over Device",    { M_OFF, { SYSREG_HCR_EL2, 1 << 12, 0 } }, 0x1, 0x04, SH_OSH, FE },
};
// clang-format on

static void check_off(void **state)
{
    const struct off_row *row = *state;
    struct edit page = { '2', GUEST_DATA, 3, D_MEMATTR(row->memattr), D_MEMATTR(15) };

    guest_start(&g);
    fault_edit(&g, &page);
    for (unsigned i = 0; i < 2; i++) {
        guest_reg_clear(&g, row->reg[i].reg, row->reg[i].clear);
        guest_reg_set(&g, row->reg[i].reg, row->reg[i].set);
    }
    guest_load(&g, GUEST_DATA);
    assert_int_equal(guest_type(&g).attr, row->data);
    assert_int_equal(guest_type(&g).sh, row->data_sh);
    guest_access(&g, ACCESS_FETCH, 1, GUEST_DATA);
    assert_int_equal(g.x.fault.type, row->fetch == 0xFE ? FAULT_PERMISSION : FAULT_NONE);
    if (row->fetch == 0xFE)
        return;
    assert_int_equal(guest_type(&g).attr, row->fetch);
    assert_int_equal(guest_type(&g).sh, row->fetch_sh);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_walk, ROWS_OF(walk_rows));
    rows_add(&all, check_type, ROWS_OF(type_rows));
    rows_add_test(&all, "stages of a type", stages_of_a_type, NULL);
    rows_add(&all, check_off, ROWS_OF(off_rows));
    return rows_run(&all, "mmu/walk attributes");
}
