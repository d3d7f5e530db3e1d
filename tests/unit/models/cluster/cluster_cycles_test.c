/* Exact cycles of every way a translation can go. Prices: main TLB 2, further probe 1, walk 10, further level 2, IPA
 * cache 2, descriptor in L1D 3, in L2 14, in DDR 14 + 180. */
#include "tests/unit/models/cluster/machine.h"

static struct machine m;

#define P(n) (GUEST_VA + 0x1000ULL * (n))

/* Maps a row of further pages by stage 1. */
static void map_pages(unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        guest_map1(&m.guest, P(i), GUEST_DATA + 0x1000ULL * i, 3, S1_LEAF);
}

/* Stage 1 alone: its tables' addresses are PAs, so they lie where the guest's did as IPAs minus RAM. */
static void start_stage1(void)
{
    static const struct shape shape = { 0 };

    machine_start(&m, &shape);
    m.guest.s1.pa_offset = 0;
    m.guest.s1.root = 0x30000000;
    m.guest.s1.next = 0x30001000;
    for (unsigned i = 0; i < 64; i++)
        guest_map1(&m.guest, P(i), 0x40000000 + 0x1000ULL * i, 3, S1_LEAF);
    guest_reg(&m.guest, SYSREG_HCR_EL2, 1ULL << 31);
    guest_reg(&m.guest, SYSREG_TTBR0_EL1, 0x30000000 | 7ULL << 48);
    machine_registers(&m);
}

static void stage1_latencies(void **state)
{
    (void)state;
    start_stage1();
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(0)), 2 + 10 + 4 * 194 + 3 * 2); /* all from DDR: 794 */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(0)), 0);                        /* micro-TLB */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_FETCH, P(0)), 2);                       /* main TLB */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_FETCH, P(0)), 0);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(1)), 2 + 10 + 3);   /* walk cache, descriptor in L1D: 15 */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(8)), 2 + 10 + 194); /* the next line, in DDR: 206 */
    machine_evict_l1d(&m, 0, tree_desc_pa(&m.guest.s1, P(2), 3));
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(2)), 2 + 10 + 14);             /* in L2: 26 */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(3)), 2 + 10 + 3);              /* back in L1D */
    assert_int_equal(machine_cycles(&m, 1, ACCESS_LOAD, P(0)), 2 + 10 + 4 * 14 + 3 * 2); /* core 0 has the lines: 74 */
}

/* Page P(1)'s descriptor of the last level lies where this row says; the pointer to its table is in the walk cache. */
struct place_row {
    const char *name;
    uint64_t table; /* PA of the last-level table */
    uint32_t want;
};

static const struct place_row place_rows[] = {
    { "descriptor in DDR", 0x31000000, 2 + 10 + 14 + 180 },
    { "descriptor in OCM", 0xFFFC0000, 2 + 10 + 14 + 96 },
    { "descriptor in PL memory", 0xA0000000, 2 + 10 + 14 + 240 },
    { "descriptor at a device", 0xF9000000, 2 + 10 + 14 + 181 },
    { "descriptor where nothing is", 0x90000000, 2 + 10 + 14 + 182 },
};

static void check_place(void **state)
{
    const struct place_row *row = *state;

    start_stage1();
    tree_put(&m.guest.s1, P(0), 2, row->table | 3);
    tree_map(&m.guest.s1, P(0), 3, 0x40000000 | S1_LEAF | D_PAGE, 16);
    machine_cycles(&m, 0, ACCESS_LOAD, P(0));
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(8)), row->want);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(9)), 2 + 10 + 3);
}

/* Full nested walks with cold caches. Lines of descriptors: stage 2 has one of level 1, two of level 2 and two of
 * level 3 (tables, data), stage 1 one a level; each comes from DDR once and from L1D afterwards. */
struct nested_row {
    const char *name;
    struct shape shape;
    unsigned fetches, ipa_lookups, cold;
    uint32_t want;
};

