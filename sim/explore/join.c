/* Joining the files of --part. */
#include "sim/explore/join.h"

#include "sim/explore/rows.h"
#include "traces/error.h"
#include "traces/out_file.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct join {
    char *head, *names; /* the first two lines, of the first file */
    const char *first;  /* its name */
    struct rows_head of;
    size_t cells; /* of each row */
    char **row;   /* by number */
};

/* Takes one of the first two lines, which all files have alike. */
static bool take_line(struct join *j, struct rows_reader *r, char **known, struct trace_error *err)
{
    if (!*known) {
        *known = strdup(r->text);
        return *known || error_set(err, "out of memory");
    }
    return strcmp(*known, r->text) == 0 ||
           rows_refuse(r, err, "not as in %.100s: these are no parts of one exploration", j->first);
}

static bool begin(struct join *j, struct rows_reader *r, struct trace_error *err)
{
    struct rows_head of;

    if (!rows_head_read(&of, r->text))
        return rows_refuse(r, err, "this is no result of this version of explore");
    if (!take_line(j, r, &j->head, err))
        return false;
    j->of = of; /* only now: it says how many rows there is room for */
    if (!j->row)
        j->row = calloc(j->of.last + 1, sizeof *j->row);
    return j->row || error_set(err, "out of memory");
}

static bool take_names(struct join *j, struct rows_reader *r, struct trace_error *err)
{
    if (!take_line(j, r, &j->names, err) || !rows_split(r, err))
        return false;
    j->cells = r->cells;
    return true;
}

/* Checks what can be checked without the space. */
static bool check_row(const struct join *j, struct rows_reader *r, uint64_t *number, struct trace_error *err)
{
    struct point_result result;
    struct trace_error why = { "" };
    bool good;

    if (!rows_split(r, err))
        return false;
    if (r->cells < 2 + POINT_RESULT_CELLS)
        return rows_refuse(r, err, "%zu columns are too few", r->cells);
    if (r->cells != j->cells)
        return rows_refuse(r, err, "%zu columns, not %zu as in its second line", r->cells, j->cells);
    if (!rows_number(r->cell[0], number))
        return rows_refuse(r, err, "'%.32s' is no number of a point", r->cell[0]);
    good = point_result_read(&result, (const char *const *)&r->cell[r->cells - POINT_RESULT_CELLS], &why);
    point_result_free(&result);
    return good || rows_refuse(r, err, "%.200s", why.text);
}

static bool take_row(struct join *j, struct rows_reader *r, struct trace_error *err)
{
    char *line = strdup(r->text);
    uint64_t number = 0;
    bool good;

    assert(j->row); /* begin() has made it */
    if (!line)
        return error_set(err, "out of memory");
    good = check_row(j, r, &number, err);
    if (good && (number < j->of.first || number > j->of.last))
        good = rows_refuse(r, err, "point %" PRIu64 " is none of %zu to %zu", number, j->of.first, j->of.last);
    if (good && j->row[number])
        good =
            strcmp(j->row[number], line) == 0 || rows_refuse(r, err, "another result of a point that is there before");
    else if (good) {
        j->row[number] = line;
        line = NULL;
    }
    free(line);
    return good;
}

static bool read_rows(struct join *j, struct rows_reader *r, struct trace_error *err)
{
    int got = rows_next_line(r, err);

    if (got == 0)
        return error_set(err, "%.150s: empty", r->name);
    if (got < 0 || !begin(j, r, err))
        return false;
    got = rows_next_line(r, err);
    if (got == 0)
        return error_set(err, "%.150s: ends after its first line", r->name);
    if (got < 0 || !take_names(j, r, err))
        return false;
    while ((got = rows_next_line(r, err)) > 0) {
        if (!take_row(j, r, err))
            return false;
    }
    return got == 0;
}

static bool read_file(struct join *j, const char *path, struct trace_error *err)
{
    struct rows_reader *r = calloc(1, sizeof *r);
    bool good;

    if (!r)
        return error_set(err, "out of memory");
    r->name = path;
    r->in = fopen(path, "r");
    good = r->in ? read_rows(j, r, err) : error_set(err, "%.150s: cannot be read: %s", path, strerror(errno));
    if (r->in)
        fclose(r->in);
    free(r);
    return good;
}

static bool check_whole(const struct join *j, struct trace_error *err)
{
    size_t missing = 0, first = 0;

    for (size_t n = j->of.last; n + 1 > j->of.first; n--) {
        if (!j->row[n]) {
            first = n;
            missing++;
        }
        if (n == 0)
            break;
    }
    return missing == 0 ||
           error_set(err, "%zu points are missing, the first is %zu; is a part missing?", missing, first);
}

static bool write_all(const struct join *j, const char *output, struct trace_error *err)
{
    struct out_file out;

    if (!out_file_open(&out, output, err))
        return false;
    fprintf(out.stream, "%s\n%s\n", j->head, j->names);
    for (size_t n = j->of.first; n <= j->of.last; n++)
        fprintf(out.stream, "%s\n", j->row[n]);
    return out_file_commit(&out, err);
}

bool join_files(char *const *paths, size_t count, const char *output, struct trace_error *err)
{
    struct join j = { .first = paths[0] };
    bool good = true;

    for (size_t i = 0; i < count && good; i++)
        good = read_file(&j, paths[i], err);
    good = good && j.row && check_whole(&j, err) && write_all(&j, output, err);
    for (size_t n = 0; j.row && n <= j.of.last; n++)
        free(j.row[n]);
    free(j.row);
    free(j.head);
    free(j.names);
    return good;
}
