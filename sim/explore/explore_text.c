/* What a person reads of an exploration. */
#include "sim/explore/analyse.h"
#include "sim/explore/explore.h"

#include <stdlib.h>
#include <string.h>

static void print_value(enum metric m, double v, FILE *out)
{
    if (isnan(v))
        fprintf(out, " %12s", "-");
    else if (strcmp(metric_row(m)->unit, "share") == 0)
        fprintf(out, " %10.3f %%", 100 * v);
    else
        fprintf(out, " %12.*f", metric_row(m)->digits > 0 ? 4 : 0, v);
}

/* The columns of the table; the metric that sorts comes first when it is none of them. */
static const struct column {
    enum metric metric;
    const char *title;
} columns[] = {
    { METRIC_MEAN, "mean" },
    { METRIC_P99, "p99" },
    { METRIC_CPU_CYCLES, "CPU cycles" },
    { METRIC_MAIN_TLB_MISS, "TLB misses" },
    { METRIC_WALKS, "walks" },
    { METRIC_WALK_FETCHES, "fetches/walk" },
    { METRIC_TABLE_BYTES, "table bytes" },
    { METRIC_STORAGE_BITS, "storage bits" },
};

#define COLUMNS (sizeof columns / sizeof *columns)

static bool is_column(enum metric m)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].metric == m)
            return true;
    }
    return false;
}

/* Marks: what else is to be known of a point. */
struct marks {
    bool *tables, *storage; /* on the front of either cost; NULL: no such front */
};

static void print_row(const struct explore *e, size_t rank, size_t p, const struct marks *marks, FILE *out)
{
    const struct point_result *r = &e->results[p];
    const double *base = e->results[e->space.baseline].value;

    fprintf(out, "%5zu %6zu", rank, space_number(&e->space, p));
    if (!is_column(e->sort))
        print_value(e->sort, r->value[e->sort], out);
    for (size_t i = 0; i < COLUMNS; i++)
        print_value(columns[i].metric, r->value[columns[i].metric], out);
    if (isnan(base[METRIC_MEAN]) || base[METRIC_MEAN] <= 0)
        fprintf(out, " %8s", "-");
    else
        fprintf(out, " %+7.1f%%", 100 * (r->value[METRIC_MEAN] / base[METRIC_MEAN] - 1));
    fprintf(out, " %c%c%c  ", p == e->space.baseline ? 'B' : '.', marks->tables && marks->tables[p] ? 'T' : '.',
            marks->storage && marks->storage[p] ? 'S' : '.');
    space_print_point(&e->space, p, out);
    putc('\n', out);
}

static void print_table(const struct explore *e, const size_t *order, size_t good, const struct marks *marks, FILE *out)
{
    size_t shown = 0;

    fprintf(out, "\n%5s %6s", "rank", "number");
    if (!is_column(e->sort))
        fprintf(out, " %12.12s", metric_row(e->sort)->name);
    for (size_t i = 0; i < COLUMNS; i++)
        fprintf(out, " %12s", columns[i].title);
    fprintf(out, " %8s %3s  point\n", "mean by", "");
    for (size_t i = 0; i < good; i++) {
        if (i < e->rows_shown || order[i] == e->space.baseline) {
            print_row(e, i + 1, order[i], marks, out);
            shown++;
        }
    }
    if (shown < good)
        fprintf(out, "  and %zu more: --show N shows them\n", good - shown);
    fprintf(out, "B: the baseline%s%s\n", marks->tables ? "; T: no other is better with as few bytes of tables" : "",
            marks->storage ? "; S: no other is better with as few bits of storage" : "");
}

static bool same_reason(const struct point_result *a, const struct point_result *b)
{
    return a->status == b->status && strcmp(a->reason, b->reason) == 0;
}

/* Tells of all points that are not ok for the reason of this one, if it is the first of them. Returns false when it is
 * not. */
static bool print_failure(const struct explore *e, size_t p, FILE *out)
{
    static const char *const words[POINT_STATUS_COUNT] = {
        [POINT_MISMATCH] = "does not verify", [POINT_IMPOSSIBLE] = "is impossible", [POINT_FAILED] = "has failed"
    };
    const struct point_result *r = e->results;
    size_t more = 0;

    for (size_t i = 0; i < p; i++) {
        if (same_reason(&r[i], &r[p]))
            return false;
    }
    for (size_t i = p + 1; i < e->space.points; i++)
        more += same_reason(&r[i], &r[p]);
    fprintf(out, "point %zu %s: ", space_number(&e->space, p), words[r[p].status]);
    space_print_point(&e->space, p, out);
    fprintf(out, ": %s", r[p].reason);
    if (more > 0)
        fprintf(out, " (and %zu more)", more);
    putc('\n', out);
    return true;
}

static void print_failures(const struct explore *e, FILE *out)
{
    size_t told = 0;

    for (size_t p = 0; p < e->space.points && told < e->rows_shown; p++) {
        if (e->results[p].status == POINT_OK || e->results[p].status == POINT_OPEN)
            continue;
        if (told == 0)
            putc('\n', out);
        told += print_failure(e, p, out);
    }
}

static void print_effects(const struct explore *e, FILE *out)
{
    struct effects f;

    if (!analyse_effects(&e->space, e->results, e->sort, &f))
        return;
    fprintf(out, "\nWhat each knob does to %s: its share in the variance, and the mean over all points with a value\n",
            metric_row(e->sort)->name);
    for (size_t i = 0; i < e->space.knob_count && f.points > 0; i++) {
        const struct knob *k = &e->space.knob[f.rank[i]];
        const struct effect *effect = &f.knob[f.rank[i]];

        fprintf(out, "  %5.1f %%  %s\n", 100 * effect->share, k->key);
        for (size_t v = 0; v < k->listed; v++) {
            fprintf(out, "           %-14s", k->value[v]);
            print_value(e->sort, effect->value[v].mean, out);
            fprintf(out, "  of %zu%s\n", effect->value[v].points, v == effect->best ? ", the best" : "");
        }
    }
    analyse_free(&f);
}

/* Finds a front if the points differ in its cost. */
static bool *front(const struct explore *e, enum metric cost)
{
    bool *on;

    if (!analyse_varies(e->results, e->space.points, cost))
        return NULL;
    on = calloc(e->space.points, sizeof *on);
    if (on && !analyse_front(e->results, e->space.points, cost, on)) {
        free(on);
        on = NULL;
    }
    return on;
}

static void print_head(const struct explore *e, size_t good, FILE *out)
{
    size_t done = 0;

    for (size_t p = 0; p < e->space.points; p++)
        done += e->results[p].status != POINT_OPEN;
    fprintf(out, "%s: %zu points", e->layouts.trace, done);
    if (done < e->space.points)
        fprintf(out, " of %zu", e->space.points);
    if (good < done)
        fprintf(out, ", %zu of them measured", good);
    fprintf(out, ", by the %s engine%s\n", e->engine_name, e->interrupted ? "; INTERRUPTED" : "");
}

void explore_print(const struct explore *e, FILE *out)
{
    struct marks marks = { front(e, METRIC_TABLE_BYTES), front(e, METRIC_STORAGE_BITS) };
    size_t *order = calloc(e->space.points, sizeof *order);
    size_t good = order ? analyse_order(&e->space, e->results, e->sort, order) : 0;

    print_head(e, good, out);
    if (good > 0) {
        print_table(e, order, good, &marks, out);
        print_effects(e, out);
    }
    print_failures(e, out);
    putc('\n', out);
    explore_advise(e, out);
    putc('\n', out);
    free(order);
    free(marks.tables);
    free(marks.storage);
}
