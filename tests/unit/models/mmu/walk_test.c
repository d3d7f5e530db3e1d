/* The walker alone, without caches: which descriptors it reads, in which order, and where they lead. */
#include "models/mmu/walk.h"
#include "tests/unit/models/guest.h"

static struct guest g;

static struct fault walk(const struct access *a, bool stage1_only, struct tlb_entry *e, struct steps *steps)
{
    struct mem_port port = tables_port(&g.tables);
    struct walk w = { .regime = &g.mmu.regime[regime_of_el(a->el)], .mem = &port, .steps = steps };

    memset(steps, POISON, sizeof *steps);
    memset(e, POISON, sizeof *e);
    steps->count = 0;
    return walk_translate(&w, a, stage1_only, e);
}

/* (S1 + 1) * (S2 + 1) - 1 descriptors, S1 and S2 the levels walked [A.g: D4.2.4]. In the pictures A to D are stage-1
 * descriptors of levels 0 to 3, 0 to 3 stage 2's: stage 2 is walked before each stage-1 descriptor, and once more for
 * the output. */
struct walk_row {
    const char *name;
    struct shape shape;
    unsigned fetches;
    const char *picture;
    unsigned size_bits, from_bits; /* of the entry */
};

// clang-format off
static const struct walk_row walk_rows[] = {
    { "48-bit VA, pages over pages", { 0 }, 19, "123A123B123C123D123", 12, 12 }, /* [A.g: D4.2.4] */
    { "39-bit VA, pages over pages", { .t0sz = 25 }, 15, "123B123C123D123", 12, 12 },
    { "30-bit VA, pages over pages", { .t0sz = 34, .va = 0x08000000 }, 11, "123C123D123", 12, 12 },
    { "40-bit VA: level 0 of two entries", { .t0sz = 24 }, 19, "123A123B123C123D123", 12, 12 },
    { "48-bit VA, 2 MB block over pages", { .leaf_level = 2 }, 15, "123A123B123C123", 12, 21 },
    { "48-bit VA, 1 GB block over pages", { .leaf_level = 1 }, 11, "123A123B123", 12, 30 },
    { "48-bit VA, pages over 2 MB blocks", { .s2_leaf_level = 2 }, 14, "12A12B12C12D12", 12, 12 },
    { "48-bit VA, 2 MB over 2 MB", { .leaf_level = 2, .s2_leaf_level = 2 }, 11, "12A12B12C12", 21, 21 },
    { "48-bit VA, pages over a 1 GB block", { .s2_leaf_level = 1 }, 9, "1A1B1C1D1", 12, 12 },
    { "48-bit VA, 1 GB over 1 GB", { .leaf_level = 1, .s2_leaf_level = 1 }, 5, "1A1B1", 29, 30 }, /* [A53: 5.2.2] */
    { "39-bit VA, pages over 2 MB blocks", { .t0sz = 25, .s2_leaf_level = 2 }, 11, "12B12C12D12", 12, 12 },
    { "39-bit IPA: one root table", { .s2_t0sz = 25, .s2_sl0 = 1 }, 19, "123A123B123C123D123", 12, 12 },
    { "34-bit IPA: 16 concatenated tables", { .s2_t0sz = 30, .s2_sl0 = 0 }, 14, "23A23B23C23D23", 12, 12 },
    { "31-bit IPA from level 1: 2 entries", { .s2_t0sz = 33, .s2_sl0 = 1 }, 19, "123A123B123C123D123", 12, 12 },
    { "31-bit IPA from level 2: 2 tables", { .s2_t0sz = 33, .s2_sl0 = 0 }, 14, "23A23B23C23D23", 12, 12 },
    { "64 KB, 48-bit VA over 4 KB", { .granule_bits = 16 }, 15, "123B123C123D123", 12, 16 },
    { "64 KB, 42-bit VA over 4 KB", { .granule_bits = 16, .t0sz = 22 }, 11, "123C123D123", 12, 16 },
    { "64 KB, 42-bit VA, 512 MB block", { .granule_bits = 16, .t0sz = 22, .leaf_level = 2, .s2_leaf_level = 1 }, 3,
      "1C1", 29, 29 },
    { "64 KB, 29-bit VA: one level", { .granule_bits = 16, .t0sz = 35, .va = 0x08000000 }, 7, "123D123", 12, 16 },
    { "4 KB over 64 KB stage 2", { .s2_granule_bits = 16, .s2_t0sz = 24, .s2_sl0 = 1 }, 14, "23A23B23C23D23", 12, 12 },
    { "64 KB over 64 KB", { .granule_bits = 16, .t0sz = 22, .s2_granule_bits = 16, .s2_t0sz = 24, .s2_sl0 = 1 }, 8,
      "23C23D23", 16, 16 },
    { "64 KB, 16 concatenated tables",
      { .granule_bits = 16, .t0sz = 22, .s2_granule_bits = 16, .s2_t0sz = 31, .s2_sl0 = 0 }, 5, "3C3D3", 16, 16 },
    { "4 KB over a 512 MB block", { .s2_granule_bits = 16, .s2_t0sz = 24, .s2_sl0 = 1, .s2_leaf_level = 2 }, 9,
      "2A2B2C2D2", 12, 12 },
    { "big-endian tables of both stages", { .big_endian = true, .s2_big_endian = true }, 19, "123A123B123C123D123",
      12, 12 },
    { "big-endian tables of stage 1", { .big_endian = true }, 19, "123A123B123C123D123", 12, 12 }, /* SCTLR_EL1.EE */
    { "big-endian tables of stage 2", { .s2_big_endian = true }, 19, "123A123B123C123D123", 12,
      12 }, /* SCTLR_EL2.EE [Arm: NSS2TTWParams] */
    { "64 KB pages, big-endian", { .granule_bits = 16, .t0sz = 22, .big_endian = true, .s2_big_endian = true }, 11,
      "123C123D123", 12, 16 },
};
// clang-format on

