/* The loop over the records. */
#include "sim/replay.h"

#include "sim/progress.h"
#include "sim/records.h"
#include "sim/replay_cost.h"
#include "sim/replay_event.h"
#include "traces/error.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BATCH 128

/* The slow half of comparing a PA. */
static void tell_pa(struct replay *r, const struct trace_rec *rec, const struct outcome *o)
{
    r->verify.pa_mismatched++;
    if (o->x.fault.type == FAULT_NONE)
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": PA 0x%" PRIx64 " in the trace, 0x%" PRIx64 " here (%s)", rec->el,
                    rec->va, rec->pa, o->x.pa.v, mmu_hit_name((enum xlat_hit)o->x.hit));
    else
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": PA 0x%" PRIx64 " in the trace, stage-%u %s fault level %u here",
                    rec->el, rec->va, rec->pa, o->x.fault.stage, fault_name((enum fault_type)o->x.fault.type),
                    o->x.fault.level);
}

/* What the records that are accesses are to the models and to the statistics. */
static const struct {
    uint8_t kind;    /* enum access_kind */
    uint8_t latency; /* enum latency_kind */
    uint8_t count;   /* enum count */
} ops[] = {
    [REC_FETCH] = { ACCESS_FETCH, LATENCY_FETCH, COUNT_INST_RETIRED },
    [REC_LOAD] = { ACCESS_LOAD, LATENCY_LOAD, COUNT_LD_RETIRED },
    [REC_STORE] = { ACCESS_STORE, LATENCY_STORE, COUNT_ST_RETIRED },
    [REC_ZVA] = { ACCESS_ZVA, LATENCY_STORE, COUNT_ST_RETIRED },
};

enum latency_kind replay_latency_kind(const struct trace_rec *rec)
{
    return (enum latency_kind)ops[rec->op].latency;
}

#define ZVA_LOG2 6 /* DC ZVA writes 64 bytes [A53: DCZID_EL0] */

/* [choice: 16 bytes or more are taken for a pair of registers, each to be aligned by itself: a trace does not tell LDP of
 * two X from LDR of one Q] */
static inline struct access access_of(const struct trace_rec *rec)
{
    /* chosen by masks: a branch here would be guessed wrong for every third record */
    uint32_t fetch = -(uint32_t)(rec->op == REC_FETCH), zva = -(uint32_t)(rec->op == REC_ZVA);

    return (struct access){ .va = VA(rec->va),
                            .size = ((rec->n * 4) & fetch) | ((1u << (rec->size_log2 | (ZVA_LOG2 & zva))) & ~fetch),
                            .kind = ops[rec->op].kind,
                            .el = rec->el,
                            .pair = rec->size_log2 >= 4,
                            .unpriv = (rec->flags & REC_UNPRIV) != 0 };
}

/* An access that is no plain micro-TLB hit, or of which a row is wanted. */
static void long_access(struct replay *r, const struct trace_rec *rec)
{
    struct cluster *c = &r->machine->cluster;
    struct counts *n = &c->core[rec->core].mmu.count;
    struct access a = access_of(rec);
    bool unknown = rec->flags & REC_PA_UNKNOWN;
    struct outcome o;

    cluster_access(c, rec->core, &a, &o);
    n->v[COUNT_MEM_ACCESS] += a.kind != ACCESS_FETCH && cluster_crosses_page(&a);
    n->v[COUNT_UNALIGNED_LDST_RETIRED] += access_is_unaligned(&a);
    r->core[rec->core].domain[rec->el]->walks += cluster_walks(&o);
    if (o.x.fault.type == FAULT_NONE)
        stats_type(&r->stats, &o.x.type, a.kind == ACCESS_FETCH);
    else
        stats_fault(&r->stats, &o.x.fault, &a, o.exception.el);
    r->pa_unknown += unknown;
    if (r->request->verify && !unknown && (o.x.fault.type != FAULT_NONE || o.x.pa.v != rec->pa))
        tell_pa(r, rec, &o);
    replay_cost_access(r, rec, &a, &o);
}

/* A micro-TLB hit whose PA is not what the record has, or of which it has none. */
static void other_pa(struct replay *r, const struct trace_rec *rec, uint64_t pa)
{
    struct outcome o = { .x.pa = PA(pa) };

    if (rec->flags & REC_PA_UNKNOWN)
        r->pa_unknown++;
    else if (r->request->verify)
        tell_pa(r, rec, &o);
}

/* What is counted of every access. */
static inline void count_access(struct replay *r, const struct trace_rec *rec)
{
    uint64_t *n = r->machine->cluster.at[rec->core]->mmu.count.v;

    n[ops[rec->op].count] += rec->op == REC_FETCH ? rec->n : 1;
    r->core[rec->core].domain[rec->el]->accesses++;
}

/* An access and all that is kept of it. Nearly every record comes this way and ends at the micro-TLB: no branch here
 * depends on what kind of access it is, and what can be counted in the end is not counted here. */
static inline void one_access(struct replay *r, const struct trace_rec *rec)
{
    struct cluster *c = &r->machine->cluster;
    struct access a = access_of(rec);
    const struct utlb_entry *e;

    count_access(r, rec);
    e = cluster_hit(c, rec->core, &a);
    if (__builtin_expect(!e, 0)) {
        long_access(r, rec);
        return;
    }
    if (__builtin_expect(c->memsys.traffic.count != 0, 0))
        replay_cost_lines(r, rec, (enum access_kind)a.kind);
    r->hits[ops[rec->op].latency]++;
    stats_type(&r->stats, &e->type, rec->op == REC_FETCH);
    if (__builtin_expect((e->pa | (rec->va & 0xFFF)) != rec->pa || (rec->flags & REC_PA_UNKNOWN), 0))
        other_pa(r, rec, e->pa | (rec->va & 0xFFF));
}

