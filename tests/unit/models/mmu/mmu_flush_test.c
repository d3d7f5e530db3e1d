/* What empties the micro-TLBs, what maintenance drops end to end, and what a change of context hides and brings back
 * [A53: 5.2.1, 5.3]. */
#include "tests/unit/models/fault_rows.h"

static struct guest g;

static struct tlbi operation(enum tlbi_op op, uint64_t address)
{
    return (struct tlbi){ .op = (uint8_t)op, .vmid = 1, .asid = 7, .va = address };
}

/* Loads and fetches once, so that both micro-TLBs hold the page. */
static void warm(void)
{
    guest_load(&g, GUEST_VA);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
    guest_access(&g, ACCESS_FETCH, 1, GUEST_VA);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_UTLB);
    assert_int_equal(guest_access(&g, ACCESS_FETCH, 1, GUEST_VA), HIT_UTLB);
}

/* Every operation, whether it drops anything or not, empties both micro-TLBs [A53: 5.2.1]. */
static void every_operation_flushes(void **state)
{
    struct sweep s = { 0 };

    (void)state;
    for (int op = 0; op < TLBI_OP_COUNT; op++) {
        struct tlbi t = operation((enum tlbi_op)op, 0x5000);

        guest_start(&g);
        warm();
        t.vmid = 99;
        mmu_tlbi(&g.mmu, &t);
        sweep_point(&s, guest_load(&g, GUEST_VA), op == TLBI_ALLE1 ? HIT_WALK : HIT_TLB, "load after %s",
                    tlbi_name((enum tlbi_op)op));
        sweep_point(&s, guest_access(&g, ACCESS_FETCH, 1, GUEST_VA), HIT_TLB, "fetch after %s",
                    tlbi_name((enum tlbi_op)op));
        sweep_point(&s, g.mmu.count.v[COUNT_UTLB_FLUSH], 1, "flushes by %s", tlbi_name((enum tlbi_op)op));
    }
    sweep_end(&s, 3 * TLBI_OP_COUNT);
}

/* A register that steers translation empties them when it changes; others do not [choice of utlb.h; A5 TRM]. */
static void every_register(void **state)
{
    struct sweep s = { 0 };

    (void)state;
    guest_start(&g);
    warm();
    for (int reg = 0; reg < SYSREG_COUNT; reg++) {
        bool steers = sysreg_steers_translation((enum sysreg)reg);
        uint64_t old = g.mmu.regs.v[reg];

        guest_reg(&g, (enum sysreg)reg, old);
        sweep_point(&s, guest_load(&g, GUEST_VA), HIT_UTLB, "load after %s written as it was",
                    sysreg_name((enum sysreg)reg));
        guest_reg(&g, (enum sysreg)reg, old ^ 1ULL << 60); /* a bit without meaning, but in TTBRs of the ASID */
        sweep_point(&s, g.mmu.regs.v[reg], old ^ 1ULL << 60, "%s as written", sysreg_name((enum sysreg)reg));
        sweep_point(&s, guest_load(&g, GUEST_VA), steers ? HIT_TLB : HIT_UTLB, "load after %s",
                    sysreg_name((enum sysreg)reg));
        guest_reg(&g, (enum sysreg)reg, old);
        guest_load(&g, GUEST_VA);
    }
    sweep_end(&s, 3 * SYSREG_COUNT);
}

/* Maintenance of the translation of GUEST_VA, and what the next load then does: t w i look-ups that miss, T W I that
 * hit, A to D and 0 to 3 descriptors read. */
struct drop_row {
    const char *name;
    enum tlbi_op op;
    uint64_t address;
    uint16_t asid;
    uint8_t vmid;
    unsigned dropped;
    const char *picture;
};

