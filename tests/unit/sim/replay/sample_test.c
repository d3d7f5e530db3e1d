/* Sampled replay of the samples, against their whole replay: what is counted is the same, what is estimated lies within its
 * interval as often as that says, and nothing between the windows is forgotten.
 *
 * CAPTURES in the environment, paths with spaces between them, is whole captures to try the same on. */
#include "platforms/zynqmp/params.h"
#include "sim/replay/report_sample.h"

#include "tests/unit/models/rows.h"

#include <math.h>
#include <stdlib.h>

static const char *samples[8] = { "traces/samples/zcu102-dom0.swt", "traces/samples/zcu102-domU.swt" };
static size_t sample_count = 2;
static struct config config;

static struct replay *replay(const char *path, const struct sample_plan *plan, enum replay_engine engine,
                             unsigned ignore)
{
    static struct replay_request q; /* a replay refers to it */
    struct trace_error err = { "" };
    struct replay *r;

    params_default(&config);
    q = (struct replay_request){ .path = path,
                                 .config = &config,
                                 .verify = true,
                                 .engine = engine,
                                 .quantum_ns = 1000,
                                 .ignore = ignore,
                                 .sample = plan };
    r = replay_trace(&q, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

static uint64_t count_of(const struct replay *r, enum count c)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < CORES_MAX; i++)
        sum += r->machine->cluster.core[i].mmu.count.v[c];
    return sum;
}

/* What a whole replay has for a rate: its sums come from elsewhere than a sample's. */
static double whole(const struct replay *r, const char *name)
{
    static const struct {
        const char *name;
        enum count of, by;
    } counters[] = {
        { "latency.walk", COUNT_WALK_CYCLES, COUNT_WALK },
        { "miss.dutlb", COUNT_L1D_TLB_REFILL, COUNT_MEM_ACCESS },
        { "miss.main_tlb", COUNT_MAIN_TLB_REFILL, COUNT_MAIN_TLB },
        { "miss.walk_cache", COUNT_WALK_CACHE_REFILL, COUNT_WALK_CACHE },
        { "miss.ipa_cache", COUNT_IPA_CACHE_REFILL, COUNT_IPA_CACHE },
        { "miss.l1i", COUNT_L1I_CACHE_REFILL, COUNT_L1I_CACHE },
        { "miss.l1d", COUNT_L1D_CACHE_REFILL, COUNT_L1D_CACHE },
        { "miss.l2", COUNT_L2D_CACHE_REFILL, COUNT_L2D_CACHE },
        { "walk.fetches", COUNT_WALK_FETCH, COUNT_WALK },
    };
    const struct latency *l = r->stats.latency;
    double cycles[LATENCY_KIND_COUNT], accesses[LATENCY_KIND_COUNT], all;

    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        cycles[k] = (double)stats_sum(&l[k]);
        accesses[k] = (double)stats_count(&l[k]);
        if (strncmp(name, "latency.", 8) == 0 && strcmp(name + 8, stats_kind_name((enum latency_kind)k)) == 0)
            return cycles[k] / accesses[k];
    }
    all = accesses[0] + accesses[1] + accesses[2];
    if (strcmp(name, "latency.all") == 0)
        return (cycles[0] + cycles[1] + cycles[2]) / all;
    if (strcmp(name, "miss.iutlb") == 0)
        return (double)count_of(r, COUNT_L1I_TLB_REFILL) / accesses[LATENCY_FETCH];
    if (strcmp(name, "walk.accesses") == 0)
        return (double)count_of(r, COUNT_WALK_FETCH) / all;
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        if (strcmp(name, counters[i].name) == 0)
            return (double)count_of(r, counters[i].of) / (double)count_of(r, counters[i].by);
    }
    fail_msg("%s: not known to this test", name);
    return 0;
}

static const struct parse_row {
    const char *name;
    bool good;
    uint64_t period, window, warmup;
} parses[] = {
    { "20K,1K", true, 20000, 1000, UINT64_MAX },
    { "1M,10k,0", true, 1000000, 10000, 0 },
    { "2m,1,3M", true, 2000000, 1, 3000000 },
    { "1000000M,1", true, 1000000000000, 1, UINT64_MAX },
    { "1000001M,1", false, 0, 0, 0 },
    { "10,10", false, 0, 0, 0 },
    { "10,0", false, 0, 0, 0 },
    { "10,3", false, 0, 0, 0 },
    { "10", false, 0, 0, 0 },
    { "10,", false, 0, 0, 0 },
    { "10,5,", false, 0, 0, 0 },
    { "10,5,1,", false, 0, 0, 0 },
    { "10,5G", false, 0, 0, 0 },
    { "10,5KK", false, 0, 0, 0 },
    { "-10,5", false, 0, 0, 0 },
    { "", false, 0, 0, 0 },
    { "99999999999999999999999,1", false, 0, 0, 0 },
};

