/* The set-associative array: who answers for whom, how many probes it takes, which set, who is replaced, what
 * maintenance leaves. The shape is the main TLB's, 128 sets of 4 ways [A53: 5.2.2, Table 6-12]. */
#include "models/mmu/tlb.h"
#include "tests/unit/models/rows.h"

static const struct tlb_config main_tlb = { .entries = 512, .ways = 4, .policy = REPL_LRU, .seed = 1 };
static const unsigned sizes[TLB_SIZES] = { 12, 16, 21, 29 };
static struct tlb t;

static void start(void)
{
    memset(&t, POISON, sizeof t);
    tlb_init(&t, &main_tlb);
}

/* An entry of EL1&0 with both stages, VMID 1, ASID 7. */
static struct tlb_entry entry(uint64_t va, unsigned size_bits, uint64_t pa)
{
    return (struct tlb_entry){ .tag = { .va = va,
                                        .asid = 7,
                                        .vmid = 1,
                                        .regime = REGIME_EL10,
                                        .stages = 3,
                                        .holds = TLB_HOLDS_LEAF,
                                        .size_bits = (uint8_t)size_bits,
                                        .from_bits = (uint8_t)size_bits },
                               .leaf = { .pa = pa } };
}

static void fill(uint64_t va, unsigned size_bits, uint64_t pa)
{
    struct tlb_entry e = entry(va, size_bits, pa);

    tlb_fill(&t, &e);
}

/* Returns the PA found for the same context, or 0; *probes as told. */
static uint64_t find(uint64_t va, unsigned *probes)
{
    struct tlb_key key = { .va = va, .asid = 7, .vmid = 1, .regime = REGIME_EL10, .stages = 3 };
    unsigned n = 0xCD;
    const struct tlb_entry *e = tlb_find(&t, &key, probes ? probes : &n);

    return e ? e->leaf.pa : 0;
}

/* Which sizes are there, as bits; a probe for each of them up to the one that hits, all for a miss, one at least
 * [A53: 5.2.2]. Each hit here is of the next larger size: what answered last is among those that are in vain. */
static void probes(void **state)
{
    struct sweep s = { 0 };

    (void)state;
    for (unsigned present = 0; present < 16; present++) {
        unsigned n, count = 0;

        start();
        for (unsigned i = 0; i < TLB_SIZES; i++) {
            if (present >> i & 1)
                fill((uint64_t)(i + 1) << 32, sizes[i], 0x1000 * (i + 1));
        }
        for (unsigned i = 0; i < TLB_SIZES; i++) {
            if (!(present >> i & 1))
                continue;
            sweep_point(&s, find((uint64_t)(i + 1) << 32, &n), 0x1000 * (i + 1), "present %x: find size %u", present,
                        i);
            sweep_point(&s, n, ++count, "present %x: probes for size %u", present, i);
        }
        sweep_point(&s, find(0x700000000000, &n), 0, "present %x: miss", present);
        sweep_point(&s, n, count ? count : 1, "present %x: probes of a miss", present);
    }
    sweep_end(&s, 2 * (4 * 8) + 2 * 16);
}

/* The size that answered last is asked first, the others from small to large [sbc-bench]; a miss changes nothing. */
static void last_answer_first(void **state)
{
    static const struct {
        unsigned size, probes; /* TLB_SIZES: an address that misses */
    } row[] = { { 0, 1 }, { 0, 1 }, { 2, 3 }, { 2, 1 }, { TLB_SIZES, 4 }, { 2, 1 },
                { 0, 2 }, { 3, 4 }, { 3, 1 }, { 1, 3 }, { 3, 4 } };
    struct sweep s = { 0 };

    (void)state;
    start();
    for (unsigned i = 0; i < TLB_SIZES; i++)
        fill((uint64_t)(i + 1) << 32, sizes[i], 0x1000 * (i + 1));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        unsigned n;

        find((uint64_t)(row[i].size + 1) << 32, &n);
        sweep_point(&s, n, row[i].probes, "look-up %zu, of size %u", i, row[i].size);
    }
    sweep_end(&s, sizeof row / sizeof *row);
}

