/* Rows of expected outcomes: the header says what each column is, then each row is combined and compared. */
#include "sim/merge/merge_check.h"

#include "sim/csv_rows.h"
#include "sim/merge/merge_field.h"
#include "sim/merge/merge_text.h"
#include "sim/suggest.h"
#include "traces/error.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define HINT_BYTES 64
#define SHOWN_CELL 40 /* bytes of a cell that a message repeats */

enum input { INPUT_MAIR, INPUT_S1_SH, INPUT_MEMATTR, INPUT_S2_SH, INPUT_COUNT };

static const struct {
    const char *name, *second_name;
    const char *wants;
} inputs[INPUT_COUNT] = {
    [INPUT_MAIR] = { "s1_attr", "s1_mair_attr", "a MAIR byte such as 0xff, or a type such as Normal-WB" },
    [INPUT_S1_SH] = { "s1_sh", NULL, "nsh, ish, osh or reserved" },
    [INPUT_MEMATTR] = { "s2_memattr", NULL, "0x0 to 0xf, or a type such as Normal-WB" },
    [INPUT_S2_SH] = { "s2_sh", NULL, "nsh, ish, osh or reserved" },
};

/* What a column holds: one of the inputs, one of the fields, or something to pass over. */
enum column_kind { COLUMN_INPUT, COLUMN_FIELD, COLUMN_NOTE };

struct column {
    enum column_kind kind;
    enum input input;
    enum merge_field field;
};

struct check {
    const char *name;
    FILE *out;
    struct column columns[CSV_CELLS_MAX];
    size_t column_count; /* 0 until the header has been read */
    struct merge_totals *totals;
    struct trace_error *err;
    bool failed;
};

/* ---- The header ---- */

static bool find_column(const char *name, struct column *column)
{
    *column = (struct column){ .kind = COLUMN_NOTE };
    for (int i = 0; i < INPUT_COUNT; i++) {
        if (strcmp(name, inputs[i].name) == 0 || (inputs[i].second_name && strcmp(name, inputs[i].second_name) == 0)) {
            *column = (struct column){ .kind = COLUMN_INPUT, .input = (enum input)i };
            return true;
        }
    }
    column->field = merge_field_find(name);
    if (column->field == MERGE_FIELD_COUNT)
        return strcmp(name, "note") == 0;
    column->kind = COLUMN_FIELD;
    return true;
}

static bool unknown_column(struct check *c, const struct csv_row *row, size_t at)
{
    struct suggest near;
    char hint[HINT_BYTES];

    suggest_init(&near, row->cells[at]);
    for (int i = 0; i < INPUT_COUNT; i++)
        suggest_offer(&near, inputs[i].name);
    for (int i = 0; i < MERGE_FIELD_COUNT; i++)
        suggest_offer(&near, merge_field_name((enum merge_field)i));
    return error_set(c->err, "%s:%" PRIu64 ": column %zu: unknown name '%.*s'%s", c->name, row->line, at + 1,
                     SHOWN_CELL, row->cells[at], suggest_text(&near, hint, sizeof hint));
}

static bool same_column(const struct column *a, const struct column *b)
{
    if (a->kind != b->kind || a->kind == COLUMN_NOTE)
        return false;
    return a->kind == COLUMN_INPUT ? a->input == b->input : a->field == b->field;
}

/* Each input once, at least one field. */
static bool check_header(struct check *c, const struct csv_row *row)
{
    bool has_input[INPUT_COUNT] = { false }, has_field = false;

    for (size_t i = 0; i < row->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (same_column(&c->columns[i], &c->columns[j]))
                return error_set(c->err, "%s:%" PRIu64 ": columns %zu and %zu hold the same: '%s' and '%s'", c->name,
                                 row->line, j + 1, i + 1, row->cells[j], row->cells[i]);
        }
        has_field = has_field || c->columns[i].kind == COLUMN_FIELD;
        if (c->columns[i].kind == COLUMN_INPUT)
            has_input[c->columns[i].input] = true;
    }
    for (int i = 0; i < INPUT_COUNT; i++) {
        if (!has_input[i])
            return error_set(c->err, "%s:%" PRIu64 ": no column '%s'; the first row must name the columns", c->name,
                             row->line, inputs[i].name);
    }
    if (!has_field)
        return error_set(c->err, "%s:%" PRIu64 ": no column with an expected outcome, such as type, sh or attr",
                         c->name, row->line);
    return true;
}

