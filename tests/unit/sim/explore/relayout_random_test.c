/* Random guests under other tables: the walker gives the same answer for every page, before, while and after tables
 * change.
 *
 * The tables are built by the book's arithmetic (tests/unit/models/tables.h), the answers are those of the models'
 * walker on the trace that was made and on the one that was rewritten. */
#include "tests/oracle/dice.h"
#include "tests/unit/models/tables.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "platforms/zynqmp/params.h"
#include "sim/explore/relayout.h"
#include "sim/machine.h"
#include "sim/trace/trace_pages.h"
#include "traces/error.h"

#define RAM_IPA 0x40000000ULL
#define RAM_CHUNKS 16u /* of 2 MB; the last two hold the guest's tables */
#define RAM_OFFSET 0x20000000ULL
#define TABLES_IPA (RAM_IPA + (RAM_CHUNKS - 2) * CHUNK)
#define CHUNK 0x200000ULL
#define PAGE 0x1000ULL
#define LOWER 0x400000ULL
#define UPPER 0xFFFF000000000000ULL
#define CHUNKS 6u /* of VAs, in each half */
#define CHANGES 24u
#define RECORDS_MAX 256

#define VTCR 0x80023558ULL      /* T0SZ 24, SL0 1: two tables of level 1 */
#define TCR 0x500072B5503510ULL /* both halves of 48 bits */
#define MAIR 0x40044FFFFULL
#define LEAF_S1 0x403ULL /* AF, a page */
#define LEAF_S2 0x4FFULL /* RW, WB, AF, a page, inner shareable by 0x300 */

struct guest {
    struct tables tables;
    struct tree s2, s1[2];
    struct dice dice;
    bool even; /* alike in 64 KB, aligned so, and nothing changes */
};

static uint64_t chance_of_attr(struct dice *d)
{
    static const uint64_t attr[] = {
        0x300, /* inner shareable, index 0, EL1 alone */
        0x340,
        0x3C0,
        0x380, /* EL0 too, read-only, EL1 read-only */
        0x304,
        0x20C,
        0x308, /* other indices of MAIR */
        0x300 | 1ULL << 54,
        0xB40,                           /* UXN; nG */
        0x340 | 1ULL << 53 | 1ULL << 54, /* PXN, UXN */
    };

    return attr[dice_percent(d, 60) ? 0 : dice_below(d, sizeof attr / sizeof *attr)];
}

/* One page after another, in runs that go on alike, and holes. `any`: an address of RAM. */
static void pages(struct guest *g, struct tree *t, uint64_t ia, bool stage2)
{
    for (unsigned i = 0; i < 512;) {
        unsigned count = 1 + dice_below(&g->dice, dice_percent(&g->dice, 30) ? 300 : 20);
        uint64_t oa = RAM_IPA + dice_below(&g->dice, (RAM_CHUNKS - 2) * 512) * PAGE, desc;
        bool hole = dice_percent(&g->dice, 20);

        if (g->even) {
            count = (count + 15) & ~15u;
            oa = (oa & ~(CHUNK - 1)) + i * PAGE;
        }
        count = count < 512 - i ? count : 512 - i;
        if (stage2)
            desc = (ia + i * PAGE + RAM_OFFSET) | LEAF_S2 | 0x300;
        else
            desc =
                (dice_percent(&g->dice, 50) ? (oa & ~(CHUNK - 1)) + i * PAGE : oa) | LEAF_S1 | chance_of_attr(&g->dice);
        if (stage2 && dice_percent(&g->dice, 20))
            desc ^= dice_percent(&g->dice, 50) ? 0x80 : 1ULL << 54 | 0x3C; /* read-only; Device, XN */
        if (dice_percent(&g->dice, 5))
            desc &= ~0x400ULL;
        if (!hole)
            tree_map(t, ia + i * PAGE, 3, desc, count);
        i += count;
    }
}

