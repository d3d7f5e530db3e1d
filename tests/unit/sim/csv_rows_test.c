/* Rows, their lines, and files that are none. */
#include "tests/temp_file.h"
#include "tests/unit/models/rows.h"

#include "sim/csv_rows.h"

#include <stdlib.h>

/* Rows as text: "1:a|b 3:c|d". */
struct seen {
    char text[512];
    uint64_t rows, stop_at;
};

static bool take(void *context, const struct csv_row *row)
{
    struct seen *s = context;
    size_t end = strlen(s->text);

    end += (size_t)snprintf(s->text + end, sizeof s->text - end, "%s%d:", end ? " " : "", (int)row->line);
    for (size_t i = 0; i < row->count && end < sizeof s->text; i++)
        end += (size_t)snprintf(s->text + end, sizeof s->text - end, "%s%s", i ? "|" : "", row->cells[i]);
    return ++s->rows != s->stop_at;
}

static bool read_bytes(const char *bytes, size_t count, struct seen *s, struct csv_problem *problem)
{
    FILE *in = temp_unnamed();
    bool well;

    assert_non_null(in);
    assert_int_equal(fwrite(bytes, 1, count, in), count);
    rewind(in);
    memset(problem, POISON, sizeof *problem);
    well = csv_rows_read(in, take, s, problem);
    fclose(in);
    return well;
}

static const struct row {
    const char *name, *bytes, *rows;
} good[] = {
    { "a row a line", "a,b\nc,d\n", "1:a|b 2:c|d" },
    { "no newline at the end", "a,b\nc,d", "1:a|b 2:c|d" },
    { "carriage returns and newlines", "a,b\r\n\r\nc,d\r\n", "1:a|b 3:c|d" },
    { "carriage returns alone", "a,b\rc,d\r", "1:a|b 2:c|d" },
    { "empty lines are skipped and counted", "\n \na,b\n\n\t\n\nc,d\n", "3:a|b 7:c|d" },
    { "spaces round cells", "  a ,\tb c \n", "1:a|b c" },
    { "empty cells", ",a,\n,,\n", "1:|a| 2:||" },
    { "a quoted comma, quote and newline", "\"a,b\",\"c\"\"d\"\n\"e\nf\",g\nh,i\n", "1:a,b|c\"d 2:e\nf|g 4:h|i" },
    { "a byte order mark",
      "\xEF\xBB\xBF"
      "a,b\nc,d\n",
      "1:a|b 2:c|d" },
    { "an empty file", "", "" },
    { "only empty lines", "\n\n  \n", "" },
};

static void check_good(void **state)
{
    const struct row *row = *state;
    struct seen s = { .rows = 0 };
    struct csv_problem problem;

    assert_true(read_bytes(row->bytes, strlen(row->bytes), &s, &problem));
    assert_null(problem.what);
    assert_string_equal(s.text, row->rows);
}

static const struct bad {
    const char *name, *bytes;
    size_t count;
    uint64_t line;
    const char *what;
} bad[] = {
    { "a quote within a cell", "a,b\nc\"d,e\n", 10, 2, "a quote where none may be" },
    { "text after a quote", "a,b\n\"c\"d,e\n", 11, 2, "a quote where none may be" },
    { "a quote without an end", "a,b\n\n\"c,d\ne,f\n", 14, 3, "a quoted cell without an end" },
    { "a NUL byte", "a,b\nc,\0d\n", 9, 2, "a NUL byte: not a text file" },
};

static void check_bad(void **state)
{
    const struct bad *row = *state;
    struct seen s = { .rows = 0 };
    struct csv_problem problem;

    assert_false(read_bytes(row->bytes, row->count, &s, &problem));
    assert_string_equal(problem.what, row->what);
    assert_int_equal(problem.line, row->line);
    assert_string_equal(s.text, "1:a|b");
}

