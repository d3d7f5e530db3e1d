/* What an access leaves behind, and what the next one finds: the order micro-TLB, main TLB, walk cache, IPA cache, walk
 * [A53: 5.2]. Steps as pictures: t w i are look-ups that miss, T W I that hit, A to D and 0 to 3 descriptors read. */
#include "tests/unit/models/fault_rows.h"

static struct guest g;

static void expect(enum access_kind kind, uint64_t va, enum xlat_hit hit, const char *picture)
{
    char got[STEPS_MAX + 1];

    guest_access(&g, kind, 1, va);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
    guest_picture(&g.x.steps, 0, got);
    assert_string_equal(got, picture);
    assert_string_equal(mmu_hit_name((enum xlat_hit)g.x.hit), mmu_hit_name(hit));
}

/* One kind of access after another. 'I' instruction fetch, 'L' load, 'S' store. */
struct visit {
    char kind;
    uint64_t va;
    enum xlat_hit hit;
    const char *picture;
};

struct story_row {
    const char *name;
    struct shape shape;
    unsigned pages; /* mapped from GUEST_VA on, beside the shape's own leaf */
    struct visit visits[6];
};

#define P(n) (GUEST_VA + 0x1000ULL * (n))

// clang-format off
static const struct story_row story_rows[] = {
    { "48-bit guest over pages: 19 descriptors, then none", { 0 }, 1, {
        { 'L', P(0),         HIT_WALK, "twi123Ai123Bi123Ci123Di123" }, /* [A.g: D4.2.4] */
        { 'L', P(0) + 0xFF8, HIT_UTLB, "" },
        { 'S', P(0),         HIT_UTLB, "" },
        { 'I', P(0),         HIT_TLB,  "T" },
        { 'I', P(0) + 8,     HIT_UTLB, "" } } },
    { "39-bit guest over pages: 15 descriptors", { .t0sz = 25 }, 1, {
        { 'L', P(0), HIT_WALK, "twi123Bi123Ci123Di123" },
        { 'L', P(0), HIT_UTLB, "" } } },
    { "walk cache: one stage-1 descriptor for the next page", { 0 }, 4, {
        { 'L', P(0), HIT_WALK,       "twi123Ai123Bi123Ci123Di123" },
        { 'L', P(1), HIT_WALK_CACHE, "tWDi123" }, /* the table's PA needs no stage 2 [A53: 5.2.4] */
        { 'I', P(2), HIT_WALK_CACHE, "tWDi123" },
        { 'L', P(1), HIT_UTLB,       "" } } },
    { "IPA cache: stage-2 blocks answer for their neighbours", { .s2_leaf_level = 2 }, 2, {
        { 'L', P(0), HIT_WALK,       "twi12AIBICIDi12" }, /* the four tables lie in one 2 MB block [A53: 5.2.3] */
        { 'L', P(1), HIT_WALK_CACHE, "tWDI" } } },
    { "IPA cache: a 1 GB stage-2 block is kept in 512 MB", { .s2_leaf_level = 1 }, 2, {
        { 'L', P(0), HIT_WALK,       "twi1AIBICIDI" },
        { 'L', P(1), HIT_WALK_CACHE, "tWDI" } } },
    { "64 KB pages: kept as 64 KB over 64 KB",
      { .granule_bits = 16, .t0sz = 22, .s2_granule_bits = 16, .s2_t0sz = 24, .s2_sl0 = 1 }, 0, {
        { 'L', P(0),  HIT_WALK, "twi23Ci23Di23" },
        { 'L', P(15), HIT_TLB,  "T" } } },
    { "64 KB tables over 4 KB pages: no pointer to keep", { .granule_bits = 16, .t0sz = 22 }, 0, {
        { 'L', P(0), HIT_WALK, "twi123Ci123Di123" },
        { 'L', P(1), HIT_WALK, "twICIDi123" } } }, /* [choice] of walk.c: no one PA says where the table is */
    { "stage 1 starts at level 3: no walk cache to ask", { .granule_bits = 16, .t0sz = 35, .va = 0x08000000 }, 0, {
        { 'L', 0x08000000, HIT_WALK, "ti123Di123" } } },
};
// clang-format on