/* A size counts as present until its last entry goes, by maintenance or by replacement. */
static void probes_after_removal(void **state)
{
    struct tlbi op = { .op = TLBI_VAE1, .vmid = 1, .asid = 7, .va = 0x200000 };
    unsigned n;

    (void)state;
    start();
    fill(0x200000, 21, 0x1000);
    fill(0x400000, 21, 0x2000);
    fill(0x1000, 12, 0x3000);
    find(0x400000, &n);
    assert_int_equal(n, 2);
    assert_int_equal(tlb_invalidate(&t, &op), 1);
    find(0x200000, &n);
    assert_int_equal(n, 2);
    op.va = 0x400000;
    assert_int_equal(tlb_invalidate(&t, &op), 1);
    find(0x400000, &n);
    assert_int_equal(n, 1);
    fill(0x20000000, 29, 0x4000); /* set 1, as 4 KB page 0x1000 */
    for (uint64_t i = 1; i < 5; i++)
        fill((i << 19) + 0x1000, 12, 0x5000);
    find(0x700000000000, &n); /* four pages have filled the set: the block and the first page are gone */
    assert_int_equal(n, 1);
    assert_int_equal(find(0x20000000, NULL), 0);
}

/* [A53: 5.3]; the entry is a 2 MB one at 0x40200000, VMID 1, ASID 7 */
struct match_row {
    const char *name;
    uint64_t va;
    uint16_t asid;
    uint8_t vmid, regime, stages;
    bool global, want;
};

// clang-format off
static const struct match_row match_rows[] = {
    { "match: the same",             0x40200000,            7, 1, REGIME_EL10, 3, false, true  },
    { "match: below the block",      0x401FFFFF,            7, 1, REGIME_EL10, 3, false, false },
    { "match: end of the block",     0x403FFFFF,            7, 1, REGIME_EL10, 3, false, true  },
    { "match: above the block",      0x40400000,            7, 1, REGIME_EL10, 3, false, false },
    { "match: a high bit differs",   0xFFFF800040200000ULL, 7, 1, REGIME_EL10, 3, false, false },
    { "match: other ASID",           0x40200000,            8, 1, REGIME_EL10, 3, false, false },
    { "match: other ASID, global",   0x40200000,            8, 1, REGIME_EL10, 3, true,  true  },
    { "match: other VMID",           0x40200000,            7, 2, REGIME_EL10, 3, false, false },
    { "match: other VMID, global",   0x40200000,            7, 2, REGIME_EL10, 3, true,  false },
    { "match: EL2",                  0x40200000,            7, 1, REGIME_EL2,  3, false, false },
    { "match: stage 2 now off",      0x40200000,            7, 1, REGIME_EL10, 1, false, false },
    { "match: stage 1 now off",      0x40200000,            7, 1, REGIME_EL10, 2, true,  false },
};
// clang-format on

static void check_match(void **state)
{
    const struct match_row *row = *state;
    struct tlb_entry e = entry(0x40200000, 21, 0x1000);
    struct tlb_key key = { row->va, row->asid, row->vmid, row->regime, row->stages };
    unsigned n;

    start();
    assert_null(tlb_find(&t, &key, &n)); /* empty first: nothing of the poison matches */
    e.tag.global = row->global;
    tlb_fill(&t, &e);
    assert_int_equal(tlb_find(&t, &key, &n) != NULL, row->want);
}

/* Seven index bits above the page [A53: Table 6-13]: entries that agree in them share a set of four. */
struct set_row {
    const char *name;
    unsigned size_bits;
};

static const struct set_row set_rows[] = {
    { "4 KB: index VA[18:12]", 12 },
    { "64 KB: index VA[22:16]", 16 },
    { "2 MB: index VA[27:21]", 21 },
    { "512 MB: index VA[35:29]", 29 },
};

static void check_set(void **state)
{
    const struct set_row *row = *state;
    uint64_t same_set = 1ULL << (row->size_bits + 7), next = 1ULL << row->size_bits;

    start();
    for (uint64_t i = 0; i < 5; i++) { /* the fifth of a set replaces the least recently used */
        fill(i * same_set, row->size_bits, 0x1000 * (i + 1));
        fill(i * same_set + next, row->size_bits, 0x100000 * (i + 1));
    }
    assert_int_equal(find(0, NULL), 0);
    assert_int_equal(find(next, NULL), 0);
    for (uint64_t i = 1; i < 5; i++) {
        assert_int_equal(find(i * same_set, NULL), 0x1000 * (i + 1));
        assert_int_equal(find(i * same_set + next, NULL), 0x100000 * (i + 1));
    }
    start();
    for (uint64_t i = 0; i < 512; i++) /* consecutive ones fill it to the last entry */
        fill(i * next, row->size_bits, 0x1000 * (i + 1));
    for (uint64_t i = 0; i < 512; i++)
        assert_int_equal(find(i * next, NULL), 0x1000 * (i + 1));
    fill(512 * next, row->size_bits, 0x1000);
    assert_int_equal(find(0, NULL), 0);
}

