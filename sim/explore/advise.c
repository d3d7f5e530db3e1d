/* The advice: which point, how much better, and what the gain comes from, all of it from the numbers. */
#include "sim/explore/analyse.h"
#include "sim/explore/explore.h"

#define NEARLY 0.05 /* what counts as nearly as good as the best [choice] */
#define TELLING 0.1 /* a number that changes by so much is told as a cause [choice] */

/* What a change of latency may come from. */
static const struct cause {
    enum metric metric;
    const char *name;
    bool percent;
} causes[] = {
    { METRIC_IUTLB_MISS, "instruction micro-TLB misses", true },
    { METRIC_DUTLB_MISS, "data micro-TLB misses", true },
    { METRIC_MAIN_TLB_MISS, "main TLB misses", true },
    { METRIC_WALKS, "walks", false },
    { METRIC_WALK_FETCHES, "descriptor fetches a walk", false },
    { METRIC_WALK_CYCLES, "cycles a walk", false },
    { METRIC_WALK_CACHE_MISS, "walk cache misses", true },
    { METRIC_IPA_CACHE_MISS, "IPA cache misses", true },
    { METRIC_FETCHES_MEMORY, "descriptor fetches from memory", false },
};

static void print_number(const struct cause *c, double v, FILE *out)
{
    if (c->percent)
        fprintf(out, "%.2f %%", 100 * v);
    else
        fprintf(out, "%.*f", metric_row(c->metric)->digits > 0 ? 2 : 0, v);
}

/* Prints the numbers that have moved the way the latency has, each as it is and as it was. */
static void print_causes(const double *was, const double *is, FILE *out)
{
    bool less = is[METRIC_MEAN] < was[METRIC_MEAN];
    const char *before = "; ";

    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        const struct cause *c = &causes[i];
        double a = was[c->metric], b = is[c->metric];

        if (isnan(a) || isnan(b) || fabs(a - b) <= TELLING * fmax(a, b) || (b < a) != less)
            continue;
        fprintf(out, "%s%s ", before, c->name);
        print_number(c, b, out);
        fprintf(out, " instead of ");
        print_number(c, a, out);
        before = ", ";
    }
}

static void print_best(const struct explore *e, size_t best, FILE *out)
{
    const struct point_result *base = &e->results[e->space.baseline];
    double is = e->results[best].value[METRIC_MEAN], was = base->value[METRIC_MEAN];

    if (best == e->space.baseline) {
        fprintf(out, "No point is better than the baseline, %.4f cycles an access.", is);
        return;
    }
    fprintf(out, "Best is ");
    space_print_point(&e->space, best, out);
    fprintf(out, ": translation takes %.4f cycles an access", is);
    if (base->status == POINT_OK && was > 0) {
        fprintf(out, ", %.1f %% %s than the baseline's %.4f", 100 * fabs(1 - is / was), is < was ? "less" : "more",
                was);
        print_causes(base->value, e->results[best].value, out);
    }
    fprintf(out, ".");
}

/* A point that costs less and is nearly as good. */
static void print_cheaper(const struct explore *e, size_t best, enum metric cost, FILE *out)
{
    size_t cheap = analyse_cheapest(&e->space, e->results, cost, NEARLY);
    double least, most;

    if (cheap == e->space.points)
        return;
    least = e->results[cheap].value[cost];
    most = e->results[best].value[cost];
    if (cheap == best || !(least < most))
        return;
    fprintf(out, " Within %.0f %% of it, with %.0f %s instead of %.0f, is ", 100 * NEARLY, least / 1024,
            cost == METRIC_TABLE_BYTES ? "KB of tables" : "Kbit of storage", most / 1024);
    space_print_point(&e->space, cheap, out);
    fprintf(out, ": %.4f cycles.", e->results[cheap].value[METRIC_MEAN]);
}

/* Which knobs make the differences. */
static void print_shares(const struct explore *e, FILE *out)
{
    struct effects f;

    if (!analyse_effects(&e->space, e->results, METRIC_MEAN, &f))
        return;
    if (f.points > 1 && f.knob[f.rank[0]].share > 0) {
        fprintf(out, " Of the variance, %s makes %.0f %%", e->space.knob[f.rank[0]].key, 100 * f.knob[f.rank[0]].share);
        if (e->space.knob_count > 1)
            fprintf(out, ", %s %.0f %%", e->space.knob[f.rank[1]].key, 100 * f.knob[f.rank[1]].share);
        fprintf(out, ".");
    }
    analyse_free(&f);
}

void explore_advise(const struct explore *e, FILE *out)
{
    size_t best = analyse_cheapest(&e->space, e->results, METRIC_MEAN, 0);

    if (best == e->space.points) {
        fprintf(out, "No point could be measured.");
        return;
    }
    print_best(e, best, out);
    print_cheaper(e, best, METRIC_TABLE_BYTES, out);
    print_cheaper(e, best, METRIC_STORAGE_BITS, out);
    print_shares(e, out);
}
