/* Which records are measured, and what is gathered of them. */
#include "sim/replay/sample.h"

#include "sim/replay/replay.h"
#include "sim/replay/replay_batch.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Reads a count and what ends it. Returns NULL when there is none. */
static const char *parse_count(const char *text, uint64_t *count)
{
    uint64_t n = 0, unit = 1;

    if (!isdigit((unsigned char)*text))
        return NULL;
    for (; isdigit((unsigned char)*text); text++) {
        n = n * 10 + (uint64_t)(*text - '0');
        if (n > SAMPLE_PERIOD_MAX)
            return NULL;
    }
    if (*text == 'K' || *text == 'k')
        unit = 1000;
    else if (*text == 'M' || *text == 'm')
        unit = 1000000;
    *count = n * unit;
    return *count > SAMPLE_PERIOD_MAX ? NULL : text + (unit > 1);
}

const char *sample_parse(const char *text, struct sample_plan *plan)
{
    uint64_t n[3] = { 0, 0, UINT64_MAX };
    unsigned count = 0;
    const char *at = text;

    do {
        at = parse_count(at, &n[count++]);
    } while (at && *at == ',' && count < 3 && at++);
    if (!at || *at != '\0' || count < 2)
        return "PERIOD,WINDOW[,WARMUP]: counts of records, at most a million M, as in 20K,1K";
    if (n[1] == 0 || n[0] <= n[1] || n[0] % n[1] != 0)
        return "a PERIOD that is a multiple of WINDOW, and a larger one, as in 20K,1K";
    plan->period = n[0];
    plan->window = n[1];
    plan->warmup = n[2];
    return NULL;
}

/* Spreads a number over all 64 bits: splitmix64's finish. */
static uint64_t scramble(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ x >> 27) * 0x94D049BB133111EBull;
    return x ^ x >> 31;
}

/* Draws the window of s->stratum. */
static void draw(struct sample *s)
{
    const struct sample_plan *p = s->plan;
    uint64_t slot = scramble(scramble(p->seed) + s->stratum * 0x9E3779B97F4A7C15ull) % (p->period / p->window);

    s->window_from = s->stratum * p->period + slot * p->window;
}

/* Chooses the mode of record `at`, which is not behind the window. */
static void enter(struct sample *s, uint64_t at)
{
    uint64_t ahead = s->window_from - at;

    const uint64_t warmup = s->plan->warmup < s->plan->period ? s->plan->warmup : UINT64_MAX;
    const uint64_t most = s->goes_on ? 0 : SAMPLE_LEAD_RECORDS, lead = warmup < most ? warmup : most;

    s->mode = ahead == 0 ? SAMPLE_MEASURE : ahead <= lead ? SAMPLE_LEAD : ahead <= warmup ? SAMPLE_WARM : SAMPLE_SKIP;
    s->until = s->mode == SAMPLE_MEASURE ? at + s->plan->window
               : s->mode == SAMPLE_LEAD  ? s->window_from
               : s->mode == SAMPLE_WARM  ? s->window_from - lead
                                         : s->window_from - warmup;
}

struct sample *sample_new(const struct sample_plan *plan)
{
    struct sample *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->plan = plan;
    return s;
}

void sample_begin(struct replay *r)
{
    struct sample *s = r->sample;

    s->goes_on = r->tlm && !r->request->trace_order && s->plan->warmup >= s->plan->period;
    draw(s);
    enter(s, 0);
}

void sample_free(struct sample *s)
{
    free(s);
}

bool sample_is_counted(const struct sample *s)
{
    return s->records[SAMPLE_SKIP] == 0;
}

double sample_drawn(const struct replay *r)
{
    return r->record > 0 ? (double)r->sample->records[SAMPLE_MEASURE] / (double)r->record : 0;
}

size_t sample_groups(const struct sample *s)
{
    return (size_t)((s->windows + (1ull << s->shift) - 1) >> s->shift);
}