/* What follows from the rest: the micro-TLB hits' share of the latencies, and data accesses. */
static void add_up(struct replay *r)
{
    const struct prices *price = &r->machine->cluster.config.price;
    uint64_t accesses = 0;

    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        struct latency *l = &r->stats.latency[k];

        l->bin[price->utlb] += r->hits[k];
        if (r->hits[k] > 0 && price->utlb > l->max)
            l->max = price->utlb;
        accesses += stats_count(l);
    }
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

/* Does what a record says that is no access, or one that is not to be had, or wants a row. Returns NULL, or why the trace
 * cannot go on. */
__attribute__((noinline)) static const char *odd_record(struct replay *r, const struct trace_rec *rec)
{
    if (rec->core >= r->machine->cluster.config.cores)
        return "a core that the platform does not have (cluster.cores)";
    if (rec->op > REC_ZVA)
        return replay_event(r, rec);
    if (rec->el > 2)
        return "an access at EL3, which is not modelled";
    count_access(r, rec);
    long_access(r, rec); /* which writes the row */
    return NULL;
}

/* Does what a batch of records says. Returns NULL, or why the trace cannot go on: at record r->record. */
static const char *run_batch(struct replay *r, const struct trace_rec *rec, int count)
{
    const uint32_t cores = r->machine->cluster.config.cores;
    const bool rows = r->request->records != NULL;

    for (int i = 0; i < count; i++, rec++) {
        bool odd = (rec->op > REC_ZVA) | (rec->core >= cores) | (rec->el > 2) | rows;
        const char *why = NULL;

        if (__builtin_expect(odd, 0))
            why = odd_record(r, rec);
        else
            one_access(r, rec);
        if (__builtin_expect(why != NULL, 0))
            return why;
        r->record++;
    }
    return NULL;
}

static bool load_pages(struct replay *r, struct trace_error *err)
{
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t word[PHYS_PAGE_WORDS], pa;
    int got;

    while ((got = trace_read_page(r->reader, &pa, page)) == 1) {
        const char *why;

        memcpy(word, page, sizeof word);
        for (unsigned i = 0; i < PHYS_PAGE_WORDS; i++)
            word[i] = le64toh(word[i]);
        why = machine_write_page(r->machine, PA(pa), word);
        if (why)
            return error_set(err, "%.150s: page 0x%" PRIx64 ": %s", r->request->path, pa, why);
    }
    if (got < 0 && !r->request->recover)
        *err = *trace_get_error(r->reader);
    return got == 0 || r->request->recover;
}

/* Reads the next record, unless it is the first that the core does. Its registers come as records before that. */
static int next_of_start(struct replay *r, struct trace_rec *rec)
{
    int got = trace_read(r->reader, rec, 1);

    r->started = got == 1 && rec->core == r->request->start_core && rec->op != REC_MSR;
    return r->started ? 0 : got;
}

/* Reads what is to be replayed next. Returns as trace_read does. */
static int next_records(struct replay *r, struct trace_rec rec[BATCH])
{
    uint64_t left = r->request->records_max - r->record;

    switch (r->request->part) {
    case REPLAY_WHOLE:
        break;
    case REPLAY_START:
        return next_of_start(r, rec);
    case REPLAY_FIRST:
        return left > 0 ? trace_read(r->reader, rec, left < BATCH ? (int)left : BATCH) : 0;
    }
    return trace_read(r->reader, rec, BATCH);
}

static bool run_records(struct replay *r, struct trace_error *err)
{
    struct trace_rec rec[BATCH];
    struct progress bar;
    int got;

    progress_begin(&bar, r->request->progress, r->request->path);
    while ((got = next_records(r, rec)) > 0) {
        const char *why = run_batch(r, rec, got);

        if (why) {
            progress_end(&bar);
            return error_set(err, "%.150s: record %" PRIu64 ": %s", r->request->path, r->record, why);
        }
        if (!replay_cost_batch(r, err)) {
            progress_end(&bar);
            return false;
        }
        progress_step(&bar, trace_bytes_done(r->reader), trace_bytes_total(r->reader));
    }
    progress_end(&bar);
    if (got < 0)
        *err = *trace_get_error(r->reader);
    if (got == 0 && r->record == 0 && r->request->part == REPLAY_WHOLE)
        return error_set(err, "%s: no records in it", r->request->path);
    if (r->request->records && ferror(r->request->records->stream))
        return error_set(err, "%.150s: cannot be written", r->request->records->path);
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

    r->reader = trace_open(q->path, q->recover ? TRACE_RECOVER : 0, err);
    if (!r->reader)
        return false;
    r->machine = machine_new(q->config);
    if (!r->machine)
        return error_set(err, "%.150s: out of memory", q->path);
    if (q->records)
        records_begin(q->records);
    if (!load_pages(r, err) || !replay_cost_begin(r, err) || !run_records(r, err) || !replay_cost_end(r, err))
        return false;
    r->info = *trace_get_info(r->reader);
    add_up(r);
    r->recovered = trace_recovered(r->reader);
    if (r->recovered)
        fprintf(stderr, "stagewalk: recovered what is intact: %s\n", trace_get_error(r->reader)->text);
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
    for (unsigned i = 0; i < CORES_MAX; i++) {
        r->core[i].domain[0] = r->core[i].domain[1] = &r->stats.domain[0];
        r->core[i].domain[2] = &r->stats.domain[DOMAIN_EL2];
    }
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
    machine_free(r->machine);
    free(r);
}

bool replay_agrees(const struct replay *r)
{
    return r->verify.pa_mismatched == 0 && r->verify.faults_mismatched == 0 && r->verify.at_mismatched == 0;
}
