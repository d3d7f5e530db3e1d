/* Single descriptors and groups of them, in tables written by hand: what is told, and that loops end. */
#include "sim/lint/stage.h"

#include "models/mmu/walk.h"
#include "tests/unit/models/guest.h"
#include "tests/unit/sim/lint/found.h"

#define ROOT 0x100000ULL
#define AT 0x40000000ULL /* an input address that is at the start of a block of level 1, and of a group of level 2 */
#define CONTIG (1ULL << 52)
#define PAGES(n) ((uint64_t)(n) << 12)

static struct tables memory;

struct row {
    const char *name;
    unsigned stage, level;
    uint64_t desc; /* the first of `count`, each leading behind the one before */
    unsigned count;
    unsigned odd;      /* the index of one that is ... */
    uint64_t odd_desc; /* ... this instead; 0: none */
    struct found want[FOUND_MAX];
};

#define S1_PAGE (S1_LEAF | D_PAGE | 0x80000000)
#define S1_BLOCK (S1_LEAF | D_BLOCK | 0x80000000)
#define S2_PAGE (S2_LEAF | D_PAGE | 0x80000000)
#define ONE(code, severity)                                                                                            \
    {                                                                                                                  \
        {                                                                                                              \
            code, severity, 1                                                                                          \
        }                                                                                                              \
    }