static void check_story(void **state)
{
    const struct story_row *row = *state;

    guest_start_shape(&g, &row->shape);
    for (unsigned i = 1; i < row->pages; i++)
        guest_map1(&g, P(i), GUEST_DATA + 0x1000ULL * i, 3, S1_LEAF);
    for (unsigned i = 0; i < 6 && row->visits[i].picture; i++) {
        const struct visit *v = &row->visits[i];

        expect(v->kind == 'I' ? ACCESS_FETCH : v->kind == 'L' ? ACCESS_LOAD : ACCESS_STORE, v->va, v->hit, v->picture);
    }
}

/* Blocks never fill the walk cache [A53: 5.2.4]. */
static void blocks_and_walk_cache(void **state)
{
    static const struct shape shape = { .leaf_level = 2, .s2_leaf_level = 2 };

    (void)state;
    guest_start_shape(&g, &shape);
    guest_map1(&g, P(512), GUEST_DATA + 0x200000, 2, S1_LEAF);
    expect(ACCESS_LOAD, P(0), HIT_WALK, "twi12AIBICi12");
    expect(ACCESS_LOAD, P(511), HIT_TLB, "T");
    expect(ACCESS_LOAD, P(512), HIT_WALK, "twIAIBICi12");
    for (unsigned i = 0; i < TLB_SIZES; i++)
        assert_int_equal(g.mmu.walk_cache.present[i], 0);
}

/* With 64 KB pages a walk cache entry covers 512 MB [A53: Table 6-15]. */
static void walk_cache_of_64k(void **state)
{
    static const struct shape shape = { .granule_bits = 16, .t0sz = 22, .s2_leaf_level = 2 };

    (void)state;
    guest_start_shape(&g, &shape);
    guest_map1(&g, P(16), GUEST_DATA + 0x10000, 3, S1_LEAF);
    guest_map1(&g, P(0x10000), GUEST_DATA + 0x20000, 3, S1_LEAF);
    expect(ACCESS_LOAD, P(0), HIT_WALK, "twi12CIDi12");
    expect(ACCESS_LOAD, P(15), HIT_TLB, "T");
    expect(ACCESS_LOAD, P(16), HIT_WALK_CACHE, "tWDI");
    expect(ACCESS_LOAD, P(0x10000), HIT_WALK_CACHE, "tWDI"); /* 256 MB further on */
}

/* With 4 KB pages it covers 2 MB: below, at, above. */
static void walk_cache_of_4k(void **state)
{
    (void)state;
    guest_start(&g);
    guest_map1(&g, P(511), GUEST_DATA, 3, S1_LEAF);
    guest_map1(&g, P(512), GUEST_DATA, 3, S1_LEAF);
    guest_map1(&g, GUEST_VA - 0x1000, GUEST_DATA, 3, S1_LEAF);
    expect(ACCESS_LOAD, P(0), HIT_WALK, "twi123Ai123Bi123Ci123Di123");
    expect(ACCESS_LOAD, P(511), HIT_WALK_CACHE, "tWDI");
    expect(ACCESS_LOAD, P(512), HIT_WALK, "twIAIBICi123DI");
    expect(ACCESS_LOAD, GUEST_VA - 0x1000, HIT_WALK, "twIAIBICi123DI");
}

/* A 1 GB stage-1 block over a 1 GB stage-2 block is kept in halves of 512 MB, each fetched on its own [A53: 5.2.2]. */
static void one_gigabyte(void **state)
{
    static const struct shape shape = { .leaf_level = 1, .s2_leaf_level = 1 };
    uint64_t base = GUEST_VA & ~0x3FFFFFFFULL;
    struct tlbi op = { .op = TLBI_VAE1, .vmid = 1, .asid = 7, .va = base };

    (void)state;
    guest_start_shape(&g, &shape);
    expect(ACCESS_LOAD, base, HIT_WALK, "twi1AIBI");
    expect(ACCESS_LOAD, base + 0x1FFFFFF8, HIT_TLB, "T");
    assert_int_equal(g.x.pa.v, 0x1FFFFFF8);
    expect(ACCESS_LOAD, base + 0x20000000, HIT_WALK, "twIAIBi1"); /* the other half, of both stages */
    assert_int_equal(g.x.pa.v, 0x20000000);
    expect(ACCESS_LOAD, base + 0x3FFFFFF8, HIT_TLB, "T");
    assert_int_equal(g.x.pa.v, 0x3FFFFFF8);
    mmu_tlbi(&g.mmu, &op); /* by an address of the lower half: both halves go [Arm: R_LGSCG] */
    assert_int_equal(g.mmu.count.v[COUNT_TLBI_DROPPED], 2);
    expect(ACCESS_LOAD, base + 0x3FFFFFF8, HIT_WALK, "twIAIBI");
}

