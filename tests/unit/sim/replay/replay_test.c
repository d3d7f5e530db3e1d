/* Replaying the samples: everything compared agrees, and the negative controls do not. */
#include "platforms/zynqmp/params.h"
#include "sim/replay/replay.h"
#include "tests/temp_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define DOM0 "traces/samples/zcu102-dom0.swt"
#define DOMU "traces/samples/zcu102-domU.swt"

/* Replays a sample; params: "key=value" texts up to NULL. */
static struct replay *replay(struct replay_request *q, const char *path, const char *const *params)
{
    static struct config config;
    struct trace_error err = { "" };
    struct replay *r;
    char why[256], key[128];

    params_default(&config);
    for (; params && *params; params++) {
        size_t n = strcspn(*params, "=");

        memcpy(key, *params, n);
        key[n] = '\0';
        assert_null(params_set(&config, key, *params + n + 1, why, sizeof why));
    }
    assert_null(params_check(&config, why, sizeof why));
    q->path = path;
    q->config = &config;
    r = replay_trace(q, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

static void samples_verify(void **state)
{
    static const char *const samples[] = { DOM0, DOMU };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct replay_request q = { .verify = true, .mismatches_shown = 10 };
        struct replay *r = replay(&q, samples[i], NULL);

        assert_true(r->verify.pa_compared > 100000);
        assert_true(r->verify.faults_compared > 0);
        assert_true(r->verify.at_compared > 0);
        assert_true(replay_agrees(r));
        assert_int_equal(r->machine->phys.absent_reads, 0);
        replay_free(r);
    }
}

/* Refills of which nobody wants to know more than the cycles are priced in bulk, or timed on a short way; it comes to
 * the same as each by itself, which --top wants. */
static void refills_alone_are_the_same(void **state)
{
    static const char *const settings[][3] = { { NULL },
                                               { "cost.utlb=2", "cost.probe=7", NULL },
                                               { "cost.data_accesses=off", NULL } };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof settings / sizeof *settings; i++) {
        struct replay_request q = { .engine = i % 2 ? REPLAY_TLM : REPLAY_FAST, .quantum_ns = 1000 };
        struct replay *bulk = replay(&q, DOMU, settings[i / 2]), *each;

        q.top = 1;
        each = replay(&q, DOMU, settings[i / 2]);
        assert_true(bulk->cycles_alone && !each->cycles_alone);
        assert_memory_equal(&bulk->waits, &each->waits, sizeof bulk->waits);
        assert_memory_equal(bulk->stats.latency, each->stats.latency, sizeof bulk->stats.latency);
        assert_memory_equal(bulk->stats.domain, each->stats.domain, sizeof bulk->stats.domain);
        assert_memory_equal(bulk->longer, each->longer, sizeof bulk->longer);
        for (unsigned core = 0; core < CORES_MAX; core++)
            assert_memory_equal(&bulk->machine->cluster.core[core].mmu.count,
                                &each->machine->cluster.core[core].mmu.count, sizeof(struct counts));
        replay_free(bulk);
        replay_free(each);
    }
}

/* The engine on a thread of its own, as a replay by several threads has it, and without. */
static void threads_change_nothing(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct replay_request q = { .engine = REPLAY_TLM, .quantum_ns = i == 1 ? 0 : 1000, .trace_order = i == 2 };
        struct replay *alone = replay(&q, DOMU, NULL), *threaded;

        q.threads = 2;
        threaded = replay(&q, DOMU, NULL);
        assert_true(threaded->aside && !alone->aside);
        assert_memory_equal(&threaded->waits, &alone->waits, sizeof alone->waits);
        assert_memory_equal(threaded->stats.latency, alone->stats.latency, sizeof alone->stats.latency);
        assert_memory_equal(threaded->stats.domain, alone->stats.domain, sizeof alone->stats.domain);
        for (unsigned core = 0; core < CORES_MAX; core++)
            assert_memory_equal(&threaded->machine->cluster.core[core].mmu.count,
                                &alone->machine->cluster.core[core].mmu.count, sizeof(struct counts));
        replay_free(threaded);
        replay_free(alone);
    }
}

/* Sizes and policies change how long, never what. */
static void structures_change_no_answer(void **state)
{
    static const char *const tiny[] = { "mmu.iutlb.entries=1",     "mmu.dutlb.entries=1",      "mmu.main_tlb.entries=1",
                                        "mmu.main_tlb.ways=1",     "mmu.walk_cache.entries=1", "mmu.walk_cache.ways=1",
                                        "mmu.ipa_cache.entries=1", "mmu.ipa_cache.ways=1",     NULL };
    static const char *const huge[] = { "mmu.iutlb.entries=64",        "mmu.dutlb.entries=64",
                                        "mmu.main_tlb.entries=4096",   "mmu.main_tlb.policy=lru",
                                        "mmu.walk_cache.entries=4096", "mmu.dutlb.policy=lru",
                                        "mmu.ipa_cache.entries=4096",  NULL };
    struct replay_request q = { .verify = true, .mismatches_shown = 10 };
    struct replay *small = replay(&q, DOM0, tiny), *large = replay(&q, DOM0, huge);

    (void)state;
    assert_true(replay_agrees(small));
    assert_true(replay_agrees(large));
    assert_true(stats_sum(&small->stats.latency[LATENCY_LOAD]) > stats_sum(&large->stats.latency[LATENCY_LOAD]));
    replay_free(small);
    replay_free(large);
}