void sample_totals(struct replay *r, uint64_t total[SAMPLE_FIELDS])
{
    const struct cluster *c = &r->machine->cluster;

    memset(total, 0, SAMPLE_FIELDS * sizeof *total);
    for (unsigned i = 0; i < CORES_MAX; i++) {
        replay_batch_settle(r, i);
        for (unsigned k = 0; k < COUNT_COUNT; k++)
            total[SAMPLE_COUNTERS + k] += c->core[i].mmu.count.v[k];
    }
    for (unsigned k = 0; k < LATENCY_KIND_COUNT; k++)
        total[SAMPLE_FETCHES + k] = r->hits[k];
    for (unsigned k = 0; k < 4; k++)
        total[SAMPLE_ALONE + k] = r->sample->alone[k];
    /* MEM_ACCESS holds second pages alone until all is added up */
    total[SAMPLE_DATA] = total[SAMPLE_LOADS] + total[SAMPLE_STORES] + total[SAMPLE_COUNTERS + COUNT_MEM_ACCESS];
}

/* The group of the window at work; that of what comes before the next. */
static size_t group_of(const struct sample *s)
{
    return (size_t)((s->windows - (s->windows > 0)) >> s->shift);
}

/* Joins neighbours, so that there is room for as many again. */
static void join(struct sample *s)
{
    for (unsigned f = 0; f < SAMPLE_FIELDS; f++) {
        double *g = s->group[f];

        for (unsigned i = 0; i < SAMPLE_GROUPS / 2; i++)
            g[i] = g[2 * i] + g[2 * i + 1];
        memset(&g[SAMPLE_GROUPS / 2], 0, SAMPLE_GROUPS / 2 * sizeof *g);
    }
    s->shift++;
}

/* Where time does not go on, the engine's cores do where the window before ended: of what lies between they know
 * nothing, so that they meet each other as often as without sampling. */
static void resume(struct replay *r)
{
    for (unsigned i = 0; i < CORES_MAX; i++)
        r->core[i].posted = replay_batch_instructions(r, i) - r->sample->worked[i];
}

static void suspend(struct replay *r)
{
    for (unsigned i = 0; i < CORES_MAX; i++)
        r->sample->worked[i] = replay_batch_instructions(r, i) - r->core[i].posted;
}

static void begin_window(struct replay *r)
{
    struct sample *s = r->sample;

    if (s->windows >> s->shift == SAMPLE_GROUPS)
        join(s);
    s->windows++;
    sample_totals(r, s->begun);
}

static void end_window(struct replay *r)
{
    struct sample *s = r->sample;
    uint64_t total[SAMPLE_FIELDS];
    size_t at = group_of(s);

    sample_totals(r, total);
    for (unsigned f = 0; f < SAMPLE_FIELDS; f++)
        s->group[f][at] += (double)(total[f] - s->begun[f]);
}

/* The mode's last record is done. */
static void turn(struct replay *r)
{
    struct sample *s = r->sample;

    bool timed = sample_is_timed(s);

    if (s->mode == SAMPLE_MEASURE) {
        end_window(r);
        s->stratum++;
        draw(s);
    }
    enter(s, r->record);
    if (timed && !sample_is_timed(s))
        suspend(r);
    else if (!timed && sample_is_timed(s))
        resume(r);
}

bool sample_block(struct replay *r, uint32_t count, struct trace_error *err)
{
    struct sample *s = r->sample;

    for (uint32_t from = 0, to; from < count; from = to) {
        uint64_t left = s->until - (r->block_start + from);

        to = left < count - from ? from + (uint32_t)left : count;
        if (s->mode == SAMPLE_MEASURE && r->block_start + from == s->window_from)
            begin_window(r);
        if (!replay_range(r, from, to, err))
            return false;
        s->records[s->mode] += to - from;
        if (r->block_start + to == s->until)
            turn(r);
    }
    return true;
}

void sample_end(struct replay *r)
{
    if (r->sample->mode == SAMPLE_MEASURE && r->record > r->sample->window_from)
        end_window(r);
    sample_totals(r, r->sample->total);
}

/* Cycles of a charge: beyond a micro-TLB hit, of what has a latency; and of translations that walked, as
 * COUNT_WALK_CYCLES has them. */
