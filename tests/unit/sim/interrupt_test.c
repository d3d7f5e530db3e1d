/* Long work and real signals: what has been done is told and marked, and the second signal is the last. */
#include "tests/unit/sim/main_program.h"

#include <glob.h>
#include <jansson.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#define SAMPLE "traces/samples/zcu102-domU.swt"
#define FED 400000           /* bytes of the sample that come before the signal */
#define PIPE_BYTES (1 << 20) /* room for the rest, taken or not */

struct content {
    const uint8_t *bytes;
    size_t count;
};

/* A file that comes through a named pipe, as far as the test has written it. */
struct feed {
    int fd;
    const char *path;
    const struct content *content;
};

static struct content sample; /* a trace */

static void feed_begin(const char *path)
{
    assert_int_equal(mkfifo(path, 0600), 0);
}

/* Once the program has been started: waits until it reads, and has read what there is. */
static struct feed feed_some(const char *path, const struct content *content)
{
    struct feed f = { open(path, O_WRONLY), path, content };
    int left = 1;

    assert_true(f.fd >= 0);
    assert_int_equal(write(f.fd, content->bytes, FED), FED);
    for (int i = 0; i < 10000 && left > 0; i++) {
        usleep(1000);
        assert_int_equal(ioctl(f.fd, FIONREAD, &left), 0);
    }
    assert_int_equal(left, 0);
    return f;
}

/* Writes the rest, and closes. */
static void feed_end(struct feed *f)
{
    size_t rest = f->content->count - FED;

    assert_true(fcntl(f->fd, F_SETPIPE_SZ, PIPE_BYTES) >= (int)rest);
    assert_int_equal(write(f->fd, f->content->bytes + FED, rest), rest);
    close(f->fd);
    unlink(f->path);
}

/* The last of what was printed. */
static char *tail_of(int fd)
{
    off_t bytes = lseek(fd, 0, SEEK_END), from = bytes > 65535 ? bytes - 65535 : 0;
    char *text = calloc(1, 65536);

    assert_non_null(text);
    assert_int_equal(pread(fd, text, 65535, from), bytes - from);
    close(fd);
    return text;
}

static size_t lines_of(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t lines = 0;
    int last = 0;

    assert_non_null(f);
    for (int c; (c = getc(f)) != EOF; last = c)
        lines += c == '\n';
    fclose(f);
    assert_int_equal(last, '\n');
    return lines;
}

static json_t *report_of(const char *path)
{
    json_t *json = json_load_file(path, 0, NULL);

    assert_non_null(json);
    return json;
}

static json_t *trace_of(json_t *report)
{
    json_t *trace = json_object_get(report, "trace");
    json_int_t records = json_integer_value(json_object_get(trace, "records"));

    assert_true(json_is_true(json_object_get(trace, "interrupted")));
    assert_true(records > 0 && records < 2000000);
    return trace;
}

static const struct signal_row {
    const char *name;
    int number;
    const char *options;
} signals[] = {
    { "SIGINT, fast", SIGINT, "--engine fast" },
    { "SIGTERM, fast", SIGTERM, "--engine fast" },
    { "SIGINT, tlm", SIGINT, "--engine tlm" },
};

static void the_first_signal_reports_what_is_done(void **state)
{
    const struct signal_row *row = *state;
    const char *fifo = fixture_path("trace");
    struct feed feed;
    int out = memfd_create("out", 0), err = memfd_create("err", 0), status;
    char line[2048], *text;
    json_t *json;
    pid_t child;

    feed_begin(fifo);
    snprintf(line, sizeof line, "stagewalk replay --verify %s --json %s --records %s --csv %s %s", row->options,
             fixture_path("json"), fixture_path("rows"), fixture_path("csv"), fifo);
    child = start(line, out, err);
    feed = feed_some(fifo, &sample);
    kill(child, row->number);
    feed_end(&feed);
    status = end_of(child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), row->number);
    text = text_of(err);
    assert_says(text, ": interrupted after ");
    assert_says(text, "--records goes to ");
    free(text);
    text = text_of(out);
    assert_says(text, " records: what follows is of these alone\n");
    assert_says(text, "engine, ");
    free(text);
    assert_int_equal(files_there(), 3);
    json = report_of(fixture_path("json"));
    assert_int_equal(lines_of(fixture_path("rows.interrupted")),
                     1 + json_integer_value(json_object_get(trace_of(json), "accesses")));
    assert_true(lines_of(fixture_path("csv.interrupted")) > 1);
    json_decref(json);
    unlink(fixture_path("json"));
    unlink(fixture_path("rows.interrupted"));
    unlink(fixture_path("csv.interrupted"));
}

