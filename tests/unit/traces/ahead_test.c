/* What is read ahead is what would have been read, whoever reads it. */
#include "tests/unit/models/rounds.h"
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/ahead.h"
#include "traces/pack_format.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#define SAMPLE "traces/samples/zcu102-domU.swt"
#define BLOCKS_MAX 64

/* Where not all rounds are gone, each begins elsewhere, so that every round is gone with one of them. */
static const unsigned thread_counts[] = { 1, 2, 3, 8 };

static struct dense_block want;

/* The sample's bytes, and where its blocks begin. */
static uint8_t *file;
static size_t file_bytes, block[BLOCKS_MAX], blocks, first_of_records;

static int setup(void)
{
    size_t at;

    file = fixture_bytes(SAMPLE, &file_bytes);
    for (at = PACK_HEAD_BYTES + pack_get32(file + 12) + 4; at < file_bytes; blocks++) {
        assert_true(blocks < BLOCKS_MAX);
        block[blocks] = at;
        if (pack_get32(file + at) == PACK_PAGES)
            first_of_records = blocks + 1;
        at += PACK_BLOCK_HEAD_BYTES + pack_get32(file + at + 12);
    }
    return blocks - first_of_records > 5 ? 0 : 1;
}

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

static void assert_same_info(const struct trace_info *a, const struct trace_info *b)
{
    assert_string_equal(a->source, b->source);
    assert_int_equal(a->cores, b->cores);
    assert_int_equal(a->core_mask, b->core_mask);
    assert_int_equal(a->pages, b->pages);
    assert_int_equal(a->records, b->records);
    assert_int_equal(a->instructions, b->instructions);
    assert_memory_equal(a->op_count, b->op_count, sizeof a->op_count);
}

static void assert_same_block(const struct dense_block *b, int count)
{
    assert_int_equal(b->count, count);
    assert_memory_equal(b->rec, want.rec, (size_t)count * sizeof *want.rec);
    assert_int_equal(b->odd_count, want.odd_count);
    for (uint32_t i = 0; i < want.odd_count; i++)
        assert_true(fixture_same(&b->odd[i], &want.odd[i]));
}

struct reading {
    const char *path;
    unsigned flags, threads;
    uint64_t skip;
};

/* Compares block by block, to the end or the damage. Returns the number of records. */
static uint64_t compare(const struct reading *q)
{
    struct trace_reader *r = open_at_records(q->path, q->flags), *other = open_at_records(q->path, q->flags);
    const struct dense_block *b;
    uint64_t bytes, records = 0;
    struct ahead *a;
    int count;

    assert_int_equal(trace_skip(r, q->skip), q->skip);
    assert_int_equal(trace_skip(other, q->skip), q->skip);
    a = ahead_start(r, q->threads);
    assert_non_null(a);
    do {
        count = trace_read_dense(other, &want);
        assert_int_equal(ahead_next(a, &b, &bytes), count);
        assert_int_equal(bytes, trace_bytes_done(other));
        if (count > 0) {
            assert_same_block(b, count);
            records += (uint64_t)count;
        }
    } while (count > 0);
    assert_int_equal(ahead_next(a, &b, &bytes), count); /* and again */
    ahead_stop(a);
    assert_string_equal(trace_get_error(r)->text, trace_get_error(other)->text);
    assert_int_equal(trace_recovered(r), trace_recovered(other));
    assert_int_equal(trace_bytes_done(r), trace_bytes_done(other));
    assert_same_info(trace_get_info(r), trace_get_info(other));
    trace_close(r);
    trace_close(other);
    return records;
}

static void the_same_records(void **state)
{
    const unsigned *threads = *state;

    assert_int_equal(compare(&(struct reading){ SAMPLE, .threads = *threads }), 2000000);
    assert_int_equal(compare(&(struct reading){ SAMPLE, TRACE_RECOVER, *threads }), 2000000);
}