// clang-format off
static const struct nested_row nested_rows[] = {
    { "48-bit guest over pages", { 0 },                  19, 5, 9, 1834 }, /* 2 + 10 + 5*2 + 18*2 + 9*194 + 10*3 */
    { "39-bit guest over pages", { .t0sz = 25 },         15, 4, 8, 1621 }, /* 2 + 10 + 4*2 + 14*2 + 8*194 + 7*3 */
    { "48-bit guest over 2 MB",  { .s2_leaf_level = 2 },  8, 5, 7,
      1397 }, /* 2 + 10 + 5*2 + 7*2 + 7*194 + 1*3: IPA cache hits */
    { "48-bit guest over 1 GB",  { .s2_leaf_level = 1 },  5, 5, 5, 1000 }, /* 2 + 10 + 5*2 + 4*2 + 5*194 */
    { "2 MB guest over 2 MB",    { .leaf_level = 2, .s2_leaf_level = 2 }, 7, 4, 6,
      1199 }, /* 2 + 10 + 4*2 + 6*2 + 6*194 + 1*3 */
};
// clang-format on

static void check_nested(void **state)
{
    const struct nested_row *row = *state;
    unsigned hits = row->fetches - row->cold;

    machine_start(&m, &row->shape);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, GUEST_VA), row->want);
    assert_int_equal(m.o.fetches, row->fetches);
    assert_int_equal(row->want, 2 + 10 + 2 * row->ipa_lookups + 2 * (row->fetches - 1) + 194 * row->cold + 3 * hits);
    assert_int_equal(machine_count(&m, 0, COUNT_WALK_FETCH), row->fetches);
    assert_int_equal(machine_count(&m, 0, COUNT_WALK_FETCH_L1D), hits);
    assert_int_equal(machine_count(&m, 0, COUNT_WALK_CYCLES), row->want);
    assert_int_equal(machine_count(&m, 0, COUNT_XLAT_CYCLES), row->want);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, GUEST_VA), 0);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_FETCH, GUEST_VA), 2);
    assert_int_equal(machine_count(&m, 0, COUNT_WALK_CYCLES), row->want);
    assert_int_equal(machine_count(&m, 0, COUNT_XLAT_CYCLES), row->want + 2);
}

/* Where each stage's descriptors of each level were found, for the report: L1D, L2, memory. */
static void where_found(void **state)
{
    static const uint64_t want[2][4][LEVEL_COUNT] = { { { 0, 0, 1 }, { 0, 0, 1 }, { 0, 0, 1 }, { 0, 0, 1 } },
                                                      { { 0, 0, 0 }, { 4, 0, 1 }, { 3, 0, 2 }, { 3, 0, 2 } } };
    static const uint64_t other[2][4][LEVEL_COUNT] = { { { 0, 1, 0 }, { 0, 1, 0 }, { 0, 1, 0 }, { 0, 1, 0 } },
                                                       { { 0, 0, 0 }, { 4, 1, 0 }, { 3, 2, 0 }, { 3, 2, 0 } } };
    static const struct shape shape = { 0 };

    (void)state;
    machine_start(&m, &shape);
    machine_cycles(&m, 0, ACCESS_LOAD, P(0));
    assert_memory_equal(m.cluster.core[0].fetch_at, want, sizeof want);
    machine_cycles(&m, 1, ACCESS_LOAD, P(0)); /* core 0 has the lines */
    assert_memory_equal(m.cluster.core[1].fetch_at, other, sizeof other);
    assert_memory_equal(m.cluster.core[0].fetch_at, want, sizeof want);
    assert_int_equal(machine_count(&m, 1, COUNT_WALK_FETCH_L2), 9);
}

/* After the first page of a nested guest, the walk cache and the IPA cache shorten the next. */
static void nested_shortened(void **state)
{
    static const struct shape shape = { 0 };

    (void)state;
    machine_start(&m, &shape);
    map_pages(3);
    machine_cycles(&m, 0, ACCESS_LOAD, P(0));
    /* one stage-1 descriptor, three of stage 2 for the new page's output, all in L1D by now */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(1)), 2 + 10 + 2 + 3 * 2 + 4 * 3);
    assert_int_equal(m.o.fetches, 4);
    guest_map1(&m.guest, P(2), GUEST_DATA, 3, S1_LEAF); /* P(0)'s page again: in the IPA cache */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(2)), 2 + 10 + 2 + 3);
    assert_int_equal(m.o.fetches, 1);
}

