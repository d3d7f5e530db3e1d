/* What outlives a run: rows there and back, files that are broken, lines that were being written, and the whole at the
 * end. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/explore/keep.h"
#include "sim/version.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAD "# stagewalk/explore/1 version=" STAGEWALK_VERSION
#define GOOD_HEAD HEAD " fingerprint=00000000000000aa space=0123456789abcdef numbers=1..3\n"
#define KNOBS "number,cost.l1d,stage2,"
#define NAMES "@" /* stands for the second line */
#define ROW1 "1,3,as-captured,%\n"
#define ROW2 "2,3,2M,%\n"

/* Three points: of one knob of each kind, the baseline among them. */
static struct space made;

static void make_space(void)
{
    struct config config;
    struct trace_error err;

    params_default(&config);
    space_init(&made, &config);
    assert_true(space_add(&made, "cost.l1d=3..4", &err));
    assert_true(space_add(&made, "stage2=as-captured,2M", &err));
    assert_true(space_close(&made, 10, &err));
}

static struct point_result some_result(unsigned n)
{
    struct point_result r;

    point_result_init(&r, POINT_OK);
    for (int m = 0; m < METRIC_COUNT; m++)
        r.value[m] = m % 7 == 3 ? (double)NAN : (double)(m + 1) * n / 7;
    r.domains = strdup("vmid1=23 el2=45");
    point_result_round(&r);
    return r;
}

/* Writes text with @ for the names and % for a result to a stream. */
static void print_text(const char *text, FILE *out)
{
    struct point_result r = some_result(1);

    for (const char *at = text; *at; at++) {
        if (*at == '@')
            rows_write_names(&made, out);
        else if (*at == '%')
            point_result_write(&r, out);
        else
            putc(*at, out);
    }
    point_result_free(&r);
}

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    print_text(text, out);
    assert_int_equal(fclose(out), 0);
}

/* The caller frees it; NULL: no file. */
static char *read_file(const char *path)
{
    char *text = NULL;
    size_t bytes;
    FILE *in = fopen(path, "r"), *out;
    int c;

    if (!in)
        return NULL;
    out = open_memstream(&text, &bytes);
    while ((c = getc(in)) != EOF)
        putc(c, out);
    fclose(in);
    fclose(out);
    return text;
}

struct opened {
    struct keep keep;
    struct point_result result[4];
    char path[300], side[320];
};

/* Names a file that does not exist. */
static void begin(struct opened *o)
{
    memset(o, 0, sizeof *o);
    snprintf(o->path, sizeof o->path, "%s", fixture_path("kept.csv"));
    snprintf(o->side, sizeof o->side, "%s.partial", o->path);
    unlink(o->path);
    unlink(o->side);
    for (size_t p = 0; p < 4; p++)
        point_result_init(&o->result[p], POINT_OPEN);
    o->keep = (struct keep){ .space = &made, .path = o->path, .head.fingerprint = 0xaa };
    rows_head_of(&o->keep.head, &made);
}

static void end(struct opened *o)
{
    keep_close(&o->keep);
    for (size_t p = 0; p < 4; p++)
        point_result_free(&o->result[p]);
    unlink(o->path);
    unlink(o->side);
}

/* ---- Broken files ---- */

