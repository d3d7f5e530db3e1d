/* `stagewalk explore` as a user meets it: what is refused, what is printed, what a point that cannot be or does not
 * verify means for the exit status. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/commands.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A trace of a few accesses with the MMU off, where the PA is the VA; `odd` is what is added to the last ones' PAs. */
static const char *trace(const char *name, uint64_t odd)
{
    static char path[2][300];
    struct trace_rec recs[40] = { { .op = REC_FETCH, .el = 1, .n = 1, .va = 0x1000, .pa = 0x1000 } };

    for (uint64_t i = 1; i < 40; i++)
        recs[i] = (struct trace_rec){ .op = REC_LOAD, .el = 1, .va = i << 12, .pa = (i << 12) + (i > 30 ? odd : 0) };
    snprintf(path[odd != 0], sizeof path[0], "%s", fixture_path(name));
    fixture_write(path[odd != 0], recs, 40, 0);
    return path[odd != 0];
}

static const char *good, *odd;

static struct capture_result explore(const char *format, const char *a, const char *b)
{
    char line[1024];

    snprintf(line, sizeof line, format, a, b);
    return capture_command(cmd_explore, line);
}

static const struct row {
    const char *name; /* the command line; %1$s: a trace, %2$s: one that disagrees with itself */
    int status;
    const char *out, *err;
} rows[] = {
    { "explore --help", 0, "usage: stagewalk explore [options] TRACE\n", "" },
    { "explore", 2, "", "explore: one trace is wanted, not 0; `stagewalk explore --help` shows how" },
    { "explore a b", 2, "", "explore: one trace is wanted, not 2" },
    { "explore %1$s", 2, "", "explore: nothing to explore: no knob has more than one value" },
    { "explore -C cost.l2=9,x %1$s", 2, "", "-C cost.l2=9,x: cost.l2 wants a number from 0 to 1000, not 'x'" },
    { "explore -C costs.l2=9,8 %1$s", 2, "", "-C costs.l2=9,8: unknown knob 'costs.l2'; did you mean 'cost.l2'?" },
    { "explore --layout stage1=4M %1$s", 2, "", "--layout stage1=4M: stage1=4M" },
    { "explore --engine slow -C cost.l2=9,8 %1$s", 2, "", "--engine wants tlm or fast, not 'slow'" },
    { "explore --quantum 1000001 -C cost.l2=9,8 %1$s", 2, "", "--quantum wants 0 to 1000000 ns" },
    { "explore --sort men -C cost.l2=9,8 %1$s", 2, "", "--sort: unknown metric 'men'; did you mean 'mean'?" },
    { "explore --part 3/2 -C cost.l2=9,8 %1$s", 2, "", "--part wants K/N, as 2/8, not '3/2'" },
    { "explore --part 0/2 -C cost.l2=9,8 %1$s", 2, "", "--part wants K/N, as 2/8, not '0/2'" },
    { "explore --part 1/2x -C cost.l2=9,8 %1$s", 2, "", "--part wants K/N, as 2/8, not '1/2x'" },
    { "explore --max-points 2 -C cost.l2=1..3 %1$s", 2, "", "these knobs make more than 2 points" },
    { "explore --space /nowhere/s %1$s", 2, "", "/nowhere/s: cannot be read: No such file or directory" },
    { "explore --points /nowhere/s %1$s", 2, "", "/nowhere/s: cannot be read: No such file or directory" },
    { "explore --points Makefile -C cost.l2=9,8 %1$s", 2, "", "explore: --points lists all points: give cost.l2" },
    { "explore --platform x -C cost.l2=9,8 %1$s", 2, "", "unknown platform 'x'; there is only zynqmp" },
    { "explore -j 1000 -C cost.l2=9,8 %1$s", 2, "", "1000" },
    { "explore -C cost.l2=9,8 /nowhere/t", 2, "", "/nowhere/t" },
    { "explore -C cost.l2=9,8 /dev/null", 2, "", "/dev/null: is no regular file; a trace is read once for each point" },
    { "explore -C cost.l2=9,8 Makefile", 2, "", "Makefile" },
    { "explore -C cost.l2=9,8 --csv %1$s %1$s", 2, "", ": is also an input" },
    { "explore --space LICENSE --html ./LICENSE %1$s", 2, "", "./LICENSE: is also an input" },
    { "explore -C cost.l2=9,8 --csv /nowhere/y %1$s", 2, "", "/nowhere/y.partial: cannot be written" },
    { "explore -C cost.l2=9,8 --json y --csv y %1$s", 2, "", "--json and --csv both write to 'y'" },
    { "explore --json Makefile --space Makefile %1$s", 2, "", "Makefile: is also an input" },
    { "explore --csv Makefile --points Makefile %1$s", 2, "", "Makefile: is also an input" },
    { "explore --merge", 2, "", "explore: --merge wants the file that it makes: -o FILE" },
    { "explore --merge -o x", 2, "", "explore: --merge wants the parts' files" },
    { "explore --merge -o Makefile Makefile", 2, "", "Makefile: is also an input" },
    { "explore --merge -o x Makefile", 2, "", "Makefile:1: this is no result of this version of explore" },
    { "explore -C cost.l2=9,14 %1$s", 0, ": 2 points, by the fast engine\n", "" },
    { "explore --engine tlm -C cost.l2=9,14 %1$s", 0, ": 2 points, by the tlm engine\n", "" },
    { "explore -q -C cost.l2=9,14 %1$s", 0, "", "" },
    { "explore -C cost.l2=9,14 --csv - %1$s", 0, "# stagewalk/explore/1 version=", ": 2 points, by the fast engine\n" },
    { "explore -q -C cost.l2=9,14 --csv - %1$s", 0, "\n1,9,ok,0.000000,", "" },
    { "explore -C mmu.main_tlb.ways=3,4 %1$s", 0,
      "point 1 is impossible: mmu.main_tlb.ways=3: mmu.main_tlb: 512 entries or lines in 3 ways do not", "" },
    { "explore -q -C mmu.main_tlb.ways=3,4 %1$s", 0, "", "" },
    { "explore -q -C mmu.main_tlb.entries=510 -C mmu.main_tlb.ways=3,4 %1$s", 2, "",
      "explore: no point could be measured: mmu.main_tlb: 510 entries" },
    { "explore -C cost.l2=9,14 %2$s", 1,
      "point 1 does not verify: cost.l2=9: mismatched: 9 physical addresses, 0 types, 0 faults, 0 AT results (and 1 "
      "more)",
      "" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct capture_result r = explore(row->name, good, odd);

    assert_int_equal(r.status, row->status);
    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    capture_free(&r);
}

/* One finished exploration's file is another's begin: points are added, not replayed again, and a wrong file is
 * refused. */
static void goes_on(void **state)
{
    char csv[300];
    struct capture_result r;

    (void)state;
    snprintf(csv, sizeof csv, "%s", fixture_path("on.csv"));
    r = explore("explore -q -C cost.l2=9,14 --csv %2$s %1$s", good, csv);
    assert_int_equal(r.status, 0);
    capture_free(&r);
    r = explore("explore -C cost.l2=9..14 --csv %2$s %1$s", good, csv);
    assert_int_equal(r.status, 0);
    assert_says(r.out, ": 6 points, by the fast engine\n");
    capture_free(&r);
    r = explore("explore -C cost.l2=9,14 --csv %2$s %1$s", good, csv);
    assert_int_equal(r.status, 2);
    assert_says(r.err, "on.csv:4: a point that is none of these; name another file, or remove it");
    capture_free(&r);
    r = explore("explore -C cost.l2=9..14 -C cost.ddr=100 --csv %2$s %1$s", good, csv);
    assert_int_equal(r.status, 2);
    assert_says(r.err, "on.csv:1: these are results of another trace, another engine, other parameters or other knobs");
    capture_free(&r);
    r = explore("explore -C cost.l2=9..14 --csv %2$s %1$s", odd, csv);
    assert_int_equal(r.status, 2);
    assert_says(r.err, "on.csv:1: these are results of another trace");
    capture_free(&r);
    r = explore("explore -C cost.l2=9..14 --engine tlm --csv %2$s %1$s", good, csv);
    assert_int_equal(r.status, 2);
    assert_says(r.err, "on.csv:1: these are results of another trace, another engine");
    capture_free(&r);
}

/* No rewritten trace takes the place of the one that it is made of. */
static void keeps_beside_the_trace(void **state)
{
    static const char *const names[] = { "stage1=pages.swt", "as-captured.swt" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char kept[300], line[1024];
        struct capture_result r;

        snprintf(kept, sizeof kept, "%s", fixture_path(names[i]));
        assert_int_equal(rename(good, kept), 0);
        snprintf(line, sizeof line, "explore -q --layout stage1=as-captured,pages --keep %.*s %s",
                 (int)(strrchr(kept, '/') - kept), kept, kept);
        r = capture_command(cmd_explore, line);
        assert_int_equal(rename(kept, good), 0);
        assert_int_equal(r.status, i == 0 ? 2 : 0);
        assert_says(r.err, i == 0 ? "stage1=pages.swt: is the trace itself; --keep another directory\n" : "");
        capture_free(&r);
        if (i > 0)
            unlink(fixture_path(names[0]));
    }
}

/* Writes a part; `edit` replaces what stands behind "numbers=", or is NULL. */
static void write_part(const char *path, int part, const char *edit)
{
    char line[1024], head[256], rest[8192];
    struct capture_result r;
    FILE *f;
    size_t count;

    unlink(path);
    snprintf(line, sizeof line, "explore -q -C cost.l2=9,14 --part %d/2 --csv %s %s", part, path, good);
    r = capture_command(cmd_explore, line);
    assert_int_equal(r.status, 0);
    capture_free(&r);
    f = fopen(path, "r+");
    assert_non_null(f);
    assert_non_null(fgets(head, sizeof head, f));
    count = fread(rest, 1, sizeof rest, f);
    rewind(f);
    if (edit)
        snprintf(strstr(head, "numbers="), 64, "numbers=%s\n", edit);
    fputs(head, f);
    assert_int_equal(fwrite(rest, 1, count, f), count);
    fclose(f);
}

static const struct join_row {
    const char *name;
    const char *edit; /* of the second part's first line */
    int status;
    const char *err;
} joins[] = {
    { "both parts", NULL, 0, "" },
    { "a part that says that it is of many more points", "1..900000", 2, "b.csv:1: not as in " },
    { "a part that says that it is of fewer points", "1..1", 2, "b.csv:1: not as in " },
    { "a part of more points than there may be", "1..1000002", 2, "b.csv:1: this is no result of this version" },
};

static void join(void **state)
{
    const struct join_row *row = *state;
    char a[300], b[300], whole[300], line[1024];
    struct capture_result r;

    snprintf(a, sizeof a, "%s", fixture_path("a.csv"));
    snprintf(b, sizeof b, "%s", fixture_path("b.csv"));
    snprintf(whole, sizeof whole, "%s", fixture_path("whole.csv"));
    write_part(a, 1, NULL);
    write_part(b, 2, row->edit);
    snprintf(line, sizeof line, "explore --merge -o %s %s %s", whole, a, b);
    r = capture_command(cmd_explore, line);
    assert_int_equal(r.status, row->status);
    assert_says(r.err, row->err);
    capture_free(&r);
    assert_int_equal(access(whole, F_OK), row->status == 0 ? 0 : -1);
    unlink(a);
    unlink(b);
    unlink(whole);
}

/* The data say what the text says. */
static void json(void **state)
{
    struct capture_result r = explore("explore -q --json - -C cost.l2=9,14 -C mmu.main_tlb.ways=3,4 %1$s", good, NULL);
    json_t *root = json_loads(r.out, 0, NULL), *points, *point;

    (void)state;
    assert_int_equal(r.status, 0);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "schema")), "stagewalk/explore/1");
    assert_int_equal(json_integer_value(json_object_get(root, "baseline")), 4);
    points = json_object_get(root, "points");
    assert_int_equal(json_array_size(points), 4);
    point = json_array_get(points, 0);
    assert_string_equal(json_string_value(json_object_get(point, "name")), "cost.l2=9 mmu.main_tlb.ways=3");
    assert_string_equal(json_string_value(json_object_get(point, "status")), "impossible");
    assert_true(json_is_null(json_object_get(json_object_get(point, "metrics"), "mean")));
    point = json_array_get(points, 3);
    assert_true(json_is_true(json_object_get(point, "baseline")));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(point, "metrics"), "accesses")), 40);
    assert_int_equal(json_array_size(json_object_get(root, "ranking")), 2);
    assert_non_null(json_string_value(json_object_get(root, "advice")));
    json_decref(root);
    capture_free(&r);
}

int main(void)
{
    static struct rows r;

    good = trace("good.swt", 0);
    odd = trace("odd.swt", 0x5000);
    rows_add(&r, check, ROWS_OF(rows));
    rows_add_test(&r, "goes on from what is there", goes_on, NULL);
    rows_add_test(&r, "a rewritten trace that would be the trace", keeps_beside_the_trace, NULL);
    rows_add(&r, join, ROWS_OF(joins));
    rows_add_test(&r, "the same as data", json, NULL);
    return rows_run(&r, "explore_command");
}