// clang-format off
static const struct drop_row drop_rows[] = {
    { "VAE1: leaf and table pointer",         TLBI_VAE1,       GUEST_VA,            7, 1, 2, "twIAIBICIDI" },
    { "VAE1 of another page of the table",    TLBI_VAE1,       GUEST_VA + 0x1000,   7, 1, 1,
      "T" }, /* the pointer goes */
    { "VAE1 beyond the table",                TLBI_VAE1,       GUEST_VA + 0x200000, 7, 1, 0, "T" },
    { "VAE1 of another VMID",                 TLBI_VAE1,       GUEST_VA,            7, 2, 0, "T" },
    { "VAE1 of another ASID, a global page",  TLBI_VAE1,       GUEST_VA,            8, 1, 1,
      "tWDI" }, /* tables are ASID's [Arm: R_CHVGJ] */
    { "VALE1 keeps the table pointer",        TLBI_VALE1,      GUEST_VA,            7, 1, 1,
      "tWDI" }, /* [Arm: C5.5 TLBI VALE1] */
    { "VAALE1 keeps the table pointer",       TLBI_VAALE1,     GUEST_VA,            0, 1, 1, "tWDI" },
    { "VAAE1",                                TLBI_VAAE1,      GUEST_VA,            0, 1, 2, "twIAIBICIDI" },
    { "ASIDE1 keeps a global page",           TLBI_ASIDE1,     0,                   7, 1, 1, "T" },
    { "VMALLE1 keeps stage 2",                TLBI_VMALLE1,    0,                   0, 1, 2, "twIAIBICIDI" },
    { "IPAS2E1 keeps combined entries",       TLBI_IPAS2E1,    GUEST_DATA,          0, 1, 1, "T" }, /* [Arm: C5.5.13] */
    { "IPAS2LE1",                             TLBI_IPAS2LE1,   TABLE_L3,            0, 1, 1, "T" },
    { "VMALLS12E1: both stages",              TLBI_VMALLS12E1, 0,                   0, 1, 7,
      "twi123Ai123Bi123Ci123Di123" },
    { "VMALLS12E1 of another VMID",           TLBI_VMALLS12E1, 0,                   0, 2, 0, "T" },
    { "ALLE1: every VMID",                    TLBI_ALLE1,      0,                   0, 2, 7,
      "twi123Ai123Bi123Ci123Di123" },
    { "ALLE2 is EL2's",                       TLBI_ALLE2,      0,                   0, 1, 0, "T" },
};
// clang-format on

static void check_drop(void **state)
{
    const struct drop_row *row = *state;
    struct tlbi t = { .op = (uint8_t)row->op, .vmid = row->vmid, .asid = row->asid, .va = row->address };
    char picture[STEPS_MAX + 1];

    guest_start(&g);
    guest_load(&g, GUEST_VA);
    mmu_tlbi(&g.mmu, &t);
    assert_int_equal(g.mmu.count.v[COUNT_TLBI_DROPPED], row->dropped);
    guest_load(&g, GUEST_VA);
    guest_picture(&g.x.steps, 0, picture);
    assert_string_equal(picture, row->picture);
}

/* IPAS2E1 then VMALLE1, as after a change of stage 2: the new page answers [Arm: D8.17.6.1]; neither alone would do. */
static void stage2_remap(void **state)
{
    struct tlbi by_ipa = operation(TLBI_IPAS2E1, GUEST_DATA), all = operation(TLBI_VMALLE1, 0);

    (void)state;
    guest_start(&g);
    guest_load(&g, GUEST_VA);
    tree_put(&g.s2, GUEST_DATA, 3, 0x33333000 | S2_LEAF | D_PAGE);
    mmu_tlbi(&g.mmu, &all);
    guest_load(&g, GUEST_VA);
    assert_int_equal(g.x.pa.v, GUEST_PA(GUEST_DATA)); /* from the IPA cache */
    mmu_tlbi(&g.mmu, &by_ipa);
    guest_load(&g, GUEST_VA);
    assert_int_equal(g.x.pa.v, GUEST_PA(GUEST_DATA)); /* from the main TLB */
    mmu_tlbi(&g.mmu, &by_ipa);
    mmu_tlbi(&g.mmu, &all);
    guest_load(&g, GUEST_VA);
    assert_int_equal(g.x.pa.v, 0x33333000);
}

/* Another context does not see the entries, and coming back needs no walk. */
struct context_row {
    const char *name;
    enum sysreg reg;
    uint64_t flip;
    bool global; /* the page */
    enum xlat_hit away;
};

