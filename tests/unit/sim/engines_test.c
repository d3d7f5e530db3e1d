/* The two engines on real guests: the same bytes in trace order; free-running nothing but cycles differs, and the same
 * bytes come again. */
#include "platforms/zynqmp/params.h"
#include "sim/replay/report.h"

#include "tests/unit/models/rows.h"
#include <stdlib.h>

static const char *const samples[] = { "traces/samples/zcu102-dom0.swt", "traces/samples/zcu102-domU.swt" };

/* Replays and reports, without what is of the run: engine, times, memory. */
/* A parameter that is not the default, "" for none. */
static const char *odd_key = "", *odd_value;

static json_t *report_of(const char *path, enum replay_engine engine, bool trace_order, uint64_t quantum_ns)
{
    struct config config;
    char why[128];
    struct replay_request q = { .path = path,
                                .config = &config,
                                .verify = true,
                                .engine = engine,
                                .trace_order = trace_order,
                                .quantum_ns = quantum_ns };
    struct trace_error err = { "" };
    struct replay *r;
    json_t *report;

    params_default(&config);
    if (*odd_key) {
        assert_null(params_set(&config, odd_key, odd_value, why, sizeof why));
        q.part = REPLAY_FIRST;
        q.records_max = 300000;
    }
    r = replay_trace(&q, &err);
    if (!r)
        fail_msg("%s", err.text);
    assert_true(replay_agrees(r));
    report = report_json(r);
    assert_non_null(report);
    assert_int_equal(json_object_del(report, "run"), 0);
    replay_free(r);
    return report;
}

static void assert_same(json_t *a, json_t *b)
{
    char *x = json_dumps(a, JSON_INDENT(1)), *y = json_dumps(b, JSON_INDENT(1));

    assert_string_equal(x, y);
    free(x);
    free(y);
}

static void same_bytes_in_trace_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        json_t *fast = report_of(samples[i], REPLAY_FAST, false, 0);
        json_t *tlm = report_of(samples[i], REPLAY_TLM, true, 1000);

        assert_same(fast, tlm);
        json_decref(fast);
        json_decref(tlm);
    }
}

/* Numbers that no machine has, but a user may ask for: what is taken for longer than it takes, what takes nothing. */
struct odd_row {
    const char *name, *value;
};

static const struct odd_row odd_rows[] = {
    { "cost.utlb", "5" },         { "cost.l2", "1" },           { "cost.l1d", "50" },
    { "cost.cci", "1000" },       { "cost.ddr", "0" },          { "ddr.banks", "0" },
    { "busy.l2", "1000" },        { "busy.cci", "1000" },       { "busy.ddr_bank", "10000" },
    { "busy.device", "10000" },   { "busy.tlbi_all", "10000" }, { "cluster.fetch_ahead", "0" },
    { "cluster.clock_mhz", "1" },
};

static void check_odd(void **state)
{
    const struct odd_row *row = *state;
    json_t *fast, *tlm;

    odd_key = row->name;
    odd_value = row->value;
    fast = report_of(samples[1], REPLAY_FAST, false, 0);
    tlm = report_of(samples[1], REPLAY_TLM, true, 1000);
    odd_key = "";
    assert_same(fast, tlm);
    json_decref(fast);
    json_decref(tlm);
}

/* Takes out what is made of cycles. */
static void drop_cycles(json_t *report)
{
    static const char *const pmu[] = { "CPU_CYCLES", "IC_DEP_STALL", "IUTLB_DEP_STALL", "LD_DEP_STALL" };
    static const char *const own[] = { "WALK_CYCLES", "XLAT_CYCLES", "XLAT_WAIT", "LINE_WAIT", "DVM_WAIT" };
    static const char *const domain[] = { "translation_cycles", "translation_wait_cycles", "line_wait_cycles" };
    static const char *const kinds[] = { "fetch", "load", "store" };
    static const char *const latency[] = { "cycles", "mean", "p50", "p90", "p99", "p999", "max", "histogram" };
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(report, "cores"), i, row)
    {
        for (size_t k = 0; k < sizeof pmu / sizeof *pmu; k++)
            assert_int_equal(json_object_del(json_object_get(row, "pmu"), pmu[k]), 0);
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            assert_int_equal(json_object_del(json_object_get(row, "model"), own[k]), 0);
    }
    json_array_foreach(json_object_get(report, "domains"), i, row)
    {
        for (size_t k = 0; k < sizeof domain / sizeof *domain; k++)
            assert_int_equal(json_object_del(row, domain[k]), 0);
    }
    for (size_t n = 0; n < 3; n++) {
        row = json_object_get(json_object_get(report, "latency"), kinds[n]);
        for (size_t k = 0; k < sizeof latency / sizeof *latency; k++)
            assert_int_equal(json_object_del(row, latency[k]), 0);
    }
    assert_int_equal(json_object_del(report, "contention"), 0);
}

static void free_running_differs_in_cycles_only(void **state)
{
    static const uint64_t quanta[] = { 0, 1000, 1000000 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        json_t *fast = report_of(samples[i], REPLAY_FAST, false, 0);

        drop_cycles(fast);
        for (size_t k = 0; k < 3; k++) {
            json_t *tlm = report_of(samples[i], REPLAY_TLM, false, quanta[k]);

            assert_true(json_array_size(json_object_get(tlm, "contention")) > 0);
            drop_cycles(tlm);
            assert_same(fast, tlm);
            json_decref(tlm);
        }
        json_decref(fast);
    }
}

static void the_same_bytes_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        json_t *once = report_of(samples[i], REPLAY_TLM, false, 1000);
        json_t *again = report_of(samples[i], REPLAY_TLM, false, 1000);

        assert_same(once, again);
        json_decref(once);
        json_decref(again);
    }
}

/* Two domains on cores of their own make each other later. */
static void domains_slow_each_other(void **state)
{
    json_t *report = report_of(samples[1], REPLAY_TLM, false, 1000), *row;
    unsigned domains = 0;
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(report, "domains"), i, row)
    {
        if (json_is_null(json_object_get(row, "vmid")))
            continue;
        domains++;
        assert_true(json_integer_value(json_object_get(row, "translation_wait_cycles")) > 0);
        assert_true(json_integer_value(json_object_get(row, "line_wait_cycles")) > 0);
    }
    assert_int_equal(domains, 2);
    json_decref(report);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "the same bytes in trace order", same_bytes_in_trace_order, NULL);
    rows_add(&all, check_odd, ROWS_OF(odd_rows));
    rows_add_test(&all, "free-running differs in cycles only", free_running_differs_in_cycles_only, NULL);
    rows_add_test(&all, "the same bytes again", the_same_bytes_again, NULL);
    rows_add_test(&all, "domains slow each other", domains_slow_each_other, NULL);
    return rows_run(&all, "sim/engines");
}