/* In a block, at its end, behind the last record. */
static void the_same_records_behind_a_skip(void **state)
{
    static const uint64_t skips[] = { 1, 5000, PACK_BLOCK_RECORDS, 3 * PACK_BLOCK_RECORDS + 7, 2000000 };
    const unsigned *threads = *state;
    unsigned round = *threads;

    for (size_t i = 0; i < sizeof skips / sizeof *skips; i++)
        for (unsigned flags = 0; flags <= TRACE_RECOVER; flags += TRACE_RECOVER)
            if (rounds_take(round++))
                assert_int_equal(compare(&(struct reading){ SAMPLE, flags, *threads, skips[i] }), 2000000 - skips[i]);
}

/* A trace of another format, and a pipe of ours, are read too. */
static void whatever_can_be_read(void **state)
{
    const unsigned *threads = *state;
    struct fixture_file f = fixture_file(file, file_bytes);
    const char *lackey = " L 04222cac,8\nI  04000000,4\n S 1ffeffe7e8,8\n";
    struct fixture_file g = fixture_file(lackey, strlen(lackey)), p = fixture_pipe(file, block[first_of_records]);
    struct trace_reader *r = open_at_records(p.path, 0);
    struct ahead *a = ahead_start(r, *threads);
    const struct dense_block *b;
    uint64_t bytes;

    assert_int_equal(ahead_next(a, &b, &bytes), -1);
    ahead_stop(a);
    assert_contains(trace_get_error(r)->text, "truncated");
    trace_close(r);
    assert_int_equal(compare(&(struct reading){ f.path, .threads = *threads }), 2000000);
    assert_int_equal(compare(&(struct reading){ g.path, .threads = *threads }), 3);
    fixture_close(p);
    fixture_close(g);
    fixture_close(f);
}

enum damage { FLIPPED_HEAD, FLIPPED_PAYLOAD, WRONG_COUNT, WRONG_KIND, UNFINISHED, CUT_SHORT, DAMAGE_COUNT };

static void seal(uint8_t *head)
{
    pack_put32(head + 16, (uint32_t)crc32(0, head + PACK_BLOCK_HEAD_BYTES, pack_get32(head + 12)));
    pack_put32(head + 20, (uint32_t)crc32(0, head, 20));
}

/* Damages the block that begins here; beyond what a checksum tells, too. Returns the length of the file. */
static size_t damage_block(uint8_t *head, enum damage damage, size_t length)
{
    switch (damage) {
    case FLIPPED_HEAD:
        head[9] ^= 1;
        break;
    case FLIPPED_PAYLOAD:
        head[PACK_BLOCK_HEAD_BYTES + pack_get32(head + 12) / 2] ^= 1;
        break;
    case WRONG_COUNT: /* the columns are not used up */
        pack_put32(head + 4, pack_get32(head + 4) - 1);
        seal(head);
        break;
    case WRONG_KIND: /* pages where there can be none; an end that is none */
        pack_put32(head, pack_get32(head) == PACK_RECORDS ? PACK_PAGES : PACK_RECORDS);
        seal(head);
        break;
    case UNFINISHED: /* the deflate stream is damaged */
        memset(head + PACK_BLOCK_HEAD_BYTES + pack_get32(head + 12) * 3 / 4, 0xff, 8);
        seal(head);
        break;
    case CUT_SHORT:
    case DAMAGE_COUNT:
        return length - 1;
    }
    return length;
}

/* Reads the file with the i-th block damaged, from a block or two before that on where the rest can be passed over. */
static void read_damaged(uint8_t *copy, size_t i, enum damage damage, unsigned threads)
{
    size_t before = i - first_of_records, end = i + 1 < blocks ? block[i + 1] : file_bytes;
    bool recover = damage == FLIPPED_PAYLOAD || damage == CUT_SHORT || i + 1 == blocks;
    uint64_t skip = recover || before < 3 ? 0 : (before - 2) * PACK_BLOCK_RECORDS;
    size_t bytes = damage == CUT_SHORT ? end : file_bytes;
    struct fixture_file f;
    uint64_t records;

    memcpy(copy, file, bytes);
    f = fixture_file(copy, damage_block(copy + block[i], damage, bytes));
    records = skip + compare(&(struct reading){ f.path, recover ? TRACE_RECOVER : 0, threads, skip });
    fixture_close(f);
    if (i + 1 == blocks)
        assert_int_equal(records, 2000000);
    else
        assert_in_range(records, before * PACK_BLOCK_RECORDS, (before + 1) * PACK_BLOCK_RECORDS - 1);
}

