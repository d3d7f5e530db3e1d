/* Refusals by what the TLBs hold: the same as a walk's, wherever the answer comes from; tags, EL2, translation off. */
#include "tests/unit/models/fault_rows.h"

static struct guest g;

/* First an EL1 load that succeeds, then another access to the same page: answered by the micro-TLB, by the main TLB
 * (micro-TLBs emptied), and by a walk (all emptied). */
struct refuse_row {
    const char *name;
    uint64_t s1, s2; /* leaf attributes */
    enum access_kind kind;
    unsigned el, unpriv;
    uint64_t offset; /* in the page */
    enum fault_type want;
    unsigned stage;
};

#define S2_DEVICE (D_AF | D_AP(3) | D_MEMATTR(1))
#define S2_READ_ONLY (S2_LEAF & ~D_AP(2))
#define NONE FAULT_NONE, 0
#define PERM1 FAULT_PERMISSION, 1
#define PERM2 FAULT_PERMISSION, 2
#define ALIGN1 FAULT_ALIGNMENT, 1
#define ALIGN2 FAULT_ALIGNMENT, 2

// clang-format off
static const struct refuse_row refuse_rows[] = {
    { "store",                               S1_LEAF,              S2_LEAF,      ACCESS_STORE, 1, 0, 0x678, NONE   },
    { "store, stage-1 read-only",            S1_LEAF | D_AP(2),    S2_LEAF,      ACCESS_STORE, 1, 0, 0x678, PERM1  },
    { "store, stage-2 read-only",            S1_LEAF,              S2_READ_ONLY, ACCESS_STORE, 1, 0, 0x678, PERM2  },
    { "store, both read-only: stage 1 says", S1_LEAF | D_AP(2),    S2_READ_ONLY, ACCESS_STORE, 1, 0, 0x678, PERM1  },
    { "fetch, PXN",                          S1_LEAF | D_PXN,      S2_LEAF,      ACCESS_FETCH, 1, 0, 0x678, PERM1  },
    { "fetch, stage-2 XN",                   S1_LEAF,              S2_LEAF | D_UXN, ACCESS_FETCH, 1, 0, 0x678, PERM2 },
    { "fetch, stage-1 Device",               S1_LEAF | D_INDEX(1), S2_LEAF,      ACCESS_FETCH, 1, 0, 0x678, PERM1  },
    { "fetch, stage-2 Device",               S1_LEAF,              S2_DEVICE,    ACCESS_FETCH, 1, 0, 0x678, PERM2  },
    { "EL0 load of EL1's page",              S1_LEAF,              S2_LEAF,      ACCESS_LOAD,  0, 0, 0x678, PERM1  },
    { "EL0 load of a page for both",         S1_LEAF | D_AP(1),    S2_LEAF,      ACCESS_LOAD,  0, 0, 0x678, NONE   },
    { "EL0 fetch of EL1's page",             S1_LEAF,              S2_LEAF,      ACCESS_FETCH, 0, 0, 0x678, NONE   },
    { "LDTR of EL1's page", S1_LEAF, S2_LEAF, ACCESS_LOAD, 1, 1, 0x678, PERM1  }, /* [Arm: D8.4] */
    { "LDTR of a page for both",             S1_LEAF | D_AP(1),    S2_LEAF,      ACCESS_LOAD,  1, 1, 0x678, NONE   },
    { "STTR of a page both may read",        S1_LEAF | D_AP(3),    S2_LEAF,      ACCESS_STORE, 1, 1, 0x678, PERM1  },
    { "unaligned load, Normal",              S1_LEAF,              S2_LEAF,      ACCESS_LOAD,  1, 0, 0x67C, NONE   },
    { "unaligned load, stage-1 Device",      S1_LEAF | D_INDEX(1), S2_LEAF,      ACCESS_LOAD,  1, 0, 0x67C, ALIGN1 },
    { "unaligned load, stage-2 Device",      S1_LEAF,              S2_DEVICE,    ACCESS_LOAD,  1, 0, 0x67C, ALIGN2 },
    /* [Arm: D8.15.4] */
    { "unaligned EL0 load: alignment first", S1_LEAF | D_INDEX(1), S2_LEAF, ACCESS_LOAD, 0, 0, 0x67C, ALIGN1 },
    { "aligned store, Device at both",       S1_LEAF | D_INDEX(1), S2_DEVICE,    ACCESS_STORE, 1, 0, 0x678, NONE   },
    { "DC ZVA, Normal",                      S1_LEAF,              S2_LEAF,      ACCESS_ZVA,   1, 0, 0x640, NONE   },
    { "DC ZVA, stage-1 Device", S1_LEAF | D_INDEX(5), S2_LEAF, ACCESS_ZVA, 1, 0, 0x640, ALIGN1 }, /* [Arm: DC ZVA] */
    { "DC ZVA, stage-2 Device",              S1_LEAF,              S2_DEVICE,    ACCESS_ZVA,   1, 0, 0x640, ALIGN2 },
    { "DC ZVA, stage-2 read-only",           S1_LEAF,              S2_READ_ONLY, ACCESS_ZVA,   1, 0, 0x640, PERM2  },
    /* [Arm: D8.15.3] */
    { "DC CVAC at EL1, read-only at both", S1_LEAF | D_AP(2), S2_READ_ONLY, ACCESS_CACHE_READ, 1, 0, 0x679, NONE },
    { "DC CVAC at EL0 of EL1's page", S1_LEAF, S2_LEAF, ACCESS_CACHE_READ, 0, 0, 0x678, PERM1 },
    { "DC IVAC, stage-2 read-only", S1_LEAF, S2_READ_ONLY, ACCESS_CACHE_WRITE, 1, 0, 0x678, PERM2 },
};
// clang-format on

