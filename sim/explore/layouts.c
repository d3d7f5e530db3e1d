/* Rewriting a trace once for each layout. */
#include "sim/explore/layouts.h"

#include "sim/explore/relayout.h"
#include "sim/interrupt.h"
#include "sim/jobs.h"
#include "traces/error.h"
#include "traces/out_file.h"
#include "traces/temp_dir.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Which layouts there are ---- */

/* The row of a layout, made if need be. The caller has room for it. */
static size_t row_of(struct layouts *l, const struct layout *layout, const char *why)
{
    struct laid_out *row = &l->row[l->count];
    size_t i = 0;

    if (why)
        snprintf(row->why, sizeof row->why, "%s", why);
    layout_text(layout, row->text);
    while (i < l->count && (strcmp(l->row[i].text, row->text) != 0 || !!l->row[i].why[0] != !!why))
        i++;
    if (i < l->count) {
        row->why[0] = '\0';
        return i;
    }
    row->layout = *layout;
    row->made = why != NULL;
    row->tables = NAN;
    return l->count++;
}

/* True when two points in a row have the same words of layout. */
static bool same_words(const struct space *s, size_t a, size_t b)
{
    for (size_t i = 0; i < s->knob_count; i++) {
        if (!s->knob[i].param && space_value(s, a, i) != space_value(s, b, i))
            return false;
    }
    return true;
}

bool layouts_find(struct layouts *l, const struct space *s, struct trace_error *err)
{
    l->of = calloc(s->points, sizeof *l->of);
    for (size_t p = 0; p < s->points && l->of; p++) {
        struct layout layout;
        char why[LAYOUT_WHY_BYTES];
        const char *reason;
        struct laid_out *more;

        if (p > 0 && same_words(s, p - 1, p)) {
            l->of[p] = l->of[p - 1];
            continue;
        }
        more = realloc(l->row, (l->count + 1) * sizeof *more);
        if (!more)
            return error_set(err, "out of memory");
        l->row = more;
        l->row[l->count] = (struct laid_out){ .made = false };
        reason = space_layout(s, p, &layout, why);
        l->of[p] = row_of(l, &layout, reason);
    }
    return l->of || error_set(err, "out of memory");
}

/* ---- Rewriting ---- */

/* What is known of the tables: bytes, leaves at levels 1 to 3 of each stage, and bytes that these map. */
enum { FACT_TABLES, FACT_LEAVES, FACT_MAPPED = FACT_LEAVES + 6, FACT_COUNT = FACT_MAPPED + 2 };

struct facts {
    uint64_t of[FACT_COUNT];
};

struct making {
    struct layouts *l;
    size_t *row; /* those that are to be made */
    size_t count;
    struct trace_error *err;
};

static bool is_captured(const struct laid_out *row)
{
    return strcmp(row->text, SPACE_CAPTURED) == 0;
}

/* Adds up the sets of tables: those that there are now, or those that were captured. Of the captured ones those do not
 * count that the trace does not carry: no other layout has tables for what nobody knows. */
static struct facts add_up(const struct relayout_result *result, bool captured)
{
    struct facts f = { { 0 } };

    for (size_t i = 0; i < result->count; i++) {
        const struct relayout_context *c = &result->context[i];
        unsigned stage = c->stage == 2;
        uint64_t unknown = c->unknown * TRACE_PAGE_BYTES;

        f.of[FACT_TABLES] += !captured ? c->tables : c->old_tables > unknown ? c->old_tables - unknown : 0;
        f.of[FACT_MAPPED + stage] += c->mapped;
        for (unsigned level = 1; level < RELAYOUT_LEVELS; level++)
            f.of[FACT_LEAVES + 3 * stage + level - 1] += captured ? c->old_leaves[level] : c->leaves[level];
    }
    return f;
}

/* In a child: writes "done" and numbers, or "refused" or "failed" and the reason. */
static int work(void *context, size_t piece, FILE *out)
{
    const struct making *m = context;
    const struct laid_out *row = &m->l->row[m->row[piece]];
    const struct relayout_request request = {
        .path = m->l->trace, .input = m->l->input, .output = row->path, .layout = row->layout
    };
    struct relayout_result result = { .count = 0 };
    struct trace_error err = { "" };
    enum relayout_status status = relayout_trace(&request, &result, &err);

    if (status == RELAYOUT_DONE) {
        struct facts f = add_up(&result, is_captured(row));

        fprintf(out, "done");
        for (size_t i = 0; i < FACT_COUNT; i++)
            fprintf(out, " %" PRIu64, f.of[i]);
    } else {
        fprintf(out, "%s %s", status == RELAYOUT_REFUSED ? "refused" : "failed", err.text);
    }
    relayout_free(&result);
    return 0;
}

/* There is no such trace. Of the captured one only the facts are missing then. */
static void lose(struct layouts *l, struct laid_out *row, const char *why)
{
    free(row->path);
    row->path = is_captured(row) ? strdup(l->trace) : NULL;
    row->temporary = false;
    snprintf(row->why, sizeof row->why, "%s", why);
}

/* Reads what a child has written of a layout that is done. Returns false when it is not. */
static bool read_facts(struct laid_out *row, const char *text)
{
    double number[FACT_COUNT];
    char *end;

    if (strncmp(text, "done", 4) != 0)
        return false;
    text += 4;
    for (size_t i = 0; i < FACT_COUNT; i++) {
        number[i] = (double)strtoull(text, &end, 10);
        text = end;
    }
    row->tables = number[FACT_TABLES];
    memcpy(row->leaves, &number[FACT_LEAVES], sizeof row->leaves);
    memcpy(row->mapped, &number[FACT_MAPPED], sizeof row->mapped);
    return true;
}