/* Entries with the same tag take one place, others their own. */
struct same_row {
    const char *name;
    struct tlb_tag second; /* against VA 0x40201000, 4 KB, VMID 1, ASID 7, nG */
    unsigned entries;
};

#define SECOND .va = 0x40201000, .size_bits = 12, .from_bits = 12, .regime = REGIME_EL10, .stages = 3

static const struct same_row same_rows[] = {
    { "same tag: replaced", { SECOND, .vmid = 1, .asid = 7 }, 1 },
    { "global over non-global: replaced", { SECOND, .vmid = 1, .asid = 8, .global = true }, 1 },
    { "other ASID: beside", { SECOND, .vmid = 1, .asid = 8 }, 2 },
    { "other VMID: beside", { SECOND, .vmid = 2, .asid = 7 }, 2 },
    { "other VMID, global: beside", { SECOND, .vmid = 2, .asid = 7, .global = true }, 2 },
};

static void check_same(void **state)
{
    const struct same_row *row = *state;
    struct tlb_entry e = { .tag = row->second, .leaf = { .pa = 0x2000 } };
    struct tlb_key key = { 0x40201000, row->second.asid, row->second.vmid, REGIME_EL10, 3 };
    struct tlbi all = { .op = TLBI_ALLE1 };
    const struct tlb_entry *found;
    unsigned n;

    start();
    fill(0x40201000, 12, 0x1000);
    tlb_fill(&t, &e);
    found = tlb_find(&t, &key, &n);
    assert_non_null(found);
    assert_int_equal(found->leaf.pa, 0x2000);
    assert_int_equal(tlb_invalidate(&t, &all), row->entries);
    assert_int_equal(tlb_invalidate(&t, &all), 0);
    assert_null(tlb_find(&t, &key, &n));
    assert_int_equal(n, 1);
}

static uint64_t find_asid(uint16_t asid)
{
    struct tlb_key key = { .va = 0x5000, .asid = asid, .vmid = 1, .regime = REGIME_EL10, .stages = 3 };
    unsigned n;
    const struct tlb_entry *e = tlb_find(&t, &key, &n);

    return e ? e->leaf.pa : 0;
}

/* The same page of several processes lies in one set; of two that answer, as a global one beside what it should have
 * replaced, the first does. */
static void processes_share_a_set(void **state)
{
    struct tlb_entry e = entry(0x5000, 12, 0);

    (void)state;
    start();
    for (uint16_t asid = 1; asid <= 3; asid++) {
        e.tag.asid = asid;
        e.leaf.pa = 0x1000 * asid;
        tlb_fill(&t, &e);
    }
    for (uint16_t asid = 1; asid <= 4; asid++)
        assert_int_equal(find_asid(asid), asid == 4 ? 0 : 0x1000 * asid);
    e.tag.global = true;
    e.leaf.pa = 0x9000;
    tlb_fill(&t, &e);
    for (uint16_t asid = 1; asid <= 4; asid++)
        assert_int_equal(find_asid(asid), 0x9000);
}

/* What was dropped makes room: the next fill takes the invalid way, nobody else goes. */
static void invalid_ways_first(void **state)
{
    struct tlbi op = { .op = TLBI_VAE1, .vmid = 1, .asid = 7, .va = 1ULL << 19 };

    (void)state;
    start();
    for (uint64_t i = 0; i < 4; i++)
        fill(i << 19, 12, 0x1000 * (i + 1));
    assert_int_equal(tlb_invalidate(&t, &op), 1);
    fill(4ULL << 19, 12, 0x5000);
    assert_int_equal(find(0, NULL), 0x1000);
    assert_int_equal(find(1ULL << 19, NULL), 0);
    assert_int_equal(find(2ULL << 19, NULL), 0x3000);
    assert_int_equal(find(3ULL << 19, NULL), 0x4000);
    assert_int_equal(find(4ULL << 19, NULL), 0x5000);
}

