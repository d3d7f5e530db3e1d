/* `stagewalk merge` and `stagewalk params` as a user meets them: exit status, output, messages. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"

#include "sim/commands.h"

#include <jansson.h>
#include <stdbool.h>

typedef int command(int argc, char **argv);

/* What must come out; an empty text asks for nothing at all. */
static const struct row {
    const char *line;
    command *run;
    int status;
    const char *out, *err;
} rows[] = {
    { "merge 0xff/ish 0x1", cmd_merge, 0, "result    0x04/osh       Device-nGnRE\n", "" },
    { "merge Normal-WB/ish Normal-WB/osh", cmd_merge, 0, "PAR_EL1   ATTR 0xff, SH 0b10\n", "" },
    { "merge 0x5f 0xf", cmd_merge, 0, "inner WB RA+WA, outer WB WA transient\n", "" },
    { "merge --json - 0xff 0xf", cmd_merge, 0, "\"schema\": \"stagewalk/merge/1\"", "" },
    { "merge --table", cmd_merge, 0, "\niWB-oWT  nGnRnE  nGnRE   nGRE    GRE     NC      iWT-oNC iWB-oNC", "" },
    { "merge --table -a", cmd_merge, 0, "\n0xff  WB       0x00    0x04    0x08    0x0c    0x44    0x4b", "" },
    { "merge --table --csv -", cmd_merge, 0, "\n0xff,ish,0xf,osh,Normal-WB,WB,WB,RA+WA,RA+WA,N/N,osh,0xff,osh,yes,\n",
      "" },
    { "merge --check tests/golden/merge-xen.csv", cmd_merge, 0, ": 26 rows, 104 compared cells, 0 mismatches\n", "" },
    { "merge -q --check tests/golden/merge-xen.csv", cmd_merge, 0, "", "" },
    { "merge --help", cmd_merge, 0, "Examples:\n", "" },
    { "merge", cmd_merge, 2, "", "merge wants S1 and S2" },
    { "merge 0xff", cmd_merge, 2, "", "merge wants S1 and S2" },
    { "merge 0xff 0xf 0xf", cmd_merge, 2, "", "merge wants S1 and S2" },
    { "merge 0x100 0xf", cmd_merge, 2, "", "stage 1: '0x100': unknown attribute" },
    { "merge 0xff/x 0xf", cmd_merge, 2, "", "stage 1: '0xff/x': unknown shareability" },
    { "merge 0xff 0xff", cmd_merge, 2, "", "stage 2: '0xff': unknown attribute" },
    { "merge 0xff 0xf/x", cmd_merge, 2, "", "stage 2: '0xf/x': unknown shareability" },
    { "merge --table 0xff 0xf", cmd_merge, 2, "", "--table wants no operands" },
    { "merge --check x 0xff", cmd_merge, 2, "", "--check wants no operands" },
    { "merge --check x --table", cmd_merge, 2, "", "exclude each other" },
    { "merge --all 0xff 0xf", cmd_merge, 2, "", "--all goes with --table" },
    { "merge --table --all --csv -", cmd_merge, 2, "", "without --all" },
    { "merge --csv - 0xff 0xf", cmd_merge, 2, "", "--csv goes with --table" },
    { "merge --json - --table", cmd_merge, 2, "", "--json goes with S1 and S2" },
    { "merge --check nowhere/to/be/found", cmd_merge, 2, "", "nowhere/to/be/found: cannot open: No such file" },
    { "merge --check /", cmd_merge, 2, "", "/: Is a directory" },
    { "merge --table --csv nowhere/to/be/found", cmd_merge, 2, "", "nowhere/to/be/found: cannot create" },
    { "merge --tabel", cmd_merge, 2, "", "did you mean '--table'?" },
    { "params", cmd_params, 0, "\nmmu.main_tlb.entries        512      512  1..", "" },
    { "params -C mmu.main_tlb.entries=256", cmd_params, 0, "\nmmu.main_tlb.entries        256      512  1..", "" },
    { "params cost.l1d", cmd_params, 0, "key       value  default  range    unit    source\ncost.l1d      3", "" },
    { "params --csv - cluster", cmd_params, 0, "key,value,default,range,unit,source\ncluster.cores,4,4,1..4,cores,\"",
      "" },
    { "params --json - -C cache.l2.policy=rr cache.l2.policy", cmd_params, 0,
      "\"value\": \"rr\",\n      \"default\": \"lru\"", "" },
    { "params --guesses --csv - *.policy", cmd_params, 0, "mmu.main_tlb.policy", "" },
    { "params --counters", cmd_params, 0, "0xe2     IUTLB_DEP_STALL         ", "" },
    { "params --counters --json -", cmd_params, 2, "", "goes with nothing else" },
    { "params --help", cmd_params, 0, "Examples:\n", "" },
    { "params nonsense", cmd_params, 2, "", "no parameter matches 'nonsense'\n" },
    { "params cost.drd", cmd_params, 2, "", "did you mean 'cost.ddr'?" },
    { "params --records x", cmd_params, 2, "", "unknown option '--records'" },
    { "params --json nowhere/to/be/found", cmd_params, 2, "", "nowhere/to/be/found: cannot create" },
    { "params --json /dev/full", cmd_params, 2, "", "/dev/full: cannot write: No space left on device" },
    { "params -C cost.ddr=x", cmd_params, 2, "", "-C cost.ddr=x" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct capture_result r = capture_command(row->run, row->line);

    assert_int_equal(r.status, row->status);
    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    capture_free(&r);
}

static void guesses_are_marked_so_and_no_other(void **state)
{
    struct capture_result all = capture_command(cmd_params, "params --json -");
    struct capture_result some = capture_command(cmd_params, "params --guesses --json -");
    json_t *all_json = json_loads(all.out, 0, NULL), *some_json = json_loads(some.out, 0, NULL), *p;
    size_t i, guesses = 0;

    (void)state;
    json_array_foreach(json_object_get(all_json, "parameters"), i, p)
    {
        bool said = strstr(json_string_value(json_object_get(p, "source")), "[guess]") != NULL;

        assert_int_equal(json_is_true(json_object_get(p, "guess")), said);
        guesses += said ? 1 : 0;
    }
    assert_true(guesses > 0 && guesses < i);
    assert_int_equal(json_array_size(json_object_get(some_json, "parameters")), guesses);
    json_decref(all_json);
    json_decref(some_json);
    capture_free(&all);
    capture_free(&some);
}

/* Writes a table into a file of its own. Returns its path. */
static const char *table_file(const char *text)
{
    static char path[64];
    int fd = memfd_create("table", 0);

    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

static void a_mismatch_is_printed_even_quietly_and_counts(void **state)
{
    char line[128];
    struct capture_result r;

    (void)state;
    snprintf(line, sizeof line, "merge -q --check %s",
             table_file("s1_attr,s1_sh,s2_memattr,s2_sh,sh\n0xff,ish,0xf,ish,ish\n0xff,nsh,0xf,ish,nsh\n"));
    r = capture_command(cmd_merge, line);
    assert_int_equal(r.status, 1);
    assert_says(r.out, ":3: 0xff/nsh with 0xf/ish: sh: expected nsh, is ish\n");
    assert_says(r.out, ": 2 rows, 2 compared cells, 1 mismatches\n");
    assert_says(r.err, "");
    capture_free(&r);
}

static void bad_input_is_told_with_its_place(void **state)
{
    char line[128];
    struct capture_result r;

    (void)state;
    snprintf(line, sizeof line, "merge --check %s",
             table_file("s1_attr,s1_sh,s2_memattr,s2_sh,sh\n\x1b[31m,ish,0xf,ish,ish\n"));
    r = capture_command(cmd_merge, line);
    assert_int_equal(r.status, 2);
    assert_says(r.out, "");
    assert_says(r.err, ":2: column 1 (s1_attr): '?[31m' is not a MAIR byte");
    capture_free(&r);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    rows_add_test(&r, "guesses are marked so and no other", guesses_are_marked_so_and_no_other, NULL);
    rows_add_test(&r, "a mismatch is printed even quietly and counts", a_mismatch_is_printed_even_quietly_and_counts,
                  NULL);
    rows_add_test(&r, "bad input is told with its place", bad_input_is_told_with_its_place, NULL);
    return rows_run(&r, "commands");
}
