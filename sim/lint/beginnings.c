/* A trace from its start, until every core has begun; and again from its start for those that began before one of a
 * lower number. */
#include "sim/lint/beginnings.h"

#include "sim/interrupt.h"
#include "sim/progress.h"
#include "sim/trace/trace_input.h"
#include "sim/trace/trace_pages.h"
#include "sim/trace/trace_record.h"
#include "traces/error.h"

#include <inttypes.h>

#define BATCH 128

#define NOT_YET UINT64_MAX
#define NEVER (UINT64_MAX - 1)

struct visit {
    const struct beginnings_request *request;
    struct trace_error *err;
    struct trace_reader *reader;
    struct machine *machine;
    uint64_t record;
    uint64_t at[CORES_MAX]; /* the record that each begins at; NOT_YET: the end of the trace is to say */
    unsigned cores, next;   /* next: the lowest that is to be told of */
};

static void find_next(struct visit *v)
{
    while (v->next < v->cores && v->at[v->next] == NEVER)
        v->next++;
}

/* True when what is left of the trace is of no use: all are told of, or the next began before. */
static bool is_done(const struct visit *v)
{
    for (unsigned i = v->next; i < v->cores; i++) {
        if (v->at[i] == NOT_YET)
            return false;
    }
    return v->next == v->cores || v->at[v->next] < v->record;
}

static const char *one_record(struct visit *v, const struct trace_rec *rec)
{
    const char *why = trace_record_refused(v->machine, rec);

    if (why)
        return why;
    if (trace_record_begins(rec) && v->at[rec->core] >= NEVER)
        v->at[rec->core] = v->record;
    if (rec->core == v->next && v->at[v->next] == v->record) {
        v->request->begins(v->request->context, v->machine, v->next++);
        find_next(v);
    }
    v->record++;
    return trace_record_write(v->machine, rec);
}

static bool run_records(struct visit *v, struct progress *bar)
{
    struct trace_rec rec[BATCH];
    int got = 0;

    while (!is_done(v) && !interrupt_asked() && (got = trace_read(v->reader, rec, BATCH)) > 0) {
        for (int i = 0; i < got && !is_done(v); i++) {
            uint64_t number = v->record;
            const char *why = one_record(v, &rec[i]);

            if (why)
                return error_set(v->err, "%.150s: record %" PRIu64 ": %s", v->request->path, number, why);
        }
        progress_step(bar, trace_bytes_done(v->reader), trace_bytes_total(v->reader), v->record);
    }
    if (got < 0)
        *v->err = *trace_get_error(v->reader);
    for (unsigned i = 0; i < v->cores && got == 0 && !interrupt_asked(); i++) {
        if (v->at[i] == NOT_YET)
            v->at[i] = NEVER;
    }
    find_next(v);
    return got >= 0;
}

/* From the start of the trace. What a complete count of its records does not know of does nothing. */
static bool begin_pass(struct visit *v)
{
    v->record = 0;
    v->reader = trace_input_open(NULL, v->request->path, 0, v->err);
    if (!v->reader)
        return false;
    for (unsigned i = 0; i < v->cores && trace_totals_known(v->reader); i++) {
        if (!(trace_get_info(v->reader)->core_mask >> i & 1))
            v->at[i] = NEVER;
    }
    find_next(v);
    v->machine = machine_new(v->request->config);
    if (!v->machine)
        return error_set(v->err, "%.150s: out of memory", v->request->path);
    return trace_pages_load(v->reader, v->machine, v->err);
}

static bool pass(struct visit *v)
{
    struct progress bar;
    bool good = begin_pass(v);

    if (good) {
        progress_begin(&bar, v->request->progress, v->request->path);
        good = run_records(v, &bar);
        progress_end(&bar);
    }
    trace_close(v->reader);
    machine_free(v->machine);
    v->reader = NULL;
    v->machine = NULL;
    return good;
}

bool beginnings_visit(const struct beginnings_request *q, struct trace_error *err)
{
    struct visit v = { .request = q, .err = err, .cores = q->config->cores };
    unsigned told;

    for (unsigned i = 0; i < CORES_MAX; i++)
        v.at[i] = NOT_YET;
    if (!pass(&v))
        return false;
    while (v.next < v.cores && !interrupt_asked()) {
        told = v.next;
        if (!pass(&v))
            return false;
        if (v.next == told && !interrupt_asked())
            return error_set(err, "%.150s: changed while it was read", q->path);
    }
    return true;
}