static void check_refuse(void **state)
{
    const struct refuse_row *row = *state;
    struct tlbi all = { .op = TLBI_ALLE1 };
    struct access a = { .va = VA(GUEST_VA + row->offset),
                        .size = row->kind == ACCESS_FETCH ? 4 : 8,
                        .kind = (uint8_t)row->kind,
                        .el = (uint8_t)row->el,
                        .unpriv = (uint8_t)row->unpriv };

    guest_start(&g);
    guest_map1(&g, GUEST_VA, GUEST_DATA, 3, row->s1);
    guest_map2(&g, GUEST_DATA, 3, row->s2, 1);
    for (unsigned round = 0; round < 3; round++) {
        guest_load(&g, GUEST_VA);
        assert_int_equal(g.x.fault.type, FAULT_NONE);
        if (round == 1)
            guest_reg(&g, SYSREG_TCR_EL1, g.mmu.regs.v[SYSREG_TCR_EL1] ^ 1ULL << 60);
        else if (round == 2)
            mmu_tlbi(&g.mmu, &all);
        memset(&g.x, POISON, sizeof g.x);
        mmu_translate(&g.mmu, &a, &g.x);
        assert_string_equal(fault_name((enum fault_type)g.x.fault.type), fault_name(row->want));
        if (row->want == FAULT_NONE) {
            assert_int_equal(g.x.pa.v, GUEST_PA(GUEST_DATA) + row->offset);
            assert_int_equal(g.x.ipa.v, GUEST_DATA + row->offset);
            continue;
        }
        assert_int_equal(g.x.fault.stage, row->stage);
        assert_false(g.x.fault.s1ptw);
        if (row->want == FAULT_PERMISSION)
            assert_int_equal(g.x.fault.level, 3);
        if (row->stage == 2)
            assert_int_equal(g.x.fault.ipa.v, GUEST_DATA + row->offset);
    }
}

/* A page that one level may fetch from, or write, is in the micro-TLB for the other as well, and still refuses it. */
struct level_row {
    const char *name;
    uint64_t leaf;
    enum access_kind kind;
    unsigned first, then; /* exception levels; the first is allowed */
};

static const struct level_row level_rows[] = {
    { "EL0-writable page, fetched at EL0 then EL1", S1_LEAF | D_AP(1), ACCESS_FETCH, 0, 1 }, /* [Arm: Table D8-65] */
    { "PXN page, fetched at EL0 then EL1", S1_LEAF | D_AP(3) | D_PXN, ACCESS_FETCH, 0, 1 },
    { "UXN page, fetched at EL1 then EL0", S1_LEAF | D_UXN, ACCESS_FETCH, 1, 0 },
    { "EL1's page, loaded at EL1 then EL0", S1_LEAF, ACCESS_LOAD, 1, 0 },
    { "EL1's page, stored at EL1 then EL0", S1_LEAF, ACCESS_STORE, 1, 0 },
};