static void block(struct guest *g, struct tree *t, uint64_t ia, bool stage2)
{
    uint64_t oa = RAM_IPA + dice_below(&g->dice, RAM_CHUNKS - 2) * CHUNK;

    if (stage2)
        tree_put(t, ia, 2, (ia + RAM_OFFSET) | (LEAF_S2 & ~2ULL) | 0x300);
    else
        tree_put(t, ia, 2, oa | (LEAF_S1 & ~2ULL) | chance_of_attr(&g->dice));
}

static void build(struct guest *g)
{
    tables_start(&g->tables);
    g->s2 = (struct tree){ &g->tables, 12, 1, 0x10000000, 0x10002000, 0, 0, false };
    for (unsigned half = 0; half < 2; half++) {
        uint64_t root = TABLES_IPA + half * CHUNK;

        g->s1[half] = (struct tree){ &g->tables, 12, 0, root, root + PAGE, RAM_OFFSET, 0, false };
        for (unsigned i = 0; i < CHUNKS; i++) {
            static const uint64_t table_bits[] = { 0, 0, 1ULL << 59, 1ULL << 60, 1ULL << 62, 1ULL << 61 };

            g->s1[half].table_bits = table_bits[dice_below(&g->dice, 6)];
            if (dice_percent(&g->dice, 60))
                pages(g, &g->s1[half], (half ? 0 : LOWER) + i * CHUNK, false);
            else if (dice_percent(&g->dice, 80))
                block(g, &g->s1[half], (half ? 0 : LOWER) + i * CHUNK, false);
        }
    }
    for (unsigned i = 0; i < RAM_CHUNKS; i++) {
        if (i >= RAM_CHUNKS - 2 || g->even || dice_percent(&g->dice, 50))
            block(g, &g->s2, RAM_IPA + i * CHUNK, true);
        else if (dice_percent(&g->dice, 80))
            pages(g, &g->s2, RAM_IPA + i * CHUNK, true);
    }
}

/* A word of a leaf, or of a place for one, and what it becomes. */
static struct trace_rec change(struct guest *g)
{
    unsigned which = dice_below(&g->dice, 3);
    struct tree *t = which == 2 ? &g->s2 : &g->s1[which];
    uint64_t ia = which == 2 ? RAM_IPA + dice_below(&g->dice, (RAM_CHUNKS - 2) * 512) * PAGE
                             : (which ? 0 : LOWER) + dice_below(&g->dice, CHUNKS * 512) * PAGE;
    uint64_t leaf = which == 2 ? (ia + RAM_OFFSET) | LEAF_S2 | 0x300
                               : (RAM_IPA + dice_below(&g->dice, 512) * PAGE) | LEAF_S1 | chance_of_attr(&g->dice);
    struct trace_rec rec = { .op = REC_TABW, .el = 1 };
    unsigned level = 3;
    uint64_t table = t->root;

    for (unsigned l = t->start_level; l < 3; l++) {
        uint64_t desc = tree_read(t, tree_slot(t, table, l, ia));

        if ((desc & 3) != 3) {
            level = l;
            break;
        }
        table = desc & 0xFFFFFFFFF000ULL;
    }
    if (level < 2)
        level = 3; /* the chunk's first table is missing: an unused word instead */
    rec.pa = tree_slot(t, table, level, ia);
    if (level == 2)
        leaf = (leaf & ~(CHUNK - 1) & 0xFFFFFFFFF000ULL) | (leaf & ~2ULL & 0xFFF0000000000FFFULL);
    rec.value = dice_percent(&g->dice, 40) ? 0 : leaf;
    return rec;
}