/* What ended in one of these faults is not kept: mended without maintenance, the access succeeds
 * [Arm: R_XCLRD]. */
struct mend_row {
    const char *name;
    struct edit spoil;
};

// clang-format off
static const struct mend_row mend_rows[] = {
    { "stage-1 translation, level 3",      { '1', GUEST_VA, 3, 0, 1 } },
    { "stage-1 translation, level 2",      { '1', GUEST_VA, 2, 0, 1 } },
    { "stage-1 translation, level 0",      { '1', GUEST_VA, 0, 0, 1 } },
    { "stage-1 address size, level 3",     { '1', GUEST_VA, 3, 1ULL << 40, 0 } },
    { "stage-1 address size, level 2",     { '1', GUEST_VA, 2, 1ULL << 40, 0 } },
    { "stage-1 access flag",               { '1', GUEST_VA, 3, 0, D_AF } },
    { "stage-1 permission",
      { '1', GUEST_VA, 3, D_AP(2), 0 } }, /* [choice] of mmu.c; R_JVXRH would let it be kept */
    { "stage-2 translation of data",       { '2', GUEST_DATA, 3, 0, 1 } },
    { "stage-2 address size of data",      { '2', GUEST_DATA, 3, 1ULL << 40, 0 } },
    { "stage-2 access flag of data",       { '2', GUEST_DATA, 3, 0, D_AF } },
    { "stage-2 translation of level 3",    { '2', TABLE_L3, 3, 0, 1 } },
    { "stage-2 translation of level 0",    { '2', TABLE_L0, 3, 0, 1 } },
    { "stage-2 access flag of level 2",    { '2', TABLE_L2, 3, 0, D_AF } },
    { "stage-2 address size of level 1",   { '2', TABLE_L1, 3, 1ULL << 40, 0 } },
};
// clang-format on

static void check_mend(void **state)
{
    const struct mend_row *row = *state;
    struct edit mend = { row->spoil.stage, row->spoil.ia, row->spoil.level, row->spoil.clear, row->spoil.set };

    guest_start(&g);
    fault_edit(&g, &row->spoil);
    guest_access(&g, ACCESS_STORE, 1, GUEST_VA);
    assert_int_not_equal(g.x.fault.type, FAULT_NONE);
    fault_edit(&g, &mend);
    guest_access(&g, ACCESS_STORE, 1, GUEST_VA);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
    assert_int_equal(g.x.pa.v, GUEST_PA(GUEST_DATA));
}

/* A 2 MB stage-1 block over 4 KB stage-2 pages: entries of 4 KB, and any address of the block drops them all
 * [Arm: R_LGSCG]. */
static void pieces_of_a_block(void **state)
{
    static const struct shape shape = { .leaf_level = 2 };
    struct tlbi op = { .op = TLBI_VAE1, .vmid = 1, .asid = 7, .va = P(511) };

    (void)state;
    guest_start_shape(&g, &shape);
    expect(ACCESS_LOAD, P(0), HIT_WALK, "twi123Ai123Bi123Ci123");
    expect(ACCESS_LOAD, P(1), HIT_WALK, "twIAIBICi123");
    expect(ACCESS_FETCH, P(1), HIT_TLB, "T");
    mmu_tlbi(&g.mmu, &op);
    assert_int_equal(g.mmu.count.v[COUNT_TLBI_DROPPED], 2);
    expect(ACCESS_LOAD, P(0), HIT_WALK, "twIAIBICI");
}

