/* What a filter keeps of one short story, record by record. */
#include "traces/cut_filter.h"

#include "tests/unit/models/rows.h"

#define VTTBR REC_SYSREG(3, 4, 2, 1, 0)
#define VAE1IS 0xD5088320
#define AT_S1E1R 0xD5087800

static const struct trace_rec story[] = {
    { .op = REC_MSR, .core = 0, .el = 2, .n = VTTBR, .value = 1ULL << 48 },
    { .op = REC_MSR, .core = 1, .el = 2, .n = VTTBR, .value = 2ULL << 48 },
    { .op = REC_FETCH, .core = 0, .el = 0, .n = 4, .va = 0x1000 },
    { .op = REC_LOAD, .core = 0, .el = 0, .va = 0x8000 },
    { .op = REC_STORE, .core = 0, .el = 0, .va = 0x9000 },
    { .op = REC_FETCH, .core = 1, .el = 1, .n = 4, .va = 0x2000 },
    { .op = REC_ZVA, .core = 1, .el = 1, .va = 0x8000 },
    { .op = REC_SYS, .core = 1, .el = 1, .n = VAE1IS },
    { .op = REC_SYS, .core = 1, .el = 1, .n = AT_S1E1R },
    { .op = REC_PAR, .core = 1, .el = 1, .value = 1 },
    { .op = REC_TABW, .core = 1, .el = 1, .pa = 0x100 },
    { .op = REC_EXC, .core = 1, .el = 2, .n = 0x400 },
    { .op = REC_FETCH, .core = 1, .el = 2, .n = 4, .va = 0x3000 },
    { .op = REC_LOAD, .core = 1, .el = 2, .va = 0x8000 },
    { .op = REC_LOAD, .core = 1, .el = 2, .va = 0x8FF8 },
};

/* k kept, . dropped, r kept and before it the run; one letter a record. */
static const struct row {
    const char *name;
    struct cut_filter filter;
    const char *keeps;
} rows[] = {
    { "all", { .cores = 0 }, "kkkkkkkkkkkkkkk" },
    { "core 0", { .cores = 1 }, "kkkkk..k..k...." },
    { "core 1", { .cores = 2 }, "kk...kkkkkkkkkk" },
    { "a core that is not there", { .cores = 4 }, "kk.....k..k...." },
    { "EL0", { .els = 1 }, "kkkkk..kkkkk..." },
    { "EL1 and EL2", { .els = 6 }, "kk...kkkkkkkkkk" },
    { "VMID 1", { .by_vmid = true, .vmids = { 2 } }, "kkkkk..kkkkk..." },
    { "VMID 2, without EL2", { .by_vmid = true, .vmids = { 4 } }, "kk...kkkkkkk..." },
    { "VMID 8", { .by_vmid = true, .vmids = { 0, 1 } }, "kk.....kkkkk..." },
    { "data, with the run that made it", { .va_from = 0x8000, .va_end = 0x8001 }, "kk.r..rkkkkk.r." },
    { "the run is given once", { .va_from = 0x8000, .va_end = 0x9001 }, "kk.rk.rkkkkk.rk" },
    { "at the end", { .va_from = 0x8001, .va_end = 0x8FF9 }, "kk....rkkkkk..r" },
    { "the middle of a run", { .va_from = 0x100C, .va_end = 0x1010 }, "kkk....kkkkk..." },
    { "behind a run", { .va_from = 0x1010, .va_end = 0x1014 }, "kk.....kkkkk..." },
    { "the last byte of a DC ZVA", { .cores = 2, .va_from = 0x803F, .va_end = 0x8040 }, "kk....rkkkkk..." },
    { "behind it", { .cores = 2, .va_from = 0x8040, .va_end = 0x8041 }, "kk.....kkkkk..." },
    { "code", { .va_from = 0x1000, .va_end = 0x2001 }, "kkk..k.kkkkk..." },
    { "code of one core", { .cores = 1, .va_from = 0x1000, .va_end = 0x2001 }, "kkk....k..k...." },
    { "not the run of a dropped core", { .cores = 1, .va_from = 0x8000, .va_end = 0x8001 }, "kk.r...k..k...." },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct cut_filter f = row->filter;
    size_t count = sizeof story / sizeof *story;
    char keeps[sizeof story / sizeof *story + 1];

    assert_int_equal(strlen(row->keeps), count);
    for (size_t i = 0; i < count; i++) {
        struct trace_rec run;

        memset(&run, POISON, sizeof run);
        keeps[i] = ".kr"[cut_filter_keeps(&f, &story[i], &run)];
        if (keeps[i] == 'r') {
            assert_int_equal(run.op, REC_FETCH);
            assert_int_equal(run.core, story[i].core);
            assert_int_equal(run.el, story[i].el);
        }
    }
    keeps[count] = '\0';
    assert_string_equal(keeps, row->keeps);
}

/* What came before the cut counts: whose VMID it is. */
static void check_pass(void **state)
{
    struct cut_filter f = { .by_vmid = true, .vmids = { 2 } };
    struct trace_rec run;

    (void)state;
    cut_filter_pass(&f, &story[0]);
    assert_int_equal(cut_filter_keeps(&f, &story[2], &run), CUT_KEEP);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add_test(&all, "before the cut", check_pass, NULL);
    return rows_run(&all, "traces/cut_filter");
}
