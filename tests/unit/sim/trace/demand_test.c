/* Tables on demand: which words a first touch takes, and that the MMU then finds the frames that were handed out. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "platforms/zynqmp/params.h"
#include "sim/commands.h"
#include "sim/replay/replay.h"

#define HEADER "kind,va,size,el\n"
#define REGISTERS 8 /* of a core: three of EL2, five of stage 1 */

static struct fixture_file csv(const char *rows)
{
    char text[1024];

    return fixture_file(text, (size_t)snprintf(text, sizeof text, HEADER "%s", rows));
}

/* Reads the trace with its tables. Returns how many records of an op it has. */
static unsigned count(const struct trace_input *in, const char *path, enum rec_op op)
{
    struct trace_error err = { "" };
    struct trace_reader *r = trace_input_open(in, path, 0, &err);
    struct trace_rec rec;
    unsigned n = 0;

    if (!r)
        fail_msg("%s", err.text);
    while (trace_read(r, &rec, 1) > 0)
        n += rec.op == op;
    assert_string_equal(trace_get_error(r)->text, "");
    trace_close(r);
    return n;
}

/* A word for the page, and one for each table on its way that is new: three below each root. */
static const struct words_row {
    const char *name;
    const char *csv;
    unsigned words, registers;
} words_rows[] = {
    { "the first page takes four", "L,0x1000,8,0\n", 4, REGISTERS },
    { "the same page none", "L,0x1000,8,0\nI,0x1ff8,8,0\nS,0x1008,8,0\n", 4, REGISTERS },
    { "its neighbour one", "L,0x1000,8,0\nL,0x2000,8,0\n", 5, REGISTERS },
    { "the last below 2 MB one", "L,0x1000,8,0\nL,0x1ff000,8,0\n", 5, REGISTERS },
    { "the first of the next 2 MB two", "L,0x1000,8,0\nL,0x200000,8,0\n", 6, REGISTERS },
    { "the first of the next 1 GB three", "L,0x1000,8,0\nL,0x40000000,8,0\n", 7, REGISTERS },
    { "the first of the next 512 GB four", "L,0x1000,8,0\nL,0x8000000000,8,0\n", 8, REGISTERS },
    { "the other half four", "L,0x1000,8,0\nL,0xffffffffffffe000,8,1\n", 8, REGISTERS },
    { "an access in two pages five", "L,0x1ffc,8,0\n", 5, REGISTERS },
    { "in two halves' ends", "L,0xfffffffff000,8,0\nL,0xffff000000000000,8,1\n", 8, REGISTERS },
    { "a page of both ELs one", "L,0x1000,8,1\nL,0x1000,8,0\n", 4, REGISTERS },
};

static void a_first_touch_takes_so_many_words(void **state)
{
    const struct words_row *row = *state;
    struct fixture_file f = csv(row->csv);

    assert_int_equal(count(NULL, f.path, REC_TABW), row->words);
    assert_int_equal(count(NULL, f.path, REC_MSR), row->registers);
    fixture_close(f);
}

static void each_core_gets_its_registers(void **state)
{
    static const char text[] = "core,kind,va,size\n0,L,0x1000,8\n3,L,0x1000,8\n0,L,0x1000,8\n";
    struct fixture_file f = fixture_file(text, strlen(text));

    (void)state;
    assert_int_equal(count(NULL, f.path, REC_MSR), 2 * REGISTERS);
    assert_int_equal(count(NULL, f.path, REC_TABW), 4);
    fixture_close(f);
}

/* Replays and verifies. Returns the replay, to be freed. */
static struct replay *verify(const struct trace_input *in, const char *path, const struct config *config)
{
    struct replay_request q = { .path = path, .input = in, .config = config, .verify = true, .engine = REPLAY_FAST };
    struct trace_error err = { "" };
    struct replay *r = replay_trace(&q, &err);

    if (!r)
        fail_msg("%s", err.text);
    return r;
}