static void check_level(void **state)
{
    const struct level_row *row = *state;

    guest_start(&g);
    guest_map1(&g, GUEST_VA, GUEST_DATA, 3, row->leaf);
    guest_access(&g, row->kind, row->first, GUEST_VA);
    assert_int_equal(guest_access(&g, row->kind, row->first, GUEST_VA), HIT_UTLB);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
    assert_int_equal(guest_access(&g, row->kind, row->then, GUEST_VA), HIT_UTLB);
    assert_int_equal(g.x.fault.type, FAULT_PERMISSION);
    assert_int_equal(g.x.fault.stage, 1);
}

/* The level of a refusal is the leaf's, also of a 2 MB block that a 4 KB entry was cut from. */
static void levels_of_blocks(void **state)
{
    static const struct shape shape = { .leaf_level = 2, .s2_leaf_level = 2 };

    (void)state;
    guest_start_shape(&g, &shape);
    guest_map1(&g, GUEST_VA, GUEST_DATA, 2, S1_LEAF | D_AP(2));
    guest_load(&g, GUEST_VA + 0x12345678 % 0x200000);
    guest_access(&g, ACCESS_STORE, 1, GUEST_VA + 0x1000);
    assert_int_equal(g.x.hit, HIT_TLB);
    assert_int_equal(g.x.fault.level, 2);
    guest_start_shape(&g, &shape);
    guest_map2(&g, GUEST_DATA, 2, S2_READ_ONLY, 1);
    guest_load(&g, GUEST_VA);
    guest_access(&g, ACCESS_STORE, 1, GUEST_VA + 0x123450);
    assert_int_equal(g.x.hit, HIT_TLB);
    assert_int_equal(g.x.fault.stage, 2);
    assert_int_equal(g.x.fault.level, 2);
    assert_int_equal(g.x.fault.ipa.v, GUEST_DATA + 0x123450);
}

/* With TBI, tags share entries; without, a tag faults although the page is in the TLBs [Arm: R_VZZSZ]. */
static void tags(void **state)
{
    uint64_t tagged = 0x5A00000000000000ULL | GUEST_VA;

    (void)state;
    guest_start(&g);
    guest_load(&g, GUEST_VA);
    guest_load(&g, tagged);
    assert_int_equal(g.x.fault.type, FAULT_TRANSLATION);
    assert_int_equal(g.x.fault.level, 0);
    guest_reg_set(&g, SYSREG_TCR_EL1, 1ULL << 37);
    assert_int_equal(guest_load(&g, tagged), HIT_TLB);
    assert_int_equal(guest_load(&g, GUEST_VA), HIT_UTLB);
    assert_int_equal(guest_load(&g, 0xFF00000000000000ULL | GUEST_VA), HIT_UTLB);
    assert_int_equal(g.x.pa.v, GUEST_PA(GUEST_DATA));
    guest_reg_clear(&g, SYSREG_TCR_EL1, 1ULL << 37);
    guest_load(&g, tagged);
    assert_int_equal(g.x.fault.type, FAULT_TRANSLATION);
}

/* The same in the upper half by TBI1, and in EL2 by its own TBI: a tag is of no half there. */
static void tags_elsewhere(void **state)
{
    uint64_t high = 0xFFFFFF8040200000ULL, high_tagged = 0x12FFFF8040200000ULL;
    struct tree upper;

    (void)state;
    guest_start(&g);
    upper = g.s1;
    upper.start_level = 1;
    upper.root = UPPER_ROOT;
    upper.next = UPPER_ROOT + 0x1000;
    tree_map(&upper, 0x40200000, 3, GUEST_DATA | S1_LEAF | D_PAGE, 1);
    tree_map(&g.el2, 0x40000000, 3, 0x55555000 | S1_LEAF | D_PAGE, 1);
    guest_reg_clear(&g, SYSREG_TCR_EL1, TCR_EPD1);
    guest_reg(&g, SYSREG_TTBR1_EL1, UPPER_ROOT);
    guest_reg(&g, SYSREG_TCR_EL2, 16 | 2 << 16 | TCR_WALK0);
    guest_reg(&g, SYSREG_TTBR0_EL2, EL2_ROOT);
    guest_reg(&g, SYSREG_SCTLR_EL2, SCTLR_ON);
    guest_load(&g, high_tagged);
    assert_int_equal(g.x.fault.type, FAULT_TRANSLATION);
    guest_reg_set(&g, SYSREG_TCR_EL1, 1ULL << 38);
    assert_int_equal(guest_load(&g, high_tagged), HIT_WALK);
    assert_int_equal(g.x.pa.v, GUEST_PA(GUEST_DATA));
    assert_int_equal(guest_load(&g, high), HIT_UTLB);
    guest_access(&g, ACCESS_LOAD, 2, 0xAB00000040000000ULL);
    assert_int_equal(g.x.fault.type, FAULT_TRANSLATION);
    guest_reg_set(&g, SYSREG_TCR_EL2, 1ULL << 20);
    assert_int_equal(guest_access(&g, ACCESS_LOAD, 2, 0xAB00000040000000ULL), HIT_WALK);
    assert_int_equal(g.x.pa.v, 0x55555000);
    assert_int_equal(guest_access(&g, ACCESS_LOAD, 2, 0x40000000), HIT_UTLB);
    guest_access(&g, ACCESS_LOAD, 2, 0x0080000040000000ULL); /* VA[55] is address, not tag */
    assert_int_equal(g.x.fault.type, FAULT_TRANSLATION);
    assert_int_equal(g.x.fault.level, 0);
}

