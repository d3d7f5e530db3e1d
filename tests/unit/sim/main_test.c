/* The whole program, each run in a process of its own: signals, limits, lost output, help. */
#include "tests/unit/sim/main_program.h"

#define SAMPLE "traces/samples/zcu102-domU.swt"
#define COLUMNS_MAX 100

static struct capture_result run(const char *line)
{
    struct capture_result r;
    int out = memfd_create("out", 0), err = memfd_create("err", 0), status = end_of(start(line, out, err));

    assert_true(WIFEXITED(status));
    r.status = WEXITSTATUS(status);
    r.out = text_of(out);
    r.err = text_of(err);
    return r;
}

static const struct row {
    const char *name; /* the command line */
    int status;
    const char *out, *err;
} rows[] = {
    { "stagewalk", 2, "", "usage: stagewalk COMMAND" },
    { "stagewalk --version", 0, "stagewalk ", "" },
    { "stagewalk help", 0, "usage: stagewalk COMMAND [options] [FILE...]\n", "" },
    { "stagewalk help merge", 0, "usage: stagewalk merge [options] S1 S2\n", "" },
    { "stagewalk help explain", 0, "usage: stagewalk explain [options] SCRIPT|TRACE|SNAPSHOT VA\n", "" },
    { "stagewalk help params", 0, "usage: stagewalk params [options] [PATTERN...]\n", "" },
    { "stagewalk help run", 0, "usage: stagewalk run [options] SCRIPT...\n", "" },
    { "stagewalk help map", 0, "usage: stagewalk map [options] [SNAPSHOT]\n", "" },
    { "stagewalk help lint", 0, "usage: stagewalk lint [options] [SCRIPT|TRACE...]\n", "" },
    { "stagewalk help replay", 0, "usage: stagewalk replay [options] TRACE...\n", "" },
    { "stagewalk help trace", 0, "usage: stagewalk trace COMMAND [options] ...\n", "" },
    { "stagewalk help trace info", 0, "usage: stagewalk trace info [options] TRACE\n", "" },
    { "stagewalk help trace cat", 0, "usage: stagewalk trace cat [options] TRACE\n", "" },
    { "stagewalk help trace pack", 0, "usage: stagewalk trace pack [options] TEXT\n", "" },
    { "stagewalk help trace import", 0, "usage: stagewalk trace import [options] DIR|FILE\n", "" },
    { "stagewalk help trace cut", 0, "usage: stagewalk trace cut [options] TRACE\n", "" },
    { "stagewalk help --options", 0, "usage: stagewalk COMMAND [options] [FILE...]\n", "" },
    { "stagewalk help --options run", 0,
      "-p, --platform VALUE\n-C VALUE\n-q, --quiet\n-h, --help\n--annotate\n--engine VALUE\n\nusage: stagewalk run ",
      "" },
    { "stagewalk help --options trace pack", 0,
      "-h, --help\n-o, --output VALUE\n-q, --quiet\n\nusage: stagewalk trace pack ", "" },
    { "stagewalk help --options trace cat x", 2, "", "help wants one command" },
    { "stagewalk help --options rnu", 2, "", "did you mean 'run'?" },
    { "stagewalk help trace inof", 2, "", "did you mean 'info'?" },
    { "stagewalk help trace cat x", 2, "", "help wants one command" },
    { "stagewalk help run x", 2, "", "help wants one command" },
    { "stagewalk help rnu", 2, "", "did you mean 'run'?" },
};