static void the_handler_may_stop(void **state)
{
    struct seen s = { .stop_at = 2 };
    struct csv_problem problem;

    (void)state;
    assert_true(read_bytes("a\nb\nc\n\"", 7, &s, &problem));
    assert_string_equal(s.text, "1:a 2:b");
}

static bool count_cells(void *context, const struct csv_row *row)
{
    *(size_t *)context = row->count ? strlen(row->cells[0]) + 1000000 * row->count : 0;
    return true;
}

/* Reads `head`, then `letter` count times, then `tail`; *cells is what count_cells makes of it. */
static bool read_long(const char *head, char letter, size_t count, const char *tail, size_t *cells)
{
    FILE *in = temp_unnamed();
    struct csv_problem problem;
    bool well;

    assert_non_null(in);
    fputs(head, in);
    for (size_t i = 0; i < count; i++)
        putc(letter, in);
    fputs(tail, in);
    rewind(in);
    *cells = 0;
    well = csv_rows_read(in, count_cells, cells, &problem);
    fclose(in);
    return well;
}

static void a_row_may_be_long_but_not_longer(void **state)
{
    size_t cells;

    (void)state;
    assert_true(read_long("", 'x', CSV_ROW_BYTES_MAX - 2, "\n", &cells));
    assert_int_equal(cells, 1000000 + CSV_ROW_BYTES_MAX - 2);
    assert_true(read_long("", 'x', CSV_ROW_BYTES_MAX - 1, "\n", &cells));
    assert_int_equal(cells, 1000000 + CSV_ROW_BYTES_MAX - 1);
    assert_false(read_long("", 'x', CSV_ROW_BYTES_MAX, "\n", &cells));
    assert_false(read_long("\"", '\n', 10 * CSV_ROW_BYTES_MAX, "\"\n", &cells));
    assert_false(read_long("", 'x', 1000 * CSV_ROW_BYTES_MAX, "", &cells));
}

static void a_row_may_have_many_cells_but_not_more(void **state)
{
    size_t cells;

    (void)state;
    assert_true(read_long("", ',', CSV_CELLS_MAX - 2, "\n", &cells));
    assert_int_equal(cells, 1000000 * (CSV_CELLS_MAX - 1));
    assert_true(read_long("", ',', CSV_CELLS_MAX - 1, "\n", &cells));
    assert_int_equal(cells, 1000000 * CSV_CELLS_MAX);
    assert_false(read_long("", ',', CSV_CELLS_MAX, "\n", &cells));
    assert_false(read_long("", ',', CSV_ROW_BYTES_MAX - 1, "\n", &cells));
}

static void empty_lines_without_end_are_no_long_row(void **state)
{
    size_t cells;

    (void)state;
    assert_true(read_long("", '\n', 10 * CSV_ROW_BYTES_MAX, "a\n", &cells));
    assert_int_equal(cells, 1000001);
}

static void what_cannot_be_read_is_the_file_s_fault(void **state)
{
    FILE *in = fopen("/", "r");
    struct csv_problem problem;
    size_t cells;

    (void)state;
    assert_non_null(in);
    assert_false(csv_rows_read(in, count_cells, &cells, &problem));
    assert_int_equal(problem.line, 0);
    assert_string_equal(problem.what, "Is a directory");
    fclose(in);
}

int main(void)
{
    static struct rows r;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_handler_may_stop),
        cmocka_unit_test(a_row_may_be_long_but_not_longer),
        cmocka_unit_test(a_row_may_have_many_cells_but_not_more),
        cmocka_unit_test(empty_lines_without_end_are_no_long_row),
        cmocka_unit_test(what_cannot_be_read_is_the_file_s_fault),
    };

    rows_add(&r, check_good, ROWS_OF(good));
    rows_add(&r, check_bad, ROWS_OF(bad));
    return (cmocka_run_group_tests(tests, NULL, NULL) != 0) | rows_run(&r, "csv_rows");
}