static const struct verify_row {
    const char *name;
    const char *csv;
    uint64_t compared, mismatched; /* PAs; all accesses that do not fault are compared, one that does is mismatched */
} verify_rows[] = {
    { "loads, stores and fetches of a process", "I,0x401000,4,0\nL,0x7ffe0000,8,0\nS,0x401008,8,0\nI,0x7ffe0000,4,0\n",
      4, 0 },
    { "of the kernel", "I,0xffff800008010000,4,1\nL,0xffff800008010800,8,1\nS,0xffff800008010000,8,1\n", 3, 0 },
    { "the kernel reads and writes a process", "L,0x1000,8,0\nL,0x1000,8,1\nS,0x1008,8,1\n", 3, 0 },
    { "the kernel first, the process later", "S,0x1000,8,1\nL,0x1000,8,0\nI,0x1000,4,0\n", 3, 0 },
    { "EL1 runs in the lower half", "I,0x80000,4,1\nL,0x80010,8,1\n", 2, 0 },
    { "the process has no right to the kernel", "L,0xffff800008010000,8,1\nL,0xffff800008010000,8,0\n", 2, 1 },
    { "EL1 does not run what is the process's", "L,0x1000,8,0\nI,0x1000,4,1\n", 2, 1 },
    { "pages far from each other", "L,0x1000,8,0\nL,0x7fffffffe000,8,0\nL,0x555555554ffc,8,0\nL,0x1ffc,8,0\n", 4, 0 },
};

static void the_mmu_finds_the_frames(void **state)
{
    static const struct trace_input inputs[] = { { NULL },
                                                 { .xen = "xen-4.17" },
                                                 { .xen = "xen-4.8.0", .domain = "dom0" } };
    const struct verify_row *row = *state;
    struct fixture_file f = csv(row->csv);
    struct config config;

    params_default(&config);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct replay *r = verify(&inputs[i], f.path, &config);

        assert_int_equal(r->verify.pa_compared, row->compared);
        assert_int_equal(r->verify.pa_mismatched, row->mismatched);
        assert_int_equal(r->stats.domain[1].accesses != 0, inputs[i].xen != NULL);
        replay_free(r);
    }
    fixture_close(f);
}

/* Without stage 2 a PA that the trace knows is the frame; below a Xen it cannot be. */
static void a_known_pa_is_the_frame(void **state)
{
    static const char text[] = "kind,va,size,pa\nL,0x1008,8,0xff000008\nL,0x1010,8,\n";
    static const struct trace_input xen = { .xen = "xen-4.17" };
    struct fixture_file f = fixture_file(text, strlen(text));
    struct trace_error err;
    struct trace_reader *r;
    struct trace_rec rec[16];
    int got;

    (void)state;
    r = trace_input_open(NULL, f.path, 0, &err);
    assert_non_null(r);
    got = trace_read(r, rec, 16);
    assert_int_equal(got, REGISTERS + 4 + 2);
    assert_int_equal(rec[got - 2].pa, 0xff000008);
    assert_int_equal(rec[got - 1].pa, 0xff000010);
    assert_int_equal(rec[got - 1].flags, 0);
    trace_close(r);
    r = trace_input_open(&xen, f.path, 0, &err);
    assert_non_null(r);
    got = trace_read(r, rec, 16);
    assert_int_not_equal(rec[got - 2].pa, 0xff000008);
    trace_close(r);
    fixture_close(f);
}

