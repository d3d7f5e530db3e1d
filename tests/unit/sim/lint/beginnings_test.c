/* Cores are told of by ascending core, each as a replay that ends at its beginning leaves it, in whatever order they
 * begin. */
#include "platforms/zynqmp/params.h"
#include "sim/lint/beginnings.h"
#include "sim/replay/replay.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/error.h"

#define TABLE 0x44000000ULL
#define VTTBR_EL2 0xE108 /* as MSR encodes it */
#define NEVER UINT64_MAX

struct seen {
    unsigned count;
    unsigned core[CORES_MAX];
    struct sysregs regs[CORES_MAX];
    uint64_t word[CORES_MAX];
};

static void keep(void *context, const struct machine *m, unsigned core)
{
    struct seen *s = context;

    assert_true(s->count < CORES_MAX);
    s->core[s->count++] = core;
    s->regs[core] = m->cluster.core[core].mmu.regs;
    if (!mem_read64(&m->cluster.core[core].mmu.mem, PA(TABLE), &s->word[core]))
        s->word[core] = 0;
}

static bool visit(const char *path, struct seen *seen, struct trace_error *err)
{
    static struct config config;
    const struct beginnings_request q = { .path = path, .config = &config, .begins = keep, .context = seen };

    *seen = (struct seen){ 0 };
    params_default(&config);
    return beginnings_visit(&q, err);
}

/* Beside a replay of each core's own. */
static unsigned hold_against_replays(const char *path)
{
    static const enum sysreg regs[] = { SYSREG_TTBR0_EL1, SYSREG_TTBR1_EL1, SYSREG_TCR_EL1,   SYSREG_VTTBR_EL2,
                                        SYSREG_VTCR_EL2,  SYSREG_HCR_EL2,   SYSREG_TTBR0_EL2, SYSREG_SCTLR_EL1 };
    struct config config;
    struct replay_request q = { .path = path, .config = &config, .engine = REPLAY_FAST, .part = REPLAY_START };
    struct trace_error err = { "" };
    struct seen seen;
    unsigned told = 0;

    params_default(&config);
    if (!visit(path, &seen, &err))
        fail_msg("%s", err.text);
    for (q.start_core = 0; q.start_core < config.cores; q.start_core++) {
        struct replay *r = replay_trace(&q, &err);
        const struct sysregs *want;
        uint64_t word;

        assert_non_null(r);
        if (r->started) {
            want = &r->machine->cluster.core[q.start_core].mmu.regs;
            assert_true(told < seen.count);
            assert_int_equal(seen.core[told++], q.start_core);
            for (size_t i = 0; i < sizeof regs / sizeof *regs; i++)
                assert_int_equal(seen.regs[q.start_core].v[regs[i]], want->v[regs[i]]);
            if (!mem_read64(&r->machine->cluster.core[0].mmu.mem, PA(TABLE), &word))
                word = 0;
            assert_int_equal(seen.word[q.start_core], word);
        }
        replay_free(r);
    }
    assert_int_equal(told, seen.count);
    return told;
}

static void samples_begin_as_replayed(void **state)
{
    (void)state;
    assert_true(hold_against_replays("traces/samples/zcu102-dom0.swt") > 1);
    assert_true(hold_against_replays("traces/samples/zcu102-domU.swt") > 0);
}

/* Registers before each beginning, others behind it; a table word that changes all the time. */
static size_t story(struct trace_rec *recs, const uint64_t at[4])
{
    size_t n = 0;

    for (uint64_t turn = 0; turn < 400; turn++) {
        for (uint8_t core = 0; core < 4; core++) {
            if (turn <= at[core] || turn % 3 == 0)
                recs[n++] =
                    (struct trace_rec){ .op = REC_MSR, .core = core, .el = 2, .n = VTTBR_EL2, .value = turn << 12 };
            if (at[core] != NEVER && turn >= at[core])
                recs[n++] = (struct trace_rec){ .op = REC_SYS, .core = core, .el = 1, .n = 0xD5033F9F };
        }
        if (turn % 2) /* by a core that may have done nothing before, but none that never does anything */
            continue;
        for (uint8_t core = 0; core < 4; core++) {
            if (at[core] != NEVER && turn >= at[core]) {
                recs[n++] = (struct trace_rec){ .op = REC_TABW, .core = core, .el = 1, .pa = TABLE, .value = turn + 1 };
                break;
            }
        }
    }
    return n;
}

static void any_order_is_told_ascending(void **state)
{
    static const struct {
        uint64_t at[4];
        unsigned begin;
    } rows[] = {
        { { 0, 10, 20, 300 }, 4 },     { { 300, 20, 10, 0 }, 4 },       { { 10, 0, NEVER, 350 }, 3 },
        { { NEVER, NEVER, 7, 3 }, 2 }, { { 5, 5, 5, 5 }, 4 },           { { NEVER, 0, NEVER, NEVER }, 1 },
        { { 100, 300, 90, 200 }, 4 },  { { NEVER, 350, 1, NEVER }, 2 },
    };
    static struct trace_rec recs[8192];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *path = fixture_path("begins.swt");

        fixture_write(path, recs, story(recs, rows[i].at), 2);
        assert_int_equal(hold_against_replays(path), rows[i].begin);
        unlink(path);
    }
}

/* Once every core has begun, what follows is not looked at; before that it has to make sense. */
static void nothing_is_read_in_vain(void **state)
{
    struct trace_rec recs[] = { { .op = REC_LOAD, .core = 1, .size_log2 = 3, .va = 0x1000, .pa = 0x1000 },
                                { .op = REC_LOAD, .core = 0, .size_log2 = 3, .va = 0x1000, .pa = 0x1000 },
                                { .op = REC_LOAD, .core = 0, .el = 3, .size_log2 = 3, .va = 0x1000, .pa = 0x1000 } };
    const char *path = fixture_path("begins.swt");
    struct trace_error err = { "" };
    struct seen seen;

    (void)state;
    fixture_write(path, recs, 3, 0);
    assert_true(visit(path, &seen, &err));
    assert_int_equal(seen.count, 2);
    recs[1].el = 3;
    fixture_write(path, recs, 3, 0);
    assert_false(visit(path, &seen, &err));
    assert_contains(err.text, "begins.swt: record 1: an access at EL3, which is not modelled");
    recs[0].core = 7;
    fixture_write(path, recs, 3, 0);
    assert_false(visit(path, &seen, &err));
    assert_contains(err.text, "begins.swt: record 0: a core that the platform does not have (cluster.cores)");
    assert_false(visit(fixture_path("missing"), &seen, &err));
    unlink(path);
    rmdir(fixture_path(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(samples_begin_as_replayed),
                                        cmocka_unit_test(any_order_is_told_ascending),
                                        cmocka_unit_test(nothing_is_read_in_vain) };

    return cmocka_run_group_tests_name("beginnings", tests, NULL, NULL);
}
