/* Packed files: whole ones come back whole; of damaged ones nothing false is ever told. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"

#include <sys/stat.h>

#define STORY_RECORDS 120
#define STORY_PAGES 3

static struct trace_rec story[STORY_RECORDS];
static size_t story_count;
static uint8_t *file; /* the story, packed */
static size_t file_bytes;
static struct fixture_trace whole;

static int setup(void)
{
    const char *path = fixture_path("story.swt");

    story_count = fixture_story(story, STORY_RECORDS);
    fixture_write(path, story, story_count, STORY_PAGES);
    file = fixture_bytes(path, &file_bytes);
    whole = fixture_read(path, 0);
    return unlink(path);
}

static int teardown(void)
{
    free(file);
    fixture_free(&whole);
    return rmdir(fixture_path(""));
}

static struct fixture_trace read_bytes(const uint8_t *bytes, size_t count, unsigned flags)
{
    struct fixture_file f = fixture_file(bytes, count);
    struct fixture_trace t = fixture_read(f.path, flags);

    fixture_close(f);
    return t;
}

static void assert_prefix_of_story(const struct fixture_trace *t)
{
    assert_true(t->count <= story_count);
    for (size_t i = 0; i < t->count; i++)
        assert_true(fixture_same(&t->recs[i], &story[i]));
}

static void assert_whole(const struct fixture_trace *t)
{
    assert_false(t->failed);
    assert_int_equal(t->count, story_count);
    assert_int_equal(t->pages, STORY_PAGES);
    assert_int_equal(t->page_sum, whole.page_sum);
    assert_prefix_of_story(t);
}

static void a_file_comes_back(void **state)
{
    (void)state;
    assert_whole(&whole);
    assert_false(whole.recovered);
    assert_string_equal(whole.message, "");
}

static void a_pipe_is_enough(void **state)
{
    struct fixture_file f = fixture_pipe(file, file_bytes);
    struct fixture_trace t = fixture_read(f.path, 0);

    (void)state;
    assert_whole(&t);
    fixture_free(&t);
    fixture_close(f);
}

static void reading_twice_gives_the_same_bytes(void **state)
{
    const char *path = fixture_path("again.swt");
    size_t bytes;
    uint8_t *again;

    (void)state;
    fixture_write(path, whole.recs, whole.count, STORY_PAGES);
    again = fixture_bytes(path, &bytes);
    assert_int_equal(bytes, file_bytes);
    assert_memory_equal(again, file, bytes);
    free(again);
    unlink(path);
}

static void totals_are_known_at_once(void **state)
{
    struct fixture_file f = fixture_file(file, file_bytes);
    struct trace_reader *r = trace_open(f.path, 0, NULL);
    const struct trace_info *info;
    uint64_t ops = 0;

    (void)state;
    assert_non_null(r);
    info = trace_get_info(r);
    assert_string_equal(info->source, "a test");
    assert_int_equal(info->records, story_count);
    assert_int_equal(info->pages, STORY_PAGES);
    assert_int_equal(info->cores, (unsigned)__builtin_popcount(info->core_mask));
    assert_true(info->op_count[REC_FETCH] > 0 && info->instructions >= 5 * info->op_count[REC_FETCH] / 2);
    for (int op = 0; op < REC_OP_COUNT; op++)
        ops += info->op_count[op];
    assert_int_equal(ops, story_count);
    assert_int_equal(trace_bytes_total(r), file_bytes);
    trace_close(r);
    fixture_close(f);
}

/* A pipe cannot be sought in: there the counts grow with reading, to the same end. */
static void totals_of_a_pipe_are_counted(void **state)
{
    struct fixture_file f = fixture_pipe(file, file_bytes);
    struct trace_reader *r = trace_open(f.path, 0, NULL);
    struct trace_rec recs[64];

    (void)state;
    assert_non_null(r);
    assert_int_equal(trace_get_info(r)->records, 0);
    assert_int_equal(trace_bytes_total(r), 0);
    while (trace_read(r, recs, 64) > 0)
        continue;
    assert_int_equal(trace_get_info(r)->records, story_count);
    assert_int_equal(trace_bytes_done(r), file_bytes);
    trace_close(r);
    fixture_close(f);
}

static void every_truncation_is_an_error(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < file_bytes; bytes++) {
        struct fixture_trace t = read_bytes(file, bytes, 0);

        assert_true(t.failed);
        assert_true(strlen(t.message) > 10);
        assert_false(t.opened); /* a file tells at once; nobody computes for an hour to learn it */
        fixture_free(&t);
    }
}