static void check_walk(void **state)
{
    const struct walk_row *row = *state;
    uint64_t va = (row->shape.va ? row->shape.va : GUEST_VA) + 0x678, ipa = GUEST_DATA + 0x678;
    struct access a = { .va = VA(va), .size = 8, .kind = ACCESS_LOAD, .el = 1 };
    char picture[STEPS_MAX + 1];
    struct tlb_entry e;
    struct steps steps;

    guest_start_shape(&g, &row->shape);
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
    guest_picture(&steps, 0, picture);
    assert_string_equal(picture, row->picture);
    assert_int_equal(steps.count, row->fetches);
    assert_int_equal(e.tag.size_bits, row->size_bits);
    assert_int_equal(e.tag.from_bits, row->from_bits);
    assert_int_equal(e.leaf.ipa | (va & low_mask(e.tag.size_bits)), ipa);
    assert_int_equal(e.leaf.pa | (va & low_mask(e.tag.size_bits)), GUEST_PA(ipa));
    assert_int_equal(e.tag.va, align_down(va, row->size_bits));
}

/* With one stage off: S1 or S2 descriptors alone. */
struct single_row {
    const char *name;
    struct shape shape;
    uint64_t sctlr, hcr, va;
    const char *picture;
    unsigned size_bits;
    uint64_t pa;
};

// clang-format off
static const struct single_row single_rows[] = {
    { "stage 2 alone, pages", { 0 }, 0, HCR_GUEST, GUEST_DATA + 0x123, "123", 12, 0x08000123 },
    { "stage 2 alone, 2 MB", { .s2_leaf_level = 2 }, 0, HCR_GUEST, GUEST_DATA + 0x123456, "12", 21, 0x08123456 },
    { "stage 2 alone, 1 GB is cut", { .s2_leaf_level = 1 }, 0, HCR_GUEST, 0x7FFFFFF8, "1", 29,
      0x3FFFFFF8 }, /* [A53: 5.2.2] */
    { "DC acts as VM", { 0 }, SCTLR_ON, 1ULL << 31 | 1ULL << 12, GUEST_DATA, "123", 12,
      0x08000000 }, /* [Arm: HCR_EL2.DC] */
};
// clang-format on