#define NONE                                                                                                           \
    {                                                                                                                  \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

static const struct row rows[] = {
    { "a page", 1, 3, S1_PAGE, 1, 0, 0, NONE },
    { "a page of stage 2", 2, 3, S2_PAGE, 1, 0, 0, NONE },
    { "a block of 2 MB", 1, 2, S1_BLOCK, 1, 0, 0, NONE },
    { "a block of 1 GB", 1, 1, S1_BLOCK, 1, 0, 0, NONE },
    { "a block of 512 GB", 1, 0, S1_LEAF | D_BLOCK, 1, 0, 0, ONE(LINT_BLOCK_LEVEL, LINT_ERROR) },
    { "a page that says block", 1, 3, S1_BLOCK, 1, 0, 0, ONE(LINT_BLOCK_LEVEL, LINT_ERROR) },
    { "invalid, with bit 1", 1, 3, S1_PAGE & ~1ULL, 1, 0, 0, NONE },
    { "the last page of 40 bits", 1, 3, S1_LEAF | D_PAGE | 0xFFFFFFF000, 1, 0, 0, NONE },
    { "beyond 40 bits", 1, 3, S1_LEAF | D_PAGE | 1ULL << 40, 1, 0, 0, ONE(LINT_ADDRESS_SIZE, LINT_ERROR) },
    { "AF = 0", 1, 3, S1_PAGE & ~D_AF, 1, 0, 0, ONE(LINT_ACCESS_FLAG, LINT_NOTE) },
    { "AF = 0, stage 2", 2, 3, S2_PAGE & ~D_AF, 1, 0, 0, ONE(LINT_ACCESS_FLAG, LINT_NOTE) },
    { "AF = 0 all along: one run", 1, 3, S1_PAGE & ~D_AF, 64, 0, 0, ONE(LINT_ACCESS_FLAG, LINT_NOTE) },
    { "reserved MAIR byte", 1, 3, S1_PAGE | D_INDEX(7), 1, 0, 0, ONE(LINT_RESERVED_ENCODING, LINT_WARNING) },
    { "reserved MemAttr 0100", 2, 3, (S2_PAGE & ~D_MEMATTR(0xF)) | D_MEMATTR(4), 1, 0, 0,
      ONE(LINT_RESERVED_ENCODING, LINT_WARNING) },
    { "reserved MemAttr 1000", 2, 3, (S2_PAGE & ~D_MEMATTR(0xF)) | D_MEMATTR(8), 1, 0, 0,
      ONE(LINT_RESERVED_ENCODING, LINT_WARNING) },
    { "reserved SH", 1, 3, (S1_PAGE & ~D_ISH) | 1ULL << 8, 1, 0, 0, ONE(LINT_RESERVED_ENCODING, LINT_WARNING) },
    { "reserved SH of Device", 1, 3, (S1_PAGE & ~D_ISH) | 1ULL << 8 | D_INDEX(1), 1, 0, 0, NONE },
    { "contiguous pages", 1, 3, S1_PAGE | CONTIG, 16, 0, 0, NONE },
    { "contiguous pages, stage 2", 2, 3, S2_PAGE | CONTIG, 32, 0, 0, NONE },
    { "contiguous blocks", 1, 2, S1_BLOCK | CONTIG, 16, 0, 0, NONE },
    { "contiguous, one missing", 1, 3, S1_PAGE | CONTIG, 15, 0, 0, ONE(LINT_CONTIGUOUS, LINT_ERROR) },
    { "contiguous, one more than a group", 1, 3, S1_PAGE | CONTIG, 17, 0, 0, ONE(LINT_CONTIGUOUS, LINT_ERROR) },
    { "contiguous, unaligned", 1, 3, (S1_PAGE | CONTIG) + PAGES(1), 16, 0, 0, ONE(LINT_CONTIGUOUS, LINT_ERROR) },
    { "contiguous, a gap", 1, 3, S1_PAGE | CONTIG, 16, 3, (S1_PAGE | CONTIG) + PAGES(4),
      ONE(LINT_CONTIGUOUS, LINT_ERROR) },
    { "contiguous, without the bit", 1, 3, S1_PAGE | CONTIG, 16, 15, S1_PAGE + PAGES(15),
      ONE(LINT_CONTIGUOUS, LINT_ERROR) },
    { "contiguous, other type", 1, 3, S1_PAGE | CONTIG, 16, 2, (S1_PAGE | CONTIG | D_INDEX(2)) + PAGES(2),
      ONE(LINT_CONTIGUOUS, LINT_ERROR) },
    { "contiguous, AF of one", 1, 3, S1_PAGE | CONTIG, 16, 2, ((S1_PAGE | CONTIG) & ~D_AF) + PAGES(2),
      ONE(LINT_ACCESS_FLAG, LINT_NOTE) },
};

/* A stage whose registers are those of a 40-bit stage 2, or a 48-bit stage 1. */
static struct stage stage_of(unsigned number, struct lint_report *r)
{
    struct sysregs regs = { { 0 } };
    struct stage s = { .el10 = true,
                       .mem = tables_port(&memory),
                       .owner = "test",
                       .report = r,
                       .descriptors_max = STAGE_DESCRIPTORS_MAX };

    regs.v[SYSREG_TCR_EL1] = 16 | 2ULL << 32;
    regs.v[SYSREG_TTBR0_EL1] = regs.v[SYSREG_VTTBR_EL2] = ROOT;
    regs.v[SYSREG_VTCR_EL2] = 0x80023558;
    s.mair = GUEST_MAIR | 0xF0ULL << 56;
    s.params = number == 1 ? ttw_decode_el1_lower(&regs) : ttw_decode_stage2(&regs);
    assert_int_equal(s.params.refused, FAULT_NONE);
    return s;
}

static struct tree tree_of(const struct stage *s)
{
    return (struct tree){
        .in = &memory, .granule_bits = 12, .start_level = s->params.start_level, .root = ROOT, .next = ROOT + 0x10000
    };
}

static void check(void **state)
{
    const struct row *row = *state;
    struct lint_report r;
    struct stage s;
    struct tree t;

    tables_start(&memory);
    lint_report_init(&r, LINT_KEPT);
    s = stage_of(row->stage, &r);
    t = tree_of(&s);
    tree_map(&t, row->level ? AT : 0, row->level, row->desc, row->count);
    if (row->odd_desc)
        tree_put(&t, AT + PAGES(row->odd), row->level, row->odd_desc);
    stage_read(&s);
    stage_check_runs(&s);
    found_check(&r, row->want);
    stage_free(&s);
    lint_report_free(&r);
}

/* Two stretches and a hole, in the order of addresses; what is alike is one run over the ends of tables. */
static void check_runs(void **state)
{
    struct lint_report r;
    struct stage s;
    struct tree t;

    (void)state;
    tables_start(&memory);
    lint_report_init(&r, LINT_KEPT);
    s = stage_of(1, &r);
    t = tree_of(&s);
    tree_map(&t, AT, 3, S1_PAGE, 600);
    tree_map(&t, AT + PAGES(600), 3, (S1_PAGE | D_UXN) + PAGES(600), 1);
    tree_map(&t, AT + PAGES(700), 3, S1_PAGE, 1);
    tree_map(&t, AT + PAGES(701), 3, S1_PAGE, 1); /* a neighbour that leads elsewhere */
    stage_read(&s);
    assert_int_equal(s.count, 4);
    assert_int_equal(s.run[0].ia, AT);
    assert_int_equal(s.run[0].bytes, PAGES(600));
    assert_int_equal(s.run[0].oa, 0x80000000);
    assert_int_equal(s.run[1].perm, PERM_S1_UXN);
    assert_ptr_equal(stage_find(&s, 0), &s.run[0]);
    assert_ptr_equal(stage_find(&s, AT + PAGES(600) - 1), &s.run[0]);
    assert_ptr_equal(stage_find(&s, AT + PAGES(600)), &s.run[1]);
    assert_ptr_equal(stage_find(&s, AT + PAGES(650)), &s.run[2]);
    assert_ptr_equal(stage_find(&s, AT + PAGES(701)), &s.run[3]);
    assert_null(stage_find(&s, AT + PAGES(702)));
    stage_free(&s);
    lint_report_free(&r);
}

/* The second of two concatenated tables: addresses from 512 GB on. */
static void check_concatenated(void **state)
{
    struct lint_report r;
    struct stage s;
    struct tree t;

    (void)state;
    tables_start(&memory);
    lint_report_init(&r, LINT_KEPT);
    s = stage_of(2, &r);
    t = tree_of(&s);
    tree_put(&t, 1ULL << 39, 3, S2_PAGE);
    tree_put(&t, (1ULL << 40) - PAGES(1), 3, S2_PAGE);
    stage_read(&s);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.run[0].ia, 1ULL << 39);
    assert_int_equal(s.run[1].ia, (1ULL << 40) - PAGES(1));
    stage_free(&s);
    lint_report_free(&r);
}

