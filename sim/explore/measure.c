/* From a replay to numbers. */
#include "sim/explore/measure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t total(const struct replay *r, enum count c)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < CORES_MAX; i++)
        sum += r->machine->cluster.core[i].mmu.count.v[c];
    return sum;
}

/* NAN of nothing. */
static double ratio(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

/* The latencies of all kinds together. */
static void add_latencies(const struct replay *r, struct latency *all)
{
    memset(all, 0, sizeof *all);
    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        const struct latency *l = &r->stats.latency[k];

        all->long_sum += l->long_sum;
        all->max = l->max > all->max ? l->max : all->max;
        for (int i = 0; i < LATENCY_BINS; i++)
            all->bin[i] += l->bin[i];
    }
}

static void set_latency(double *mean, double *p99, const struct latency *l)
{
    uint64_t count = stats_count(l);

    *mean = ratio(stats_sum(l), count);
    *p99 = count > 0 ? (double)stats_percentile(l, 0.99) : (double)NAN;
}

static void measure_latency(const struct replay *r, double *v)
{
    struct latency all;

    add_latencies(r, &all);
    set_latency(&v[METRIC_MEAN], &v[METRIC_P99], &all);
    for (int k = 0; k < LATENCY_KIND_COUNT; k++)
        set_latency(&v[METRIC_MEAN_FETCH + k], &v[METRIC_P99_FETCH + k], &r->stats.latency[k]);
    v[METRIC_ACCESSES] = (double)stats_count(&all);
    v[METRIC_XLAT_CYCLES] = (double)stats_sum(&all);
    v[METRIC_CPU_CYCLES] = (double)total(r, COUNT_CPU_CYCLES);
}

static void measure_misses(const struct replay *r, double *v)
{
    static const struct {
        enum metric metric;
        enum count misses, lookups;
    } rows[] = {
        { METRIC_DUTLB_MISS, COUNT_L1D_TLB_REFILL, COUNT_MEM_ACCESS },
        { METRIC_MAIN_TLB_MISS, COUNT_MAIN_TLB_REFILL, COUNT_MAIN_TLB },
        { METRIC_WALK_CACHE_MISS, COUNT_WALK_CACHE_REFILL, COUNT_WALK_CACHE },
        { METRIC_IPA_CACHE_MISS, COUNT_IPA_CACHE_REFILL, COUNT_IPA_CACHE },
        { METRIC_L1I_MISS, COUNT_L1I_CACHE_REFILL, COUNT_L1I_CACHE },
        { METRIC_L1D_MISS, COUNT_L1D_CACHE_REFILL, COUNT_L1D_CACHE },
        { METRIC_L2_MISS, COUNT_L2D_CACHE_REFILL, COUNT_L2D_CACHE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        v[rows[i].metric] = ratio(total(r, rows[i].misses), total(r, rows[i].lookups));
    v[METRIC_IUTLB_MISS] = ratio(total(r, COUNT_L1I_TLB_REFILL), stats_count(&r->stats.latency[LATENCY_FETCH]));
}

static void measure_walks(const struct replay *r, double *v)
{
    uint64_t at[LEVEL_COUNT] = { 0 }, walks = total(r, COUNT_WALK), fetches = total(r, COUNT_WALK_FETCH);

    for (unsigned i = 0; i < 8; i++) {
        for (unsigned w = LEVEL_L1; w <= LEVEL_MEMORY; w++) {
            uint64_t sum = 0;

            for (unsigned c = 0; c < CORES_MAX; c++)
                sum += r->machine->cluster.core[c].fetch_at[i / 4][i % 4][w];
            at[w] += sum;
            v[METRIC_S1L0_L1D + i * 3 + (w - LEVEL_L1)] = (double)sum;
        }
    }
    v[METRIC_WALKS] = (double)walks;
    v[METRIC_WALK_CYCLES] = ratio(total(r, COUNT_WALK_CYCLES), walks);
    v[METRIC_WALK_FETCHES] = ratio(fetches, walks);
    v[METRIC_FETCHES] = (double)fetches;
    v[METRIC_FETCHES_L1D] = (double)at[LEVEL_L1];
    v[METRIC_FETCHES_L2] = (double)at[LEVEL_L2];
    v[METRIC_FETCHES_MEMORY] = (double)at[LEVEL_MEMORY];
}

/* Returns the domains' cycles as text, NULL for want of memory. The caller frees it. */
static char *measure_domains(const struct replay *r)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    const char *before = "";

    if (!out)
        return NULL;
    for (unsigned i = 0; i < DOMAIN_COUNT; i++) {
        const struct domain *d = &r->stats.domain[i];

        if (d->accesses == 0)
            continue;
        fprintf(out, "%s", before);
        if (i == DOMAIN_EL2)
            fprintf(out, "el2=%" PRIu64, d->cycles);
        else
            fprintf(out, "vmid%u=%" PRIu64, i, d->cycles);
        before = " ";
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* What the first mismatch is of. */
static void tell_mismatches(const struct replay *r, struct point_result *p)
{
    const struct verify *v = &r->verify;
    char why[POINT_REASON_BYTES];

    p->status = POINT_MISMATCH;
    snprintf(why, sizeof why,
             "mismatched: %" PRIu64 " physical addresses, %" PRIu64 " types, %" PRIu64 " faults, %" PRIu64
             " AT results",
             v->pa_mismatched, v->types_mismatched, v->faults_mismatched, v->at_mismatched);
    point_result_explain(p, why);
}

/* A message without the trace's name, which is no part of a result: it may be of a rewritten one, in a temporary
 * directory. */
static const char *without_path(const char *message, const char *path)
{
    size_t length = strlen(path);

    return strncmp(message, path, length) == 0 && message[length] == ':' ? message + length + 2 : message;
}

void measure_point(const struct replay_request *request, struct point_result *p)
{
    struct trace_error err = { "" };
    struct replay *r = replay_trace(request, &err);

    point_result_init(p, POINT_IMPOSSIBLE);
    if (!r) {
        if (strstr(err.text, "out of memory"))
            p->status = POINT_FAILED;
        point_result_explain(p, without_path(err.text, request->path));
        return;
    }
    p->status = POINT_OK;
    measure_latency(r, p->value);
    measure_misses(r, p->value);
    measure_walks(r, p->value);
    p->value[METRIC_STORAGE_BITS] = (double)metric_storage_bits(request->config);
    p->domains = measure_domains(r);
    if (!replay_agrees(r))
        tell_mismatches(r, p);
    if (!p->domains) {
        p->status = POINT_FAILED;
        point_result_explain(p, "out of memory");
    }
    replay_free(r);
    point_result_round(p);
}
