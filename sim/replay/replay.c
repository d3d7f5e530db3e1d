/* The loop over the records. */
#include "sim/replay/replay.h"

#include "sim/interrupt.h"
#include "sim/progress.h"
#include "sim/replay/records.h"
#include "sim/replay/replay_batch.h"
#include "sim/replay/replay_cost.h"
#include "sim/replay/replay_hot.h"
#include "sim/say.h"
#include "sim/snapshot/snapshot_state.h"
#include "sim/trace/trace_pages.h"
#include "sim/trace/trace_record.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BATCH 128
#define READERS_MAX 2 /* threads that read: two decode faster than anyone replays [choice: no more] */

/* What follows from the rest: the micro-TLB hits' share of the latencies, and data accesses. */
static void add_up(struct replay *r)
{
    const struct prices *price = &r->machine->cluster.config.price;
    uint64_t accesses = 0;

    for (unsigned i = 0; i < CORES_MAX; i++)
        replay_batch_settle(r, i);
    if (r->detail)
        detail_end(r->detail, &r->machine->cluster, r->record);
    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        struct latency *l = &r->stats.latency[k];
        uint64_t hits = r->hits[k] - r->longer[k];

        l->bin[price->utlb] += hits;
        if (hits > 0 && price->utlb > l->max)
            l->max = price->utlb;
        accesses += r->hits[k];
    }
    if (r->sample)
        accesses -= r->sample->accesses_skipped;
    for (int i = 0; i < DOMAIN_COUNT; i++)
        r->stats.domain[i].cycles += price->utlb * r->stats.domain[i].accesses;
    for (unsigned i = 0; i < CORES_MAX; i++) {
        uint64_t *n = r->machine->cluster.core[i].mmu.count.v;

        n[COUNT_MEM_ACCESS] += n[COUNT_LD_RETIRED] + n[COUNT_ST_RETIRED];
        n[COUNT_CPU_CYCLES] += n[COUNT_INST_RETIRED];
    }
    if (r->request->verify)
        r->verify.pa_compared = accesses - r->pa_unknown;
}

/* Reads the next record, unless it is the first that the core does. Its registers come as records before that. */
static int next_of_start(struct replay *r, struct trace_rec *rec)
{
    int got = trace_read(r->reader, rec, 1);

    r->started = got == 1 && rec->core == r->request->start_core && trace_record_begins(rec);
    return r->started ? 0 : got;
}

/* Reads what is to be replayed next when that is not all of a trace, into r->part. Returns as trace_read does. */
static int next_of_part(struct replay *r)
{
    struct trace_rec rec[BATCH];
    uint64_t left = r->request->records_max - r->record;
    int got = 0;

    r->part.count = r->part.odd_count = 0;
    if (r->request->part == REPLAY_START)
        got = next_of_start(r, rec);
    else if (left > 0)
        got = trace_read(r->reader, rec, left < BATCH ? (int)left : BATCH);
    for (int i = 0; i < got; i++)
        dense_add(&r->part, &rec[i]);
    return got;
}

/* Finds what is to be replayed next in r->block, read ahead where all of a trace is. Returns as trace_read does. */
static int next_block(struct replay *r, uint64_t *bytes)
{
    int got;

    r->block_start = r->record;
    if (r->ahead)
        return ahead_next(r->ahead, &r->block, bytes);
    r->block = &r->part;
    got = r->request->part == REPLAY_WHOLE ? trace_read_dense(r->reader, &r->part) : next_of_part(r);
    *bytes = trace_bytes_done(r->reader);
    return got;
}

/* The timeline is of what is counted. */
static void take_detail(struct replay *r)
{
    for (unsigned i = 0; i < CORES_MAX; i++)
        replay_batch_settle(r, i);
    detail_batch(r->detail, &r->machine->cluster, r->record);
}

bool replay_range(struct replay *r, uint32_t from, uint32_t to, struct trace_error *err)
{
    bool skip = r->sample && r->sample->mode == SAMPLE_SKIP;
    uint32_t batch = skip ? DENSE_BLOCK : BATCH;

    for (uint32_t end; from < to; from = end) {
        const char *why;

        end = (from / batch + 1) * batch;
        end = end < to ? end : to;
        why = skip ? sample_skip(r, from, end) : replay_batch_run(r, from, end);

        if (why)
            return error_set(err, "%.150s: record %" PRIu64 ": %s", r->request->path, r->record, why);
        /* the engine finds a core idle as soon in any sample as without */
        if ((end % batch == 0 || end == r->block->count) && !replay_cost_batch(r, err))
            return false;
        if (r->detail)
            take_detail(r);
    }
    return true;
}

/* Replays all that comes until the user wants an end. Returns what next_block returned last, 0 when interrupted, or -1
 * with *err. */