static void check_single(void **state)
{
    const struct single_row *row = *state;
    struct access a = { .va = VA(row->va), .size = 1, .kind = ACCESS_LOAD, .el = 1 };
    char picture[STEPS_MAX + 1];
    struct tlb_entry e;
    struct steps steps;

    guest_start_shape(&g, &row->shape);
    guest_reg(&g, SYSREG_SCTLR_EL1, row->sctlr);
    guest_reg(&g, SYSREG_HCR_EL2, row->hcr);
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
    guest_picture(&steps, 0, picture);
    assert_string_equal(picture, row->picture);
    assert_int_equal(e.tag.size_bits, row->size_bits);
    assert_int_equal(e.leaf.pa | (row->va & low_mask(row->size_bits)), row->pa);
    assert_true(e.tag.global); /* no ASID without stage 1 */
}

/* IPAs of 2^39 and more go by the second of two concatenated tables [Arm: R_HRSBS]. */
static void second_root_table(void **state)
{
    struct access a = { .va = VA(0x8040001008ULL), .size = 8, .kind = ACCESS_LOAD, .el = 1 };
    struct tlb_entry e;
    struct steps steps;

    (void)state;
    guest_start(&g);
    guest_reg(&g, SYSREG_SCTLR_EL1, 0);
    tree_map(&g.s2, 0x8040001000ULL, 3, 0x33333000 | S2_LEAF | D_PAGE, 1);
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
    assert_int_equal(e.leaf.pa, 0x33333000);
    assert_int_equal(steps.step[0].address, STAGE2_ROOT + 0x1000 + 8);
    a.va = VA(0x0040001008ULL); /* the same index in the first table */
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_TRANSLATION);
}

/* What a leaf's bits without meaning in v8.0 do not do: contiguous is a hint, and ignored here [Arm: D8.7.1]. */
static void bits_without_meaning(void **state)
{
    uint64_t ignored = 0xFULL << 55 | 0x1FULL << 59 | 1ULL << 52 | 1ULL << 51;
    struct access a = { .va = VA(GUEST_VA), .size = 8, .kind = ACCESS_STORE, .el = 1 };
    struct tlb_entry e;
    struct steps steps;

    (void)state;
    guest_start(&g);
    guest_map1(&g, GUEST_VA, GUEST_DATA, 3, S1_LEAF | ignored | 1 << 5); /* bit 5: NS */
    guest_map2(&g, GUEST_DATA, 3, S2_LEAF | ignored | 1ULL << 53 | 1 << 11, 1);
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
    assert_int_equal(e.leaf.pa, GUEST_PA(GUEST_DATA));
    assert_int_equal(e.tag.size_bits, 12);
    a.kind = ACCESS_FETCH;
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
}

/* Stage 1 alone: its tables are PAs. */
static void stage1_alone(void **state)
{
    struct access a = { .va = VA(GUEST_VA + 8), .size = 8, .kind = ACCESS_LOAD, .el = 1 };
    char picture[STEPS_MAX + 1];
    struct tlb_entry e;
    struct steps steps;

    (void)state;
    guest_start(&g);
    g.s1.pa_offset = 0;
    g.s1.root = 0x30000000;
    g.s1.next = 0x30001000;
    guest_map1(&g, GUEST_VA, 0x12345000, 3, S1_LEAF | D_NG);
    guest_reg(&g, SYSREG_HCR_EL2, 0);
    guest_reg(&g, SYSREG_TTBR0_EL1, 0x30000000 | 9ULL << 48);
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
    guest_picture(&steps, 0, picture);
    assert_string_equal(picture, "ABCD");
    assert_int_equal(e.leaf.pa, 0x12345000);
    assert_int_equal(e.leaf.ipa, 0x12345000);
    assert_int_equal(e.tag.stages, TLB_STAGE1);
    assert_int_equal(e.tag.asid, 9);
    assert_int_equal(e.tag.vmid, 1); /* with stage 2 off too [Arm: R_QNPQX] */
    assert_false(e.tag.global);
}