// clang-format off
static const struct context_row context_rows[] = {
    { "another VMID",                     SYSREG_VTTBR_EL2, 1ULL << 49, true,  HIT_WALK },
    { "another ASID, nG page",            SYSREG_TTBR0_EL1, 1ULL << 56, false, HIT_WALK },
    { "another ASID, global page",        SYSREG_TTBR0_EL1, 1ULL << 56, true,  HIT_TLB  },
    { "AS 0 cuts the ASID to 8 bits: 7",  SYSREG_TCR_EL1,   TCR_AS,     false, HIT_TLB  },
};
// clang-format on

static void check_context(void **state)
{
    const struct context_row *row = *state;

    guest_start(&g);
    guest_map1(&g, GUEST_VA, GUEST_DATA, 3, S1_LEAF | (row->global ? 0 : D_NG));
    guest_load(&g, GUEST_VA);
    guest_reg(&g, row->reg, g.mmu.regs.v[row->reg] ^ row->flip);
    assert_int_equal(guest_load(&g, GUEST_VA), row->away);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_UTLB);
    guest_reg(&g, row->reg, g.mmu.regs.v[row->reg] ^ row->flip);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_TLB);
}

/* EL2 has its own regime: the same VA, another page, side by side in all TLBs. */
static void el2_beside_el1(void **state)
{
    struct tlbi op = operation(TLBI_VAE2, GUEST_VA);

    (void)state;
    guest_start(&g);
    tree_map(&g.el2, GUEST_VA, 3, 0x55555000 | S1_LEAF | D_PAGE, 1);
    guest_reg(&g, SYSREG_TCR_EL2, 16 | 2 << 16 | TCR_WALK0);
    guest_reg(&g, SYSREG_TTBR0_EL2, EL2_ROOT);
    guest_reg(&g, SYSREG_MAIR_EL2, GUEST_MAIR);
    guest_reg(&g, SYSREG_SCTLR_EL2, SCTLR_ON);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_WALK);
    assert_int_equal(guest_access(&g, ACCESS_LOAD, 2, GUEST_VA), HIT_WALK);
    assert_int_equal(g.x.pa.v, 0x55555000);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_UTLB);
    assert_int_equal(g.x.pa.v, GUEST_PA(GUEST_DATA));
    assert_int_equal(guest_access(&g, ACCESS_LOAD, 2, GUEST_VA), HIT_UTLB);
    mmu_tlbi(&g.mmu, &op);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_TLB);
    assert_int_equal(guest_access(&g, ACCESS_LOAD, 2, GUEST_VA), HIT_WALK);
}

/* EL0 and EL1 share entries; what one may not, the other still may. */
static void el0_beside_el1(void **state)
{
    (void)state;
    guest_start(&g);
    guest_load(&g, GUEST_VA);
    guest_access(&g, ACCESS_LOAD, 0, GUEST_VA);
    assert_int_equal(g.x.fault.type, FAULT_PERMISSION);
    assert_int_equal(g.x.hit, HIT_UTLB);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_UTLB);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
}

/* A stage that is switched makes the entries of before silent, and speak again after [choice of tlbi.h]. */
static void stages_switched(void **state)
{
    (void)state;
    guest_start(&g);
    guest_load(&g, GUEST_VA);
    guest_reg_clear(&g, SYSREG_SCTLR_EL1, 1);
    guest_load(&g, GUEST_VA); /* now an IPA that stage 2 does not map */
    assert_int_equal(g.x.fault.stage, 2);
    assert_int_equal(guest_load(&g, GUEST_DATA), HIT_WALK);
    guest_reg_set(&g, SYSREG_SCTLR_EL1, 1);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_TLB);
    guest_load(&g, GUEST_DATA);
    assert_int_equal(g.x.fault.stage, 1);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "every operation empties the micro-TLBs", every_operation_flushes, NULL);
    rows_add_test(&all, "which registers empty the micro-TLBs", every_register, NULL);
    rows_add(&all, check_drop, ROWS_OF(drop_rows));
    rows_add_test(&all, "a page of stage 2 changes", stage2_remap, NULL);
    rows_add(&all, check_context, ROWS_OF(context_rows));
    rows_add_test(&all, "EL2 beside EL1", el2_beside_el1, NULL);
    rows_add_test(&all, "EL0 beside EL1", el0_beside_el1, NULL);
    rows_add_test(&all, "stages switched off and on", stages_switched, NULL);
    return rows_run(&all, "mmu/mmu, maintenance and contexts");
}
