/* Long work and real signals: what has been done is told and marked, and the second signal is the last. */
#include "tests/unit/sim/main_program.h"

#include <glob.h>
#include <jansson.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define SAMPLE "traces/samples/zcu102-domU.swt"
#define FED 400000           /* bytes of the sample that come before the signal */
#define PIPE_BYTES (1 << 20) /* room for the rest, taken or not */

/* A trace that comes through a named pipe, as far as the test has written it. */
struct feed {
    int fd;
    const char *path;
};

static uint8_t *sample;
static size_t sample_bytes;

static void feed_begin(const char *path)
{
    assert_int_equal(mkfifo(path, 0600), 0);
}

/* Once the program has been started: waits until it reads, and has read what there is. */
static struct feed feed_some(const char *path)
{
    struct feed f = { open(path, O_WRONLY), path };
    int left = 1;

    assert_true(f.fd >= 0);
    assert_int_equal(write(f.fd, sample, FED), FED);
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
    size_t rest = sample_bytes - FED;

    assert_true(fcntl(f->fd, F_SETPIPE_SZ, PIPE_BYTES) >= (int)rest);
    assert_int_equal(write(f->fd, sample + FED, rest), rest);
    close(f->fd);
    unlink(f->path);
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
    feed = feed_some(fifo);
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
    feed[0] = feed_some(fifo[0]);
    feed[1] = feed_some(fifo[1]);
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
    int null = open("/dev/null", O_WRONLY), status = 0;
    char line[1024];
    pid_t child, ended = 0;

    feed_begin(fifo);
    snprintf(line, sizeof line, "stagewalk replay -q --json %s %s %s", fixture_path("json"), row->options, fifo);
    child = start(line, null, null);
    feed = feed_some(fifo);
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
    sample = fixture_bytes(SAMPLE, &sample_bytes);
    rows_add(&r, the_first_signal_reports_what_is_done, ROWS_OF(signals));
    rows_add_test(&r, "each of several traces reports what is done", each_of_several_traces_reports_what_is_done, NULL);
    rows_add(&r, the_second_signal_is_the_last, ROWS_OF(agains));
    rows_add_test(&r, "explore leaves no traces in TMPDIR", explore_leaves_no_traces_in_tmp, NULL);
    return rows_run(&r, "interrupt") + rmdir(fixture_path(""));
}
