/* What is read ahead is what would have been read. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/ahead.h"

#include <fcntl.h>

#define SAMPLE "traces/samples/zcu102-domU.swt"

static struct dense_block want;

static struct trace_reader *open_at_records(const char *path, unsigned flags)
{
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open(path, flags, &err);
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;

    if (!r)
        fail_msg("%s", err.text);
    while (trace_read_page(r, &pa, page) == 1)
        continue;
    return r;
}

/* Compares block by block, to the end or the damage. Returns the number of records. */
static uint64_t compare(const char *path, unsigned flags)
{
    struct trace_reader *r = open_at_records(path, flags), *other = open_at_records(path, flags);
    struct ahead *a = ahead_start(r);
    const struct dense_block *block;
    uint64_t bytes, records = 0;
    int count;

    assert_non_null(a);
    do {
        count = trace_read_dense(other, &want);
        assert_int_equal(ahead_next(a, &block, &bytes), count);
        if (count <= 0)
            break;
        assert_int_equal(block->count, count);
        assert_memory_equal(block->rec, want.rec, (size_t)count * sizeof *want.rec);
        for (uint32_t i = 0; i < want.odd_count; i++)
            assert_true(fixture_same(&block->odd[i], &want.odd[i]));
        assert_int_equal(bytes, trace_bytes_done(other));
        records += (uint64_t)count;
    } while (count > 0);
    assert_int_equal(ahead_next(a, &block, &bytes), count); /* and again */
    ahead_stop(a);
    assert_string_equal(trace_get_error(r)->text, trace_get_error(other)->text);
    assert_int_equal(trace_recovered(r), trace_recovered(other));
    trace_close(r);
    trace_close(other);
    return records;
}

static void the_same_records(void **state)
{
    (void)state;
    assert_int_equal(compare(SAMPLE, 0), 2000000);
}

/* The sample up to a byte in its records. */
static const char *damaged(void)
{
    static uint8_t bytes[500000];
    const char *path = fixture_path("short.swt");
    FILE *in = fopen(SAMPLE, "rb"), *out = fopen(path, "wb");

    assert_non_null(in);
    assert_non_null(out);
    assert_int_equal(fread(bytes, 1, sizeof bytes, in), sizeof bytes);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, out), sizeof bytes);
    fclose(in);
    assert_int_equal(fclose(out), 0);
    return path;
}

static void damage_comes_in_its_place(void **state)
{
    uint64_t records;

    (void)state;
    records = compare(damaged(), TRACE_RECOVER);
    assert_in_range(records, 1, 1999999);
    unlink(fixture_path("short.swt"));
}

/* Stopped before anything was taken, and after one block, while the thread waits for room. */
static void stopped_anywhere(void **state)
{
    const struct dense_block *block;
    uint64_t bytes;

    (void)state;
    for (int blocks = 0; blocks < 3; blocks++) {
        struct trace_reader *r = open_at_records(SAMPLE, 0);
        struct ahead *a = ahead_start(r);

        assert_non_null(a);
        for (int i = 0; i < blocks; i++)
            assert_int_equal(ahead_next(a, &block, &bytes), DENSE_BLOCK);
        ahead_stop(a);
        trace_close(r);
    }
    ahead_stop(NULL);
}

int main(void)
{
    static struct rows all;
    int status;

    rows_add_test(&all, "the same records", the_same_records, NULL);
    rows_add_test(&all, "damage comes in its place", damage_comes_in_its_place, NULL);
    rows_add_test(&all, "stopped anywhere", stopped_anywhere, NULL);
    status = rows_run(&all, "traces/ahead");
    return status;
}
