/* What is estimated of a sampled replay, and how. */
#include "sim/replay/report_sample.h"

#include <math.h>
#include <string.h>

#define COUNTER(name) (SAMPLE_COUNTERS + COUNT_##name)

static const struct sample_rate rates[] = {
    { "latency.all", "all accesses", "cycles", { SAMPLE_CYCLES, 3 }, { SAMPLE_FETCHES, 3 }, true },
    { "latency.fetch", "fetch", "cycles", { SAMPLE_CYCLES, 1 }, { SAMPLE_FETCHES, 1 }, false },
    { "latency.load", "load", "cycles", { SAMPLE_CYCLES + 1, 1 }, { SAMPLE_LOADS, 1 }, false },
    { "latency.store", "store", "cycles", { SAMPLE_CYCLES + 2, 1 }, { SAMPLE_STORES, 1 }, false },
    { "latency.walk", "a walk", "cycles", { SAMPLE_CYCLES_WALKS, 1 }, { COUNTER(WALK), 1 }, false },
    { "miss.iutlb", "instruction micro-TLB", "misses", { COUNTER(L1I_TLB_REFILL), 1 }, { SAMPLE_FETCHES, 1 }, true },
    { "miss.dutlb", "data micro-TLB", "misses", { COUNTER(L1D_TLB_REFILL), 1 }, { SAMPLE_DATA, 1 }, false },
    { "miss.main_tlb", "main TLB", "misses", { COUNTER(MAIN_TLB_REFILL), 1 }, { COUNTER(MAIN_TLB), 1 }, false },
    { "miss.walk_cache", "walk cache", "misses", { COUNTER(WALK_CACHE_REFILL), 1 }, { COUNTER(WALK_CACHE), 1 }, false },
    { "miss.ipa_cache", "IPA cache", "misses", { COUNTER(IPA_CACHE_REFILL), 1 }, { COUNTER(IPA_CACHE), 1 }, false },
    { "miss.l1i",
      "L1 instruction cache",
      "misses",
      { COUNTER(L1I_CACHE_REFILL), 1 },
      { COUNTER(L1I_CACHE), 1 },
      false },
    { "miss.l1d", "L1 data cache", "misses", { COUNTER(L1D_CACHE_REFILL), 1 }, { COUNTER(L1D_CACHE), 1 }, false },
    { "miss.l2", "L2 cache", "misses", { COUNTER(L2D_CACHE_REFILL), 1 }, { COUNTER(L2D_CACHE), 1 }, false },
    { "walk.fetches", "a walk", "fetches", { COUNTER(WALK_FETCH), 1 }, { COUNTER(WALK), 1 }, true },
    { "walk.accesses", "an access", "fetches", { COUNTER(WALK_FETCH), 1 }, { SAMPLE_FETCHES, 3 }, false },
};

const struct sample_rate *report_sample_rate(size_t i)
{
    return i < sizeof rates / sizeof *rates ? &rates[i] : NULL;
}

/* Sums of some fields, of each group. */
static void add_groups(const struct sample *s, const uint16_t fields[2], double sum[SAMPLE_GROUPS])
{
    memset(sum, 0, SAMPLE_GROUPS * sizeof *sum);
    for (unsigned f = fields[0]; f < fields[0] + fields[1]; f++) {
        for (size_t i = 0; i < SAMPLE_GROUPS; i++)
            sum[i] += s->group[f][i];
    }
}

static double add_total(const struct sample *s, const uint16_t fields[2])
{
    double sum = 0;

    for (unsigned f = fields[0]; f < fields[0] + fields[1]; f++)
        sum += (double)s->total[f];
    return sum;
}

static bool is_time(const struct sample_rate *rate)
{
    return rate->of[0] >= SAMPLE_CYCLES && rate->of[0] <= SAMPLE_CYCLES_WALKS;
}

static double add_all(const double *x, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return sum;
}

/* What is timed in the windows alone, of what all of it takes alone. */
static struct estimate cheap(const struct replay *r, const uint16_t cycles[2], const uint16_t alone[2])
{
    static double y[SAMPLE_GROUPS], x[SAMPLE_GROUPS]; /* too large for a stack */
    const struct sample *s = r->sample;
    double all = add_total(s, alone);

