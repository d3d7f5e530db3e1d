/* One leaf against one access: which stage refuses, with what, in which order; and the attribute that results. */
#include "models/mmu/check.h"
#include "tests/unit/models/rows.h"

#define WB 0xFF
#define DEVICE 0x04
#define RW_EL0 PERM_S1_EL0
#define S2_ALL (PERM_S2_READ | PERM_S2_WRITE)

/* The leaf: stage-1 byte and bits at level 2, stage-2 byte and bits at level 3. */
struct check_row {
    const char *name;
    uint8_t s1, perm_s1, s2, perm_s2;
    uint8_t kind, el;
    uint64_t va;
    enum fault_type want1, want2; /* of each stage, asked alone */
};

#define NONE FAULT_NONE
#define PERM FAULT_PERMISSION
#define ALIGN FAULT_ALIGNMENT

/* Both stages on. [Arm: D8.15.4 steps 6, 7, B2.10.2, K1.2.11] */
// clang-format off
static const struct check_row check_rows[] = {
    { "load allowed",                      WB, 0, WB, S2_ALL,                   ACCESS_LOAD,  1, 0x1000, NONE,  NONE  },
    { "unaligned load, Normal",            WB, 0, WB, S2_ALL,                   ACCESS_LOAD,  1, 0x1001, NONE,  NONE  },
    { "store to read-only stage 1",        WB, PERM_S1_READ_ONLY, WB, S2_ALL,   ACCESS_STORE, 1, 0x1000, PERM,  NONE  },
    { "store to read-only stage 2",        WB, 0, WB, PERM_S2_READ,             ACCESS_STORE, 1, 0x1000, NONE,  PERM  },
    { "load of write-only stage 2",        WB, 0, WB, PERM_S2_WRITE,            ACCESS_LOAD,  1, 0x1000, NONE,  PERM  },
    { "fetch of unreadable stage 2",       WB, 0, WB, 0,                        ACCESS_FETCH, 1, 0x1000, NONE,
      NONE }, /* [Arm: Table D8-77] */
    { "fetch under stage-2 XN",            WB, 0, WB, S2_ALL | PERM_S2_XN,      ACCESS_FETCH, 1, 0x1000, NONE,  PERM  },
    { "EL0 load of an EL1 page",           WB, 0, WB, S2_ALL,                   ACCESS_LOAD,  0, 0x1000, PERM,  NONE  },
    { "EL0 fetch of an EL1 page",          WB, 0, WB, S2_ALL,                   ACCESS_FETCH, 0, 0x1000, NONE,
      NONE }, /* [Arm: Table D8-65] */
    { "EL1 fetch of an EL0-writable page", WB, RW_EL0, WB, S2_ALL,              ACCESS_FETCH, 1, 0x1000, PERM,  NONE  },
    { "unaligned load, stage-1 Device",    DEVICE, 0, WB, S2_ALL,               ACCESS_LOAD,  1, 0x1001, ALIGN, NONE  },
    { "unaligned store, stage-2 Device",   WB, 0, DEVICE, S2_ALL,               ACCESS_STORE, 1, 0x1001, NONE,  ALIGN },
    { "aligned load of Device",            DEVICE, 0, DEVICE, S2_ALL,           ACCESS_LOAD,  1, 0x1008, NONE,  NONE  },
    { "DC ZVA to Device, aligned",         DEVICE, 0, DEVICE, S2_ALL,           ACCESS_ZVA,   1, 0x1000, ALIGN,
      ALIGN }, /* [Arm: DC ZVA] */
    { "DC ZVA to Normal",                  WB, 0, WB, S2_ALL,                   ACCESS_ZVA,   1, 0x1000, NONE,  NONE  },
    { "alignment before permission, 1",    DEVICE, PERM_S1_READ_ONLY, WB, 0,    ACCESS_STORE, 1, 0x1001, ALIGN,
      PERM }, /* [Arm: D8.15.4] */
    { "alignment before permission, 2",    WB, 0, DEVICE, 0,                    ACCESS_STORE, 1, 0x1001, NONE,
      ALIGN }, /* [Arm: D8.15.4] */
    { "fetch from stage-1 Device",         DEVICE, 0, WB, S2_ALL,               ACCESS_FETCH, 1, 0x1000, PERM,
      NONE }, /* [choice] of check.h */
    { "fetch from stage-2 Device",         WB, 0, DEVICE, S2_ALL,               ACCESS_FETCH, 1, 0x1000, NONE,
      PERM }, /* [choice] of check.h */
    { "DC CVAC at EL1 needs nothing",      WB, PERM_S1_READ_ONLY, WB, 0,        ACCESS_CACHE_READ,  1, 0x1001, NONE,
      NONE }, /* [Arm: D8.15.3] */
    { "DC CVAC at EL0 needs read",         WB, 0, WB, 0,                        ACCESS_CACHE_READ,  0, 0x1000, PERM,
      PERM },
    { "DC IVAC needs write",               WB, PERM_S1_READ_ONLY, WB, PERM_S2_READ, ACCESS_CACHE_WRITE, 1, 0x1000,
      PERM, PERM },
    { "AT to Device never misaligns",      DEVICE, 0, DEVICE, S2_ALL,           ACCESS_AT_READ, 1, 0x1001, NONE,
      NONE }, /* [Arm: D8.2.13] */
};
// clang-format on

