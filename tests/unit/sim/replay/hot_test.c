/* Hot places: every cycle is in some row, whatever the engine, and no row is of too many. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/symbols_made.h"
#include "tests/unit/traces/trace_fixture.h"

#include "platforms/zynqmp/params.h"
#include "sim/replay/replay.h"

#define DOM0 "traces/samples/zcu102-dom0.swt"
#define DOMU "traces/samples/zcu102-domU.swt"

static struct config config;

static struct replay *replay(struct replay_request *q, const char *path)
{
    struct trace_error err;
    struct replay *r;

    q->path = path;
    q->config = &config;
    r = replay_trace(q, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

/* ---- Rows ---- */

static uint32_t count_at(struct hot *h, uint64_t code, uint64_t data)
{
    struct hot_access a = { .code = { code, 1, 0 }, .data = { data, 1, 0 }, .misses = 1, .walks = 1 };
    uint32_t ticket = hot_count(h, &a);

    hot_add_cycles(h, ticket, 10);
    return ticket;
}

static void one_row_a_place(void **state)
{
    struct hot *h = hot_new();
    struct hot_access fetch = { .code = { 0x1000, 2, 3 }, .fetch = true, .misses = 2 };
    struct hot_sum *sums;

    (void)state;
    assert_int_equal(count_at(h, 0x1000, 0x9000), count_at(h, 0x1000, 0x9000));
    assert_true(count_at(h, 0x1000, 0x9000) != count_at(h, 0x1004, 0x9000));
    hot_add_cycles(h, hot_count(h, &fetch), 5);
    assert_int_equal(hot_rank(h, HOT_CODE, NULL, &sums), 2); /* pages, by domain */
    assert_int_equal(sums[0].place.domain, 1);
    assert_int_equal(sums[0].place.va, 0x1000);
    assert_int_equal(sums[0].cycles, 40);
    assert_int_equal(sums[0].misses, 4);
    assert_int_equal(sums[0].walks, 4);
    assert_int_equal(sums[1].cycles, 5);
    assert_int_equal(sums[1].misses, 2);
    assert_int_equal(sums[1].place.asid, 3);
    free(sums);
    assert_int_equal(hot_rank(h, HOT_DATA, NULL, &sums), 1); /* a fetch is no data */
    assert_int_equal(sums[0].cycles, 40);
    free(sums);
    hot_free(h);
}

/* Later places share the rows of their pages, and the last have none; nothing is lost. */
static void many_places(void **state)
{
    const uint64_t places = 16 * (uint64_t)HOT_ROWS;
    struct hot *h = hot_new();
    struct hot_sum *sums;
    struct hot_row rest;
    uint64_t cycles = 0;
    long count;

    (void)state;
    for (uint64_t i = 0; i < places; i++)
        count_at(h, i * 0x800, 0x4000);
    rest = hot_rest(h, HOT_CODE);
    assert_true(rest.misses > 0);
    assert_int_equal(rest.cycles, 10 * rest.misses);
    assert_int_equal(hot_rest(h, HOT_DATA).misses, 0);
    count = hot_rank(h, HOT_CODE, NULL, &sums);
    assert_true(count > HOT_EXACT / 2 && count <= HOT_ROWS);
    for (long i = 0; i < count; i++)
        cycles += sums[i].cycles;
    assert_int_equal(cycles + rest.cycles, 10 * places);
    free(sums);
    hot_free(h);
}

static void by_symbol(void **state)
{
    static struct elf_made made;
    static const uint64_t bases[2] = { 0x10000, 0x400000 };
    static const struct made_symbol names[] = { { "f", 0x10000, 0x1800, STT_FUNC, STB_GLOBAL, 1 },
                                                { "o", 0x400000, 8, STT_OBJECT, STB_GLOBAL, 2 } };
    struct hot *h = hot_new();
    struct symbols *s = symbols_new();
    struct trace_error err;
    struct hot_sum *sums;
    struct fixture_file f;

    (void)state;
    made_program(&made, ET_EXEC, ".symtab", bases, names, 2);
    f = fixture_file(made.bytes, made.count);
    assert_true(symbols_add(s, f.path, &err));
    fixture_close(f);
    count_at(h, 0x10010, 0x400000);
    count_at(h, 0x11010, 0x400004);
    count_at(h, 0x11800, 0x400008);
    count_at(h, 0x900000, 0x800000);
    assert_int_equal(hot_rank(h, HOT_CODE, s, &sums), 3);
    assert_string_equal(sums[0].symbol->name, "f");
    assert_int_equal(sums[0].place.va, 0x10000);
    assert_int_equal(sums[0].cycles, 20);
    assert_string_equal(sums[1].symbol->name, ".text");
    assert_null(sums[2].symbol);
    assert_int_equal(sums[2].place.va, 0x900000);
    free(sums);
    assert_int_equal(hot_rank(h, HOT_DATA, s, &sums), 3);
    assert_string_equal(sums[0].symbol->name, "o");
    free(sums);
    symbols_free(s);
    hot_free(h);
}

