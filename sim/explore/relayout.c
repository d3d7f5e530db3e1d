/* Twice through the trace: what there is, then the same with other tables. */
#include "sim/explore/relayout.h"

#include "platforms/zynqmp/params.h"
#include "sim/explore/relayout_pass.h"
#include "sim/interrupt.h"
#include "traces/error.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 512

typedef bool record_taker(struct relayout *r, const struct trace_rec *rec);

bool relayout_translates(const struct trace_rec *rec)
{
    switch ((enum rec_op)rec->op) {
    case REC_FETCH:
    case REC_LOAD:
    case REC_STORE:
    case REC_ZVA:
        return rec->el < 2;
    case REC_SYS:
        return rec->el < 2 || at_decode_opcode(rec->n) != AT_OP_COUNT;
    case REC_EXC:
        return true;
    case REC_MSR:
    case REC_PAR:
    case REC_TABW:
    case REC_OP_COUNT:
        break;
    }
    return false;
}

/* Opens the trace once more and hands out all of its records. */
static bool open_trace(struct relayout *r)
{
    trace_close(r->reader);
    r->reader = trace_input_open(r->request->input, r->request->path, 0, r->err);
    return r->reader && relayout_world_begin(&r->world, r->reader);
}

/* Twice as much is to be read as there is. */
static void show(struct relayout *r)
{
    uint64_t total = trace_bytes_total(r->reader), before = r->record_before > 0 ? total : 0;

    progress_step(&r->bar, before + trace_bytes_done(r->reader), 2 * total, r->record_before + r->record);
}

static bool read_trace(struct relayout *r, record_taker *take)
{
    struct trace_rec rec[BATCH];
    int got;

    r->record_before = r->record;
    r->record = 0;
    while ((got = trace_read(r->reader, rec, BATCH)) > 0) {
        for (int i = 0; i < got; i++, r->record++) {
            if (rec[i].core >= CORES_MAX)
                return error_set(r->err, "%.150s: record %" PRIu64 ": core %u, but the ZynqMP has %d", r->request->path,
                                 r->record, rec[i].core, CORES_MAX);
            r->core = rec[i].core;
            if (!take(r, &rec[i]))
                return false;
        }
        show(r);
        if (interrupt_asked())
            return error_set(r->err, "interrupted");
    }
    if (got < 0)
        *r->err = *trace_get_error(r->reader);
    return got == 0;
}

/* ---- The first time ---- */

static bool first_used(void *owner, struct context *c)
{
    struct relayout *r = owner;

    return relayout_build_geometry(&r->tables, c, &relayout_old(r)->regs);
}

static bool first_changed(void *owner, struct context *c, const struct runs_change *change)
{
    struct relayout *r = owner;
    struct leaf_run run;

    if (change->was_mapped || !change->now || !r->request->layout.ahead)
        return stretches_add(&c->changing, change->ia, change->bytes, change->leaf_bits) ||
               error_set(&r->phrase, "more mappings change than can be kept");
    run = *change->now;
    run.oa += change->ia - run.ia;
    run.ia = change->ia;
    run.bytes = change->bytes;
    return leaf_runs_add(&c->early, &run) == RUNS_OK || error_set(&r->phrase, "more is mapped than can be kept");
}

/* Keeps where a stage refuses what the trace does: nothing may be mapped there before it is in the trace. */
static bool note_fault(struct relayout *r, const struct trace_rec *rec)
{
    struct fault f = relayout_fault_of(relayout_old(r), rec);
    uint64_t va = rec->op == REC_EXC ? rec->va : rec->value;
    const struct world_core *k = &r->world.core[r->core];
    int number = f.stage == 2 ? k->stage2 : k->stage1[va >> 55 & 1];
    struct context *c = &r->world.context[number == NO_CONTEXT ? 0 : number];
    uint64_t ia = f.stage == 2 ? f.ipa.v : va & low_mask(c->params.ia_bits);

    return f.type == FAULT_NONE || number == NO_CONTEXT ||
           stretches_add(&c->kept_holes, align_down(ia, 12), 4096, 12) ||
           error_set(&r->phrase, "more faults than can be kept");
}