static bool take(void *context, const struct job_result *result)
{
    struct making *m = context;
    struct laid_out *row = &m->l->row[m->row[result->piece]];
    char reason[JOBS_REASON_BYTES];

    if (result->end == JOB_NOT_WANTED || (interrupt_asked() && strncmp(result->bytes, "done", 4) != 0))
        return true; /* it may have been ended for that */
    row->made = true;
    row->failed = result->end != JOB_RETURNED || strncmp(result->bytes, "failed", 6) == 0;
    if (result->end != JOB_RETURNED)
        lose(m->l, row, job_reason(result, reason));
    else if (!read_facts(row, result->bytes))
        lose(m->l, row, strchr(result->bytes, ' ') ? strchr(result->bytes, ' ') + 1 : "the result is cut off");
    if (is_captured(row)) {
        free(row->path);
        row->path = strdup(m->l->trace);
    }
    return true;
}

static bool make_directory(struct layouts *l, struct trace_error *err)
{
    if (l->directory)
        return mkdir(l->directory, 0777) == 0 || errno == EEXIST ||
               error_set(err, "%.150s: cannot be made: %s", l->directory, strerror(errno));
    if (!l->made_directory)
        l->made_directory = temp_dir_make(err);
    return l->made_directory != NULL;
}

/* Names the file: by the words, blanks being commas. Of the captured one facts alone are wanted. */
static bool name_file(const struct layouts *l, struct laid_out *row, struct trace_error *err)
{
    const char *directory = l->directory ? l->directory : l->made_directory;
    char words[LAYOUT_TEXT_BYTES];

    snprintf(words, sizeof words, "%.200s", row->text);
    for (char *at = words; *at; at++)
        *at = *at == ' ' ? ',' : *at == '/' ? '-' : *at;
    free(row->path);
    if (is_captured(row))
        row->path = strdup("/dev/null");
    else if (asprintf(&row->path, "%s/%s.swt", directory, words) < 0)
        row->path = NULL;
    if (!row->path)
        return error_set(err, "out of memory");
    if (out_file_replaces(row->path, l->trace))
        return error_set(err, "%.150s: is the trace itself; --keep another directory", row->path);
    row->temporary = !l->directory && !is_captured(row);
    return true;
}

static bool make_all(struct making *m, unsigned at_once)
{
    const struct jobs jobs = { .count = m->count, .at_once = at_once, .context = m, .work = work, .take = take };

    if (m->count == 0)
        return true;
    if (!make_directory(m->l, m->err))
        return false;
    for (size_t i = 0; i < m->count; i++) {
        if (!name_file(m->l, &m->l->row[m->row[i]], m->err))
            return false;
    }
    return jobs_run(&jobs, m->err);
}

bool layouts_make(struct layouts *l, const bool *wanted, size_t points, unsigned at_once, struct trace_error *err)
{
    struct making m = { .l = l, .row = calloc(l->count, sizeof *m.row), .err = err };
    bool *row_wanted = calloc(l->count, sizeof *row_wanted);
    bool good = m.row && row_wanted;

    if (!good)
        error_set(err, "out of memory");
    for (size_t p = 0; p < points && good; p++)
        row_wanted[l->of[p]] |= wanted[p];
    for (size_t i = 0; i < l->count && good; i++) {
        if (row_wanted[i] && !l->row[i].made)
            m.row[m.count++] = i;
    }
    good = good && make_all(&m, at_once);
    free(row_wanted);
    free(m.row);
    return good;
}

static double stage_leaves(const struct laid_out *row, unsigned stage)
{
    return row->leaves[stage][0] + row->leaves[stage][1] + row->leaves[stage][2];
}

/* The mean leaf of the stage whose leaves are smaller: what limits an entry that joins both. */
static double mean_leaf(const struct laid_out *row)
{
    double least = NAN;

    for (unsigned stage = 0; stage < 2; stage++) {
        double leaves = stage_leaves(row, stage);

        if (leaves > 0)
            least = fmin(least, row->mapped[stage] / leaves); /* of NAN and a number the number */
    }
    return least;
}

void layouts_measure(const struct layouts *l, size_t point, uint32_t main_tlb_entries, struct point_result *r)
{
    const struct laid_out *row = &l->row[l->of[point]];

    if (!row->path || isnan(row->tables))
        return;
    r->value[METRIC_TABLE_BYTES] = row->tables;
    r->value[METRIC_LEAVES] = stage_leaves(row, 0) + stage_leaves(row, 1);
    for (unsigned i = 0; i < 6; i++)
        r->value[METRIC_S1L1_LEAVES + i] = row->leaves[i / 3][i % 3];
    r->value[METRIC_MAPPED_BYTES] = row->mapped[0] + row->mapped[1];
    r->value[METRIC_REACH_BYTES] = main_tlb_entries * mean_leaf(row);
}

void layouts_free(struct layouts *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->row[i].temporary && l->row[i].path)
            unlink(l->row[i].path);
        free(l->row[i].path);
    }
    if (l->made_directory)
        temp_dir_remove();
    free(l->row);
    free(l->of);
}