/* Tables end before memory does, with a message, after the records before. */
static void room_for_tables_ends(void **state)
{
    enum { PAGES = 9000 };
    char *text = malloc(PAGES * 32), *at = text;
    struct fixture_file f;
    struct trace_error err;
    struct trace_reader *r;
    struct trace_rec rec[512];
    int got;

    (void)state;
    assert_non_null(text);
    at += sprintf(at, "kind,va,size\n");
    for (uint64_t i = 0; i < PAGES; i++)
        at += sprintf(at, "L,0x%llx,8\n", (unsigned long long)(i << 30 | (i & 7) << 21));
    f = fixture_file(text, (size_t)(at - text));
    r = trace_input_open(NULL, f.path, 0, &err);
    assert_non_null(r);
    while ((got = trace_read(r, rec, 512)) > 0)
        continue;
    assert_int_equal(got, -1);
    assert_non_null(strstr(trace_get_error(r)->text, "that the trace touches, VA 0x"));
    assert_non_null(strstr(trace_get_error(r)->text, "no room for tables"));
    assert_true(trace_get_info(r)->op_count[REC_LOAD] > 8000);
    trace_close(r);
    fixture_close(f);
    free(text);
}

#define SAMPLE "traces/samples/foreign/pages.lackey.gz"

static const struct command_row {
    const char *name;
    int status;
    const char *out, *err;
} command_rows[] = {
    { "trace --format list", 0, "\nlackey ", "" },
    { "trace info --format list", 0, "\ncsv ", "" },
    { "trace info " SAMPLE, 0, "\nskipped:              25: message of Valgrind (first: line 1)\n", "" },
    { "trace info --json - " SAMPLE, 0, "\"why\": \"message of Valgrind\"", "" },
    { "trace info --brief " SAMPLE, 0, "\n  table_writes        144\n", "" },
    { "trace info --xen xen-4.17 " SAMPLE, 0, "\ntable pages:          15\n", "" },
    { "trace info --format lakcey " SAMPLE, 2, "", "--format lakcey: unknown" },
    { "trace info --format swt " SAMPLE, 2, "", "signature damaged at byte 0" },
    { "trace info --format champsim " SAMPLE, 2, "", "entry at byte 0: is_branch" },
    { "trace info --xen 4.17 " SAMPLE, 2, "", "--xen 4.17: unknown preset; `stagewalk map --xen list`" },
    { "trace info --domain dom0 " SAMPLE, 2, "", "want --xen PRESET too" },
    { "trace info --xen seed --domain dom1 " SAMPLE, 2, "", "--domain dom1: there is no such domain" },
    { "trace info --xen seed --domain domU " SAMPLE, 2, "", "--domain domU: there is no such domain: --config FILE" },
    { "trace info --xen seed --domain none " SAMPLE, 2, "", "--domain none is what there is without --xen" },
    { "trace info --xen seed traces/samples/zcu102-domU.swt", 2, "", "has its own tables" },
    { "trace cat --records 12:13 " SAMPLE, 0, "0 el0 fetch va=0x401560 pa=", ": message of Valgrind (first: line 1)" },
    { "trace import -o /dev/null " SAMPLE, 0, "", "skipped 25" },
    { "trace import -o " SAMPLE " " SAMPLE, 2, "", "is also an input" },
    { "trace import --format lackey -o /dev/null traces", 2, "", "--format and --xen are for a file" },
    { "trace cut --records 5000: -o /dev/null " SAMPLE, 0, "", "skipped 25" },
};

static void a_command_takes_them(void **state)
{
    const struct command_row *row = *state;
    struct capture_result r = capture_command(cmd_trace, row->name);

    assert_int_equal(r.status, row->status);
    assert_non_null(strstr(r.out, row->out));
    assert_non_null(strstr(r.err, row->err));
    capture_free(&r);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, a_first_touch_takes_so_many_words, ROWS_OF(words_rows));
    rows_add(&r, the_mmu_finds_the_frames, ROWS_OF(verify_rows));
    rows_add_test(&r, "each core gets its registers", each_core_gets_its_registers, NULL);
    rows_add_test(&r, "a known PA is the frame", a_known_pa_is_the_frame, NULL);
    rows_add_test(&r, "room for tables ends", room_for_tables_ends, NULL);
    rows_add(&r, a_command_takes_them, ROWS_OF(command_rows));
    return rows_run(&r, "demand");
}
