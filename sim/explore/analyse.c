/* Fronts, effects and orders. */
#include "sim/explore/analyse.h"

#include <stdlib.h>
#include <string.h>

struct rated {
    double latency, cost;
    size_t point;
};

static int by_latency(const void *a, const void *b)
{
    const struct rated *x = a, *y = b;

    if (x->latency != y->latency)
        return x->latency < y->latency ? -1 : 1;
    return x->cost < y->cost ? -1 : x->cost > y->cost;
}

bool analyse_front(const struct point_result *r, size_t points, enum metric cost, bool *on)
{
    struct rated *rated = calloc(points + 1, sizeof *rated);
    size_t count = 0;
    double cheapest = INFINITY, latency = NAN;

    if (!rated)
        return false;
    for (size_t p = 0; p < points; p++) {
        on[p] = false;
        if (r[p].status == POINT_OK && !isnan(r[p].value[cost]))
            rated[count++] = (struct rated){ r[p].value[METRIC_MEAN], r[p].value[cost], p };
    }
    qsort(rated, count, sizeof *rated, by_latency);
    for (size_t i = 0; i < count; i++) { /* equals of the last one on the front are on it */
        if (rated[i].cost < cheapest || (rated[i].cost == cheapest && rated[i].latency == latency)) {
            cheapest = rated[i].cost;
            latency = rated[i].latency;
            on[rated[i].point] = true;
        }
    }
    free(rated);
    return true;
}

bool analyse_varies(const struct point_result *r, size_t points, enum metric m)
{
    double first = NAN;

    for (size_t p = 0; p < points; p++) {
        double v = r[p].value[m];

        if (r[p].status != POINT_OK || isnan(v))
            continue;
        if (isnan(first))
            first = v;
        if (v != first)
            return true;
    }
    return false;
}

/* True for a point that effects are of. */
static bool counts(const struct space *s, const struct point_result *r, size_t point, enum metric m)
{
    return r[point].status == POINT_OK && !isnan(r[point].value[m]) && !(s->outside && point == s->baseline);
}

static size_t choice_of(const struct space *s, size_t point, size_t knob)
{
    return s->choice[point * s->knob_count + knob];
}

/* Means by value, and the share of their variance. `mean` and `total` are of all points: the mean and the sum of
 * squares about it. */
static void effect_of(const struct space *s, const struct point_result *r, struct effects *e, size_t knob)
{
    struct effect *k = &e->knob[knob];
    double mean = 0, between = 0, total = 0;

    for (size_t p = 0; p < s->points; p++) {
        if (!counts(s, r, p, e->metric))
            continue;
        k->value[choice_of(s, p, knob)].points++;
        k->value[choice_of(s, p, knob)].mean += r[p].value[e->metric];
        mean += r[p].value[e->metric];
    }
    mean /= (double)e->points;
    for (size_t v = 0; v < s->knob[knob].count; v++) {
        struct effect_value *value = &k->value[v];

        value->mean = value->points > 0 ? value->mean / (double)value->points : (double)NAN;
        between += value->points > 0 ? (double)value->points * (value->mean - mean) * (value->mean - mean) : 0;
    }
    for (size_t p = 0; p < s->points; p++) {
        if (counts(s, r, p, e->metric))
            total += (r[p].value[e->metric] - mean) * (r[p].value[e->metric] - mean);
    }
    k->share = total > 0 ? fmin(between / total, 1) : 0;
}

static size_t best_value(const struct effect *k, size_t count, enum metric m)
{
    double sign = metric_wants_more(m) ? -1 : 1;
    size_t best = 0;

    for (size_t v = 1; v < count; v++) {
        if (k->value[v].points > 0 &&
            (k->value[best].points == 0 || sign * k->value[v].mean < sign * k->value[best].mean))
            best = v;
    }
    return best;
}

static void rank(const struct space *s, struct effects *e)
{
    for (size_t i = 0; i < s->knob_count; i++) {
        size_t at = i;

        for (; at > 0 && e->knob[e->rank[at - 1]].share < e->knob[i].share; at--)
            e->rank[at] = e->rank[at - 1];
        e->rank[at] = i;
    }
}

bool analyse_effects(const struct space *s, const struct point_result *r, enum metric m, struct effects *e)
{
    memset(e, 0, sizeof *e);
    e->metric = m;
    for (size_t p = 0; p < s->points; p++)
        e->points += counts(s, r, p, m);
    for (size_t i = 0; i < s->knob_count; i++) {
        e->knob[i].value = calloc(s->knob[i].count, sizeof *e->knob[i].value);
        if (!e->knob[i].value) {
            analyse_free(e);
            return false;
        }
        effect_of(s, r, e, i);
        e->knob[i].best = best_value(&e->knob[i], s->knob[i].count, m);
    }
    rank(s, e);
    return true;
}

void analyse_free(struct effects *e)
{
    for (size_t i = 0; i < SPACE_KNOBS_MAX; i++) {
        free(e->knob[i].value);
        e->knob[i].value = NULL;
    }
}

struct place {
    double value; /* the smaller the better */
    size_t point;
};

static int by_value(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->point < y->point ? -1 : 1;
}

size_t analyse_order(const struct space *s, const struct point_result *r, enum metric m, size_t *order)
{
    struct place *place = calloc(s->points, sizeof *place);
    size_t good = 0;

    for (size_t p = 0; p < s->points; p++) {
        bool ok = r[p].status == POINT_OK && !isnan(r[p].value[m]);

        order[p] = p;
        good += ok;
        if (place)
            place[p] = (struct place){ !ok ? INFINITY : metric_wants_more(m) ? -r[p].value[m] : r[p].value[m], p };
    }
    if (!place) /* by number, for want of memory */
        return good;
    qsort(place, s->points, sizeof *place, by_value);
    for (size_t p = 0; p < s->points; p++)
        order[p] = place[p].point;
    free(place);
    return good;
}

size_t analyse_cheapest(const struct space *s, const struct point_result *r, enum metric cost, double slack)
{
    size_t best = s->points;
    double limit = INFINITY;

    for (size_t p = 0; p < s->points; p++) {
        if (r[p].status == POINT_OK)
            limit = fmin(limit, r[p].value[METRIC_MEAN] * (1 + slack));
    }
    for (size_t p = 0; p < s->points; p++) {
        const double *v = r[p].value;

        if (r[p].status != POINT_OK || isnan(v[cost]) || v[METRIC_MEAN] > limit)
            continue;
        if (best == s->points || v[cost] < r[best].value[cost] ||
            (v[cost] == r[best].value[cost] && v[METRIC_MEAN] < r[best].value[METRIC_MEAN]))
            best = p;
    }
    return best;
}