/* A fill tells whom it replaced: nobody in a free way, nobody when it replaces the same, else the victim. */
static void tells_who_goes(void **state)
{
    struct tlb_entry e = entry(0, 12, 0x1000);

    (void)state;
    start();
    for (uint64_t i = 0; i < 4; i++) {
        e = entry(i << 19, 12, 0x1000 * (i + 1));
        assert_false(tlb_fill(&t, &e).valid);
    }
    assert_false(tlb_fill(&t, &e).valid);
    for (uint64_t i = 4; i < 8; i++) {
        struct tlb_tag gone;

        e = entry(i << 19, 12, 0x1000 * (i + 1));
        gone = tlb_fill(&t, &e);
        assert_true(gone.valid);
        assert_int_equal(gone.asid, 7);
        assert_true(gone.va < i << 19 && gone.va % (1ULL << 19) == 0);
        assert_int_equal(find(gone.va, NULL), 0);
    }
}

/* 4 KB, 64 KB, 2 MB and 512 MB are stored; 1 GB in pieces [A53: 5.2.2, Table 6-13]. */
struct size_row {
    const char *name;
    unsigned bits, want;
};

static const struct size_row size_rows[] = {
    { "size 12", 12, 12 },           { "size 13", 13, 12 }, { "size 15", 15, 12 },
    { "size 16", 16, 16 },           { "size 17", 17, 16 }, { "size 20", 20, 16 },
    { "size 21", 21, 21 },           { "size 22", 22, 21 }, { "size 25: 32 MB has no code", 25, 21 },
    { "size 28", 28, 21 },           { "size 29", 29, 29 }, { "size 30: 1 GB is cut", 30, 29 },
    { "size 64: no stage", 64, 29 },
};

static void check_size(void **state)
{
    const struct size_row *row = *state;

    assert_int_equal(tlb_size_for(row->bits), row->want);
}

/* The other shapes the platform allows. */
struct shape_row {
    const char *name;
    struct tlb_config config;
};

static const struct shape_row shape_rows[] = {
    { "64 entries, 4 ways", { 64, 4, REPL_RANDOM, 2 } },
    { "one entry", { 1, 1, REPL_ROUND_ROBIN, 0 } },
    { "fully associative", { 64, 64, REPL_ROUND_ROBIN, 0 } },
    { "direct-mapped", { 64, 1, REPL_LRU, 0 } },
    { "3 ways", { 192, 3, REPL_RANDOM, 1 } },
    { "the largest", { TLB_ENTRIES_MAX, 16, REPL_LRU, 0 } },
};

static void check_shape(void **state)
{
    const struct shape_row *row = *state;
    struct tlbi all = { .op = TLBI_ALLE1 };

    memset(&t, POISON, sizeof t);
    tlb_init(&t, &row->config);
    for (uint64_t i = 0; i < row->config.entries; i++)
        fill(i << 12, 12, 0x1000 * (i + 1));
    for (uint64_t i = 0; i < row->config.entries; i++)
        assert_int_equal(find(i << 12, NULL), 0x1000 * (i + 1));
    fill(0x100000000, 12, 0x9999000);
    assert_int_equal(find(0x100000000, NULL), 0x9999000);
    assert_int_equal(tlb_invalidate(&t, &all), row->config.entries);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "probes for every set of sizes", probes, NULL);
    rows_add_test(&all, "the last answer's size first", last_answer_first, NULL);
    rows_add_test(&all, "probes after removal", probes_after_removal, NULL);
    rows_add(&all, check_match, ROWS_OF(match_rows));
    rows_add(&all, check_set, ROWS_OF(set_rows));
    rows_add(&all, check_same, ROWS_OF(same_rows));
    rows_add_test(&all, "invalid ways are filled first", invalid_ways_first, NULL);
    rows_add_test(&all, "processes share a set", processes_share_a_set, NULL);
    rows_add_test(&all, "a fill tells who goes", tells_who_goes, NULL);
    rows_add(&all, check_size, ROWS_OF(size_rows));
    rows_add(&all, check_shape, ROWS_OF(shape_rows));
    return rows_run(&all, "mmu/tlb");
}
