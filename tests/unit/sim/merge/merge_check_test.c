/* Tables of expected outcomes: what agrees, what does not, and what is no such table. */
#include "tests/temp_file.h"
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"

#include "sim/merge/merge_check.h"
#include "sim/merge/merge_list.h"

/* Checks a table in memory. Returns merge_check's answer; *said is what it printed, to be freed. */
static bool check_text(const char *text, struct merge_totals *totals, char **said, struct trace_error *err)
{
    size_t said_bytes;
    struct merge_table table = { .in = temp_unnamed(), .name = "table" };
    FILE *out = open_memstream(said, &said_bytes);
    bool well;

    assert_non_null(table.in);
    fputs(text, table.in);
    rewind(table.in);
    memset(totals, POISON, sizeof *totals);
    err->text[0] = '\0';
    well = merge_check(&table, out, totals, err);
    fclose(table.in);
    fclose(out);
    return well;
}

#define HEAD "s1_attr,s1_sh,s2_memattr,s2_sh,"

static const struct row {
    const char *name, *text;
    unsigned rows, cells, mismatches;
    const char *said; /* the first line, or a part of it */
} whole[] = {
    { "agreement", HEAD "type,sh,attr\n0xff,ish,0x1,osh,Device-nGnRE,osh,0x04\n", 1, 3, 0, "" },
    { "the long names",
      "s1_mair_attr,s1_sh,s2_memattr,s2_sh,result_type,result_inner,result_outer,inner_alloc,outer_alloc,transient,"
      "result_sh,par_attr,par_sh,note\n"
      "0x5f,ish,0xb,nsh,Normal,WB,WT,RA+WA,WA,N/T,ish,0x1f,ish,whatever\n"
      "0x44,nsh,0xf,nsh,Normal,NC,NC,none,none,-/-,osh,0x44,osh,SH_FORCED_OSH\n"
      "0x44,nsh,0xf,nsh,Normal,NC,NC,-,-,-,10,0x44,0b10,\n"
      "0x44,nsh,0xf,nsh,Normal,NC,NC,,,N/N,osh,0x44,osh,\n"
      "0x0c,nsh,0x2,nsh,Device-nGRE,-,-,-,-,-/-,osh,0x08,osh,\n",
      5, 43, 0, "" },
    { "columns in any order", "note,sh,s2_sh,cached,s1_sh,s2_memattr,s1_attr\nx,ish,nsh,yes,ish,WB,WB\n", 1, 2, 0, "" },
    { "what is empty or unpredictable is not compared",
      HEAD "type,sh,attr\n0x40,01,4,nsh,UNPREDICTABLE,,unpredictable\n0xff,nsh,0xf,nsh,Normal,UNPREDICTABLE,\n", 2, 1,
      0, "" },
    { "a type spelt out agrees with the short one", HEAD "type\n0xff,nsh,0xf,nsh,Normal-iWB-oWB\n", 1, 1, 0, "" },
    { "any Device", HEAD "type\n0xff,nsh,0x2,nsh,Device\n", 1, 1, 0, "" },
    { "a wrong type", HEAD "type\n0xff,ish,0x1,osh,Device-nGRE\n", 1, 1, 1,
      "table:2: 0xff/ish with 0x1/osh: type: expected Device-nGRE, is Device-nGnRE\n" },
    { "Device is not Normal", HEAD "type\n0xff,ish,0x1,osh,Normal\n", 1, 1, 1,
      "type: expected Normal, is Device-nGnRE" },
    { "Normal is not Device", HEAD "type\n0xff,ish,0xf,osh,Device\n", 1, 1, 1, "type: expected Device, is Normal-WB" },
    { "a wrong shareability", HEAD "sh,note\n\n\n0xff,ish,0xf,nsh,nsh,\n", 1, 1, 1,
      "table:4: 0xff/ish with 0xf/nsh: sh: expected nsh, is ish" },
    { "a reserved one is shown as such", HEAD "sh\n0xff,01,0xf,reserved,ish\n", 1, 1, 1,
      "0xff/reserved with 0xf/reserved" },
    { "a wrong byte", HEAD "attr\n0xff,nsh,0xf,nsh,0xfe\n", 1, 1, 1, "attr: expected 0xfe, is 0xff" },
    { "a wrong half", HEAD "inner,outer\n0xf4,nsh,0xf,nsh,WB,NC\n", 1, 2, 2, "inner: expected WB, is NC" },
    { "no half of Device is Non-cacheable", HEAD "inner\n0x04,nsh,0xf,nsh,NC\n", 1, 1, 1, "inner: expected NC, is -" },
    { "a half of Normal is", HEAD "outer\n0x44,nsh,0xf,nsh,-\n", 1, 1, 1, "outer: expected -, is NC" },
    { "wrong hints", HEAD "inner_alloc,outer_alloc\n0xde,nsh,0xf,nsh,WA,RA\n", 1, 2, 2,
      "inner_alloc: expected WA, is RA" },
    { "a wrong transience", HEAD "transient\n0x7f,nsh,0xf,nsh,T/N\n", 1, 1, 1, "transient: expected T/N, is N/T" },
    { "transience unexpected", HEAD "transient\n0x7f,nsh,0xf,nsh,N/N\n", 1, 1, 1, "transient: expected N/N, is N/T" },
    { "no transience where there could be", HEAD "transient\n0xff,nsh,0xf,nsh,-\n", 1, 1, 1, "expected -, is N/N" },
    { "wrongly cached", HEAD "cached\n0xbb,nsh,0xf,nsh,yes\n0xff,nsh,0xf,nsh,no\n", 2, 2, 2,
      "cached: expected yes, is no" },
    { "two mismatches of one row", HEAD "sh,par_sh\n0xff,nsh,0xf,nsh,ish,osh\n", 1, 2, 2,
      "sh: expected ish, is nsh\n" },
};