static void plans_are_read(void **state)
{
    const struct parse_row *row = *state;
    struct sample_plan plan = { 0 };
    const char *why = sample_parse(row->name, &plan);

    assert_int_equal(why == NULL, row->good);
    assert_int_equal(plan.period, row->period);
    assert_int_equal(plan.window, row->window);
    assert_int_equal(plan.warmup, row->warmup);
}

/* Every record is in one mode, and the windows are as many and as long as they should be. */
static void records_are_shared_out(void **state)
{
    static const struct sample_plan plans[] = {
        { 20000, 1000, UINT64_MAX, 1 }, { 20000, 1000, 0, 1 }, { 20000, 1000, 50, 2 }, { 7000, 7, 3000, 3 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct replay *r = replay(samples[0], &plans[i], REPLAY_FAST, 0);
        const struct sample *s = r->sample;
        uint64_t periods = r->record / plans[i].period;

        assert_int_equal(s->records[0] + s->records[1] + s->records[2] + s->records[3], r->record);
        assert_true(s->windows == periods || s->windows == periods + 1);
        assert_true(s->records[SAMPLE_MEASURE] >= periods * plans[i].window);
        assert_true(s->records[SAMPLE_MEASURE] <= (periods + 1) * plans[i].window);
        assert_int_equal(r->verify.pa_compared + s->accesses_skipped + r->pa_unknown,
                         r->hits[0] + r->hits[1] + r->hits[2]);
        assert_int_equal(s->accesses_skipped > 0, plans[i].warmup < plans[i].period);
        replay_free(r);
    }
}

/* Windows beyond what there is room for are joined, and nothing of them is lost. */
static void many_windows_are_joined(void **state)
{
    static const struct sample_plan plan = { 100, 50, UINT64_MAX, 1 };
    struct replay *r = replay(samples[0], &plan, REPLAY_FAST, 0);
    const struct sample *s = r->sample;
    double accesses = 0, counted = 0;

    (void)state;
    assert_true(s->windows > 4 * SAMPLE_GROUPS);
    assert_true(sample_groups(s) <= SAMPLE_GROUPS && sample_groups(s) > SAMPLE_GROUPS / 2);
    for (size_t i = 0; i < SAMPLE_GROUPS; i++) {
        double here = s->group[SAMPLE_FETCHES][i] + s->group[SAMPLE_LOADS][i] + s->group[SAMPLE_STORES][i];

        accesses += here;
        counted += here > 0;
    }
    assert_true(accesses <= (double)s->records[SAMPLE_MEASURE]);
    assert_true(accesses > 0.99 * (double)s->records[SAMPLE_MEASURE]);
    assert_int_equal((size_t)counted, sample_groups(s));
    replay_free(r);
}

/* The same state goes through the same records: what is not cycles is not estimated, nor are cycles of the fast engine. */
static void warmed_all_is_counted(void **state)
{
    static const struct sample_plan plan = { 2000, 100, UINT64_MAX, 1 };

    (void)state;
    for (size_t i = 0; i < 2 * sample_count; i++) {
        enum replay_engine engine = i & 1 ? REPLAY_TLM : REPLAY_FAST;
        struct replay *full = replay(samples[i / 2], NULL, engine, 0);
        struct replay *r = replay(samples[i / 2], &plan, engine, 0);
        const struct sample_rate *rate;

        assert_true(replay_agrees(r));
        assert_int_equal(r->verify.pa_compared, full->verify.pa_compared);
        for (size_t k = 0; (rate = report_sample_rate(k)); k++) {
            struct sample_result x = report_sample_result(r, rate);
            bool cycles = strcmp(rate->unit, "cycles") == 0;

            assert_int_equal(x.basis, cycles ? SAMPLE_TIMED : SAMPLE_COUNTED);
            if (!cycles || engine == REPLAY_FAST) {
                assert_true(fabs(x.rate.value - whole(full, rate->name)) < 1e-9);
                assert_true(x.rate.high - x.rate.low < 1e-9);
            } else {
                assert_true(fabs(x.rate.value / whole(full, rate->name) - 1) < 0.15);
            }
        }
        replay_free(r);
        replay_free(full);
    }
}

/* Of accesses that are skipped no TLB knows, of maintenance and table words they all do: nothing mismatches, unless that is
 * left out. */
static void what_is_skipped_leaves_nothing_stale(void **state)
{
    static const struct sample_plan plan = { 20000, 5000, 2000, 1 };

    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        struct replay *full = replay(samples[i], NULL, REPLAY_FAST, 0), *r = replay(samples[i], &plan, REPLAY_TLM, 0);

        assert_true(replay_agrees(r));
        assert_int_equal(r->verify.faults_compared, full->verify.faults_compared);
        assert_int_equal(r->verify.at_compared, full->verify.at_compared);
        assert_int_equal(r->exceptions, full->exceptions);
        assert_int_equal(count_of(r, COUNT_INST_RETIRED), count_of(full, COUNT_INST_RETIRED));
        assert_int_equal(count_of(r, COUNT_TLBI), count_of(full, COUNT_TLBI));
        replay_free(r);
        r = replay(samples[i], &plan, REPLAY_FAST, REPLAY_IGNORE_TABW);
        assert_false(replay_agrees(r));
        replay_free(r);
        replay_free(full);
    }
}