/* The parent alone is told; the third trace's turn does not come. */
static void each_of_several_traces_reports_what_is_done(void **state)
{
    const char *fifo[2] = { fixture_path("a"), fixture_path("b") };
    struct feed feed[2];
    int null = open("/dev/null", O_WRONLY), err = memfd_create("err", 0), status;
    char line[1024], *text;
    json_t *json, *reports;
    pid_t child;

    (void)state;
    feed_begin(fifo[0]);
    feed_begin(fifo[1]);
    snprintf(line, sizeof line, "stagewalk replay -q -j 2 --json %s %s %s " SAMPLE, fixture_path("json"), fifo[0],
             fifo[1]);
    child = start(line, null, err);
    feed[0] = feed_some(fifo[0], &sample);
    feed[1] = feed_some(fifo[1], &sample);
    kill(child, SIGTERM);
    usleep(20000); /* it tells its children */
    feed_end(&feed[0]);
    feed_end(&feed[1]);
    status = end_of(child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    text = text_of(err);
    assert_says(text, "stagewalk: interrupted: 1 of 3 traces have not been replayed\n");
    free(text);
    json = report_of(fixture_path("json"));
    reports = json_object_get(json, "reports");
    assert_true(json_is_true(json_object_get(json, "interrupted")));
    assert_int_equal(json_array_size(reports), 2);
    trace_of(json_array_get(reports, 0));
    trace_of(json_array_get(reports, 1));
    json_decref(json);
    unlink(fixture_path("json"));
    close(null);
}

/* ---- run and lint ---- */

#define STATEMENT "load el1 0x1000 8 => pa=0x2000\n" /* it is not */
#define STATEMENTS 20000

/* Returns the next number of a text. */
static unsigned long take_number(char **at)
{
    *at += strcspn(*at, "0123456789");
    return strtoul(*at, at, 10);
}

/* Statements that come by the pipe, between two scripts: one that is done, one whose turn does not come. */
static void run_tells_what_has_been_compared(void **state)
{
    const char *fifo = fixture_path("script");
    struct content script = { .count = STATEMENTS * (sizeof STATEMENT - 1) };
    char *bytes = malloc(script.count + 1), line[1024], *text, *at, expected[300];
    int out = memfd_create("out", 0), err = memfd_create("err", 0), status;
    struct feed feed;
    unsigned long statements, answers, differences;
    pid_t child;

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < STATEMENTS; i++)
        memcpy(bytes + i * (sizeof STATEMENT - 1), STATEMENT, sizeof STATEMENT);
    script.bytes = (const uint8_t *)bytes;
    feed_begin(fifo);
    snprintf(line, sizeof line, "stagewalk run tests/golden/blocks.sw %s tests/golden/blocks.sw", fifo);
    child = start(line, out, err);
    feed = feed_some(fifo, &script);
    kill(child, SIGTERM);
    feed_end(&feed);
    status = end_of(child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    text = text_of(err);
    assert_says(text, ": interrupted after ");
    assert_says(text, "stagewalk: interrupted: 1 of 3 scripts have not been run\n");
    free(text);
    text = tail_of(out);
    snprintf(expected, sizeof expected, "\n%s: ", fifo);
    assert_non_null(strstr(text, expected));
    assert_says(text, " differ; interrupted\n");
    text[strlen(text) - 1] = '\0';
    at = strrchr(text, '\n') + strlen(expected);
    statements = take_number(&at);
    answers = take_number(&at);
    differences = take_number(&at);
    assert_true(statements > 0 && statements < STATEMENTS);
    assert_int_equal(answers, statements);
    assert_int_equal(differences, answers);
    free(text);
    free(bytes);
}

/* Waits until the program has worked for so long. */
static void wait_for_work(pid_t child, long ms)
{
    struct timespec t = { 0 };
    clockid_t clock;

    assert_int_equal(clock_getcpuclockid(child, &clock), 0);
    for (int i = 0; i < 20000 && t.tv_sec * 1000 + t.tv_nsec / 1000000 < ms; i++) {
        usleep(1000);
        assert_int_equal(clock_gettime(clock, &t), 0);
    }
    assert_true(t.tv_sec * 1000 + t.tv_nsec / 1000000 >= ms);
}

/* A script with mistakes is done by then, and a trace that never ends is at work. */
static void lint_tells_what_was_found(void **state)
{
    int out = memfd_create("out", 0), err = memfd_create("err", 0), status;
    char line[1024], *text;
    json_t *json;
    pid_t child;

    (void)state;
    snprintf(line, sizeof line,
             "stagewalk lint --json %s tests/golden/lint/mistakes.sw "
             "generate:random,accesses=1000000000 " SAMPLE,
             fixture_path("json"));
    child = start(line, out, err);
    wait_for_work(child, 500);
    kill(child, SIGINT);
    status = end_of(child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGINT);
    text = text_of(err);
    assert_says(text, "stagewalk: generate:random,accesses=1000000000: interrupted ");
    assert_says(text, "stagewalk: interrupted: 1 of 3 inputs have not been looked at\n");
    free(text);
    text = text_of(out);
    assert_says(text, "interrupted: not all has been looked at; what follows is what was found until then\n");
    assert_says(text, "tests/golden/lint/mistakes.sw");
    free(text);
    json = report_of(fixture_path("json"));
    assert_true(json_is_true(json_object_get(json, "interrupted")));
    assert_true(json_integer_value(json_object_get(json, "errors")) > 0);
    json_decref(json);
    unlink(fixture_path("json"));
    assert_int_equal(files_there(), 0);
}

/* ---- The second signal ---- */

static const struct again_row {
    const char *name, *options;
} agains[] = {
    { "one trace", "-j 1" },
    { "several at once", "-j 2 " SAMPLE },
};

/* Nothing comes through the pipe any more, so the program cannot end by itself. */
static void the_second_signal_is_the_last(void **state)
{
    const struct again_row *row = *state;
    const char *fifo = fixture_path("trace");
    struct feed feed;
    int null = open("/dev/null", O_WRONLY), err = memfd_create("err", 0), status = 0;
    char line[1024], *text;
    pid_t child, ended = 0;

    feed_begin(fifo);
    snprintf(line, sizeof line, "stagewalk replay -q --json %s %s %s", fixture_path("json"), row->options, fifo);
    child = start(line, null, err);
    feed = feed_some(fifo, &sample);
    assert_int_equal(files_there(), 2);
    kill(child, SIGINT);
    usleep(100000);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0); /* one is not enough */
    kill(child, SIGINT);
    for (int i = 0; i < 1000 && ended == 0; i++) {
        usleep(10000);
        ended = waitpid(child, &status, WNOHANG);
    }
    assert_int_equal(ended, child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGINT);
    assert_int_equal(files_there(), 1);
    close(feed.fd);
    unlink(fifo);
    text = text_of(err);
    snprintf(line, sizeof line, "stagewalk: interrupted: %s is not written\n", fixture_path("json"));
    assert_says(text, line);
    free(text);
    close(null);
}

