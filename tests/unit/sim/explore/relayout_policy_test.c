/* Which leaves each layout makes of a small guest: 1 GB of RAM in 2 MB blocks, a process of 529 pages, a kernel of 3
 * blocks. */
#include "tests/unit/models/tables.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/explore/relayout.h"

#define RAM 0x40000000ULL
#define BLOCK 0x200000ULL
#define PAGE 0x1000ULL
#define ROOT_LOWER 0x7F000000ULL
#define ROOT_UPPER 0x7F100000ULL
#define HOLE (RAM + 5 * BLOCK)

enum { AS_IT_IS, WITH_HOLE, WITH_FAULT, WITH_CHANGE, WITH_FIRST_TOUCH };

static void put_tables(struct tables *t, int variant)
{
    struct tree s2 = { t, 12, 1, 0x10000000, 0x10002000, 0, 0, false };
    struct tree lower = { t, 12, 0, ROOT_LOWER, ROOT_LOWER + PAGE, 0, 0, false };
    struct tree upper = { t, 12, 0, ROOT_UPPER, ROOT_UPPER + PAGE, 0, 0, false };

    tables_start(t);
    tree_map(&s2, RAM, 2, RAM | 0x7FD, 512);
    if (variant == WITH_HOLE || variant == WITH_FAULT)
        tree_put(&s2, HOLE, 2, 0);
    tree_map(&lower, 0x400000, 3, (RAM + 0x400000) | 0xF43, 512);
    tree_map(&lower, 0x600000, 3, (RAM + 0x600000) | 0xF43, 16);
    tree_map(&lower, 0x610000, 3, (RAM + 0x700000) | 0xFC3, 1);
    if (variant == WITH_FIRST_TOUCH)
        tree_put(&lower, 0x403000, 3, 0);
    tree_map(&upper, 0, 2, RAM | 0x701, 3);
}

static void write_trace(const char *path, int variant)
{
    static const struct trace_rec start[] = {
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 0, 1, 0, 0), .value = 0x34F4D91D },
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 0, 2, 0, 0), .value = ROOT_LOWER },
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 0, 2, 0, 1), .value = ROOT_UPPER },
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 0, 2, 0, 2), .value = 0x500072B5503510 },
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 0, 10, 2, 0), .value = 0x40044FFFF },
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 4, 2, 1, 2), .value = 0x80023558 },
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 4, 2, 1, 0), .value = 0x10000000 | 1ULL << 48 },
        { .op = REC_MSR, .el = 2, .n = REC_SYSREG(3, 4, 1, 1, 0), .value = 0x80000001 },
        { .op = REC_LOAD, .el = 1, .va = 0x400000, .pa = RAM + 0x400000 },
    };
    static const struct trace_rec abort_in_hole = {
        .op = REC_EXC, .el = 2, .n = 0x400, .value = 0x92000006, .va = 0x400000
    };
    static struct tables t;
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create(path, "guest", &err);
    struct trace_rec change = { .op = REC_TABW, .el = 1, .value = (RAM + 0x403000) | 0xFC3 };
    struct tree lower = { &t, 12, 0, ROOT_LOWER, ROOT_LOWER + PAGE, 0, 0, false };

    put_tables(&t, variant);
    change.pa = tree_desc_pa(&lower, 0x403000, 3);
    if (variant == WITH_FIRST_TOUCH)
        change.value = (RAM + 0x403000) | 0xF43;
    if (variant == WITH_FAULT) /* the process's first page leads into the hole */
        tree_put(&lower, 0x400000, 3, HOLE | 0xF43);
    assert_non_null(w);
    for (uint32_t i = 0; i < t.mem.count; i++)
        assert_true(trace_write_page(w, t.page[i].pa, (const uint8_t *)t.page[i].word, &err));
    for (size_t i = 0; i < sizeof start / sizeof *start; i++)
        assert_true((variant == WITH_FAULT && start[i].op == REC_LOAD) || trace_write(w, &start[i], &err));
    if (variant == WITH_FAULT)
        assert_true(trace_write(w, &abort_in_hole, &err));
    if (variant == WITH_CHANGE || variant == WITH_FIRST_TOUCH)
        assert_true(trace_write(w, &change, &err));
    assert_true(
        trace_write(w, &(struct trace_rec){ .op = REC_LOAD, .el = 1, .va = 0x401000, .pa = RAM + 0x401000 }, &err));
    assert_true(trace_commit(w, &err));
}