/* ---- Of a trace ---- */

static const struct whole_row {
    const char *name, *path;
    enum replay_engine engine;
    uint32_t utlb;
    bool rows;
} whole_rows[] = {
    { "dom0, fast", DOM0, REPLAY_FAST, 0, false },      { "domU, fast", DOMU, REPLAY_FAST, 0, false },
    { "domU, tlm", DOMU, REPLAY_TLM, 0, false },        { "dom0, tlm, hits of 2 cycles", DOM0, REPLAY_TLM, 2, false },
    { "domU, fast, rows", DOMU, REPLAY_FAST, 1, true },
};

/* The rows of a domain add up to what the domain has, and asking for them changes nothing. */
static void check_whole(void **state)
{
    const struct whole_row *row = *state;
    struct out_file sink = { 0 };
    struct trace_error err;
    struct replay_request q = { .engine = row->engine, .quantum_ns = 1000 }, with = q;
    struct replay *plain, *r;
    struct hot_sum *sums;
    uint64_t cycles[DOMAIN_COUNT] = { 0 }, walks[DOMAIN_COUNT] = { 0 };
    long count;

    params_default(&config);
    config.price.utlb = row->utlb;
    with.top = 1;
    if (row->rows) {
        assert_true(out_file_open(&sink, "/dev/null", &err));
        with.records = &sink;
    }
    plain = replay(&q, row->path);
    r = replay(&with, row->path);
    count = hot_rank(r->hot, HOT_CODE, NULL, &sums);
    assert_true(count > 100);
    for (long i = 0; i < count; i++) {
        cycles[sums[i].place.domain] += sums[i].cycles;
        walks[sums[i].place.domain] += sums[i].walks;
    }
    free(sums);
    assert_true(hot_rest(r->hot, HOT_CODE).misses <= 1); /* before the first fetch */
    for (unsigned i = 0; i < DOMAIN_COUNT; i++) {
        assert_int_equal(r->stats.domain[i].cycles, plain->stats.domain[i].cycles);
        assert_in_range(r->stats.domain[i].cycles - row->utlb * r->stats.domain[i].accesses - cycles[i], 0,
                        hot_rest(r->hot, HOT_CODE).cycles);
        assert_in_range(r->stats.domain[i].walks - walks[i], 0, hot_rest(r->hot, HOT_CODE).walks);
    }
    replay_free(plain);
    replay_free(r);
    if (row->rows)
        out_file_discard(&sink);
}

/* A load is its instruction's, which stands in the run fetched last by its own core: in this batch, or in one
 * before. */
static void whose_instruction(void **state)
{
    struct trace_rec recs[400];
    struct replay_request q = { .engine = REPLAY_FAST, .top = 1 };
    struct hot_sum *sums;
    struct replay *r;
    unsigned n = 0;

    (void)state;
    params_default(&config);
    recs[n++] = (struct trace_rec){ .op = REC_FETCH, .core = 1, .el = 1, .n = 9, .va = 0x50000, .pa = 0x50000 };
    recs[n++] = (struct trace_rec){ .op = REC_FETCH, .el = 1, .n = 9, .va = 0x40000, .pa = 0x40000 };
    while (n < 390)
        recs[n++] = (struct trace_rec){ .op = REC_LOAD, .el = 1, .va = 0x7000, .pa = 0x7000, .n = 4 };
    recs[n++] = (struct trace_rec){ .op = REC_LOAD, .core = 1, .el = 1, .va = 0x8000, .pa = 0x8000, .n = 8 };
    recs[n++] = (struct trace_rec){ .op = REC_FETCH, .el = 1, .n = 9, .va = 0x41000, .pa = 0x41000 };
    recs[n++] = (struct trace_rec){ .op = REC_STORE, .el = 1, .va = 0x9000, .pa = 0x9000, .n = 0x10 };
    fixture_write(fixture_path("hot.swt"), recs, n, 0);
    r = replay(&q, fixture_path("hot.swt"));
    unlink(fixture_path("hot.swt"));
    assert_int_equal(hot_rank(r->hot, HOT_CODE, NULL, &sums), 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(sums[i].place.va, 0x40000 + 0x1000 * i + (i == 2 ? 0xE000 : 0));
        assert_int_equal(sums[i].misses, 2); /* the fetch, and one access */
    }
    free(sums);
    assert_int_equal(hot_rank(r->hot, HOT_DATA, NULL, &sums), 3);
    free(sums);
    replay_free(r);
    rmdir(fixture_path(""));
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "one row a place", one_row_a_place, NULL);
    rows_add_test(&all, "many places", many_places, NULL);
    rows_add_test(&all, "by symbol", by_symbol, NULL);
    rows_add(&all, check_whole, ROWS_OF(whole_rows));
    rows_add_test(&all, "whose instruction", whose_instruction, NULL);
    return rows_run(&all, "sim/hot");
}
