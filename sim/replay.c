/* The loop over the records. */
#include "sim/replay.h"

#include "sim/progress.h"
#include "sim/records.h"
#include "sim/replay_event.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define BATCH 128

/* The slow half of comparing a PA. */
static void tell_pa(struct replay *r, const struct trace_rec *rec, const struct outcome *o, uint64_t pa)
{
    r->verify.pa_mismatched++;
    if (o->x.fault.type == FAULT_NONE)
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": PA 0x%" PRIx64 " in the trace, 0x%" PRIx64 " here (%s)", rec->el,
                    rec->va, pa, o->x.pa.v, mmu_hit_name((enum xlat_hit)o->x.hit));
    else
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": PA 0x%" PRIx64 " in the trace, stage-%u %s fault level %u here",
                    rec->el, rec->va, pa, o->x.fault.stage, fault_name((enum fault_type)o->x.fault.type),
                    o->x.fault.level);
}

/* An access and all that is kept of it. */
static inline void one_access(struct replay *r, const struct trace_rec *rec, const struct access *a,
                              enum latency_kind kind)
{
    struct cluster *c = &r->machine->cluster;
    struct domain *d = &r->stats.domain[a->el == 2 ? DOMAIN_EL2 : r->domain[rec->core]];
    struct outcome o;

    cluster_access(c, rec->core, a, &o);
    stats_latency(&r->stats.latency[kind], o.cycles);
    d->accesses++;
    if (__builtin_expect(o.x.hit != HIT_UTLB || o.cycles > 0, 0)) {
        d->cycles += o.cycles;
        d->walks += o.x.hit == HIT_WALK || o.x.hit == HIT_WALK_CACHE;
    }
    if (__builtin_expect(o.x.fault.type == FAULT_NONE, 1))
        stats_type(&r->stats, &o.x.entry->type, kind == LATENCY_FETCH);
    else
        stats_fault(&r->stats, &o.x.fault, a, o.exception.el);
    if (r->request->verify && !(rec->flags & REC_PA_UNKNOWN)) {
        r->verify.pa_compared++;
        if (__builtin_expect(o.x.fault.type != FAULT_NONE || o.x.pa.v != rec->pa, 0))
            tell_pa(r, rec, &o, rec->pa);
    }
    if (__builtin_expect(r->request->records != NULL, 0))
        records_row(r->request->records, r->record, rec, a, &o);
}

static inline void one_fetch(struct replay *r, const struct trace_rec *rec)
{
    struct access a = { .va = VA(rec->va), .size = rec->n * 4, .kind = ACCESS_FETCH, .el = rec->el };

    r->machine->cluster.core[rec->core].mmu.count.v[COUNT_INST_RETIRED] += rec->n;
    one_access(r, rec, &a, LATENCY_FETCH);
}

static inline void one_data(struct replay *r, const struct trace_rec *rec, enum access_kind kind, uint32_t size)
{
    struct access a = { .va = VA(rec->va), .size = size, .kind = (uint8_t)kind, .el = rec->el };
    struct counts *n = &r->machine->cluster.core[rec->core].mmu.count;

    a.unpriv = (rec->flags & REC_UNPRIV) != 0;
    n->v[kind == ACCESS_LOAD ? COUNT_LD_RETIRED : COUNT_ST_RETIRED]++;
    n->v[COUNT_MEM_ACCESS] += 1 + cluster_crosses_page(&a);
    if (__builtin_expect(access_is_unaligned(&a), 0))
        n->v[COUNT_UNALIGNED_LDST_RETIRED]++;
    one_access(r, rec, &a, kind == ACCESS_LOAD ? LATENCY_LOAD : LATENCY_STORE);
}

/* Does what a record says. Returns NULL, or why the trace cannot go on. */
static inline const char *one_record(struct replay *r, const struct trace_rec *rec)
{
    if (__builtin_expect(rec->core >= r->machine->cluster.config.cores, 0))
        return "a core that the platform does not have (cluster.cores)";
    switch ((enum rec_op)rec->op) {
    case REC_FETCH:
        one_fetch(r, rec);
        return NULL;
    case REC_LOAD:
        one_data(r, rec, ACCESS_LOAD, 1u << rec->size_log2);
        return NULL;
    case REC_STORE:
        one_data(r, rec, ACCESS_STORE, 1u << rec->size_log2);
        return NULL;
    case REC_ZVA:
        one_data(r, rec, ACCESS_ZVA, 64);
        return NULL;
    case REC_SYS:
    case REC_MSR:
    case REC_PAR:
    case REC_EXC:
    case REC_TABW:
    case REC_OP_COUNT:
        break;
    }
    return replay_event(r, rec);
}

static bool load_pages(struct replay *r, struct trace_error *err)
{
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;
    int got;

    while ((got = trace_read_page(r->reader, &pa, page)) == 1) {
        for (unsigned i = 0; i < TRACE_PAGE_BYTES; i += 8) {
            uint64_t word = 0;
            const char *why;

            for (unsigned b = 8; b-- > 0;)
                word = word << 8 | page[i + b];
            why = machine_write64(r->machine, PA(pa + i), word);
            if (why)
                return error_set(err, "%.150s: page 0x%" PRIx64 ": %s", r->request->path, pa, why);
        }
    }
    if (got < 0 && !r->request->recover)
        *err = *trace_get_error(r->reader);
    return got == 0 || r->request->recover;
}

static bool run_records(struct replay *r, struct trace_error *err)
{
    struct trace_rec rec[BATCH];
    struct progress bar;
    int got;

    progress_begin(&bar, r->request->progress, r->request->path);
    while ((got = trace_read(r->reader, rec, BATCH)) > 0) {
        for (int i = 0; i < got; i++, r->record++) {
            const char *why = one_record(r, &rec[i]);

            if (__builtin_expect(why != NULL, 0)) {
                progress_end(&bar);
                return error_set(err, "%.150s: record %" PRIu64 ": %s", r->request->path, r->record, why);
            }
        }
        progress_step(&bar, trace_bytes_done(r->reader), trace_bytes_total(r->reader));
    }
    progress_end(&bar);
    if (got < 0)
        *err = *trace_get_error(r->reader);
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
    if (!load_pages(r, err) || !run_records(r, err))
        return false;
    r->info = *trace_get_info(r->reader);
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
    machine_free(r->machine);
    free(r);
}

bool replay_agrees(const struct replay *r)
{
    return r->verify.pa_mismatched == 0 && r->verify.faults_mismatched == 0 && r->verify.at_mismatched == 0;
}