static void check_whole(void **state)
{
    const struct row *row = *state;
    struct merge_totals totals;
    struct trace_error err;
    char *said;

    assert_true(check_text(row->text, &totals, &said, &err));
    assert_string_equal(err.text, "");
    assert_says(said, row->said);
    assert_int_equal(totals.rows, row->rows);
    assert_int_equal(totals.cells, row->cells);
    assert_int_equal(totals.mismatches, row->mismatches);
    free(said);
}

static const struct bad {
    const char *name, *text, *error;
} bad[] = {
    { "nothing", "", "table: no rows to check" },
    { "a header alone", HEAD "sh\n", "table: no rows to check" },
    { "no header", "0xff,ish,0xf,ish,ish\n", "table:1: column 1: unknown name '0xff'" },
    { "an unknown column", HEAD "sh,colour\n", "table:1: column 6: unknown name 'colour'" },
    { "a misspelt column", HEAD "chached\n", "unknown name 'chached'; did you mean 'cached'?" },
    { "a missing input", "s1_attr,s1_sh,s2_memattr,sh\n", "table:1: no column 's2_sh'" },
    { "an input twice", HEAD "s1_mair_attr,sh\n",
      "table:1: columns 1 and 5 hold the same: 's1_attr' and 's1_mair_attr'" },
    { "a field twice", HEAD "sh,result_sh\n", "table:1: columns 5 and 6 hold the same" },
    { "nothing expected", HEAD "note\n0xff,ish,0xf,ish,\n", "table:1: no column with an expected outcome" },
    { "too few cells", HEAD "sh\n0xff,ish,0xf,ish\n", "table:2: 4 cells, but the header names 5 columns" },
    { "too many cells", HEAD "sh\n0xff,ish,0xf,ish,ish,\n", "table:2: 6 cells, but the header names 5 columns" },
    { "an unreadable MAIR byte", HEAD "sh\n\n0x1ff,ish,0xf,ish,ish\n",
      "table:3: column 1 (s1_attr): '0x1ff' is not a MAIR byte" },
    { "an unreadable SH", HEAD "sh\n0xff,ish,0xf,xsh,ish\n", "table:2: column 4 (s2_sh): 'xsh' is not nsh, ish" },
    { "an empty input", HEAD "sh\n0xff,,0xf,ish,ish\n", "table:2: column 2 (s1_sh): '' is not nsh, ish" },
    { "an unpredictable input", HEAD "sh\n0xff,ish,UNPREDICTABLE,ish,ish\n", "table:2: column 3 (s2_memattr)" },
    { "an unreadable type", HEAD "type\n0xff,ish,0xf,ish,Norml\n", "table:2: column 5 (type): 'Norml' is not a type" },
    { "an unreadable half", HEAD "inner\n0xff,ish,0xf,ish,Write-Back\n",
      "table:2: column 5 (inner): 'Write-Back' is not NC" },
    { "unreadable hints", HEAD "outer_alloc\n0xff,ish,0xf,ish,R+W\n", "(outer_alloc): 'R+W' is not RA+WA" },
    { "an unreadable transience", HEAD "transient\n0xff,ish,0xf,ish,N,\n", "6 cells" },
    { "half a transience", HEAD "transient\n0xff,ish,0xf,ish,N\n", "(transient): 'N' is not T, N or -" },
    { "an unreadable truth", HEAD "cached\n0xff,ish,0xf,ish,maybe\n", "(cached): 'maybe' is not yes or no" },
    { "a broken quote", HEAD "sh\n0xff,ish,0xf,ish,i\"sh\n", "table:2: a quote where none may be" },
};

static void check_bad(void **state)
{
    const struct bad *row = *state;
    struct merge_totals totals;
    struct trace_error err;
    char *said;

    assert_false(check_text(row->text, &totals, &said, &err));
    assert_says(err.text, row->error);
    free(said);
}

static void a_long_cell_is_cut_in_the_message(void **state)
{
    char text[4096] = HEAD "sh\n0xff,ish,0xf,ish,";
    size_t end = strlen(text);
    struct merge_totals totals;
    struct trace_error err;
    char *said;

    (void)state;
    memset(text + end, 'x', 3000);
    assert_false(check_text(text, &totals, &said, &err));
    assert_says(err.text, "is not nsh, ish or osh");
    assert_true(strlen(err.text) < 200);
    free(said);
}

static void the_list_of_all_agrees_with_itself(void **state)
{
    char *list, *said;
    size_t list_bytes;
    FILE *stream = open_memstream(&list, &list_bytes);
    struct merge_totals totals;
    struct trace_error err;

    (void)state;
    assert_true(merge_list_csv(stream, NULL));
    fclose(stream);
    assert_true(check_text(list, &totals, &said, &err));
    assert_string_equal(said, "");
    assert_int_equal(totals.rows, 229 * 4 * 16 * 4);
    assert_int_equal(totals.cells, totals.rows * 10);
    assert_int_equal(totals.mismatches, 0);
    assert_non_null(strstr(list, "\n0xff,reserved,0x4,reserved,"));
    assert_non_null(strstr(list, ",S1_SH_RESERVED S2_MEMATTR_RESERVED S2_SH_RESERVED\n"));
    assert_non_null(strstr(list, ",SH_FORCED_OSH\n"));
    free(said);
    free(list);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check_whole, ROWS_OF(whole));
    rows_add(&r, check_bad, ROWS_OF(bad));
    rows_add_test(&r, "a long cell is cut in the message", a_long_cell_is_cut_in_the_message, NULL);
    rows_add_test(&r, "the list of all agrees with itself", the_list_of_all_agrees_with_itself, NULL);
    return rows_run(&r, "merge_check");
}