/* A root all of whose entries lead to itself is 2^36 pages; the first bytes are looked at. */
static void check_loop(void **state)
{
    struct lint_report r;
    struct stage s;
    struct tree t;

    (void)state;
    tables_start(&memory);
    lint_report_init(&r, LINT_KEPT);
    s = stage_of(1, &r);
    t = tree_of(&s);
    for (uint64_t i = 0; i < 512; i++)
        tree_write(&t, ROOT + 8 * i, ROOT | D_AF | D_ISH | 3);
    stage_read(&s);
    assert_true(s.cut);
    assert_true(s.descriptors <= STAGE_DESCRIPTORS_MAX + 32);
    assert_true(s.count <= STAGE_RUNS_MAX);
    assert_int_equal(r.found[LINT_LIMIT][LINT_WARNING], 1);
    stage_free(&s);
    lint_report_free(&r);
}

/* ---- The walker as judge ---- */

#define MACHINES 3000
#define RANDOM_TABLES 6

static uint64_t seed = 20260101;

static uint64_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* A descriptor that is mostly valid: a table among the few that there are, a leaf, or what comes. */
static uint64_t any_descriptor(uint64_t root)
{
    uint64_t table = root + (any() % RANDOM_TABLES << 12);

    switch (any() % 8) {
    case 0:
    case 1:
        return table | 3 | (any() & 0x7800000000000000ULL); /* hierarchical permissions */
    case 2:
    case 3:
        return (any() & 0x7000000FFFF00FFCULL) | (any() % 2 ? D_AF : 0) | 3;
    case 4:
        return (any() & 0x7000000FC0000FFCULL) | D_AF | 1;
    case 5:
        return any();
    default:
        return 0;
    }
}