/* SCTLR.A refuses unaligned accesses to Normal memory too, warm or cold, but no maintenance. */
static void alignment_check(void **state)
{
    (void)state;
    guest_start(&g);
    guest_reg_set(&g, SYSREG_SCTLR_EL1, 2);
    guest_load(&g, GUEST_VA);
    guest_load(&g, GUEST_VA + 4);
    assert_int_equal(g.x.fault.type, FAULT_ALIGNMENT);
    assert_int_equal(g.x.fault.stage, 1);
    guest_access(&g, ACCESS_CACHE_READ, 1, GUEST_VA + 4);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
    guest_reg_clear(&g, SYSREG_SCTLR_EL1, 2);
    guest_load(&g, GUEST_VA + 4);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
}

/* No stage on: VA is PA; Device data, Normal fetches; what is wrong with it is a stage-1 fault [Arm: R_CVSBH, R_WFZPW].
 * In EL1&0 and in EL2. */
struct off_row {
    const char *name;
    enum access_kind kind;
    unsigned el;
    uint64_t va;
    enum fault_type want;
    unsigned attr;
};

// clang-format off
static const struct off_row off_rows[] = {
    { "off: EL1 load",                ACCESS_LOAD,  1, 0x12345678,      FAULT_NONE,         0x00 },
    { "off: EL1 fetch",               ACCESS_FETCH, 1, 0x12345678,      FAULT_NONE,         0xAA },
    { "off: EL0 store",               ACCESS_STORE, 0, 0x12345678,      FAULT_NONE,         0x00 },
    { "off: EL2 load",                ACCESS_LOAD,  2, 0x12345678,      FAULT_NONE,         0x00 },
    { "off: EL2 fetch",               ACCESS_FETCH, 2, 0x12345678,      FAULT_NONE,         0xAA },
    { "off: unaligned load",          ACCESS_LOAD,  1, 0x12345679,      FAULT_ALIGNMENT,    0 },
    { "off: unaligned EL2 load",      ACCESS_LOAD,  2, 0x12345679,      FAULT_ALIGNMENT,    0 },
    { "off: DC ZVA",                  ACCESS_ZVA,   1, 0x12345680,      FAULT_ALIGNMENT,    0 },
    { "off: EL1 below 2^40",          ACCESS_LOAD,  1, 0xFFFFFFFFF8ULL, FAULT_NONE,         0x00 },
    { "off: EL1 at 2^40",             ACCESS_LOAD,  1, 1ULL << 40,      FAULT_ADDRESS_SIZE, 0 },
    { "off: EL2 below 2^40",          ACCESS_LOAD,  2, 0xFFFFFFFFF8ULL, FAULT_NONE,         0x00 },
    { "off: EL2 at 2^40",             ACCESS_LOAD,  2, 1ULL << 40,      FAULT_ADDRESS_SIZE, 0 },
    { "off: EL2, bit 55",             ACCESS_LOAD,  2, 1ULL << 55,      FAULT_ADDRESS_SIZE, 0 },
    { "off: EL2, bit 56",             ACCESS_LOAD,  2, 1ULL << 56,      FAULT_ADDRESS_SIZE, 0 },
};
// clang-format on