static void write_guest(struct guest *g, const char *path)
{
    static const struct {
        uint32_t reg;
        uint64_t value;
    } registers[] = {
        { REC_SYSREG(3, 0, 1, 0, 0), 0x34F4D91D },
        { REC_SYSREG(3, 0, 2, 0, 0), TABLES_IPA },
        { REC_SYSREG(3, 0, 2, 0, 1), TABLES_IPA + CHUNK },
        { REC_SYSREG(3, 0, 2, 0, 2), TCR },
        { REC_SYSREG(3, 0, 10, 2, 0), MAIR },
        { REC_SYSREG(3, 4, 2, 1, 2), VTCR },
        { REC_SYSREG(3, 4, 2, 1, 0), 0x10000000 | 1ULL << 48 },
        { REC_SYSREG(3, 4, 1, 1, 0), 0x80000001 },
    };
    struct trace_rec look = { .op = REC_LOAD, .el = 1, .flags = REC_PA_UNKNOWN, .size_log2 = 3, .va = LOWER };
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create(path, "random", &err);

    assert_non_null(w);
    for (uint32_t i = 0; i < g->tables.mem.count; i++)
        assert_true(trace_write_page(w, g->tables.page[i].pa, (const uint8_t *)g->tables.page[i].word, &err));
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        struct trace_rec rec = { .op = REC_MSR, .el = 2, .n = registers[i].reg, .value = registers[i].value };

        assert_true(trace_write(w, &rec, &err));
    }
    assert_true(trace_write(w, &look, &err));
    for (unsigned i = 0; i < CHANGES; i++) {
        struct trace_rec rec = change(g);

        assert_true(g->even || trace_write(w, &rec, &err));
        if (i % 8 == 7)
            assert_true(trace_write(w, &look, &err));
    }
    assert_true(trace_commit(w, &err));
}

/* One trace on its way. */
struct side {
    struct trace_reader *reader;
    struct machine *machine;
};

static struct side open_side(const char *path)
{
    struct trace_error err = { "" };
    struct side s = { .reader = trace_open(path, 0, &err) };
    struct config config;

    params_default(&config);
    s.machine = machine_new(&config);
    assert_non_null(s.reader);
    assert_non_null(s.machine);
    assert_true(trace_pages_load(s.reader, s.machine, &err));
    return s;
}

/* Goes on to the next access. Returns false at the end. */
static bool go_on(struct side *s)
{
    struct trace_rec rec;

    while (trace_read(s->reader, &rec, 1) == 1) {
        struct mmu *m = &s->machine->cluster.core[rec.core].mmu;

        if (rec.op == REC_MSR)
            mmu_write_sysreg(m, sysreg_by_encoding(rec.n), rec.value);
        else if (rec.op == REC_TABW)
            assert_null(machine_write64(s->machine, PA(rec.pa), rec.value));
        else
            return true;
    }
    return false;
}

static void close_side(struct side *s)
{
    trace_close(s->reader);
    machine_free(s->machine);
}

static uint64_t pair(uint8_t a, uint8_t b)
{
    return (uint64_t)a << 8 | b;
}

/* One page of both. */
static void compare(struct sweep *s, const struct side side[2], uint64_t va)
{
    struct access a = { .va = VA(va), .size = 1, .kind = ACCESS_LOAD, .el = 1 };
    struct tlb_leaf leaf[2];
    struct xlat x[2];

    for (unsigned i = 0; i < 2; i++) {
        memset(&leaf[i], 0, sizeof leaf[i]);
        mmu_walk(&side[i].machine->cluster.core[0].mmu, &a, &x[i], &leaf[i]);
    }
    sweep_point(s, pair(x[1].fault.type, x[1].fault.stage), pair(x[0].fault.type, x[0].fault.stage), "fault at %llx",
                (unsigned long long)va);
    if (x[0].fault.type != FAULT_NONE || x[1].fault.type != FAULT_NONE)
        return;
    sweep_point(s, x[1].pa.v, x[0].pa.v, "PA of %llx", (unsigned long long)va);
    sweep_point(s, pair(leaf[1].perm_s1, leaf[1].perm_s2), pair(leaf[0].perm_s1, leaf[0].perm_s2),
                "permissions of %llx", (unsigned long long)va);
    sweep_point(s, pair(leaf[1].s1.attr, leaf[1].s1.sh), pair(leaf[0].s1.attr, leaf[0].s1.sh), "stage 1 of %llx",
                (unsigned long long)va);
    sweep_point(s, pair(leaf[1].s2.attr, leaf[1].s2.sh), pair(leaf[0].s2.attr, leaf[0].s2.sh), "stage 2 of %llx",
                (unsigned long long)va);
}