static bool take_header(struct check *c, const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (!find_column(row->cells[i], &c->columns[i]))
            return unknown_column(c, row, i);
    }
    c->column_count = row->count;
    return check_header(c, row);
}

/* ---- Rows ---- */

static bool unreadable(const struct check *c, const struct csv_row *row, size_t at)
{
    const struct column *column = &c->columns[at];
    bool is_input = column->kind == COLUMN_INPUT;

    return error_set(c->err, "%s:%" PRIu64 ": column %zu (%s): '%.*s' is not %s", c->name, row->line, at + 1,
                     is_input ? inputs[column->input].name : merge_field_name(column->field), SHOWN_CELL,
                     row->cells[at], is_input ? inputs[column->input].wants : merge_field_wants(column->field));
}

static bool parse_input(enum input input, const char *text, struct merge_inputs *in)
{
    switch (input) {
    case INPUT_MAIR:
        return merge_parse_mair(text, &in->mair);
    case INPUT_S1_SH:
        return merge_parse_sh(text, &in->s1_sh);
    case INPUT_MEMATTR:
        return merge_parse_memattr(text, &in->memattr);
    case INPUT_S2_SH:
        return merge_parse_sh(text, &in->s2_sh);
    case INPUT_COUNT:
        break;
    }
    return false;
}

static void print_mismatch(const struct check *c, const struct csv_row *row, size_t at, struct merge_inputs in)
{
    enum merge_field field = c->columns[at].field;
    char actual[MERGE_TEXT_BYTES];

    fprintf(c->out, "%s:%" PRIu64 ": 0x%02x/%s with 0x%x/%s: %s: expected %s, is %s\n", c->name, row->line, in.mair,
            merge_sh_name(in.s1_sh), in.memattr, merge_sh_name(in.s2_sh), merge_field_name(field), row->cells[at],
            merge_field_text(field, merge_result(in), actual));
}

static bool is_compared(const char *expected)
{
    return *expected != '\0' && strcasecmp(expected, "UNPREDICTABLE") != 0;
}

static bool compare_cells(struct check *c, const struct csv_row *row, struct merge_inputs in)
{
    struct memattr result = merge_result(in);

    for (size_t i = 0; i < row->count; i++) {
        if (c->columns[i].kind != COLUMN_FIELD || !is_compared(row->cells[i]))
            continue;
        switch (merge_field_compare(c->columns[i].field, row->cells[i], result)) {
        case MERGE_UNREADABLE:
            return unreadable(c, row, i);
        case MERGE_DIFFERS:
            c->totals->mismatches++;
            print_mismatch(c, row, i, in);
            break;
        case MERGE_AGREES:
            break;
        }
        c->totals->cells++;
    }
    return true;
}

static bool take_data(struct check *c, const struct csv_row *row)
{
    struct merge_inputs in = { 0 };

    if (row->count != c->column_count)
        return error_set(c->err, "%s:%" PRIu64 ": %zu cells, but the header names %zu columns", c->name, row->line,
                         row->count, c->column_count);
    for (size_t i = 0; i < row->count; i++) {
        if (c->columns[i].kind == COLUMN_INPUT && !parse_input(c->columns[i].input, row->cells[i], &in))
            return unreadable(c, row, i);
    }
    c->totals->rows++;
    return compare_cells(c, row, in);
}

static bool take_row(void *context, const struct csv_row *row)
{
    struct check *c = context;

    c->failed = !(c->column_count == 0 ? take_header(c, row) : take_data(c, row));
    return !c->failed && !ferror(c->out);
}

bool merge_check(const struct merge_table *table, FILE *out, struct merge_totals *totals, struct trace_error *err)
{
    struct check c = { .name = table->name, .out = out, .totals = totals, .err = err };
    struct csv_problem problem;

    memset(totals, 0, sizeof *totals);
    if (!csv_rows_read(table->in, take_row, &c, &problem)) {
        if (problem.line == 0)
            return error_set(err, "%s: %s", table->name, problem.what);
        return error_set(err, "%s:%" PRIu64 ": %s", table->name, problem.line, problem.what);
    }
    if (!c.failed && !ferror(out) && totals->rows == 0)
        return error_set(err, "%s: no rows to check", table->name);
    return !c.failed;
}
