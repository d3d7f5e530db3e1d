/* What a page shows of a replay agrees with what is reported, and gathering it changes nothing. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"

#include "platforms/zynqmp/params.h"
#include "sim/replay/report.h"
#include "sim/replay/report_detail.h"

static const struct whole_row {
    const char *name, *path;
    enum replay_engine engine;
    bool verify;
} whole_rows[] = {
    { "dom0, fast", "traces/samples/zcu102-dom0.swt", REPLAY_FAST, true },
    { "dom0, tlm", "traces/samples/zcu102-dom0.swt", REPLAY_TLM, true },
    { "domU, fast", "traces/samples/zcu102-domU.swt", REPLAY_FAST, false },
    { "domU, tlm", "traces/samples/zcu102-domU.swt", REPLAY_TLM, true },
};

static struct config config;

static struct replay *replay(const struct whole_row *row, struct replay_request *q, bool detail)
{
    struct trace_error err;
    struct replay *r;

    *q = (struct replay_request){ .path = row->path,
                                  .config = &config,
                                  .engine = row->engine,
                                  .verify = row->verify,
                                  .quantum_ns = 1000,
                                  .detail = detail };
    r = replay_trace(q, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

static json_int_t integer(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* The bins of all rows, and the report's, by kind and by domain. */
static void check_latency(const json_t *report, const json_t *latency)
{
    json_int_t kinds = 0, bins = 0, hits = 0, plain = 0;
    const json_t *row, *bin;
    size_t i, k;

    json_array_foreach(json_object_get(latency, "rows"), i, row)
    {
        json_int_t all = 0;

        json_array_foreach(json_object_get(row, "bins"), k, bin)
        {
            all += json_integer_value(json_array_get(bin, 1));
            hits += json_integer_value(json_array_get(bin, 0)) == 0 ? json_integer_value(json_array_get(bin, 1)) : 0;
        }
        assert_int_equal(all, integer(row, "accesses"));
        bins += all;
    }
    for (int kind = 0; kind < LATENCY_KIND_COUNT; kind++) {
        const json_t *l = json_object_get(json_object_get(report, "latency"), stats_kind_name((enum latency_kind)kind));

        kinds += integer(l, "accesses");
        bin = json_array_get(json_object_get(l, "histogram"), 0);
        plain += json_integer_value(json_array_get(bin, 1)); /* of 0 cycles */
    }
    assert_int_equal(bins, kinds);
    assert_int_equal(hits, plain);
    assert_int_equal(integer(latency, "accesses_left_off"), 0);
}

static void check_cycles(const json_t *report, const json_t *cycles)
{
    static const char *const parts[] = { "micro_tlb", "main_tlb", "walk_cache", "ipa_cache", "walk", "wait" };
    json_int_t sum = 0, all = 0;
    const json_t *row;
    size_t i;

    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        sum += integer(cycles, parts[k]);
    json_array_foreach(json_object_get(cycles, "fetches"), i, row)
    {
        assert_true(integer(row, "L1D") >= 0 && integer(row, "L2") >= 0 && integer(row, "memory") >= 0);
        sum += integer(row, "L1D") + integer(row, "L2") + integer(row, "memory");
    }
    for (int kind = 0; kind < LATENCY_KIND_COUNT; kind++)
        all += integer(json_object_get(json_object_get(report, "latency"), stats_kind_name((enum latency_kind)kind)),
                       "cycles");
    assert_int_equal(integer(cycles, "all"), all);
    assert_int_equal(sum, all);
}

/* Growth adds up to the counters. */
static void check_time(const struct replay *r, const json_t *time)
{
    const json_t *core, *n, *records = json_object_get(time, "records");
    size_t i, k;

    assert_true(json_array_size(records) > 50 && json_array_size(records) < DETAIL_SAMPLES);
    assert_int_equal(json_integer_value(json_array_get(records, json_array_size(records) - 1)), r->record);
    json_array_foreach(json_object_get(time, "cores"), i, core)
    {
        for (unsigned c = 0; c < DETAIL_FOLLOWED; c++) {
            json_int_t sum = 0;

            json_array_foreach(json_object_get(core, count_row(detail_followed[c])->name), k, n) sum +=
                json_integer_value(n);
            assert_int_equal(sum, r->machine->cluster.core[integer(core, "core")].mmu.count.v[detail_followed[c]]);
        }
    }
}

