/* Sampled replay of the samples, against their whole replay: what is counted is the same, what is estimated lies within
 * its interval as often as that says, and nothing between the windows is forgotten.
 *
 * CAPTURES in the environment, paths with spaces between them, is whole captures to try the same on. */
#include "platforms/zynqmp/params.h"
#include "sim/replay/report_sample.h"

#include "tests/unit/models/rounds.h"
#include "tests/unit/models/rows.h"

#include <math.h>
#include <stdlib.h>

static const char *samples[8] = { "traces/samples/zcu102-dom0.swt", "traces/samples/zcu102-domU.swt" };
static size_t sample_count = 2;
static struct config config;

static struct replay *run(struct replay_request q)
{
    static struct replay_request kept; /* a replay refers to it */
    struct trace_error err = { "" };
    struct replay *r;

    params_default(&config);
    q.config = &config;
    q.verify = true;
    q.quantum_ns = 1000;
    kept = q;
    r = replay_trace(&kept, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

static struct replay *replay(const char *path, const struct sample_plan *plan, enum replay_engine engine,
                             unsigned ignore)
{
    return run((struct replay_request){ .path = path, .engine = engine, .ignore = ignore, .sample = plan });
}

/* Of so many records, 0 for all. */
static struct replay *replay_first(const char *path, const struct sample_plan *plan, enum replay_engine engine,
                                   uint64_t records)
{
    return run((struct replay_request){ .path = path,
                                        .engine = engine,
                                        .part = records ? REPLAY_FIRST : REPLAY_WHOLE,
                                        .records_max = records,
                                        .sample = plan });
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

/* The same state goes through the same records: what is not cycles is not estimated, nor are cycles of the fast
 * engine. */
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
                assert_true(fabs(x.rate.value / whole(full, rate->name) - 1) < 0.02);
            }
        }
        replay_free(r);
        replay_free(full);
    }
}

/* Nobody waits in trace order, so that there is nothing to estimate. */
static void trace_order_is_exact(void **state)
{
    static const struct sample_plan plan = { 2000, 100, UINT64_MAX, 1 };
    struct replay *full = replay_first(samples[1], NULL, REPLAY_FAST, 100000);
    struct replay *r = run((struct replay_request){ .path = samples[1],
                                                    .engine = REPLAY_TLM,
                                                    .trace_order = true,
                                                    .part = REPLAY_FIRST,
                                                    .records_max = 100000,
                                                    .sample = &plan });
    const struct sample_rate *rate;

    (void)state;
    for (size_t k = 0; (rate = report_sample_rate(k)); k++) {
        struct sample_result x = report_sample_result(r, rate);

        assert_true(fabs(x.rate.value - whole(full, rate->name)) < 1e-9);
        assert_true(x.rate.bounded && x.rate.high - x.rate.low < 1e-9);
    }
    replay_free(r);
    replay_free(full);
}

/* A warm-up of a whole period is all there is between two windows, however far apart they are drawn. */
static void a_period_is_all(void **state)
{
    static const struct sample_plan plan = { 2000, 100, 2000, 1 };
    struct replay *r = replay_first(samples[0], &plan, REPLAY_TLM, 100000);

    (void)state;
    assert_true(sample_is_counted(r->sample));
    assert_true(r->sample->dear > 0);
    replay_free(r);
}

/* Of accesses that are skipped no TLB knows, of maintenance and table words they all do: nothing mismatches, unless
 * that is left out. */
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

/* Of many draws, how many estimates are that near to what the whole replay has, of how many the interval covers it, of
 * those that have one, which at least a quarter has, and how wide it is on average: none that tells nothing. */
struct cover_rate {
    const char *name; /* NULL behind the last */
    double near, nears, covers, wide;
};