/* What tables above forbid is kept with the pointer to the last one [A53: Table 6-15]. */
static void table_attributes_are_kept(void **state)
{
    struct edit read_only = { '1', GUEST_VA, 0, 2ULL << 61, 0 }, no_exec = { '1', GUEST_VA, 1, 1ULL << 59, 0 };

    (void)state;
    guest_start(&g);
    guest_map1(&g, P(1), GUEST_DATA + 0x1000, 3, S1_LEAF);
    fault_edit(&g, &read_only);
    fault_edit(&g, &no_exec);
    guest_load(&g, P(0));
    guest_access(&g, ACCESS_STORE, 1, P(1));
    assert_int_equal(g.x.hit, HIT_WALK_CACHE);
    assert_int_equal(g.x.fault.type, FAULT_PERMISSION);
    guest_access(&g, ACCESS_FETCH, 1, P(1));
    assert_int_equal(g.x.hit, HIT_WALK_CACHE);
    assert_int_equal(g.x.fault.type, FAULT_PERMISSION);
    assert_int_equal(guest_load(&g, P(1)), HIT_WALK_CACHE);
    assert_int_equal(g.x.fault.type, FAULT_NONE);
}

/* A 1 GB stage-2 block lies in the IPA cache in halves; any address of it drops both [Arm: R_LGSCG]. */
static void one_gigabyte_of_stage2(void **state)
{
    static const struct shape shape = { .leaf_level = 1, .s2_leaf_level = 1 };
    uint64_t base = GUEST_VA & ~0x3FFFFFFFULL;
    struct tlbi op = { .op = TLBI_IPAS2E1, .vmid = 1, .va = GUEST_RAM };

    (void)state;
    guest_start_shape(&g, &shape);
    guest_load(&g, base);
    guest_load(&g, base + 0x20000000);
    mmu_tlbi(&g.mmu, &op);
    assert_int_equal(g.mmu.count.v[COUNT_TLBI_DROPPED], 2);
    op.va = GUEST_RAM - 0x1000;
    mmu_tlbi(&g.mmu, &op);
    assert_int_equal(g.mmu.count.v[COUNT_TLBI_DROPPED], 2);
}

/* Counters of all this: one access, one outcome. */
static void counters(void **state)
{
    const uint64_t *n = g.mmu.count.v;

    (void)state;
    guest_start(&g);
    guest_map1(&g, P(1), GUEST_DATA + 0x1000, 3, S1_LEAF);
    guest_load(&g, P(0));
    guest_load(&g, P(0));
    guest_load(&g, P(1));
    guest_access(&g, ACCESS_FETCH, 1, P(1));
    guest_load(&g, P(2)); /* a fault */
    assert_int_equal(n[COUNT_L1D_TLB_REFILL], 3);
    assert_int_equal(n[COUNT_L1I_TLB_REFILL], 1);
    assert_int_equal(n[COUNT_MAIN_TLB], 4);
    assert_int_equal(n[COUNT_MAIN_TLB_REFILL], 3);
    assert_int_equal(n[COUNT_MAIN_TLB_PROBE], 4);
    assert_int_equal(n[COUNT_WALK], 3);
    assert_int_equal(n[COUNT_WALK_CACHE], 3);
    assert_int_equal(n[COUNT_WALK_CACHE_REFILL], 1);
    assert_int_equal(n[COUNT_IPA_CACHE], 5 + 1);
    assert_int_equal(n[COUNT_IPA_CACHE_REFILL], 5 + 1);
    assert_int_equal(n[COUNT_FAULT_STAGE1], 1);
    assert_int_equal(n[COUNT_FAULT_STAGE2], 0);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_story, ROWS_OF(story_rows));
    rows_add_test(&all, "blocks never fill the walk cache", blocks_and_walk_cache, NULL);
    rows_add_test(&all, "walk cache of 64 KB pages", walk_cache_of_64k, NULL);
    rows_add_test(&all, "walk cache of 4 KB pages", walk_cache_of_4k, NULL);
    rows_add_test(&all, "1 GB blocks", one_gigabyte, NULL);
    rows_add(&all, check_mend, ROWS_OF(mend_rows));
    rows_add_test(&all, "pieces of a 2 MB block", pieces_of_a_block, NULL);
    rows_add_test(&all, "table attributes are kept", table_attributes_are_kept, NULL);
    rows_add_test(&all, "1 GB blocks of stage 2", one_gigabyte_of_stage2, NULL);
    rows_add_test(&all, "counters", counters, NULL);
    return rows_run(&all, "mmu/mmu, what is kept");
}
