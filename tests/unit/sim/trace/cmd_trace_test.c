/* `stagewalk trace` as a user meets it: exit status, output, messages, files. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/commands.h"

#include <jansson.h>

#define SAMPLE "traces/samples/zcu102-domU.swt"

static const struct row {
    const char *name; /* the command line */
    int status;
    const char *out, *err;
} rows[] = {
    { "trace", 2, "", "a command is missing" },
    { "trace --help", 0, "  cut       make a trace of a part of another\n", "" },
    { "trace inof", 2, "", "unknown command 'inof'; did you mean 'info'?" },
    { "trace info --help", 0, "Examples:\n", "" },
    { "trace cat --help", 0, "--records FROM:TO", "" },
    { "trace pack --help", 0, "Examples:\n", "" },
    { "trace import --help", 0, "--source TEXT", "" },
    { "trace cut --help", 0, "Examples:\n", "" },
    { "trace generate --help", 0, "Examples:\n", "" },
    { "trace generate --list", 0, "  alpha=0.990        the law's exponent, to three decimals; 0 is uniform: 0 to 4\n",
      "" },
    { "trace generate", 2, "", "wants one pattern with its words, no blanks between, not 0" },
    { "trace generate zipf -o ", 2, "", "-o: empty file name" },
    { "trace generate zpif -o nowhere", 2, "", "generate: zpif: unknown pattern; did you mean 'zipf'?" },
    { "trace generate zipf,sed=1 -o nowhere", 2, "", "generate: sed=: unknown key; did you mean 'seed'?" },
    { "trace generate zipf,accesses=5 -o nowhere/to/be/found", 2, "", "nowhere/to/be/found: cannot create" },
    { "trace generate zipf,accesses=5 -o /dev/full", 2, "", "/dev/full: cannot write" },
    { "trace info generate:worlds,accesses=4,every=1", 0, "\nVMID 4 ", "" },
    { "trace cat --records 9:10 generate:random,accesses=9", 0, "0 el2 msr   reg=MAIR_EL1 value=0x40044ffff\n", "" },
    { "trace cat generate:radnom", 2, "", "generate: radnom: unknown pattern; did you mean 'random'?" },
    { "trace info --format csv generate:random", 2, "", "--format is for files; the pattern's own words say" },
    { "trace info --xen xen-4.17 generate:random", 2, "", "--xen is for files" },
    { "trace info", 2, "", "wants one operand, not 0" },
    { "trace info a b", 2, "", "wants one operand, not 2" },
    { "trace info --jsno x", 2, "", "did you mean '--json'?" },
    { "trace info ", 2, "", "trace info: empty file name" },
    { "trace info --json  " SAMPLE, 2, "", "--json: empty file name" },
    { "trace info --json " SAMPLE " " SAMPLE, 2, "", SAMPLE ": is also an input" },
    { "trace info --json nowhere/to/be/found " SAMPLE, 2, "", "nowhere/to/be/found: cannot create" },
    { "trace zzzzzz", 2, "", "unknown command 'zzzzzz'; `stagewalk trace --help` lists them" },
    { "trace info nowhere/to/be/found", 2, "", "nowhere/to/be/found: cannot open: No such file" },
    { "trace info LICENSE", 2, "", "LICENSE: not a packed trace (.swt): unknown signature at byte 0" },
    { "trace info " SAMPLE, 0, "\nrecords:              2000000\n  fetches             779072\n", "" },
    { "trace info --brief --check " SAMPLE, 0, "\ncores:                4: 0 1 2 3\n", "" },
    { "trace info " SAMPLE, 0, "\nVMID 2    12             73814     1183078           0     234586     124430", "" },
    { "trace info " SAMPLE, 0, "\nTLB maintenance: VAE1IS 2; ASIDE1IS 5; VALE1IS 41; AT 12\n", "" },
    { "trace info " SAMPLE, 0, "\n  0x0b access flag, level 3                 29\n", "" },
    { "trace info --recover " SAMPLE, 0, "\nrecords:              2000000\n", "" },
    { "trace cat --records :1 " SAMPLE, 0, "\n0 el0 msr   reg=SCTLR_EL1 value=0x", "" },
    { "trace cat -n --records 1000: --records 7:8 " SAMPLE, 0, "  # 7\n", "" },
    { "trace cat --records 5 " SAMPLE, 2, "", "--records 5: wants FROM:TO" },
    { "trace cat --records 5:5 " SAMPLE, 2, "", "--records 5:5: wants FROM:TO with FROM below TO" },
    { "trace cat --records 5:6x " SAMPLE, 2, "", "wants FROM:TO" },
    { "trace cat --records 99999999999999999999: " SAMPLE, 2, "", "wants FROM:TO" },
    { "trace cat --records :3 -o /dev/full " SAMPLE, 2, "", "/dev/full: cannot write: No space left on device" },
    { "trace cat --records :3 -o nowhere/to/be/found " SAMPLE, 2, "", "nowhere/to/be/found: cannot create" },
    { "trace cat -o  " SAMPLE, 2, "", "-o: empty file name" },
    { "trace cat -o ./" SAMPLE " " SAMPLE, 2, "", "is also an input" },
    { "trace cat -o LICENSE --dtb ./LICENSE " SAMPLE, 2, "", "LICENSE: is also an input" },
    { "trace cut -o LICENSE --config ./LICENSE --records :5 " SAMPLE, 2, "", "LICENSE: is also an input" },
    { "trace import -o LICENSE --dtb ./LICENSE traces/samples/foreign/pages.lackey.gz", 2, "",
      "LICENSE: is also an input" },
    { "trace cut -o  --records :5 " SAMPLE, 2, "", "-o: empty file name" },
    { "trace relayout -o ./" SAMPLE " " SAMPLE, 2, "", "is also an input" },
    { "trace relayout -o y --json ./y " SAMPLE, 2, "", "--json and -o both write to './y'" },
    { "trace relayout -o /dev/null --json - " SAMPLE, 0, "{\n  \"schema\": \"stagewalk/relayout/1\"",
      "layout:  as-captured\n" },
    { "trace pack -o LICENSE LICENSE", 2, "", "LICENSE: is also an input" },
    { "trace cut " SAMPLE, 2, "", "nothing says what is wanted: --records FROM:TO" },
    { "trace cut --records 2000000: -o /dev/null " SAMPLE, 2, "",
      SAMPLE ": the trace has only 2000000 records: there is none from 2000000 on" },
    { "trace cut --records :5 -o /dev/full " SAMPLE, 2, "", "/dev/full: cannot write" },
    { "trace pack -o /dev/null LICENSE", 2, "", "not a trace text" },
    { "trace pack -o /dev/null nowhere/to/be/found", 2, "", "nowhere/to/be/found: cannot open" },
    { "trace import -o /dev/null traces", 2, "", "traces: neither tables.bin nor tables.bin.gz is there" },
    { "trace import -o /dev/null nowhere", 2, "", "nowhere: cannot open: No such file" },
    { "trace import -o /dev/null LICENSE", 2, "", "LICENSE: not a packed trace (.swt): unknown signature at byte 0" },
    { "trace import -o /dev/null --source a\tb traces", 2, "", "--source: control character in the source text" },
    { "trace import -o /dev/null --source caf\xe9 traces", 2, "", "--source: source text is not UTF-8" },
    { "trace import -o /dev/null caf\xe9", 2, "", "give one with --source TEXT" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct capture_result r = capture_command(cmd_trace, row->name);

    assert_int_equal(r.status, row->status);
    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    capture_free(&r);
}

/* Runs a command that is to succeed without a word. */
static void run_quietly(const char *line)
{
    struct capture_result r = capture_command(cmd_trace, line);

    assert_says(r.err, "");
    assert_says(r.out, "");
    assert_int_equal(r.status, 0);
    capture_free(&r);
}

static void what_is_cut_printed_and_packed_is_what_was_cut(void **state)
{
    const char *cut = fixture_path("cut.swt"), *text = fixture_path("cut.txt"), *packed = fixture_path("packed.swt");
    char line[1024];
    size_t a_count, b_count;
    uint8_t *a, *b;

    (void)state;
    snprintf(line, sizeof line, "trace cut --records 500000:510000 -o %s " SAMPLE, cut);
    run_quietly(line);
    snprintf(line, sizeof line, "trace cat --output %s %s", text, cut);
    run_quietly(line);
    snprintf(line, sizeof line, "trace pack %s -o %s", text, packed);
    run_quietly(line);
    a = fixture_bytes(cut, &a_count);
    b = fixture_bytes(packed, &b_count);
    assert_int_equal(a_count, b_count);
    assert_memory_equal(a, b, a_count);
    free(a);
    free(b);
    unlink(cut);
    unlink(text);
    unlink(packed);
}

static void json_tells_what_the_trace_holds(void **state)
{
    struct capture_result r = capture_command(cmd_trace, "trace info --json - " SAMPLE);
    json_t *j = json_loads(r.out, 0, NULL), *ops = json_object_get(j, "by_operation"), *count;
    json_int_t sum = 0;
    const char *key;

    (void)state;
    assert_int_equal(r.status, 0);
    assert_string_equal(json_string_value(json_object_get(j, "schema")), "stagewalk/trace-info/1");
    assert_string_equal(json_string_value(json_object_get(j, "path")), SAMPLE);
    assert_int_equal(json_array_size(json_object_get(j, "cores")), 4);
    assert_int_equal(json_integer_value(json_object_get(j, "pages")), 175);
    json_object_foreach(ops, key, count)
    {
        sum += json_integer_value(count);
    }
    assert_int_equal(sum, json_integer_value(json_object_get(j, "records")));
    assert_true(json_is_false(json_object_get(j, "recovered")));
    json_decref(j);
    capture_free(&r);
}

/* A name of bytes that are no UTF-8 must not cost the report. */
static void json_survives_any_name(void **state)
{
    const char *path = fixture_path("\xc3\xa9t\xe9.swt");
    struct trace_writer *w = trace_create(path, "caf\xc3\xa9", NULL);
    struct capture_result r;
    char line[512];
    json_t *j;

    (void)state;
    assert_true(trace_commit(w, NULL));
    snprintf(line, sizeof line, "trace info --json - %s", path);
    r = capture_command(cmd_trace, line);
    j = json_loads(r.out, 0, NULL);
    assert_says(json_string_value(json_object_get(j, "path")), "/\xc3\xa9t?.swt");
    assert_string_equal(json_string_value(json_object_get(j, "source")), "caf\xc3\xa9");
    json_decref(j);
    capture_free(&r);
    unlink(path);
}

static void a_damaged_trace_is_refused_or_recovered(void **state)
{
    const char *path = fixture_path("half.swt");
    size_t count;
    uint8_t *bytes = fixture_bytes(SAMPLE, &count);
    struct capture_result r;
    char line[512];
    FILE *f = fopen(path, "wb");

    (void)state;
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count / 2, f), count / 2);
    fclose(f);
    free(bytes);
    snprintf(line, sizeof line, "trace info %s", path);
    r = capture_command(cmd_trace, line);
    assert_int_equal(r.status, 2);
    assert_says(r.err, "truncated: block at byte ");
    assert_says(r.out, "");
    capture_free(&r);
    snprintf(line, sizeof line, "trace info --recover %s", path);
    r = capture_command(cmd_trace, line);
    assert_int_equal(r.status, 0);
    assert_says(r.err, "; read up to there");
    assert_says(r.out, "\nrecords:              786432\n");
    capture_free(&r);
    unlink(path);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    rows_add_test(&r, "what is cut, printed and packed is what was cut", what_is_cut_printed_and_packed_is_what_was_cut,
                  NULL);
    rows_add_test(&r, "JSON tells what the trace holds", json_tells_what_the_trace_holds, NULL);
    rows_add_test(&r, "JSON survives any name", json_survives_any_name, NULL);
    rows_add_test(&r, "a damaged trace is refused or recovered", a_damaged_trace_is_refused_or_recovered, NULL);
    return rows_run(&r, "cmd_trace") + rmdir(fixture_path(""));
}