static void every_truncated_pipe_is_an_error(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < file_bytes; bytes++) {
        struct fixture_file f = fixture_pipe(file, bytes);
        struct fixture_trace t = fixture_read(f.path, 0);

        assert_true(t.failed);
        assert_prefix_of_story(&t);
        assert_true(strlen(t.message) > 10);
        fixture_free(&t);
        fixture_close(f);
    }
}

static void every_truncation_can_be_recovered(void **state)
{
    size_t longest = 0;

    (void)state;
    for (size_t bytes = 64; bytes < file_bytes; bytes++) {
        struct fixture_trace t = read_bytes(file, bytes, TRACE_RECOVER);

        assert_true(t.opened);
        assert_false(t.failed);
        assert_true(t.recovered);
        assert_contains(t.message, "byte ");
        assert_prefix_of_story(&t);
        /* All of a block or nothing; here there is one block. */
        assert_true(t.count == 0 || t.count == story_count);
        longest = t.count > longest ? t.count : longest;
        fixture_free(&t);
    }
    assert_int_equal(longest, story_count);
}

static void every_flipped_bit_is_an_error(void **state)
{
    (void)state;
    for (size_t at = 0; at < file_bytes; at++) {
        for (int bit = 0; bit < 8; bit++) {
            struct fixture_trace t;

            file[at] ^= (uint8_t)(1 << bit);
            t = read_bytes(file, file_bytes, 0);
            file[at] ^= (uint8_t)(1 << bit);
            if (!t.failed)
                fail_msg("bit %d of byte %zu flipped: read without complaint", bit, at);
            assert_prefix_of_story(&t);
            fixture_free(&t);
        }
    }
}

static void every_changed_byte_can_be_recovered(void **state)
{
    (void)state;
    for (size_t at = 26; at < file_bytes; at++) {
        struct fixture_trace t;

        file[at] ^= 0xff;
        t = read_bytes(file, file_bytes, TRACE_RECOVER);
        file[at] ^= 0xff;
        assert_false(t.failed);
        assert_true(t.recovered);
        assert_prefix_of_story(&t);
        fixture_free(&t);
    }
}

static const struct foreign {
    const char *name;
    const char *bytes;
    size_t count;
    const char *words;
} foreigns[] = {
    { "nothing", "", 0, "empty file" },
    { "half a signature", "\x89SWT", 4, "ends at byte 4, within the header" },
    { "text", "0 el1 load va=0x10 pa=0x10", 26, "unknown signature at byte 0" },
    { "ELF",
      "\x7f"
      "ELF\2\1\1\0\0\0\0\0\0\0\0\0",
      16, "unknown signature at byte 0" },
    { "gzip", "\x1f\x8b\x08\0\0\0\0\0\0\3abcdefgh", 18, "gzip is damaged before byte" },
    { "copied as text", "\x89SWT\n\x1a\n\1\0\0\0\0\0\0\0\0\0\0\0", 19, "copied as text" },
    { "next version", "\x89SWT\r\n\x1a\n\2\0\0\0\0\0\0\0\0\0\0\0", 20,
      "version 2 at byte 8: this program reads version 1" },
    { "version 0", "\x89SWT\r\n\x1a\n\0\0\0\0\0\0\0\0\0\0\0\0", 20, "version 0 at byte 8" },
    { "long source", "\x89SWT\r\n\x1a\n\1\0\0\0\x80\0\0\0\0\0\0\0", 20, "damaged at byte 12" },
    { "no checksum", "\x89SWT\r\n\x1a\n\1\0\0\0\0\0\0\0\0\0\0\0", 20, "checksum" },
    { "half a source", "\x89SWT\r\n\x1a\n\1\0\0\0\x05\0\0\0ab", 18, "truncated: header at byte 16" },
};

static void a_foreign_file_is_told_apart(void **state)
{
    const struct foreign *row = *state;
    struct fixture_trace t = read_bytes((const uint8_t *)row->bytes, row->count, 0);

    assert_false(t.opened);
    assert_contains(t.message, row->words);
    assert_contains(t.message, "/proc/self/fd/");
    fixture_free(&t);
    t = read_bytes((const uint8_t *)row->bytes, row->count, TRACE_RECOVER);
    assert_false(t.opened);
    fixture_free(&t);
}

static void a_missing_file_is_named(void **state)
{
    struct fixture_trace t = fixture_read("/nonexistent/trace.swt", 0);

    (void)state;
    assert_string_equal(t.message, "/nonexistent/trace.swt: cannot open: No such file or directory");
    fixture_free(&t);
    t = fixture_read("/proc/self", 0);
    assert_contains(t.message, "directory");
    fixture_free(&t);
}