static const struct row {
    const char *name, *whole, *side; /* NULL: no file */
    size_t taken;
    const char *error; /* NULL: none; of the whole file behind "kept.csv", of the other behind "kept.csv.partial" */
} rows[] = {
    { "nothing there", NULL, NULL, 0, NULL },
    { "a whole file", GOOD_HEAD NAMES ROW1 ROW2, NULL, 2, NULL },
    { "a part", NULL, GOOD_HEAD NAMES ROW2, 1, NULL },
    { "both, with the same row", GOOD_HEAD NAMES ROW1, GOOD_HEAD NAMES ROW1 ROW2, 2, NULL },
    { "of a space that was smaller: other numbers", GOOD_HEAD NAMES "4,3,as-captured,%\n", NULL, 1, NULL },
    { "failed points are tried again", GOOD_HEAD NAMES "1,3,as-captured,failed,-\n", NULL, 0, NULL },
    { "impossible points are not", GOOD_HEAD NAMES "1,3,as-captured,impossible,-\n", NULL, 1, NULL },
    { "a part, a row of which was being written", NULL, GOOD_HEAD NAMES ROW2 "1,3,as-captu", 1, NULL },
    { "a part, whose names were being written", NULL, GOOD_HEAD "number,cos", 0, NULL },
    { "a part, whose head was being written", NULL, "# stagew", 0, NULL },
    { "a part, empty", NULL, "", 0, NULL },
    { "no result at all", "hello\n", NULL, 0,
      ":1: this is no result of this version of explore; name another file, or remove it" },
    { "of another version", "# stagewalk/explore/1 version=0.0.0 fingerprint=00000000000000aa\n", NULL, 0,
      ":1: this is no result of this version of explore; name another file, or remove it" },
    { "of another trace", HEAD " fingerprint=00000000000000ab space=0123456789abcdef numbers=1..3\n", NULL, 0,
      ":1: these are results of another trace, another engine, other parameters or other knobs; name another file, or "
      "remove it" },
    { "more in the head", HEAD " fingerprint=00000000000000aa space=0123456789abcdef numbers=1..3 \n", NULL, 0,
      ":1: this is no result of this version of explore; name another file, or remove it" },
    { "a whole file, empty", "", NULL, 0, ": empty, no result of explore; remove it" },
    { "a whole file without names", GOOD_HEAD, NULL, 0, ": ends after its first line" },
    { "other names", GOOD_HEAD "number,stage2,status\n", NULL, 0, ":2: these are not the columns of these knobs" },
    { "a whole file, cut off", GOOD_HEAD NAMES ROW1 "2,3", NULL, 0, ":4: the line is cut off" },
    { "columns missing", NULL, GOOD_HEAD NAMES "1,3,as-captured\n", 0, ":3: 3 columns, not " },
    { "no number", NULL, GOOD_HEAD NAMES ROW1 "x,3,2M,%\n", 0, ":4: 'x' is no number of a point" },
    { "a number with a sign", NULL, GOOD_HEAD NAMES "-1,3,2M,%\n", 0, ":3: '-1' is no number of a point" },
    { "a point that is none", NULL, GOOD_HEAD NAMES "1,5,2M,%\n", 0,
      ":3: a point that is none of these; name another file, or remove it" },
    { "no status", NULL, GOOD_HEAD NAMES "1,3,2M,good,-\n", 0,
      ":3: status 'good' is none of ok, mismatch, impossible and failed" },
    { "open is none", NULL, GOOD_HEAD NAMES "1,3,2M,open,-\n", 0,
      ":3: status 'open' is none of ok, mismatch, impossible and failed" },
    { "ok without a mean", NULL, GOOD_HEAD NAMES "1,3,2M,ok,-\n", 0, ":3: mean: a point that is ok has one" },
    { "a value that is no number", NULL, GOOD_HEAD NAMES "1,3,2M,ok,1.5x-\n", 0,
      ":3: mean: '1.5x' is no number as it is written there" },
    { "a value written otherwise", NULL, GOOD_HEAD NAMES "1,3,2M,ok,1.5-\n", 0,
      ":3: mean: '1.5' is no number as it is written there" },
    { "infinite", NULL, GOOD_HEAD NAMES "1,3,2M,ok,inf-\n", 0, ":3: mean: 'inf' is no number as it is written there" },
    { "a quote open", NULL, GOOD_HEAD NAMES "1,3,2M,\"ok\n", 0, ":3: a quote without its end in column 4" },
    { "a row twice, differently", NULL, GOOD_HEAD NAMES ROW1 "1,3,as-captured,impossible,-\n", 0,
      ":4: another result of a point that is there before" },
    { "both, differently", GOOD_HEAD NAMES ROW1, GOOD_HEAD NAMES "1,3,as-captured,impossible,-\n", 0,
      ":3: another result of a point that is there before" },
};

/* A lone - behind a status is all that follows, empty but for what stands before it. */
static char *expand(const char *text)
{
    char *made_text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&made_text, &bytes);

    for (const char *at = text; *at; at++) {
        if (at[0] == '-' && at[1] == '\n') {
            size_t given = at[-1] == ',' ? 0 : 1; /* values */

            for (size_t i = given + (given ? 0 : 1); i < POINT_RESULT_CELLS - 1; i++)
                putc(',', out);
        } else {
            putc(*at, out);
        }
    }
    fclose(out);
    return made_text;
}

static void write_row_file(const char *path, const char *text)
{
    char *all = text ? expand(text) : NULL;

    if (all)
        write_file(path, all);
    free(all);
}

static void opening(void **state)
{
    const struct row *row = *state;
    struct trace_error err = { "" };
    struct opened o;
    char want[600];

    begin(&o);
    write_row_file(o.path, row->whole);
    write_row_file(o.side, row->side);
    if (row->error) {
        assert_false(keep_open(&o.keep, o.result, &err));
        snprintf(want, sizeof want, "%s%s", row->side ? o.side : o.path, row->error);
        assert_memory_equal(err.text, want, strlen(want));
    } else {
        assert_true(keep_open(&o.keep, o.result, &err));
        assert_int_equal(o.keep.taken, row->taken);
    }
    end(&o);
}

/* ---- There and back ---- */