static void check_off(void **state)
{
    const struct off_row *row = *state;

    guest_start(&g);
    guest_reg(&g, SYSREG_SCTLR_EL1, 1 << 12);
    guest_reg(&g, SYSREG_SCTLR_EL2, 1 << 12);
    guest_reg(&g, SYSREG_HCR_EL2, 1ULL << 31);
    for (unsigned round = 0; round < 2; round++) {
        guest_access(&g, row->kind, row->el, row->va);
        assert_int_equal(g.x.fault.type, row->want);
        assert_int_equal(g.x.steps.count, 0);
        if (row->want != FAULT_NONE) {
            assert_int_equal(g.x.fault.stage, 1);
            continue;
        }
        assert_int_equal(g.x.pa.v, row->va);
        assert_int_equal(g.x.ipa.v, row->va);
        assert_int_equal(guest_type(&g).attr, row->attr);
        assert_int_equal(guest_type(&g).sh, SH_OSH);
        if (round == 0)
            assert_int_equal(g.x.hit, HIT_OFF);
    }
}

/* EL2's walk: XN, AP[2], WXN; LDTR there is a plain load [Arm: LDTR]. */
struct el2_row {
    const char *name;
    uint64_t leaf, sctlr;
    enum access_kind kind;
    unsigned unpriv;
    enum fault_type want;
};

static const struct el2_row el2_rows[] = {
    { "EL2: load", S1_LEAF, 0, ACCESS_LOAD, 0, FAULT_NONE },
    { "EL2: store", S1_LEAF, 0, ACCESS_STORE, 0, FAULT_NONE },
    { "EL2: store, read-only", S1_LEAF | D_AP(2), 0, ACCESS_STORE, 0, FAULT_PERMISSION },
    { "EL2: fetch", S1_LEAF, 0, ACCESS_FETCH, 0, FAULT_NONE },
    { "EL2: fetch, AP[1] is no EL0", S1_LEAF | D_AP(1), 0, ACCESS_FETCH, 0, FAULT_NONE },
    { "EL2: fetch, PXN is RES0", S1_LEAF | D_PXN, 0, ACCESS_FETCH, 0, FAULT_NONE },
    { "EL2: fetch, XN", S1_LEAF | D_UXN, 0, ACCESS_FETCH, 0, FAULT_PERMISSION },
    { "EL2: fetch, WXN", S1_LEAF, 1 << 19, ACCESS_FETCH, 0, FAULT_PERMISSION },
    { "EL2: fetch, WXN, read-only", S1_LEAF | D_AP(2), 1 << 19, ACCESS_FETCH, 0, FAULT_NONE },
    { "EL2: LDTR", S1_LEAF, 0, ACCESS_LOAD, 1, FAULT_NONE }, /* [Arm: LDTR] only EL1's differs */
};

static void check_el2(void **state)
{
    const struct el2_row *row = *state;
    struct access a = {
        .va = VA(0x40000008), .size = 4, .kind = (uint8_t)row->kind, .el = 2, .unpriv = (uint8_t)row->unpriv
    };

    guest_start(&g);
    tree_map(&g.el2, 0x40000000, 3, 0x55555000 | row->leaf | D_PAGE, 1);
    guest_reg(&g, SYSREG_TCR_EL2, 16 | 2 << 16 | TCR_WALK0);
    guest_reg(&g, SYSREG_TTBR0_EL2, EL2_ROOT);
    guest_reg(&g, SYSREG_MAIR_EL2, GUEST_MAIR);
    guest_reg(&g, SYSREG_SCTLR_EL2, SCTLR_ON | row->sctlr);
    memset(&g.x, POISON, sizeof g.x);
    mmu_translate(&g.mmu, &a, &g.x);
    assert_string_equal(fault_name((enum fault_type)g.x.fault.type), fault_name(row->want));
    if (row->want == FAULT_NONE)
        assert_int_equal(g.x.pa.v, 0x55555008);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_refuse, ROWS_OF(refuse_rows));
    rows_add(&all, check_level, ROWS_OF(level_rows));
    rows_add_test(&all, "levels of blocks", levels_of_blocks, NULL);
    rows_add_test(&all, "tags", tags, NULL);
    rows_add_test(&all, "tags of the upper half and of EL2", tags_elsewhere, NULL);
    rows_add_test(&all, "SCTLR_EL1.A", alignment_check, NULL);
    rows_add(&all, check_off, ROWS_OF(off_rows));
    rows_add(&all, check_el2, ROWS_OF(el2_rows));
    return rows_run(&all, "mmu/mmu, refusals");
}
