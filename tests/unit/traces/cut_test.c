/* A cut trace begins where the long one was: same registers, same tables, same records from there on. */
#include "tests/unit/traces/trace_fixture.h"
#include "traces/cut.h"
#include "traces/pack_format.h"

#define COUNT 600
#define CORES 3
#define REGISTERS 6
#define PAGES 4
#define PAGE_BASE 0x40000000ull

static struct trace_rec recs[COUNT];

/* The state that a reader of a trace would have built. */
struct state {
    uint64_t registers[CORES][REGISTERS];
    bool known[CORES][REGISTERS];
    uint64_t words[PAGES + 1][TRACE_PAGE_BYTES / 8]; /* the last page is not carried by the trace */
};

static int setup(void **state)
{
    uint64_t seed = 17;

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        uint64_t r = fixture_random(&seed);
        struct trace_rec rec = { .op = REC_FETCH, .n = 1, .va = (r >> 20 & 0xff) * 4, .pa = (r >> 20 & 0xff) * 4 };

        rec.core = (uint8_t)((r & 0xff) % CORES);
        rec.el = r >> 8 & 1;
        rec.value = r >> 12;
        if (i % 3 == 0) {
            rec = (struct trace_rec){ .op = REC_MSR, .core = rec.core, .el = rec.el, .value = rec.value };
            rec.n = 0x8000 + (uint32_t)(r >> 16 & 0xff) % REGISTERS * 0x111;
        } else if (i % 3 == 1) {
            rec = (struct trace_rec){ .op = REC_TABW, .core = rec.core, .el = rec.el, .value = rec.value };
            rec.pa = PAGE_BASE + (r >> 16 & 0xffff) % (PAGES + 1) * TRACE_PAGE_BYTES + (r >> 40 & 7) * 8;
        }
        recs[i] = record_canonical(&rec);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(fixture_path(""));
}

static void state_apply(struct state *s, const struct trace_rec *rec)
{
    uint64_t at = rec->pa - PAGE_BASE;

    if (rec->op == REC_MSR) {
        s->registers[rec->core][(rec->n - 0x8000) / 0x111] = rec->value;
        s->known[rec->core][(rec->n - 0x8000) / 0x111] = true;
    } else if (rec->op == REC_TABW) {
        s->words[at / TRACE_PAGE_BYTES][at % TRACE_PAGE_BYTES / 8] = rec->value;
    }
}

static void write_long(const char *path)
{
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create(path, "a test", &err);
    uint8_t page[TRACE_PAGE_BYTES] = { 0 };

    assert_non_null(w);
    /* Not in order of their addresses. */
    for (unsigned i = PAGES; i-- > 0;) {
        pack_put64(page, i + 1);
        assert_true(trace_write_page(w, PAGE_BASE + i * (uint64_t)TRACE_PAGE_BYTES, page, &err));
    }
    for (int i = 0; i < COUNT; i++)
        assert_true(trace_write(w, &recs[i], &err));
    assert_true(trace_commit(w, &err));
}

static bool cut_by(const char *from_path, const char *to_path, struct cut_request *q, struct trace_error *err)
{
    struct trace_reader *r = trace_open(from_path, 0, err);
    struct trace_writer *w = trace_create(to_path, "a cut", err);
    bool ok;

    assert_non_null(r);
    assert_non_null(w);
    ok = cut_records(r, w, q, err);
    if (ok)
        ok = trace_commit(w, err);
    else
        trace_discard(w);
    trace_close(r);
    return ok;
}

static bool cut(const char *from_path, const char *to_path, const uint64_t range[2], struct trace_error *err)
{
    struct cut_request q = {
        .from = range[0], .to = range[1], .marker_from = CUT_NO_MARKER, .marker_to = CUT_NO_MARKER
    };

    return cut_by(from_path, to_path, &q, err);
}