static struct regime regime_on(void)
{
    return (struct regime){ .id = REGIME_EL10, .stage1_on = true, .stage2_on = true };
}

static struct tlb_leaf leaf_of(const struct check_row *row)
{
    return (struct tlb_leaf){ .pa = 0x80000000,
                              .ipa = 0x40001000,
                              .s1 = { row->s1, SH_ISH },
                              .s2 = { row->s2, SH_ISH },
                              .perm_s1 = row->perm_s1,
                              .perm_s2 = row->perm_s2,
                              .level_s1 = 2,
                              .level_s2 = 3 };
}

static void check_row(void **state)
{
    const struct check_row *row = *state;
    struct access a = { .va = VA(row->va), .size = 8, .kind = row->kind, .el = row->el };
    struct regime r = regime_on();
    struct tlb_leaf leaf = leaf_of(row);
    struct fault one = check_stage1(&r, &leaf, &a), two = check_stage2(&r, &leaf, &a);

    assert_int_equal(one.type, row->want1);
    assert_int_equal(two.type, row->want2);
    if (one.type == FAULT_PERMISSION)
        assert_int_equal(one.level, 2);
    if (two.type == FAULT_PERMISSION)
        assert_int_equal(two.level, 3);
    if (one.type != FAULT_NONE)
        assert_int_equal(one.stage, 1);
    if (two.type != FAULT_NONE)
        assert_int_equal(two.stage, 2);
    assert_false(one.s1ptw || two.s1ptw);
}

/* A disabled stage 1 permits all [Arm: R_VBBBJ], but its data is Device-nGnRnE, or with DC Normal. */
struct off_row {
    const char *name;
    bool dc;
    uint8_t kind;
    uint64_t va;
    enum fault_type want;
};

static const struct off_row off_rows[] = {
    { "stage 1 off: store", false, ACCESS_STORE, 0x1000, NONE },
    { "stage 1 off: fetch", false, ACCESS_FETCH, 0x1000, NONE },
    { "stage 1 off: unaligned load", false, ACCESS_LOAD, 0x1001, ALIGN },
    { "stage 1 off: DC ZVA", false, ACCESS_ZVA, 0x1000, ALIGN },
    { "stage 1 off, DC: unaligned load", true, ACCESS_LOAD, 0x1001, NONE },
    { "stage 1 off, DC: DC ZVA", true, ACCESS_ZVA, 0x1000, NONE },
};