static int run_all(struct replay *r, struct progress *bar, struct trace_error *err)
{
    uint64_t bytes;
    int got;

    while ((got = next_block(r, &bytes)) > 0) {
        if (r->sample ? !sample_block(r, (uint32_t)got, err) : !replay_range(r, 0, (uint32_t)got, err))
            return -1;
        if (r->hot)
            replay_hot_end(r);
        progress_step(bar, bytes, trace_bytes_total(r->reader), r->record);
        if (interrupt_asked()) {
            r->interrupted = true;
            return 0;
        }
    }
    return got;
}

static bool run_records(struct replay *r, struct trace_error *err)
{
    struct progress bar;
    int got;

    err->text[0] = '\0';
    progress_begin(&bar, r->request->progress, r->request->path);
    if (r->request->part == REPLAY_WHOLE && r->request->threads > 1)
        r->ahead = ahead_start(r->reader, r->request->threads > 2 ? READERS_MAX : 1);
    got = run_all(r, &bar, err);
    ahead_stop(r->ahead);
    r->ahead = NULL;
    progress_end(&bar);
    if (got < 0 && !err->text[0])
        *err = *trace_get_error(r->reader);
    if (got == 0 && r->record == 0 && r->request->part == REPLAY_WHOLE)
        return error_set(err, "%s: no records in it", r->request->path);
    if (r->request->records && ferror(r->request->records->stream))
        return error_set(err, "%.150s: cannot be written", r->request->records->path);
    if (r->request->tarmac && ferror(r->request->tarmac->stream))
        return error_set(err, "%.150s: cannot be written", r->request->tarmac->path);
    return got == 0;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool replay_all(struct replay *r, struct trace_error *err)
{
    const struct replay_request *q = r->request;
    struct rusage usage;
    double start = now();

    r->reader = trace_input_open(q->input, q->path, q->recover ? TRACE_RECOVER : 0, err);
    if (!r->reader)
        return false;
    r->machine = machine_new(q->config);
    if (!r->machine)
        return error_set(err, "%.150s: out of memory", q->path);
    if (q->memory && !snapshot_lay(r->machine, q->memory, err))
        return false;
    replay_batch_begin(r);
    if (q->records)
        records_begin(q->records);
    if (q->tarmac)
        tarmac_out_begin(&r->lines, &r->machine->cluster);
    if (!trace_pages_load(r->reader, r->machine, err) || !replay_cost_begin(r, err) || !run_records(r, err) ||
        !replay_cost_end(r, err))
        return false;
    if (q->memory && backing_failed(r->machine->backing))
        return error_set(err, "%.150s: a page of it can no longer be read", q->memory);
    r->info = *trace_get_info(r->reader);
    if (r->sample)
        sample_end(r);
    add_up(r);
    r->recovered = trace_recovered(r->reader);
    if (q->progress && q->part == REPLAY_WHOLE)
        trace_input_tell_skips(r->reader);
    if (r->recovered)
        say_error("recovered what is intact: %s", trace_get_error(r->reader)->text);
    r->wall_s = now() - start;
    getrusage(RUSAGE_SELF, &usage);
    r->peak_rss_kib = usage.ru_maxrss;
    return true;
}

struct replay *replay_trace(const struct replay_request *request, struct trace_error *err)
{
    struct replay *r = calloc(1, sizeof *r);
    bool good;

    if (!r) {
        error_set(err, "%.150s: out of memory", request->path);
        return NULL;
    }
    r->request = request;
    r->hot = request->top > 0 || request->detail ? hot_new() : NULL;
    r->detail = request->detail ? detail_new() : NULL;
    for (unsigned i = 0; i < CORES_MAX; i++) {
        r->core[i].domain[0] = r->core[i].domain[1] = &r->stats.domain[0];
        r->core[i].domain[2] = &r->stats.domain[DOMAIN_EL2];
        r->last_run[i] = REPLAY_NO_RUN;
    }
    r->sample = request->sample ? sample_new(request->sample) : NULL;
    if ((request->top > 0 && !r->hot) || (request->detail && !(r->hot && r->detail)) || (request->sample && !r->sample))
        good = error_set(err, "%.150s: out of memory", request->path);
    else
        good = replay_all(r, err);
    trace_close(r->reader);
    r->reader = NULL;
    if (good)
        return r;
    replay_free(r);
    return NULL;
}

void replay_free(struct replay *r)
{
    if (!r)
        return;
    replay_cost_free(r);
    hot_free(r->hot);
    detail_free(r->detail);
    sample_free(r->sample);
    machine_free(r->machine);
    free(r);
}

bool replay_agrees(const struct replay *r)
{
    return r->verify.pa_mismatched == 0 && r->verify.types_mismatched == 0 && r->verify.faults_mismatched == 0 &&
           r->verify.at_mismatched == 0;
}