static void without_tlbi_stale_entries_show(void **state)
{
    /* a large TLB keeps what maintenance should have taken */
    static const char *const large[] = { "mmu.main_tlb.entries=4096", NULL };
    struct replay_request q = { .verify = true, .ignore = REPLAY_IGNORE_TLBI };
    struct replay *r = replay(&q, DOM0, large);

    (void)state;
    assert_true(r->verify.pa_mismatched > 0);
    replay_free(r);
}

static void without_tabw_tables_are_old(void **state)
{
    static const char *const samples[] = { DOM0, DOMU };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct replay_request q = { .verify = true, .ignore = REPLAY_IGNORE_TABW };
        struct replay *r = replay(&q, samples[i], NULL);

        assert_true(r->verify.pa_mismatched > 0);
        replay_free(r);
    }
}

/* Counters that must add up, whatever the trace. */
static void counters_add_up(void **state)
{
    struct replay_request q = { .verify = false };
    struct replay *r = replay(&q, DOMU, NULL);
    uint64_t accesses = 0, by_domain = 0, by_type = 0, faulted = 0, cycles = 0, counted = 0;

    (void)state;
    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        accesses += stats_count(&r->stats.latency[k]);
        cycles += stats_sum(&r->stats.latency[k]);
    }
    for (int i = 0; i < DOMAIN_COUNT; i++)
        by_domain += r->stats.domain[i].accesses;
    for (int i = 0; i < TYPE_ROWS; i++)
        by_type += r->stats.type[i].count;
    for (unsigned i = 0; i < CORES_MAX; i++) {
        const uint64_t *n = r->machine->cluster.core[i].mmu.count.v;

        counted += n[COUNT_XLAT_CYCLES];
        faulted += n[COUNT_FAULT_STAGE1] + n[COUNT_FAULT_STAGE2];
        assert_int_equal(n[COUNT_MAIN_TLB], n[COUNT_L1I_TLB_REFILL] + n[COUNT_L1D_TLB_REFILL]);
        assert_int_equal(n[COUNT_WALK], n[COUNT_MAIN_TLB_REFILL]);
    }
    assert_int_equal(by_domain, accesses);
    assert_int_equal(by_type, accesses);
    assert_true(faulted > 0);
    assert_true(counted >= cycles); /* it has the accesses that faulted, too */
    replay_free(r);
}

static void a_core_too_many_is_refused(void **state)
{
    struct config config;
    struct replay_request q = { .path = DOMU, .config = &config };
    struct trace_error err = { "" };
    char why[64];

    (void)state;
    params_default(&config);
    assert_null(params_set(&config, "cluster.cores", "1", why, sizeof why));
    assert_null(replay_trace(&q, &err));
    assert_non_null(strstr(err.text, "cluster.cores"));
}

static void records_have_a_row_an_access(void **state)
{
    char path[TEMP_PATH_BYTES];
    int fd = temp_file(path);
    struct trace_error err;
    struct out_file out;
    struct replay_request q = { .records = &out };
    struct replay *r, *without;
    struct replay_request plain = { .verify = false };
    uint64_t lines = 0, accesses = 0;
    FILE *f;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_true(out_file_open(&out, path, &err));
    r = replay(&q, DOMU, NULL);
    assert_true(out_file_commit(&out, &err));
    for (int k = 0; k < LATENCY_KIND_COUNT; k++)
        accesses += stats_count(&r->stats.latency[k]);
    f = fopen(path, "r");
    assert_non_null(f);
    for (int c; (c = fgetc(f)) != EOF;)
        lines += c == '\n';
    fclose(f);
    unlink(path);
    assert_int_equal(lines, accesses + 1);
    without = replay(&plain, DOMU, NULL); /* which goes the short way where it can */
    assert_memory_equal(&r->stats.latency, &without->stats.latency, sizeof r->stats.latency);
    assert_memory_equal(&r->stats.domain, &without->stats.domain, sizeof r->stats.domain);
    for (unsigned i = 0; i < CORES_MAX; i++)
        assert_memory_equal(&r->machine->cluster.core[i].mmu.count, &without->machine->cluster.core[i].mmu.count,
                            sizeof(struct counts));
    replay_free(r);
    replay_free(without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_verify),
        cmocka_unit_test(refills_alone_are_the_same),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(structures_change_no_answer),
        cmocka_unit_test(without_tlbi_stale_entries_show),
        cmocka_unit_test(without_tabw_tables_are_old),
        cmocka_unit_test(counters_add_up),
        cmocka_unit_test(a_core_too_many_is_refused),
        cmocka_unit_test(records_have_a_row_an_access),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