static bool survey_record(struct relayout *r, const struct trace_rec *rec)
{
    bool ours;

    if (rec->op <= REC_ZVA && !(rec->flags & REC_PA_UNKNOWN) && rec->pa >> PA_BITS == 0)
        r->been[rec->pa >> (BEEN_BITS + 3)] |= (uint8_t)(1u << (rec->pa >> BEEN_BITS & 7));
    if (rec->op == REC_MSR)
        relayout_world_register(&r->world, r->core, rec->n, rec->value);
    else if (rec->op == REC_TABW)
        return relayout_world_word(&r->world, rec->pa, rec->value, &ours);
    if (r->world.core[r->core].stale && relayout_translates(rec) && !relayout_world_use(&r->world, r->core))
        return false;
    return (rec->op != REC_EXC && rec->op != REC_SYS) || note_fault(r, rec);
}

/* ---- In between ---- */

/* Takes over what stays: the pages of EL2's tables, and others that no table of EL1&0 has. */
static bool keep_pages(struct relayout *r)
{
    const struct phys *old = &r->world.old->phys;

    for (uint32_t i = 0; i < old->count; i++) {
        const char *why = NULL;

        if (!relayout_world_owns(&r->world, old->page[i].pa))
            why = machine_write_page(r->tables.fresh, PA(old->page[i].pa), old->page[i].word);
        if (why)
            return error_set(&r->phrase, "%s", why);
    }
    return true;
}

static bool touches(const struct stretches *s, const struct leaf_run *run)
{
    const struct stretch *at = stretches_find(s, run->ia);

    return at && at->ia < run->ia + run->bytes;
}

/* What is mapped once, where no fault is recorded, and does not change any more, counts as mapped from the start
 * [choice: an operating system that had mapped it earlier would have been right]; the rest is what changes. */
static bool settle_early(struct relayout *r, struct context *c)
{
    struct leaf_runs ahead = { 0 };
    enum runs_result result = RUNS_OK;
    bool good = true;

    stretches_sort(&c->changing);
    stretches_sort(&c->kept_holes);
    for (size_t i = 0; i < c->early.count && result == RUNS_OK; i++)
        if (!touches(&c->changing, &c->early.run[i]) && !touches(&c->kept_holes, &c->early.run[i]))
            result = leaf_runs_add(&ahead, &c->early.run[i]);
    for (size_t i = 0; i < c->early.count && good; i++) {
        const struct leaf_run *run = &c->early.run[i];

        if (touches(&c->kept_holes, run))
            good = stretches_add(&c->changing, run->ia, run->bytes, run->leaf_bits);
    }
    for (size_t i = 0; i < ahead.count; i++)
        c->told.ahead += ahead.run[i].bytes;
    stretches_sort(&c->changing);
    leaf_runs_free(&c->early);
    if (result == RUNS_OK)
        result = leaf_runs_merge(&c->runs, &ahead);
    leaf_runs_free(&ahead);
    return (good && result == RUNS_OK) || error_set(&r->phrase, "more is mapped than can be kept");
}

static bool plan(struct relayout *r)
{
    struct relayout_world *w = &r->world;
    struct relayout_tables *t = &r->tables;

    for (int i = 0; i < w->count; i++) {
        if (!settle_early(r, &w->context[i]))
            return false;
    }
    for (int i = 0; i < w->count; i++) {
        if (!relayout_build_prepare(t, &w->context[i]))
            return false;
    }
    if (!relayout_tables_place(t, r->been) || !keep_pages(r))
        return false;
    for (unsigned stage = 2; stage >= 1; stage--) { /* a guest's tables are mapped by its stage 2 */
        for (int i = 0; i < w->count; i++) {
            struct context *c = &w->context[i];

            if (c->params.stage != stage)
                continue;
            if (!relayout_tables_root(t, c) || !relayout_build(t, c))
                return false;
            c->told.root = c->fresh.base;
            leaf_runs_free(&c->runs);
        }
    }
    return true;
}