static void fill_tables(struct tables *in)
{
    for (uint64_t at = ROOT; at < ROOT + (RANDOM_TABLES << 12); at += 8 * (1 + any() % 200))
        assert_true(phys_write64(&in->mem, PA(at), any_descriptor(ROOT)));
}

/* Where the walker finds a leaf, the run says the same; where it finds none, there is no run. */
static void compare(struct sweep *sweep, const struct stage *s, const struct regime *g, uint64_t va)
{
    static struct steps steps;
    struct tlb_entry e;
    struct walk w = { .regime = g, .mem = &s->mem, .steps = &steps };
    const struct access a = { .kind = ACCESS_LOAD, .va = VA(va), .size = 1, .el = 1 };
    const struct stage_run *run = stage_find(s, va);
    struct fault f;
    bool mapped;

    steps.count = 0;
    f = walk_translate(&w, &a, true, &e);
    if (run && run->ia > va)
        run = NULL;
    mapped = f.type == FAULT_NONE || f.type == FAULT_ACCESS_FLAG;
    sweep_point(sweep, run != NULL, mapped, "run at 0x%llx, seed %llu", (unsigned long long)va,
                (unsigned long long)seed);
    if (!run || f.type != FAULT_NONE)
        return;
    sweep_point(sweep, run->oa + (va - run->ia), e.leaf.pa + (va - e.tag.va), "PA at 0x%llx", (unsigned long long)va);
    sweep_point(sweep, run->perm, e.leaf.perm_s1, "permissions at 0x%llx", (unsigned long long)va);
    sweep_point(sweep, (uint64_t)run->attr.attr << 8 | run->attr.sh, (uint64_t)e.leaf.s1.attr << 8 | e.leaf.s1.sh,
                "attributes at 0x%llx", (unsigned long long)va);
}

static void check_walker(void **state)
{
    struct sweep sweep = { 0, 0 };
    unsigned mapped = 0;

    (void)state;
    for (unsigned i = 0; i < MACHINES; i++) {
        struct sysregs regs = { { 0 } };
        struct lint_report r;
        struct stage s;
        struct regime g;

        tables_start(&memory);
        lint_report_init(&r, LINT_KEPT);
        fill_tables(&memory);
        s = stage_of(1, &r);
        regs.v[SYSREG_SCTLR_EL1] = SCTLR_ON;
        regs.v[SYSREG_TCR_EL1] = (16 + any() % 24) | any() % 3 << 32;
        regs.v[SYSREG_TTBR0_EL1] = ROOT;
        regs.v[SYSREG_MAIR_EL1] = s.mair = any();
        g = regime_decode(&regs, REGIME_EL10);
        s.params = g.s1[0];
        stage_read(&s);
        mapped += s.count > 0;
        for (unsigned k = 0; k < 40 && !s.cut; k++) {
            const struct stage_run *run = s.count && k % 2 ? &s.run[any() % s.count] : NULL;
            uint64_t va = run ? run->ia + any() % run->bytes : any();

            compare(&sweep, &s, &g, va & low_mask(s.params.ia_bits));
        }
        for (size_t k = 1; k < s.count; k++)
            assert_true(s.run[k - 1].ia + s.run[k - 1].bytes <= s.run[k].ia);
        assert_true(s.count == 0 || s.run[s.count - 1].ia >> s.params.ia_bits == 0);
        stage_free(&s);
        lint_report_free(&r);
    }
    assert_true(mapped > MACHINES / 4 && sweep.points > MACHINES * 20);
    sweep_end(&sweep, sweep.points);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add_test(&all, "as the walker walks", check_walker, NULL);
    rows_add_test(&all, "runs", check_runs, NULL);
    rows_add_test(&all, "concatenated tables", check_concatenated, NULL);
    rows_add_test(&all, "a table that leads to itself", check_loop, NULL);
    return rows_run(&all, "sim/lint/stage");
}
