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

    const uint64_t warmup = s->plan->warmup;
    const uint64_t lead = warmup < SAMPLE_LEAD_RECORDS ? warmup : SAMPLE_LEAD_RECORDS;

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
    draw(s);
    enter(s, 0);
    return s;
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

/* The engine's cores go on where the window before ended: of what lies between they know nothing, so that they meet each
 * other as often as without sampling. */
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
    size_t at = sample_window(s) >> s->shift;

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

/* Cycles of a charge, as alone and cycles keep them: of translations that walked, as COUNT_WALK_CYCLES has them. */
static uint32_t walk_cycles(const struct charge *charge)
{
    return (charge->walked & 1 ? charge->xlat[0] : 0) + (charge->walked & 2 ? charge->xlat[1] : 0);
}

static uint32_t beyond_hit(const struct replay *r, const struct charge *charge)
{
    return charge->xlat[0] + charge->xlat[1] - r->machine->cluster.config.price.utlb;
}

void sample_told(struct replay *r, uint32_t window, unsigned latency, const struct charge *charge)
{
    struct sample *s = r->sample;
    size_t at = window >> s->shift;

    if (window == SAMPLE_NO_WINDOW)
        return;
    if (latency < LATENCY_KIND_COUNT)
        s->group[SAMPLE_CYCLES + latency][at] += beyond_hit(r, charge);
    s->group[SAMPLE_CYCLES_WALKS][at] += walk_cycles(charge);
}

/* What a core waits for its own walker, in free order of the tlm engine. */
static uint32_t own_wait(struct replay *r, const struct trace_rec *rec, const struct charge *charge)
{
    uint64_t done = replay_batch_instructions(r, rec->core);

    if (!r->tlm || r->request->trace_order)
        return 0;
    return sample_own_wait(&r->sample->own[rec->core], charge, rec->op == REC_FETCH ? done - rec->n : done,
                           r->machine->cluster.config.fetch_ahead);
}

bool sample_price(struct replay *r, const struct trace_rec *rec, const struct engine_work *work, unsigned latency)
{
    struct sample *s = r->sample;
    struct cluster *c = &r->machine->cluster;
    /* what is alone opens the same DRAM rows as without sampling */
    struct charge charge = work->kind == WORK_AT ? charge_at(c, work->outcome)
                                                 : charge_alone(c, (enum access_kind)work->access, work->outcome);
    uint32_t own = own_wait(r, rec, &charge);

    if (latency < LATENCY_KIND_COUNT)
        s->alone[latency] += beyond_hit(r, &charge) + own;
    s->alone[3] += walk_cycles(&charge) + own;
    if (!r->tlm && s->mode == SAMPLE_MEASURE)
        sample_told(r, sample_window(s), latency, &charge);
    return r->tlm && sample_is_timed(s);
}