static const struct policy_row {
    const char *name;
    const char *words;
    int variant;
    unsigned stage; /* 2; 0: the lower, 1: the upper half of stage 1 */
    uint64_t leaves[RELAYOUT_LEVELS];
    uint64_t groups, covered;
} policy_rows[] = {
    { "stage 2 as captured", "as-captured", AS_IT_IS, 2, { 0, 0, 512, 0 }, 0, 0 },
    { "the process as captured", "as-captured", AS_IT_IS, 0, { 0, 0, 0, 529 }, 0, 0 },
    { "the kernel as captured", "as-captured", AS_IT_IS, 1, { 0, 0, 3, 0 }, 0, 0 },
    { "the kernel in pages", "stage1=pages", AS_IT_IS, 1, { 0, 0, 0, 1536 }, 0, 0 },
    { "the process in blocks", "stage1=blocks", AS_IT_IS, 0, { 0, 0, 1, 17 }, 0, 0 },
    { "the process is not linear", "stage1=linear-blocks", AS_IT_IS, 0, { 0, 0, 0, 529 }, 0, 0 },
    { "pages in groups of 16", "contiguous1=yes", AS_IT_IS, 0, { 0, 0, 0, 529 }, 33, 0 },
    { "three blocks are no group", "contiguous1=yes", AS_IT_IS, 1, { 0, 0, 3, 0 }, 0, 0 },
    { "a block and a group", "stage1=blocks contiguous1=yes", AS_IT_IS, 0, { 0, 0, 1, 17 }, 1, 0 },
    { "blocks in groups of 16", "contiguous2=yes", AS_IT_IS, 2, { 0, 0, 512, 0 }, 32, 0 },
    { "1 GB", "stage2=blocks", AS_IT_IS, 2, { 0, 1, 0, 0 }, 0, 0 },
    { "as Xen", "stage2=xen", AS_IT_IS, 2, { 0, 1, 0, 0 }, 0, 0 },
    { "not above 2 MB", "stage2=2M", AS_IT_IS, 2, { 0, 0, 512, 0 }, 0, 0 },
    { "stage 2 in pages", "stage2=pages", AS_IT_IS, 2, { 0, 0, 0, 262144 }, 0, 0 },
    { "stage 2 in blocks of 512 MB", "granule2=64K stage2=blocks", AS_IT_IS, 2, { 0, 0, 2, 0 }, 0, 0 },
    { "stage 2 in pages of 64 KB", "granule2=64K stage2=pages", AS_IT_IS, 2, { 0, 0, 0, 16384 }, 0, 0 },
    { "a hole: no 1 GB", "stage2=blocks", WITH_HOLE, 2, { 0, 0, 511, 0 }, 0, 0 },
    { "a hole is covered", "stage2=blocks holes=cover", WITH_HOLE, 2, { 0, 1, 0, 0 }, 0, BLOCK },
    { "but not by 2 MB", "stage2=2M holes=cover", WITH_HOLE, 2, { 0, 0, 511, 0 }, 0, 0 },
    { "nor where a fault is recorded", "stage2=blocks holes=cover", WITH_FAULT, 2, { 0, 0, 511, 0 }, 0, 0 },
    { "what changes stays a page", "stage1=blocks", WITH_CHANGE, 0, { 0, 0, 0, 529 }, 0, 0 },
    { "a first touch changes", "stage1=blocks", WITH_FIRST_TOUCH, 0, { 0, 0, 0, 528 }, 0, 0 },
    { "a first touch ahead does not", "stage1=blocks ahead=yes", WITH_FIRST_TOUCH, 0, { 0, 0, 1, 17 }, 0, 0 },
};

static void a_policy_makes_these_leaves(void **state)
{
    const struct policy_row *row = *state;
    const char *old = fixture_path("old.swt"), *fresh = fixture_path("fresh.swt");
    struct relayout_request q = { .path = old, .output = fresh };
    struct relayout_result result;
    struct trace_error err = { "" };
    char why[LAYOUT_WHY_BYTES];
    unsigned met = 0;

    write_trace(old, row->variant);
    layout_default(&q.layout);
    assert_true(layout_words(&q.layout, row->words, why));
    if (relayout_trace(&q, &result, &err) != RELAYOUT_DONE)
        fail_msg("%s", err.text);
    assert_int_equal(result.count, 3);
    assert_int_equal(result.unsupported, 0);
    for (size_t i = 0; i < result.count; i++) {
        const struct relayout_context *c = &result.context[i];

        if (c->stage != (row->stage == 2 ? 2 : 1) || (row->stage != 2 && c->upper != (row->stage == 1)))
            continue;
        met++;
        for (unsigned level = 0; level < RELAYOUT_LEVELS; level++)
            assert_int_equal(c->leaves[level], row->leaves[level]);
        assert_int_equal(c->contiguous, row->groups);
        assert_int_equal(c->covered, row->covered);
        assert_int_not_equal(c->root, c->old_root);
    }
    assert_int_equal(met, 1);
    relayout_free(&result);
    unlink(old);
    unlink(fresh);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, a_policy_makes_these_leaves, ROWS_OF(policy_rows));
    return rows_run(&r, "relayout_policy") + rmdir(fixture_path(""));
}