static void what_follows_the_end_is_an_error(void **state)
{
    uint8_t *longer = calloc(1, 2 * file_bytes);
    char at[32];

    (void)state;
    assert_non_null(longer);
    snprintf(at, sizeof at, "ends at byte %zu", file_bytes);
    memcpy(longer, file, file_bytes);
    memcpy(longer + file_bytes, file, file_bytes);
    for (size_t more = 1; more <= file_bytes; more += 13) {
        struct fixture_file f = fixture_pipe(longer, file_bytes + more);
        struct fixture_trace t = read_bytes(longer, file_bytes + more, 0), p = fixture_read(f.path, 0);

        assert_true(t.failed && p.failed);
        assert_contains(t.message, at);
        assert_contains(p.message, at);
        fixture_free(&t);
        fixture_free(&p);
        fixture_close(f);
    }
    free(longer);
}

static void offsets_are_named(void **state)
{
    struct fixture_trace t;

    (void)state;
    file[60] ^= 1;
    t = read_bytes(file, file_bytes, 0);
    file[60] ^= 1;
    assert_contains(t.message, "block at byte 26 is damaged: payload checksum differs");
    fixture_free(&t);
    t = read_bytes(file, 40, 0);
    assert_contains(t.message, "truncated: block header at byte 26 wants 24 bytes, the file ends after 14");
    fixture_free(&t);
}

static void an_empty_trace_is_a_trace(void **state)
{
    const char *path = fixture_path("empty.swt");
    struct fixture_trace t;

    (void)state;
    fixture_write(path, NULL, 0, 0);
    t = fixture_read(path, 0);
    assert_false(t.failed);
    assert_int_equal(t.count + t.pages, 0);
    fixture_free(&t);
    unlink(path);
}

/* The file was written once and for all: it must read the same for ever, or the version must change. */
static void old_files_stay_readable(void **state)
{
    static struct trace_rec recs[160];
    struct fixture_trace t = fixture_read("tests/fuzz/seeds/swt/story.swt", 0);

    (void)state;
    assert_false(t.failed);
    assert_int_equal(t.pages, 1);
    assert_int_equal(t.count, 40);
    assert_true(fixture_story(recs, 160) >= 40);
    for (size_t i = 0; i < 40; i++)
        assert_true(fixture_same(&t.recs[i], &recs[i]));
    fixture_free(&t);
}

/* More than a block of pages, more than a block of records. */
static void long_traces_come_back(void **state)
{
    const char *path = fixture_path("long.swt");
    const size_t count = 300000;
    struct trace_rec *recs = calloc(count, sizeof *recs);
    struct fixture_trace t;
    size_t made;

    (void)state;
    assert_non_null(recs);
    made = fixture_story(recs, count);
    fixture_write(path, recs, made, 1100);
    t = fixture_read(path, 0);
    assert_false(t.failed);
    assert_int_equal(t.pages, 1100);
    assert_int_equal(t.count, made);
    for (size_t i = 0; i < made; i++)
        assert_true(fixture_same(&t.recs[i], &recs[i]));
    fixture_free(&t);
    free(recs);
    unlink(path);
}

int main(void)
{
    static struct rows r;

    if (setup() != 0)
        return 1;
    rows_add_test(&r, "a file comes back", a_file_comes_back, NULL);
    rows_add_test(&r, "a pipe is enough", a_pipe_is_enough, NULL);
    rows_add_test(&r, "reading twice gives the same bytes", reading_twice_gives_the_same_bytes, NULL);
    rows_add_test(&r, "totals are known at once", totals_are_known_at_once, NULL);
    rows_add_test(&r, "totals of a pipe are counted", totals_of_a_pipe_are_counted, NULL);
    rows_add_test(&r, "every truncation is an error", every_truncation_is_an_error, NULL);
    rows_add_test(&r, "every truncated pipe is an error", every_truncated_pipe_is_an_error, NULL);
    rows_add_test(&r, "every truncation can be recovered", every_truncation_can_be_recovered, NULL);
    rows_add_test(&r, "every flipped bit is an error", every_flipped_bit_is_an_error, NULL);
    rows_add_test(&r, "every changed byte can be recovered", every_changed_byte_can_be_recovered, NULL);
    rows_add(&r, a_foreign_file_is_told_apart, ROWS_OF(foreigns));
    rows_add_test(&r, "a missing file is named", a_missing_file_is_named, NULL);
    rows_add_test(&r, "what follows the end is an error", what_follows_the_end_is_an_error, NULL);
    rows_add_test(&r, "offsets are named", offsets_are_named, NULL);
    rows_add_test(&r, "an empty trace is a trace", an_empty_trace_is_a_trace, NULL);
    rows_add_test(&r, "old files stay readable", old_files_stay_readable, NULL);
    rows_add_test(&r, "long traces come back", long_traces_come_back, NULL);
    return rows_run(&r, "pack_file") + teardown();
}