/* Adds points one after the other, each by a run of its own; the whole is in the order of points. */
static void piece_by_piece(void **state)
{
    static const size_t order[] = { 2, 0, 3, 1 };
    struct trace_error err;
    struct opened o;
    char *text, *again;

    (void)state;
    begin(&o);
    for (size_t i = 0; i < 4; i++) {
        assert_true(keep_open(&o.keep, o.result, &err));
        assert_int_equal(o.keep.taken, i);
        o.result[order[i]] = some_result((unsigned)order[i] + 1);
        assert_true(keep_add(&o.keep, order[i], &o.result[order[i]], &err));
        keep_close(&o.keep);
        for (size_t p = 0; p < 4; p++) {
            point_result_free(&o.result[p]);
            point_result_init(&o.result[p], POINT_OPEN);
        }
    }
    assert_true(keep_open(&o.keep, o.result, &err));
    assert_int_equal(o.keep.taken, 4);
    assert_true(keep_finish(&o.keep, o.result, &err));
    keep_close(&o.keep);
    assert_int_equal(access(o.side, F_OK), -1);
    text = read_file(o.path);
    assert_non_null(strstr(text, "\n1,3,as-captured,ok,"));
    assert_true(strstr(text, "\n2,3,2M,") < strstr(text, "\n3,4,as-captured,"));
    for (size_t p = 0; p < 4; p++) {
        struct point_result r = some_result((unsigned)p + 1);

        for (int m = 0; m < METRIC_COUNT; m++)
            assert_true(isnan(r.value[m]) ? isnan(o.result[p].value[m]) : r.value[m] == o.result[p].value[m]);
        assert_string_equal(o.result[p].domains, r.domains);
        point_result_free(&r);
    }
    assert_true(keep_open(&o.keep, o.result, &err)); /* what is there agrees with what is known */
    assert_true(keep_finish(&o.keep, o.result, &err));
    again = read_file(o.path);
    assert_string_equal(text, again);
    free(again);
    free(text);
    end(&o);
}

/* A line cut off anywhere is no line, and what is added stands in its place. */
static void cut_anywhere(void **state)
{
    struct trace_error err;
    struct opened o;
    char *text;
    size_t length, whole;

    (void)state;
    begin(&o);
    write_file(o.side, GOOD_HEAD NAMES ROW1 ROW2);
    text = read_file(o.side);
    length = strlen(text);
    for (size_t cut = 0; cut <= length; cut++) {
        size_t lines = 0;
        FILE *out = fopen(o.side, "w");
        char *now;

        fwrite(text, 1, cut, out);
        fclose(out);
        for (size_t i = 0; i < cut; i++)
            lines += text[i] == '\n';
        for (size_t p = 0; p < 4; p++) {
            point_result_free(&o.result[p]);
            point_result_init(&o.result[p], POINT_OPEN);
        }
        assert_true(keep_open(&o.keep, o.result, &err));
        assert_int_equal(o.keep.taken, lines > 2 ? lines - 2 : 0);
        point_result_init(&o.result[3], POINT_IMPOSSIBLE);
        assert_true(keep_add(&o.keep, 3, &o.result[3], &err));
        keep_close(&o.keep);
        now = read_file(o.side);
        whole = strlen(now);
        assert_int_equal(now[whole - 1], '\n');
        assert_non_null(strstr(now, "\n4,4,2M,impossible,"));
        free(now);
    }
    free(text);
    end(&o);
}

static void two_at_once(void **state)
{
    struct trace_error err;
    struct opened o;
    int status;
    pid_t child;

    (void)state;
    begin(&o);
    assert_true(keep_open(&o.keep, o.result, &err));
    child = fork();
    if (child == 0) {
        bool refused = !keep_open(&o.keep, o.result, &err) && strstr(err.text, ": another run works on it");

        _exit(refused ? 7 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    end(&o);
}

/* A reason of any bytes stays within its cell. */
static void reasons(void **state)
{
    struct trace_error err;
    struct opened o;

    (void)state;
    begin(&o);
    assert_true(keep_open(&o.keep, o.result, &err));
    point_result_init(&o.result[1], POINT_IMPOSSIBLE);
    point_result_explain(&o.result[1], "a, \"b\"\nc\td\x7f, \xff");
    assert_string_equal(o.result[1].reason, "a,  b  c d , \xff");
    assert_true(keep_add(&o.keep, 1, &o.result[1], &err));
    keep_close(&o.keep);
    point_result_init(&o.result[1], POINT_OPEN);
    assert_true(keep_open(&o.keep, o.result, &err));
    assert_int_equal(o.result[1].status, POINT_IMPOSSIBLE);
    assert_string_equal(o.result[1].reason, "a,  b  c d , \xff");
    end(&o);
}

int main(void)
{
    static struct rows r;

    make_space();
    rows_add(&r, opening, ROWS_OF(rows));
    rows_add_test(&r, "piece by piece", piece_by_piece, NULL);
    rows_add_test(&r, "cut anywhere", cut_anywhere, NULL);
    rows_add_test(&r, "two runs at once", two_at_once, NULL);
    rows_add_test(&r, "reasons of any bytes", reasons, NULL);
    return rows_run(&r, "keep");
}