/* Each kind of damage, in each block of records and in the end block. */
static void damage_comes_in_its_place(void **state)
{
    const unsigned *threads = *state;
    unsigned round = *threads;
    uint8_t *copy = malloc(file_bytes);

    assert_non_null(copy);
    for (size_t i = first_of_records + 1; i < blocks; i++)
        for (int damage = 0; damage < DAMAGE_COUNT; damage++)
            if (rounds_take(round++))
                read_damaged(copy, i, (enum damage)damage, *threads);
    free(copy);
}

/* Of a pipe whose writer is in the middle of the second block, all of the first comes: nobody waits for more while
 * there is something to take. */
static void a_slow_writer_is_kept_up_with(void **state)
{
    const unsigned *threads = *state;
    const size_t second = block[first_of_records + 1], bytes = second + (block[first_of_records + 2] - second) / 2;
    struct fixture_file f = { .fd = -1 };
    struct trace_reader *r;
    struct ahead *a;
    const struct dense_block *b;
    uint64_t done;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) >= (int)bytes);
    assert_int_equal(write(ends[1], file, bytes), bytes);
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", ends[0]);
    r = open_at_records(f.path, 0);
    a = ahead_start(r, *threads);
    alarm(60);
    for (unsigned i = 0; i < PACK_BLOCK_RECORDS / DENSE_BLOCK; i++)
        assert_int_equal(ahead_next(a, &b, &done), DENSE_BLOCK);
    alarm(0);
    close(ends[1]);
    assert_int_equal(ahead_next(a, &b, &done), -1);
    ahead_stop(a);
    trace_close(r);
    close(ends[0]);
}

/* Stopped before anything was taken, after some blocks, and while the threads wait for room. */
static void stopped_anywhere(void **state)
{
    static const int taken[] = { 0, 1, 2, 40, 64, 65, 200 };
    const unsigned *threads = *state;
    const struct dense_block *b;
    uint64_t bytes;

    for (size_t t = 0; t < sizeof taken / sizeof *taken; t++) {
        for (int wait = 0; wait < 2; wait++) {
            struct trace_reader *r = open_at_records(SAMPLE, 0);
            struct ahead *a = ahead_start(r, *threads);

            assert_non_null(a);
            for (int i = 0; i < taken[t]; i++)
                assert_int_equal(ahead_next(a, &b, &bytes), DENSE_BLOCK);
            if (wait)
                usleep(20000);
            ahead_stop(a);
            trace_close(r);
        }
    }
    ahead_stop(NULL);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*test)(void **);
    } tests[] = {
        { "the same records", the_same_records },
        { "the same records behind a skip", the_same_records_behind_a_skip },
        { "whatever can be read", whatever_can_be_read },
        { "a slow writer is kept up with", a_slow_writer_is_kept_up_with },
        { "damage comes in its place", damage_comes_in_its_place },
        { "stopped anywhere", stopped_anywhere },
    };
    static char names[sizeof tests / sizeof *tests][4][80];
    static struct rows all;

    if (setup() != 0)
        return 1;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        for (size_t t = 0; t < 4; t++) {
            snprintf(names[i][t], sizeof names[i][t], "%s, threads: %u", tests[i].name, thread_counts[t]);
            rows_add_test(&all, names[i][t], tests[i].test, &thread_counts[t]);
        }
    }
    return rows_run(&all, "traces/ahead");
}