/* Every help fits a narrow terminal and tells what the exit status means. */
static void assert_good_help(const char *text)
{
    assert_says(text, "Exit status: ");
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");

        if (length > COLUMNS_MAX)
            fail_msg("%zu columns: %.*s", length, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void check(void **state)
{
    const struct row *row = *state;
    struct capture_result r = run(row->name);

    assert_int_equal(r.status, row->status);
    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    if (r.status == 0 && strstr(row->name, "help"))
        assert_good_help(r.out);
    capture_free(&r);
}

static const struct signal_row {
    const char *name;
    int number;
} signals[] = { { "SIGHUP", SIGHUP }, { "SIGINT", SIGINT }, { "SIGTERM", SIGTERM } };

/* The trace comes through a pipe that never ends, so the program is still at work when the signal comes. */
static void a_signal_leaves_nothing(void **state)
{
    const struct signal_row *row = *state;
    int null = open("/dev/null", O_WRONLY), ends[2], status;
    char line[512];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    snprintf(line, sizeof line, "stagewalk trace pack -o %s /proc/self/fd/%d", fixture_path("out.swt"), ends[0]);
    assert_int_equal(write(ends[1], "trace 1\nsource x\n", 17), 17);
    child = start(line, null, null);
    close(ends[0]);
    for (int i = 0; i < 2000 && files_there() == 0; i++) {
        char more[4096];

        memset(more, '\n', sizeof more); /* enough for a buffer to be full */
        assert_true(write(ends[1], more, sizeof more) > 0);
        usleep(1000);
    }
    assert_int_equal(files_there(), 1);
    assert_int_equal(kill(child, row->number), 0);
    status = end_of(child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), row->number);
    assert_int_equal(files_there(), 0);
    close(ends[1]);
    close(null);
}

static void a_file_too_large_is_told_and_left_nowhere(void **state)
{
    static const char *const lines[] = { "stagewalk trace cat -o %s " SAMPLE,
                                         "stagewalk replay -q --records %s " SAMPLE,
                                         "stagewalk replay -q --json %s " SAMPLE };
    struct rlimit old, small;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){ 4000, old.rlim_max };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct capture_result r;
        char line[512];

        snprintf(line, sizeof line, lines[i], fixture_path("out"));
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        r = run(line);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(r.status, 2);
        assert_says(r.err, "/out: cannot write: File too large\n");
        assert_int_equal(files_there(), 0);
        capture_free(&r);
    }
}

static const struct output_row {
    const char *name; /* a command line whose output goes to standard output */
} outputs[] = {
    { "stagewalk help" },
    { "stagewalk params" },
    { "stagewalk params --json -" },
    { "stagewalk merge --table --csv -" },
    { "stagewalk trace info " SAMPLE },
    { "stagewalk trace info --json - " SAMPLE },
    { "stagewalk trace cat " SAMPLE },
    { "stagewalk trace cut --records :300000 -o - " SAMPLE },
    { "stagewalk replay " SAMPLE },
    { "stagewalk replay -q --json - " SAMPLE },
    { "stagewalk replay -q --csv - " SAMPLE },
    { "stagewalk replay -q --records - " SAMPLE },
};

static void lost_output_is_told_once_with_its_reason(void **state)
{
    const struct output_row *row = *state;
    int full = open("/dev/full", O_WRONLY), err = memfd_create("err", 0), status = end_of(start(row->name, full, err));
    char *text = text_of(err);

    assert_int_equal(WEXITSTATUS(status), 2);
    assert_string_equal(text, "stagewalk: cannot write to standard output: No space left on device\n");
    free(text);
    close(full);
}

static void a_reader_that_has_left_is_no_news(void **state)
{
    const struct output_row *row = *state;
    int ends[2], err = memfd_create("err", 0), status;
    char *text;

    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    status = end_of(start(row->name, ends[1], err));
    close(ends[1]);
    text = text_of(err);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    rows_add(&r, a_signal_leaves_nothing, ROWS_OF(signals));
    rows_add_test(&r, "a file too large is told and left nowhere", a_file_too_large_is_told_and_left_nowhere, NULL);
    rows_add(&r, lost_output_is_told_once_with_its_reason, ROWS_OF(outputs));
    rows_add(&r, a_reader_that_has_left_is_no_news, ROWS_OF(outputs));
    return rows_run(&r, "main") + rmdir(fixture_path(""));
}