static void check_off(void **state)
{
    const struct off_row *row = *state;
    struct access a = { .va = VA(row->va), .size = 8, .kind = row->kind, .el = 0 };
    struct regime r = { .id = REGIME_EL10, .default_cacheable = row->dc, .stage2_on = true };
    struct tlb_leaf leaf = { .perm_s2 = S2_ALL, .s2 = { WB, SH_ISH } };

    assert_int_equal(check_stage1(&r, &leaf, &a).type, row->want);
}

/* SCTLR_EL2.WXN in EL2, SCTLR_EL1.WXN in EL1&0 */
static void write_implies_xn(void **state)
{
    struct access a = { .va = VA(0x1000), .size = 4, .kind = ACCESS_FETCH, .el = 1 };
    struct tlb_leaf leaf = { .s1 = { WB, SH_ISH }, .level_s1 = 3 };
    struct regime r = regime_on();

    (void)state;
    assert_int_equal(check_stage1(&r, &leaf, &a).type, FAULT_NONE);
    r.wxn = true;
    assert_int_equal(check_stage1(&r, &leaf, &a).type, FAULT_PERMISSION);
    r.id = REGIME_EL2;
    a.el = 2;
    assert_int_equal(check_stage1(&r, &leaf, &a).type, FAULT_PERMISSION);
    r.wxn = false;
    assert_int_equal(check_stage1(&r, &leaf, &a).type, FAULT_NONE);
}

/* The controls act on their own stage, before the stages are combined [Arm: S1TreatAsNormalNC, S2TreatAsNormalNC]. */
struct attr_row {
    const char *name;
    uint8_t s1, s2;
    bool data_nc1, data_nc2, fetch_nc1, fetch_nc2;
    unsigned stages, data, fetch;
};

// clang-format off
static const struct attr_row attr_rows[] = {
    { "WB with WB",               0xFF, 0xFF, 0, 0, 0, 0, 3, 0xFF, 0xFF },
    { "SCTLR.C 0",                0xFF, 0xFF, 1, 0, 0, 0, 3, 0x44, 0xFF },
    { "SCTLR.I 0",                0xFF, 0xFF, 0, 0, 1, 0, 3, 0xFF, 0x44 },
    { "HCR_EL2.CD",               0xFF, 0xFF, 0, 1, 0, 0, 3, 0x44, 0xFF },
    { "HCR_EL2.ID",               0xFF, 0xFF, 0, 0, 0, 1, 3, 0xFF, 0x44 },
    { "WT with WB",               0xBB, 0xFF, 0, 0, 0, 0, 3, 0xBB, 0xBB },
    { "WB with Device, CD",       0xFF, 0x04, 0, 1, 0, 1, 3, 0x04, 0x04 },
    { "stage 2 off: stage 1's",   0xFF, 0x04, 0, 1, 0, 1, 1, 0xFF, 0xFF },
};
// clang-format on

static void check_attr_row(void **state)
{
    const struct attr_row *row = *state;
    struct tlb_leaf leaf = { .s1 = { row->s1, SH_ISH }, .s2 = { row->s2, SH_ISH } };
    struct regime r = regime_on();

    r.data_nc1 = row->data_nc1;
    r.data_nc2 = row->data_nc2;
    r.fetch_nc1 = row->fetch_nc1;
    r.fetch_nc2 = row->fetch_nc2;
    assert_int_equal(check_attr(&r, &leaf, row->stages, ACCESS_LOAD).attr, row->data);
    assert_int_equal(check_attr(&r, &leaf, row->stages, ACCESS_STORE).attr, row->data);
    assert_int_equal(check_attr(&r, &leaf, row->stages, ACCESS_FETCH).attr, row->fetch);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_row, ROWS_OF(check_rows));
    rows_add(&all, check_off, ROWS_OF(off_rows));
    rows_add_test(&all, "WXN of both regimes", write_implies_xn, NULL);
    rows_add(&all, check_attr_row, ROWS_OF(attr_rows));
    return rows_run(&all, "mmu/check");
}
