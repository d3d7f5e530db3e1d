/* The name that was meant. */
#include "tests/unit/models/rows.h"

#include "sim/suggest.h"

static const struct row {
    const char *name, *word;
    const char *const *offers;
    const char *text;
} rows[] = {
    { "a letter too few", "repay", (const char *const[]){ "replay", "run", NULL }, "; did you mean 'replay'?" },
    { "two exchanged", "rnu", (const char *const[]){ "replay", "run", NULL }, "; did you mean 'run'?" },
    { "another letter", "marge", (const char *const[]){ "merge", "trace", NULL }, "; did you mean 'merge'?" },
    { "a beginning", "param", (const char *const[]){ "run", "params", NULL }, "; did you mean 'params'?" },
    { "an end after a dot", "ddr", (const char *const[]){ "cost.l2", "cost.ddr", NULL }, "; did you mean 'cost.ddr'?" },
    { "not an end within a word", "dr", (const char *const[]){ "cost.ddr", NULL }, "" },
    { "the first of equals", "cost.l3", (const char *const[]){ "cost.l1", "cost.l2", NULL },
      "; did you mean 'cost.l1'?" },
    { "the nearest", "tracee", (const char *const[]){ "track", "trace", NULL }, "; did you mean 'trace'?" },
    { "nothing near", "explain", (const char *const[]){ "merge", "run", NULL }, "" },
    { "not a whole other word", "x", (const char *const[]){ "p", "q", NULL }, "" },
    { "nothing written", "", (const char *const[]){ "merge", "a", NULL }, "" },
    { "written without end", "mergemergemergemergemergemergemergemergemergemergemergemergemergemergemerge",
      (const char *const[]){ "merge", NULL }, "" },
    { "nothing offered", "merge", (const char *const[]){ NULL }, "" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct suggest s;
    char text[64];

    memset(&s, POISON, sizeof s);
    suggest_init(&s, row->word);
    for (const char *const *offer = row->offers; *offer; offer++)
        suggest_offer(&s, *offer);
    assert_string_equal(suggest_text(&s, text, sizeof text), row->text);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    return rows_run(&r, "suggest");
}