/* How often, of many draws, an estimate's interval covers what the whole replay has, and how near it is. */
static const struct cover_row {
    const char *name;
    struct sample_plan plan;
    enum replay_engine engine;
    const char *rate;
    double near;          /* that near to it */
    double nears, covers; /* the latter of those with an interval, which at least a quarter has */
} covers[] = {
    { "latency, all warmed", { 2000, 100, UINT64_MAX, 0 }, REPLAY_TLM, "latency.all", 0.02, 0.85, 0.85 },
    { "latency of loads, all warmed", { 2000, 100, UINT64_MAX, 0 }, REPLAY_TLM, "latency.load", 0.02, 0.85, 0.85 },
    { "micro-TLB from windows alone", { 2000, 100, 1500, 0 }, REPLAY_FAST, "miss.dutlb", 0.10, 0.80, 0.85 },
    { "latency from windows alone", { 2000, 100, 1800, 0 }, REPLAY_FAST, "latency.all", 0.50, 0.80, 0.85 },
};

#define DRAWS 20

static void intervals_cover(void **state)
{
    const struct cover_row *row = *state;

    for (size_t i = 0; i < sample_count; i++) {
        struct replay *full = replay(samples[i], NULL, row->engine, 0);
        const struct sample_rate *rate;
        double is = whole(full, row->rate);
        unsigned covered = 0, told = 0, near = 0, draws = sample_count > 2 ? 2 * DRAWS : DRAWS;
        size_t k = 0;

        replay_free(full);
        while (strcmp((rate = report_sample_rate(k++))->name, row->rate) != 0)
            continue;
        for (unsigned n = 0; n < draws; n++) {
            struct sample_plan plan = row->plan;
            struct replay *r;
            struct sample_result x;

            plan.seed = n + 1;
            r = replay(samples[i], &plan, row->engine, 0);
            x = report_sample_result(r, rate);
            told += x.rate.bounded;
            covered += x.rate.bounded && x.rate.low <= is && is <= x.rate.high;
            near += fabs(x.rate.value / is - 1) <= row->near;
            replay_free(r);
        }
        print_message("%s: %s: of %u draws %u have an interval, %u cover, %u are within %g %%\n", samples[i], row->name,
                      draws, told, covered, near, 100 * row->near);
        if (told < draws / 4 || covered < row->covers * told || near < row->nears * draws)
            fail_msg("too few");
    }
}

int main(void)
{
    static struct rows all;
    char *captures = getenv("CAPTURES");

    for (char *path = captures ? strtok(captures, " ") : NULL; path && sample_count < 8; path = strtok(NULL, " "))
        samples[sample_count++] = path;
    rows_add(&all, plans_are_read, ROWS_OF(parses));
    rows_add_test(&all, "records are shared out", records_are_shared_out, NULL);
    rows_add_test(&all, "many windows are joined", many_windows_are_joined, NULL);
    rows_add_test(&all, "warmed, all is counted", warmed_all_is_counted, NULL);
    rows_add_test(&all, "what is skipped leaves nothing stale", what_is_skipped_leaves_nothing_stale, NULL);
    rows_add(&all, intervals_cover, ROWS_OF(covers));
    return rows_run(&all, "sample");
}