static void compare_all(struct sweep *s, const struct side side[2])
{
    for (unsigned i = 0; i < CHUNKS * 512; i++) {
        compare(s, side, LOWER + i * PAGE + 0x123);
        compare(s, side, UPPER + i * PAGE + 0x456);
    }
    compare(s, side, 0);
    compare(s, side, UPPER - PAGE);
    compare(s, side, ~0ULL);
}

static const struct layout_row {
    const char *name; /* the words */
    bool even;
} layout_rows[] = {
    { "as-captured" },
    { "stage1=pages" },
    { "stage1=blocks" },
    { "stage1=linear-blocks" },
    { "stage2=pages" },
    { "stage2=2M contiguous2=yes" },
    { "stage2=blocks ipa_bits=32" },
    { "stage2=xen stage1=pages" },
    { "contiguous1=yes stage1=blocks ipa_bits=36 start2=1" },
    { "walks=cached tables=0x70000000 stage1=blocks stage2=blocks" },
    { "stage1=blocks stage2=blocks va_bits=48 granule1=4K ipa_bits=34" },
    { "stage1=blocks stage2=blocks ahead=yes" }, /* compared at the end */
    { "tables=ocm" },
    { "granule1=64K", true },
    { "granule1=64K stage1=blocks contiguous1=yes", true },
    { "granule2=64K", true },
    { "granule2=64K granule1=64K stage1=pages stage2=blocks contiguous2=yes ipa_bits=32", true },
    { "granule2=64K stage2=pages start2=3 ipa_bits=33", true },
};

static void every_page_stays_what_it_was(void **state)
{
    const struct layout_row *row = *state;
    static struct guest g;
    struct sweep s = { 0, 0 };

    for (unsigned seed = 1; seed <= 12; seed++) {
        const char *old = fixture_path("old.swt"), *fresh = fixture_path("fresh.swt");
        struct relayout_request q = { .path = old, .output = fresh };
        struct relayout_result result;
        struct trace_error err = { "" };
        char why[LAYOUT_WHY_BYTES];
        struct side side[2];
        unsigned looks = 0;

        g.dice.state = seed;
        g.even = row->even;
        build(&g);
        write_guest(&g, old);
        layout_default(&q.layout);
        assert_true(layout_words(&q.layout, row->name, why));
        if (relayout_trace(&q, &result, &err) != RELAYOUT_DONE)
            fail_msg("seed %u: %s", seed, err.text);
        assert_int_equal(result.unsupported, 0);
        assert_int_equal(result.count, 3);
        side[0] = open_side(old);
        side[1] = open_side(fresh);
        while (go_on(&side[0])) {
            assert_true(go_on(&side[1]));
            if (looks++ == CHANGES / 8 || !q.layout.ahead)
                compare_all(&s, side);
        }
        assert_int_equal(looks, 1 + CHANGES / 8);
        assert_false(go_on(&side[1]));
        close_side(&side[0]);
        close_side(&side[1]);
        relayout_free(&result);
        if (s.wrong > 0)
            fail_msg("seed %u", seed);
    }
    unlink(fixture_path("old.swt"));
    unlink(fixture_path("fresh.swt"));
}

int main(void)
{
    static struct rows r;

    rows_add(&r, every_page_stays_what_it_was, ROWS_OF(layout_rows));
    return rows_run(&r, "relayout_random") + rmdir(fixture_path(""));
}