/* What was rewritten for it goes with the program. */
static void explore_leaves_no_traces_in_tmp(void **state)
{
    char line[512], pattern[512];
    glob_t found = { 0 };
    int null = open("/dev/null", O_WRONLY), status;
    pid_t child;

    (void)state;
    setenv("TMPDIR", fixture_path("."), 1);
    snprintf(pattern, sizeof pattern, "%s", fixture_path("stagewalk-*/stage1=*s.swt"));
    snprintf(line, sizeof line,
             "stagewalk explore -q -j 2 --layout stage1=pages,blocks -C mmu.main_tlb.seed=0..99 " SAMPLE);
    child = start(line, null, null);
    for (int i = 0; i < 6000 && (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc < 2); i++) {
        usleep(10000);
        globfree(&found);
    }
    assert_int_equal(found.gl_pathc, 2);
    globfree(&found);
    kill(child, SIGHUP);
    status = end_of(child);
    unsetenv("TMPDIR");
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGHUP);
    assert_int_equal(files_there(), 0);
    close(null);
}

int main(void)
{
    static struct rows r;

    signal(SIGPIPE, SIG_IGN);
    sample.bytes = fixture_bytes(SAMPLE, &sample.count);
    rows_add(&r, the_first_signal_reports_what_is_done, ROWS_OF(signals));
    rows_add_test(&r, "each of several traces reports what is done", each_of_several_traces_reports_what_is_done, NULL);
    rows_add_test(&r, "run tells what has been compared", run_tells_what_has_been_compared, NULL);
    rows_add_test(&r, "lint tells what was found", lint_tells_what_was_found, NULL);
    rows_add(&r, the_second_signal_is_the_last, ROWS_OF(agains));
    rows_add_test(&r, "explore leaves no traces in TMPDIR", explore_leaves_no_traces_in_tmp, NULL);
    return rows_run(&r, "interrupt") + rmdir(fixture_path(""));
}