/* Reads the cut's pages and all but the last `left` records into a state. */
static void state_of_cut(struct state *s, const char *path, size_t left)
{
    struct trace_error err;
    struct trace_reader *r = trace_open(path, 0, &err);
    uint8_t page[TRACE_PAGE_BYTES];
    struct trace_rec rec;
    uint64_t pa;

    assert_non_null(r);
    memset(s, 0, sizeof *s);
    for (int i = 0; i < PAGES; i++) {
        assert_int_equal(trace_read_page(r, &pa, page), 1);
        for (unsigned k = 0; k < TRACE_PAGE_BYTES / 8; k++)
            s->words[(pa - PAGE_BASE) / TRACE_PAGE_BYTES][k] = pack_get64(page + 8 * k);
    }
    assert_int_equal(trace_read_page(r, &pa, page), 0);
    assert_true(trace_get_info(r)->records >= left);
    for (uint64_t i = trace_get_info(r)->records - left; i > 0; i--) {
        assert_int_equal(trace_read(r, &rec, 1), 1);
        assert_true(rec.op == REC_MSR || rec.op == REC_TABW);
        state_apply(s, &rec);
    }
    trace_close(r);
}

static void the_state_is_right_at_every_cut(void **state)
{
    const char *in = fixture_path("in.swt"), *out = fixture_path("out.swt");
    static struct state want, got;

    (void)state;
    write_long(in);
    memset(&want, 0, sizeof want);
    for (unsigned i = 0; i < PAGES; i++)
        want.words[i][0] = i + 1;
    for (uint64_t from = 0; from < COUNT; from++) {
        struct trace_error err = { "" };
        const uint64_t range[2] = { from, from + 20 };
        size_t left = COUNT - from < 20 ? COUNT - from : 20;
        struct fixture_trace t;

        if (!cut(in, out, range, &err))
            fail_msg("%s", err.text);
        state_of_cut(&got, out, left);
        assert_memory_equal(&got, &want, sizeof got);
        t = fixture_read(out, 0);
        for (size_t i = 0; i < left; i++)
            assert_true(fixture_same(&t.recs[t.count - left + i], &recs[from + i]));
        fixture_free(&t);
        state_apply(&want, &recs[from]);
    }
    unlink(in);
    unlink(out);
}

static void all_of_a_trace_is_the_trace(void **state)
{
    const char *in = fixture_path("in.swt"), *out = fixture_path("out.swt");
    const uint64_t range[2] = { 0, UINT64_MAX };
    struct trace_error err = { "" };
    struct fixture_trace t;

    (void)state;
    write_long(in);
    assert_true(cut(in, out, range, &err));
    t = fixture_read(out, 0);
    assert_int_equal(t.count, COUNT);
    assert_int_equal(t.pages, PAGES);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(fixture_same(&t.recs[i], &recs[i]));
    fixture_free(&t);
    unlink(in);
    unlink(out);
}

/* Of words in pages that the trace does not carry, the last of each place is what counts, and all that is kept. */
static void overwritten_words_are_forgotten(void **state)
{
    const char *in = fixture_path("in.swt"), *out = fixture_path("out.swt");
    const uint64_t range[2] = { 100000, UINT64_MAX };
    struct trace_rec rec = { .op = REC_TABW };
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create(in, "test", &err);
    struct fixture_trace t;
    uint64_t last[7] = { 0 }, got[7] = { 0 };

    (void)state;
    assert_non_null(w);
    for (uint64_t i = 0; i <= 100000; i++) {
        rec.pa = PAGE_BASE + i % 7 * 8;
        rec.value = i;
        if (i < 100000)
            last[i % 7] = i;
        assert_true(trace_write(w, &rec, &err));
    }
    assert_true(trace_commit(w, &err));
    assert_true(cut(in, out, range, &err));
    t = fixture_read(out, 0);
    assert_true(t.count <= 65);
    for (size_t i = 0; i + 1 < t.count; i++) /* what a reader is left with */
        got[(t.recs[i].pa - PAGE_BASE) / 8] = t.recs[i].value;
    assert_memory_equal(got, last, sizeof got);
    assert_int_equal(t.recs[t.count - 1].value, 100000);
    fixture_free(&t);
    unlink(in);
    unlink(out);
}