    if (!r->tlm || r->request->trace_order || all <= 0) /* nobody waits */
        return estimate_exact(all);
    add_groups(s, cycles, y);
    add_groups(s, alone, x);
    return estimate_scaled(estimate_longer(y, x, sample_groups(s), sample_drawn(r)), all);
}

/* What is timed everywhere. It is no estimate but for this: whom it meets and waits for is as much chance as without
 * sampling, but not the same chance. So what it takes beyond its own time is told as of windows of which there might
 * have been any number. */
static struct estimate dear(const struct replay *r, const uint16_t fields[2])
{
    static double y[SAMPLE_GROUPS], x[SAMPLE_GROUPS];
    const struct sample *s = r->sample;
    const uint16_t first = (uint16_t)(fields[0] - SAMPLE_CYCLES);
    double all, own = 0;
    struct estimate e;

    add_groups(s, (const uint16_t[2]){ (uint16_t)(SAMPLE_DEAR + first), fields[1] }, y);
    add_groups(s, (const uint16_t[2]){ (uint16_t)(SAMPLE_DEAR_ALONE + first), fields[1] }, x);
    all = add_all(x, SAMPLE_GROUPS);
    if (all <= 0)
        return estimate_exact(0);
    for (unsigned k = first; k < first + fields[1]; k++)
        own += (double)s->own_walker[k];
    e = estimate_again(y, x, sample_groups(s));
    return estimate_sum(estimate_scaled(e, all), estimate_exact(own));
}

/* Cycles, when those of all records are known as if the cores were alone. */
static struct sample_result timed(const struct replay *r, const struct sample_rate *rate)
{
    const uint16_t alone[2] = { (uint16_t)(rate->of[0] - SAMPLE_CYCLES + SAMPLE_ALONE), rate->of[1] };
    double by = add_total(r->sample, rate->by);
    struct estimate e = estimate_sum(cheap(r, rate->of, alone), dear(r, rate->of));

    return (struct sample_result){ estimate_scaled(e, by > 0 ? 1 / by : 0), e, SAMPLE_TIMED };
}

static struct sample_result counted(const struct replay *r, const struct sample_rate *rate)
{
    double by = add_total(r->sample, rate->by), all = add_total(r->sample, rate->of);

    return (struct sample_result){ estimate_exact(by > 0 ? all / by : 0), estimate_exact(all), SAMPLE_COUNTED };
}

/* From the windows alone; accesses are counted in any case, and totals go by them. */
static struct sample_result drawn(const struct replay *r, const struct sample_rate *rate)
{
    static const uint16_t accesses[2] = { SAMPLE_FETCHES, 3 };
    static double y[SAMPLE_GROUPS], z[SAMPLE_GROUPS];
    const struct sample *s = r->sample;
    size_t count = sample_groups(s);
    struct sample_result x = { .basis = SAMPLE_DRAWN };

    add_groups(s, rate->of, y);
    add_groups(s, rate->by, z);
    x.rate = estimate_ratio(y, z, count, sample_drawn(r));
    add_groups(s, accesses, z);
    x.total = estimate_scaled(estimate_ratio(y, z, count, sample_drawn(r)), add_total(s, accesses));
    return x;
}

/* Fields keep cycles beyond a micro-TLB hit, which all accesses take. */
static void add_hits(const struct replay *r, const struct sample_rate *rate, struct sample_result *x)
{
    double utlb = r->machine->cluster.config.price.utlb, all = utlb * add_total(r->sample, rate->by);

    x->rate.value += utlb;
    x->rate.low += utlb;
    x->rate.high += utlb;
    x->total.value += all;
    x->total.low += all;
    x->total.high += all;
}

struct sample_result report_sample_result(const struct replay *r, const struct sample_rate *rate)
{
    bool all = sample_is_counted(r->sample);
    struct sample_result x = !all ? drawn(r, rate) : is_time(rate) ? timed(r, rate) : counted(r, rate);

    if (is_time(rate) && rate->of[0] != SAMPLE_CYCLES_WALKS)
        add_hits(r, rate, &x);
    if (rate->unit[0] == 'm')
        x.rate.high = fmin(1, x.rate.high);
    return x;
}