static const struct cover_row {
    const char *name;
    struct sample_plan plan;
    enum replay_engine engine;
    uint64_t records; /* from the begin; 0: all */
    struct cover_rate rate[4];
} covers[] = {
    { "all warmed",
      { 2000, 100, UINT64_MAX, 0 },
      REPLAY_TLM,
      0,
      { { "latency.all", 0.01, 1, 0.95, 0.03 },
        { "latency.load", 0.02, 1, 0.95, 0.03 },
        { "latency.walk", 0.01, 1, 0.95, 0.03 } } },
    { "a short trace, all warmed",
      { 2000, 100, UINT64_MAX, 0 },
      REPLAY_TLM,
      300000,
      { { "latency.all", 0.02, 1, 0.95, 0.06 }, { "latency.walk", 0.02, 1, 0.95, 0.06 } } },
    { "few warmed", { 2000, 100, 1500, 0 }, REPLAY_FAST, 0, { { "miss.dutlb", 0.10, 0.80, 0.85, 0.3 } } },
    { "most warmed", { 2000, 100, 1800, 0 }, REPLAY_FAST, 0, { { "latency.all", 0.50, 0.80, 0.85, 1.5 } } },
};

#define DRAWS 20

static struct sample_result result_of(const struct replay *r, const char *name)
{
    const struct sample_rate *rate;

    for (size_t k = 0; (rate = report_sample_rate(k)); k++) {
        if (strcmp(rate->name, name) == 0)
            return report_sample_result(r, rate);
    }
    fail_msg("%s: no such rate", name);
    return (struct sample_result){ 0 };
}

struct cover {
    double is, wide;
    unsigned told, covered, near;
};

static void note_draw(struct cover *c, const struct cover_rate *want, struct estimate e)
{
    c->told += e.bounded;
    c->covered += e.bounded && e.low <= c->is && c->is <= e.high;
    c->near += fabs(e.value / c->is - 1) <= want->near;
    c->wide += e.bounded ? (e.high - e.low) / c->is : 0;
}

static void check_cover(const char *sample, const struct cover *c, const struct cover_rate *want, unsigned draws)
{
    const unsigned spare = rounds_one_in() > 1; /* of few draws one weighs too much */

    print_message("%s: %s: of %u draws %u have an interval, %.1f %% wide, %u cover, %u are within %g %%\n", sample,
                  want->name, draws, c->told, 100 * c->wide / c->told, c->covered, c->near, 100 * want->near);
    if (c->told < draws / 4 || c->covered + spare < want->covers * c->told || c->near + spare < want->nears * draws)
        fail_msg("too few");
    if (c->wide > want->wide * c->told)
        fail_msg("too wide");
}

static void cover_one(const struct cover_row *row, const char *sample, unsigned draws)
{
    struct replay *r = replay_first(sample, NULL, row->engine, row->records);
    struct cover cover[4] = { { 0 } };

    for (size_t k = 0; k < 4 && row->rate[k].name; k++)
        cover[k].is = whole(r, row->rate[k].name);
    replay_free(r);
    for (unsigned n = 0; n < draws; n++) {
        struct sample_plan plan = row->plan;

        plan.seed = n + 1;
        r = replay_first(sample, &plan, row->engine, row->records);
        for (size_t k = 0; k < 4 && row->rate[k].name; k++)
            note_draw(&cover[k], &row->rate[k], result_of(r, row->rate[k].name).rate);
        replay_free(r);
    }
    for (size_t k = 0; k < 4 && row->rate[k].name; k++)
        check_cover(sample, &cover[k], &row->rate[k], draws);
}

static void intervals_cover(void **state)
{
    const unsigned draws = (sample_count > 2 ? 2 * DRAWS : DRAWS) / rounds_one_in();

    assert_true(draws > 0);
    for (size_t i = 0; i < sample_count; i++)
        cover_one(*state, samples[i], draws);
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
    rows_add_test(&all, "trace order is exact", trace_order_is_exact, NULL);
    rows_add_test(&all, "a period of warm-up is all", a_period_is_all, NULL);
    rows_add_test(&all, "what is skipped leaves nothing stale", what_is_skipped_leaves_nothing_stale, NULL);
    rows_add(&all, intervals_cover, ROWS_OF(covers));
    return rows_run(&all, "sample");
}