static void nothing_to_cut_is_an_error(void **state)
{
    const char *in = fixture_path("in.swt"), *out = fixture_path("out.swt");
    const uint64_t range[2] = { COUNT, COUNT + 1 };
    struct trace_error err = { "" };

    (void)state;
    write_long(in);
    assert_false(cut(in, out, range, &err));
    assert_contains(err.text, "the trace has only 600 records: there is none from 600 on");
    assert_int_not_equal(access(out, F_OK), 0);
    unlink(in);
}

/* The markers at 100, 110, 120 of the trace below are HINT #5, #5, #6. */
static const struct marker_row {
    const char *name;
    int from, to;
    uint64_t records[2];
    uint64_t first, count; /* what is in the piece; count 0: refused */
} marker_rows[] = {
    { "to the end", 5, CUT_NO_MARKER, { 0, UINT64_MAX }, 100, COUNT - 100 },
    { "to another", 5, 6, { 0, UINT64_MAX }, 100, 20 },
    { "to the same again", 5, 5, { 0, UINT64_MAX }, 100, 10 },
    { "to one that does not come", 5, 7, { 0, UINT64_MAX }, 100, COUNT - 100 },
    { "from the first after a record", 5, 6, { 101, UINT64_MAX }, 110, 10 },
    { "before a record", 5, 6, { 0, 105 }, 100, 5 },
    { "from one that does not come", 7, CUT_NO_MARKER, { 0, UINT64_MAX }, 0, 0 },
    { "from one that comes too late", 6, CUT_NO_MARKER, { 0, 120 }, 0, 0 },
    { "from nowhere", CUT_NO_MARKER, 5, { 0, UINT64_MAX }, 0, 100 },
};

static void markers(void **state)
{
    const char *in = fixture_path("in.swt"), *out = fixture_path("out.swt");
    struct trace_rec kept[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        kept[i] = recs[100 + 10 * i];
        recs[100 + 10 * i] = (struct trace_rec){ .op = REC_SYS, .el = 1, .n = CUT_MARKER(i < 2 ? 5 : 6) };
    }
    write_long(in);
    for (size_t i = 0; i < sizeof marker_rows / sizeof *marker_rows; i++) {
        const struct marker_row *row = &marker_rows[i];
        struct cut_request q = {
            .from = row->records[0], .to = row->records[1], .marker_from = row->from, .marker_to = row->to
        };
        struct trace_error err = { "" };
        struct fixture_trace t;

        if (cut_by(in, out, &q, &err) != (row->count > 0))
            fail_msg("%s: %s", row->name, err.text);
        if (row->count == 0) {
            assert_contains(err.text, "there is no HINT #");
            continue;
        }
        t = fixture_read(out, 0);
        if (t.count < row->count || (row->first == 0 && t.count != row->count))
            fail_msg("%s: %zu records", row->name, t.count);
        for (size_t k = 0; k < row->count; k++)
            assert_true(fixture_same(&t.recs[t.count - row->count + k], &recs[row->first + k]));
        if (t.count > row->count)
            assert_int_not_equal(t.recs[t.count - row->count - 1].op, REC_FETCH);
        fixture_free(&t);
    }
    for (int i = 0; i < 3; i++)
        recs[100 + 10 * i] = kept[i];
    unlink(in);
    unlink(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_is_right_at_every_cut),
        cmocka_unit_test(all_of_a_trace_is_the_trace),
        cmocka_unit_test(nothing_to_cut_is_an_error),
        cmocka_unit_test(overwritten_words_are_forgotten),
        cmocka_unit_test(markers),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