/* Every first page of an access that missed and did not fault is in some row. */
static void check_spaces(const struct replay *r, const json_t *spaces)
{
    json_int_t misses = integer(spaces, "misses_left_off"), refills = 0;
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(spaces, "rows"), i, row)
    {
        misses += json_integer_value(json_array_get(row, 8)) + json_integer_value(json_array_get(row, 9));
        assert_true(json_integer_value(json_array_get(row, 5)) <
                    (json_int_t)json_array_size(json_object_get(spaces, "types")));
        assert_true(json_integer_value(json_array_get(row, 6)) + json_integer_value(json_array_get(row, 7)) > 0);
    }
    for (unsigned c = 0; c < CORES_MAX; c++) {
        const uint64_t *n = r->machine->cluster.core[c].mmu.count.v;

        refills += (json_int_t)(n[COUNT_L1I_TLB_REFILL] + n[COUNT_L1D_TLB_REFILL]);
    }
    assert_true(misses <= refills && misses > refills * 99 / 100); /* faults, second pages, cache maintenance */
}

static void agrees_with_the_report(void **state)
{
    struct replay_request q[2];
    struct replay *r = replay(*state, &q[0], true), *without = replay(*state, &q[1], false);
    json_t *report = report_json(r), *plain = report_json(without), *detail = report_detail_json(r);

    assert_non_null(detail);
    check_latency(report, json_object_get(detail, "latency"));
    check_cycles(report, json_object_get(detail, "cycles"));
    check_time(r, json_object_get(detail, "time"));
    check_spaces(r, json_object_get(detail, "spaces"));
    assert_true(json_array_size(json_object_get(json_object_get(detail, "tables"), "rows")) > 10);
    json_object_del(report, "run");
    json_object_del(plain, "run");
    assert_true(json_equal(report, plain));
    json_decref(report);
    json_decref(plain);
    json_decref(detail);
    replay_free(r);
    replay_free(without);
}

static const struct bin_row {
    const char *name;
    uint32_t cycles, least;
} bins[] = {
    { "none", 0, 0 },
    { "the last exact one", 255, 255 },
    { "the first octave", 256, 256 },
    { "within a bin of 4", 259, 256 },
    { "the next", 260, 260 },
    { "1000", 1000, 1000 },
    { "4095", 4095, 4064 },
    { "4096", 4096, 4096 },
    { "the largest there is", UINT32_MAX, 0xFE000000 },
};

static void bin_of(void **state)
{
    const struct bin_row *row = *state;

    assert_true(detail_bin(row->cycles) < DETAIL_BINS);
    assert_int_equal(detail_bin_least(detail_bin(row->cycles)), row->least);
}

static void samples_halve(void **state)
{
    struct detail *d = detail_new();
    struct cluster *c = calloc(1, sizeof *c);
    uint64_t done = 0;

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        done += 128;
        c->core[1].mmu.count.v[COUNT_INST_RETIRED] = done;
        detail_batch(d, c, done);
        assert_true(d->samples < DETAIL_SAMPLES);
    }
    detail_end(d, c, done);
    detail_end(d, c, done);
    assert_int_equal(d->sample_every, 128 * 8);
    for (unsigned i = 0; i < d->samples; i++) {
        assert_int_equal(d->sample[i].count[1][0], d->sample[i].records);
        assert_true(i == 0 || d->sample[i].records - d->sample[i - 1].records <= d->sample_every);
    }
    assert_int_equal(d->sample[d->samples - 1].records, done);
    detail_free(d);
    free(c);
}

int main(void)
{
    static struct rows all;

    params_default(&config);
    rows_add(&all, bin_of, ROWS_OF(bins));
    rows_add_test(&all, "samples halve", samples_halve, NULL);
    rows_add(&all, agrees_with_the_report, ROWS_OF(whole_rows));
    return rows_run(&all, "sim/replay/detail");
}
