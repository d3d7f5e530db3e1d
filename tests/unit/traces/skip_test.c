/* Behind what is passed over stands what would have been read there. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/pack_format.h"

#include <zlib.h>

#define SAMPLE "traces/samples/zcu102-domU.swt"
#define RECORDS 2000000u
#define BLOCK PACK_BLOCK_RECORDS
#define LOOK 16 /* records that are compared */

/* Places in, at and around blocks of the file and of those records are read in. */
static const uint64_t places[] = {
    0,         1,     99,      100,       101,       4095,          4096,      4097,
    BLOCK - 1, BLOCK, 1234567, BLOCK + 1, 3 * BLOCK, 5 * BLOCK - 1, 5 * BLOCK, RECORDS - LOOK
};
#define PLACES (sizeof places / sizeof *places)

static struct trace_rec want[PLACES][LOOK];
static uint8_t *file;
static size_t file_bytes, third; /* where the third block of records begins */

static int setup(void)
{
    struct trace_reader *r = trace_open(SAMPLE, 0, NULL);
    struct trace_rec rec;
    size_t at, met = 0;

    assert_non_null(r);
    for (uint64_t i = 0; trace_read(r, &rec, 1) == 1; i++)
        for (size_t p = 0; p < PLACES; p++)
            if (i - places[p] < LOOK)
                want[p][i - places[p]] = rec;
    trace_close(r);
    file = fixture_bytes(SAMPLE, &file_bytes);
    for (at = PACK_HEAD_BYTES + pack_get32(file + 12) + 4; met < 3;
         at += PACK_BLOCK_HEAD_BYTES + pack_get32(file + at + 12)) {
        met += pack_get32(file + at) == PACK_RECORDS;
        third = at;
    }
    return 0;
}

static struct trace_reader *open_bytes(struct fixture_file f, unsigned flags)
{
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open(f.path, flags, &err);

    if (!r)
        fail_msg("%s", err.text);
    return r;
}

/* Reads to the end. Returns how many records, or -1 on damage. */
static int64_t read_rest(struct trace_reader *r)
{
    struct trace_rec recs[500];
    int64_t count = 0;
    int got;

    while ((got = trace_read(r, recs, 500)) > 0)
        count += got;
    return got < 0 ? -1 : count;
}

static const struct way {
    const char *name;
    unsigned flags;
    uint64_t read_first; /* so many are read before the rest is passed over */
    bool halves, dense, pages;
} ways[] = {
    { "at once" },
    { "at once, pages first", .pages = true },
    { "in two goes", .halves = true },
    { "after some were read", .read_first = 100 },
    { "after more were read, in two goes", .read_first = 4097, .halves = true },
    { "then by blocks", .dense = true },
    { "where damage must be seen", TRACE_RECOVER },
};

static void pass(struct trace_reader *r, const struct way *way, uint64_t records)
{
    struct trace_rec rec;
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;

    while (way->pages && trace_read_page(r, &pa, page) == 1)
        continue;
    for (uint64_t i = 0; i < way->read_first && records > 0; i++, records--)
        assert_int_equal(trace_read(r, &rec, 1), 1);
    if (way->halves)
        assert_int_equal(trace_skip(r, records / 2), records / 2);
    records -= way->halves ? records / 2 : 0;
    assert_int_equal(trace_skip(r, records), records);
}

static void what_stands_behind(void **state)
{
    static struct dense_block block;
    const struct way *way = *state;

    for (size_t p = 0; p < PLACES; p++) {
        struct trace_reader *r = trace_open(SAMPLE, way->flags, NULL);
        uint64_t done = 0;

        assert_non_null(r);
        pass(r, way, places[p]);
        for (uint32_t at = 0; done < LOOK; done++, at++) {
            struct trace_rec rec;

            if (way->dense && (done == 0 || at == block.count)) {
                assert_true(trace_read_dense(r, &block) > 0);
                at = 0;
            }
            if (way->dense)
                rec = dense_get(&block, at);
            else
                assert_int_equal(trace_read(r, &rec, 1), 1);
            if (!fixture_same(&rec, &want[p][done]))
                fail_msg("record %ju is another", (uintmax_t)(places[p] + done));
        }
        if (!way->dense)
            assert_int_equal(read_rest(r), RECORDS - places[p] - done);
        assert_int_equal(trace_get_info(r)->records, RECORDS);
        trace_close(r);
    }
}