static bool write_pages(struct relayout *r)
{
    const struct phys *fresh = &r->tables.fresh->phys;
    uint64_t word[PHYS_PAGE_WORDS];
    uint8_t bytes[TRACE_PAGE_BYTES];

    for (uint32_t i = 0; i < fresh->count; i++) {
        for (unsigned k = 0; k < PHYS_PAGE_WORDS; k++)
            word[k] = htole64(fresh->page[i].word[k]);
        memcpy(bytes, word, sizeof bytes);
        if (!trace_write_page(r->writer, fresh->page[i].pa, bytes, r->err))
            return false;
    }
    return true;
}

/* ---- All of it ---- */

static bool tell(struct relayout *r, struct relayout_result *result)
{
    result->context = calloc((size_t)r->world.count + 1, sizeof *result->context);
    if (!result->context)
        return error_set(&r->phrase, "out of memory");
    for (int i = 0; i < r->world.count; i++)
        result->context[result->count++] = r->world.context[i].told;
    return true;
}

static bool rewrite(struct relayout *r)
{
    if (!open_trace(r))
        return false;
    r->writer = trace_create(r->request->output, trace_get_info(r->reader)->source, r->err);
    if (!r->writer || !read_trace(r, survey_record) || !open_trace(r) || !plan(r))
        return false;
    r->world.used = NULL;
    r->world.result->unsupported = 0; /* is met again */
    r->world.changed = relayout_rewrite_change;
    if (!write_pages(r))
        return false;
    r->tables.writer = r->writer;
    return read_trace(r, relayout_rewrite_record) && tell(r, r->world.result);
}

/* Returns false with *err, or with a refusal. */
static bool start(struct relayout *r)
{
    struct config config;

    if (!layout_possible(&r->request->layout, r->why))
        return false;
    if (strcmp(r->request->path, "-") == 0)
        return error_set(r->err, "-: is read twice: give the trace as a file");
    params_default(&config);
    r->tables.fresh = machine_new(&config);
    return r->tables.fresh || error_set(&r->phrase, "out of memory");
}

enum relayout_status relayout_trace(const struct relayout_request *q, struct relayout_result *result,
                                    struct trace_error *err)
{
    struct relayout *r = calloc(1, sizeof *r);
    enum relayout_status status;
    bool good;

    *result = (struct relayout_result){ 0 };
    err->text[0] = '\0';
    if (!r) {
        error_set(err, "%.150s: out of memory", q->path);
        return RELAYOUT_FAILED;
    }
    r->request = q;
    r->err = err;
    r->world.err = err;
    r->world.phrase = &r->phrase;
    r->world.result = result;
    r->world.owner = r;
    r->world.used = first_used;
    r->world.changed = first_changed;
    r->tables.world = &r->world;
    r->tables.layout = &q->layout;
    r->tables.why = r->why;
    progress_begin(&r->bar, q->progress, q->path);
    good = start(r) && rewrite(r);
    progress_end(&r->bar);
    if (good)
        good = trace_commit(r->writer, err);
    else
        trace_discard(r->writer);
    status = good ? RELAYOUT_DONE : r->why[0] ? RELAYOUT_REFUSED : RELAYOUT_FAILED;
    if (status == RELAYOUT_FAILED && r->phrase.text[0])
        error_set(err, "%.150s: record %" PRIu64 ": %.200s", q->path, r->record, r->phrase.text);
    if (status == RELAYOUT_REFUSED)
        error_set(err, "%s", r->why);
    trace_close(r->reader);
    relayout_world_free(&r->world);
    machine_free(r->tables.fresh);
    free(r);
    return status;
}

void relayout_free(struct relayout_result *result)
{
    free(result->context);
    *result = (struct relayout_result){ 0 };
}
