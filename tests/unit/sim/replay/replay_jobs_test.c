/* Several traces at once say what they say one after the other. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/commands.h"

#define DOM0 "traces/samples/zcu102-dom0.swt"
#define DOMU "traces/samples/zcu102-domU.swt"
#define LACKEY "traces/samples/foreign/pages.lackey.gz"

/* Overwrites what differs from run to run: times and memory. */
static void blank(char *text)
{
    static const char *const after[] = { "\"wall_s\": ", "\"accesses_per_s\": ", "\"peak_rss_kib\": ", "as if alone: ",
                                         "quantum 1000 ns: " };

    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        for (char *at = text; (at = strstr(at, after[i]));) {
            size_t length;

            at += strlen(after[i]);
            length = strcspn(at, "\n");
            memmove(at, at + length, strlen(at + length) + 1);
        }
    }
}

/* Everything that a call has given. */
struct given {
    struct capture_result r;
    char *json, *csv;
};

/* Reads a file and removes it. NULL: there is none. */
static char *take_file(const char *path)
{
    size_t count;
    char *bytes;

    if (access(path, F_OK) != 0)
        return NULL;
    bytes = (char *)fixture_bytes(path, &count);
    bytes[count] = '\0';
    unlink(path);
    return bytes;
}

static struct given give(const char *what, int jobs)
{
    char line[1024];
    struct given g;

    snprintf(line, sizeof line, "replay -j %d --json %s --csv %s %s", jobs, fixture_path("json"), fixture_path("csv"),
             what);
    g.r = capture_command(cmd_replay, line);
    g.json = take_file(fixture_path("json"));
    g.csv = take_file(fixture_path("csv"));
    blank(g.r.out);
    if (g.json)
        blank(g.json);
    return g;
}

static void assert_same(const char *a, const char *b)
{
    if (!a || !b)
        assert_true(a == b);
    else
        assert_string_equal(a, b);
}

static const struct row {
    const char *name, *options;
    int status;
    const char *err; /* part of what is said, "": nothing is */
} rows[] = {
    { "reports", DOM0 " " DOMU " " LACKEY, 0, "skipped 25: message of Valgrind" },
    { "verified, by tlm", "--verify --engine tlm " DOMU " " DOMU " " DOM0, 0, "" },
    { "hottest pages", "--top 5 " DOMU " " DOM0, 0, "" },
    { "mismatches", "--verify --ignore tlbi --show 3 " DOM0 " " DOMU " " DOM0, 1, " more\n" },
    { "mismatches, quiet", "-q --verify --ignore tlbi " DOM0 " " DOMU, 1, ": PA 0x" },
    { "the second cannot be read", DOM0 " README.md " DOMU, 2, "README.md" },
    { "the first cannot be opened", "none.swt " DOMU, 2, "none.swt: cannot open" },
    { "one trace", DOMU, 0, "" },
    { "standard input twice", "- -", 2, "standard input" },
};

static void any_number_at_once_gives_the_same(void **state)
{
    const struct row *row = *state;
    struct given one = give(row->options, 1);

    assert_int_equal(one.r.status, row->status);
    assert_says(one.r.err, row->err);
    assert_int_equal(!one.json, row->status == 2);
    for (int jobs = 2; jobs <= 4; jobs += 2) {
        struct given some = give(row->options, jobs);

        assert_int_equal(some.r.status, one.r.status);
        assert_string_equal(some.r.out, one.r.out);
        assert_string_equal(some.r.err, one.r.err);
        assert_same(some.json, one.json);
        assert_same(some.csv, one.csv);
        capture_free(&some.r);
        free(some.json);
        free(some.csv);
    }
    capture_free(&one.r);
    free(one.json);
    free(one.csv);
}

int main(void)
{
    static struct rows r;

    if (!freopen("/dev/null", "r", stdin))
        return 1;
    rows_add(&r, any_number_at_once_gives_the_same, ROWS_OF(rows));
    return rows_run(&r, "replay_jobs") + rmdir(fixture_path(""));
}