static void no_further_than_the_end(void **state)
{
    struct fixture_file text;
    static const uint64_t more[] = { RECORDS, RECORDS + 1, UINT64_MAX };
    const char *lackey = " L 04222cac,8\nI  04000000,4\n S 1ffeffe7e8,8\n";
    struct trace_reader *r;

    (void)state;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        r = trace_open(SAMPLE, 0, NULL);
        assert_non_null(r);
        assert_int_equal(trace_skip(r, more[i]), RECORDS);
        assert_int_equal(trace_skip(r, more[i]), 0);
        assert_int_equal(read_rest(r), 0);
        trace_close(r);
    }
    text = fixture_file(lackey, strlen(lackey));
    r = open_bytes(text, 0);
    assert_int_equal(trace_skip(r, 2), 2);
    assert_int_equal(trace_skip(r, 2), 1);
    assert_int_equal(trace_skip(r, 2), 0);
    trace_close(r);
    fixture_close(text);
}

static void seal(uint8_t *head)
{
    pack_put32(head + 16, (uint32_t)crc32(0, head + PACK_BLOCK_HEAD_BYTES, pack_get32(head + 12)));
    pack_put32(head + 20, (uint32_t)crc32(0, head, 20));
}

/* What is wrong with a file whose first three blocks and a half are passed over, and what is said of it. */
static const struct wrong {
    const char *name;
    size_t at; /* in the end block's payload; or in the third block, when: */
    bool in_third;
    uint64_t add;      /* to the 64 bits there */
    const char *words; /* NULL: nothing, it has not been looked at */
} wrongs[] = {
    { "a payload that is passed over", PACK_BLOCK_HEAD_BYTES + 500, true, 1, NULL },
    { "a header that is passed over", 16, true, 1, "header checksum differs" },
    { "pages", 0, false, 1, "totals differ" },
    { "records", 8, false, 1, "totals differ" },
    { "instructions, too few", 16, false, 0 - 3000000ull, "totals differ" },
    { "cores, too few", 24, false, 0 - 1ull, "totals differ" },
    { "an operation", 32, false, 1, "totals differ" },
    { "instructions, a few more", 16, false, 1, NULL },
};

static void what_is_wrong(void **state)
{
    const struct wrong *row = *state;
    uint8_t *copy = malloc(file_bytes), *end;
    struct fixture_file f;
    struct trace_reader *r;

    assert_non_null(copy);
    memcpy(copy, file, file_bytes);
    end = copy + file_bytes - PACK_BLOCK_HEAD_BYTES - PACK_END_BYTES;
    if (row->in_third) {
        pack_put64(copy + third + row->at, pack_get64(copy + third + row->at) + row->add);
    } else {
        pack_put64(end + PACK_BLOCK_HEAD_BYTES + row->at, pack_get64(end + PACK_BLOCK_HEAD_BYTES + row->at) + row->add);
        seal(end);
    }
    f = fixture_file(copy, file_bytes);
    r = open_bytes(f, 0);
    trace_skip(r, 7 * BLOCK / 2);
    assert_int_equal(read_rest(r), row->words ? -1 : (int)(RECORDS - 7 * BLOCK / 2));
    assert_contains(trace_get_error(r)->text, row->words ? row->words : "");
    trace_close(r);
    r = open_bytes(f, TRACE_RECOVER); /* here all is looked at */
    trace_skip(r, 7 * BLOCK / 2);
    assert_true(read_rest(r) >= 0);
    assert_true(trace_recovered(r));
    trace_close(r);
    fixture_close(f);
    free(copy);
}

/* Operations that make up too few records, of none of which too few were met. */
static void operations_make_up_the_records(void **state)
{
    uint8_t *copy = malloc(file_bytes), *end, *op;
    struct fixture_file f;
    struct trace_reader *r;

    (void)state;
    assert_non_null(copy);
    memcpy(copy, file, file_bytes);
    end = copy + file_bytes - PACK_BLOCK_HEAD_BYTES - PACK_END_BYTES;
    op = end + PACK_BLOCK_HEAD_BYTES + 32;
    pack_put64(op, pack_get64(op) + 3);
    pack_put64(op + 8, pack_get64(op + 8) - 3);
    seal(end);
    f = fixture_file(copy, file_bytes);
    r = open_bytes(f, 0);
    assert_int_equal(trace_skip(r, RECORDS), RECORDS);
    assert_int_equal(read_rest(r), 0); /* cannot be told from here */
    trace_close(r);
    fixture_close(f);
    pack_put64(op, pack_get64(op) - 4);
    seal(end);
    f = fixture_file(copy, file_bytes);
    r = open_bytes(f, 0);
    trace_skip(r, RECORDS);
    assert_int_equal(read_rest(r), -1);
    trace_close(r);
    fixture_close(f);
    free(copy);
}

int main(void)
{
    static struct rows all;
    int status = setup();

    rows_add(&all, what_stands_behind, ROWS_OF(ways));
    rows_add_test(&all, "no further than the end", no_further_than_the_end, NULL);
    rows_add(&all, what_is_wrong, ROWS_OF(wrongs));
    rows_add_test(&all, "operations make up the records", operations_make_up_the_records, NULL);
    status = rows_run(&all, "traces/skip") + status;
    free(file);
    return status;
}