/* Sizes that are present cost a probe each [A53: 5.2.2]. */
static void probes(void **state)
{
    static const struct shape shape = { .leaf_level = 2, .s2_leaf_level = 2 };

    (void)state;
    machine_start(&m, &shape);
    guest_map1(&m.guest, P(512), GUEST_DATA + 0x200000, 3, S1_LEAF); /* a page beside the 2 MB block */
    machine_cycles(&m, 0, ACCESS_LOAD, P(0));
    machine_cycles(&m, 0, ACCESS_LOAD, P(512));
    assert_int_equal(machine_cycles(&m, 0, ACCESS_FETCH, P(512)), 2);   /* pages are looked up first */
    assert_int_equal(machine_cycles(&m, 0, ACCESS_FETCH, P(0)), 2 + 1); /* then 2 MB */
    assert_int_equal(machine_count(&m, 0, COUNT_MAIN_TLB), 4);
    assert_int_equal(machine_count(&m, 0, COUNT_MAIN_TLB_PROBE), 1 + 1 + 1 + 2);
}

/* Non-cacheable walks go to memory each time and leave no line behind. */
static void uncached_walks(void **state)
{
    (void)state;
    start_stage1();
    guest_reg_clear(&m.guest, SYSREG_TCR_EL1, 0xF00); /* IRGN0, ORGN0 */
    machine_registers(&m);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(0)), 2 + 10 + 4 * 194 + 3 * 2);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(1)), 2 + 10 + 194);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(2)), 2 + 10 + 194);
    assert_int_equal(machine_count(&m, 0, COUNT_EXT_MEM_REQ_NC), 6);
    assert_null(cache_peek(&m.cluster.memsys.l1[0][0], tree_desc_pa(&m.guest.s1, P(0), 3)));
}

/* A walk that ends in a fault takes the time it took. */
static void faulting_walks(void **state)
{
    (void)state;
    start_stage1();
    machine_cycles(&m, 0, ACCESS_LOAD, P(0));
    machine_access_size(&m, 0, ACCESS_LOAD, P(64), 8); /* an invalid descriptor of level 3, in DDR */
    assert_int_equal(m.o.x.fault.type, FAULT_TRANSLATION);
    assert_int_equal(m.o.cycles, 2 + 10 + 194);
    machine_access_size(&m, 0, ACCESS_LOAD, P(64), 8); /* again, nothing but the line is kept */
    assert_int_equal(m.o.cycles, 2 + 10 + 3);
    machine_access_size(&m, 0, ACCESS_LOAD, 1ULL << 48, 8); /* out of range: no table is read */
    assert_int_equal(m.o.fetches, 0);
}

/* Distinct prices add up to the counts of what was done. */
static void every_price_counts(void **state)
{
    static const struct prices odd = { .utlb = 1,
                                       .main_tlb = 1000,
                                       .probe = 17,
                                       .walk = 20000,
                                       .level = 300,
                                       .ipa_cache = 4000,
                                       .l1d = 7,
                                       .l2 = 100,
                                       .memory = { 1000000 } };
    static const struct shape shape = { 0 };

    (void)state;
    machine_start_priced(&m, &shape, &odd);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(0)),
                     1 + 1000 + 20000 + 5 * 4000 + 18 * 300 + 10 * 7 + 9 * (100 + 1000000));
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, P(0)), 1);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_FETCH, P(0)), 1 + 1000);
}

/* No stage on: nothing to look up. */
static void off(void **state)
{
    (void)state;
    start_stage1();
    guest_reg(&m.guest, SYSREG_SCTLR_EL1, 0);
    machine_registers(&m);
    assert_int_equal(machine_cycles(&m, 0, ACCESS_LOAD, 0x12345678), 0);
    assert_int_equal(m.o.x.pa.v, 0x12345678);
    assert_int_equal(m.o.fetches, 0);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "stage 1 alone", stage1_latencies, NULL);
    rows_add(&all, check_place, ROWS_OF(place_rows));
    rows_add(&all, check_nested, ROWS_OF(nested_rows));
    rows_add_test(&all, "where descriptors were found", where_found, NULL);
    rows_add_test(&all, "nested, shortened", nested_shortened, NULL);
    rows_add_test(&all, "further probes", probes, NULL);
    rows_add_test(&all, "Non-cacheable walks", uncached_walks, NULL);
    rows_add_test(&all, "walks that end in a fault", faulting_walks, NULL);
    rows_add_test(&all, "every price counts", every_price_counts, NULL);
    rows_add_test(&all, "translation off", off, NULL);
    return rows_run(&all, "cluster/cluster cycles");
}