struct cycles {
    uint32_t latency, walks;
};

static struct cycles cycles_of(const struct replay *r, const struct charge *charge, unsigned latency)
{
    const uint32_t *xlat = charge->xlat, hit = r->machine->cluster.config.price.utlb;

    return (struct cycles){ latency < LATENCY_KIND_COUNT ? xlat[0] + xlat[1] - hit : 0,
                            (charge->walked & 1 ? xlat[0] : 0) + (charge->walked & 2 ? xlat[1] : 0) };
}

/* A note tells of the window, and whether it is dear. */
static uint32_t note_of(const struct sample *s, bool dear)
{
    return (uint32_t)(s->windows - (s->windows > 0)) << 1 | dear;
}

/* What the last work that was told of a core waited for its walker, which nobody else has. */
static uint32_t own_walker(struct replay *r, unsigned core)
{
    uint64_t all, *told = &r->sample->walker_told[core], waited;

    if (!r->tlm)
        return 0;
    all = engine_waits(r->engine)->cell[RESOURCE_WALKER][ASKER_XLAT][core][core].cycles;
    waited = all - *told;
    *told = all;
    return (uint32_t)waited;
}

/* Four sums from `first` on: by kind, and of walks. */
static void gather(struct sample *s, unsigned first, size_t at, struct cycles cycles, unsigned latency)
{
    if (latency < LATENCY_KIND_COUNT)
        s->group[first + latency][at] += cycles.latency;
    s->group[first + 3][at] += cycles.walks;
}

void sample_told(struct replay *r, unsigned core, uint32_t note, unsigned latency, const struct charge *charge)
{
    struct sample *s = r->sample;
    const size_t at = (size_t)(note >> 1) >> s->shift;
    struct cycles cycles = cycles_of(r, charge, latency);
    uint32_t own = own_walker(r, core);

    if (note == SAMPLE_NOT_GATHERED)
        return;
    if ((note & 1) == 0) {
        gather(s, SAMPLE_CYCLES, at, cycles, latency);
        return;
    }
    if (latency < LATENCY_KIND_COUNT) {
        s->own_walker[latency] += own;
        cycles.latency -= own;
    }
    if (charge->walked) {
        s->own_walker[3] += own;
        cycles.walks -= own;
    }
    gather(s, SAMPLE_DEAR, at, cycles, latency);
}

/* A walk, or something that goes beyond the L2. */
static bool is_dear(const struct engine_work *work, const struct traffic *t)
{
    bool dear = work->outcome && work->outcome->walked;

    for (unsigned i = 0; i < t->count && !dear; i++) {
        const struct traffic_item *item = &t->item[i];

        dear = item->kind == TRAFFIC_UNCACHED || item->kind == TRAFFIC_WRITE_BACK ||
               (item->kind == TRAFFIC_FILL && item->found == LEVEL_MEMORY);
    }
    return dear;
}

bool sample_price(struct replay *r, unsigned core, const struct engine_work *work, unsigned latency, uint32_t *note)
{
    struct sample *s = r->sample;
    struct cluster *c = &r->machine->cluster;
    /* what is alone opens the same DRAM rows as without sampling */
    struct charge charge = work->kind == WORK_AT ? charge_at(c, work->outcome)
                                                 : charge_alone(c, (enum access_kind)work->access, work->outcome);
    const struct cycles cycles = cycles_of(r, &charge, latency);
    const bool dear = s->goes_on && is_dear(work, &c->memsys.traffic);

    *note = dear || s->mode == SAMPLE_MEASURE ? note_of(s, dear) : SAMPLE_NOT_GATHERED;
    if (dear) {
        s->dear++;
        gather(s, SAMPLE_DEAR_ALONE, group_of(s), cycles, latency);
        return true;
    }
    if (latency < LATENCY_KIND_COUNT)
        s->alone[latency] += cycles.latency;
    s->alone[3] += cycles.walks;
    if (!r->tlm)
        sample_told(r, core, *note, latency, &charge);
    return r->tlm && s->mode >= SAMPLE_LEAD;
}