/* stage1_only asks stage 2 for the tables but not for the output, as AT S1E1R does [Arm: D8.2.13]. */
static void stage1_only(void **state)
{
    struct access a = { .va = VA(GUEST_VA), .size = 1, .kind = ACCESS_AT_READ, .el = 1 };
    char picture[STEPS_MAX + 1];
    struct tlb_entry e;
    struct steps steps;

    (void)state;
    guest_start(&g);
    assert_int_equal(walk(&a, true, &e, &steps).type, FAULT_NONE);
    guest_picture(&steps, 0, picture);
    assert_string_equal(picture, "123A123B123C123D");
    assert_int_equal(e.leaf.pa, GUEST_DATA);
    assert_int_equal(e.leaf.ipa, GUEST_DATA);
}

/* The EL2 regime: TTBR0_EL2, no stage 2, global, no ASID and VMID. */
static void el2(void **state)
{
    struct access a = { .va = VA(0x40000008), .size = 8, .kind = ACCESS_STORE, .el = 2 };
    char picture[STEPS_MAX + 1];
    struct tlb_entry e;
    struct steps steps;

    (void)state;
    guest_start(&g);
    tree_map(&g.el2, 0x40000000, 3, 0x55555000 | S1_LEAF | D_NG | D_PAGE, 1);
    guest_reg(&g, SYSREG_TCR_EL2, 16 | 2 << 16 | TCR_WALK0);
    guest_reg(&g, SYSREG_TTBR0_EL2, EL2_ROOT);
    guest_reg(&g, SYSREG_MAIR_EL2, GUEST_MAIR);
    guest_reg(&g, SYSREG_SCTLR_EL2, SCTLR_ON);
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
    guest_picture(&steps, 0, picture);
    assert_string_equal(picture, "ABCD");
    assert_int_equal(e.leaf.pa, 0x55555000);
    assert_int_equal(e.tag.regime, REGIME_EL2);
    assert_int_equal(e.tag.vmid, 0);
    assert_int_equal(e.tag.asid, 0);
    assert_true(e.tag.global); /* nG is EL1&0's [Arm: Table D8-52] */
}

/* The upper half goes by TTBR1, TG1, T1SZ, whatever the lower half's are; ASID from TTBR0 for both. */
static void upper_half(void **state)
{
    struct access a = { .va = VA(0xFFFFFF8040200000ULL), .size = 8, .kind = ACCESS_LOAD, .el = 1 };
    struct tree upper;
    char picture[STEPS_MAX + 1];
    struct tlb_entry e;
    struct steps steps;

    (void)state;
    guest_start(&g);
    upper = g.s1;
    upper.start_level = 1;
    upper.root = UPPER_ROOT;
    upper.next = UPPER_ROOT + 0x1000;
    tree_map(&upper, 0x40200000, 2, 0x48000000 | S1_LEAF | D_NG | D_BLOCK, 1);
    guest_map2(&g, UPPER_ROOT, 3, S2_LEAF, 8);
    guest_reg_clear(&g, SYSREG_TCR_EL1, TCR_EPD1);
    guest_reg_set(&g, SYSREG_TCR_EL1, TCR_WALK1);
    guest_reg(&g, SYSREG_TTBR1_EL1, UPPER_ROOT | 0x55ULL << 48);
    assert_int_equal(walk(&a, false, &e, &steps).type, FAULT_NONE);
    guest_picture(&steps, 1, picture);
    assert_string_equal(picture, "123B123C123");
    assert_int_equal(e.leaf.ipa, GUEST_DATA);
    assert_int_equal(e.tag.va, 0xFFFFFF8040200000ULL);
    assert_int_equal(e.tag.asid, 7);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_walk, ROWS_OF(walk_rows));
    rows_add(&all, check_single, ROWS_OF(single_rows));
    rows_add_test(&all, "second root table", second_root_table, NULL);
    rows_add_test(&all, "bits without meaning", bits_without_meaning, NULL);
    rows_add_test(&all, "stage 1 alone", stage1_alone, NULL);
    rows_add_test(&all, "stage 1 of a nested walk", stage1_only, NULL);
    rows_add_test(&all, "EL2", el2, NULL);
    rows_add_test(&all, "upper half", upper_half, NULL);
    return rows_run(&all, "mmu/walk");
}
