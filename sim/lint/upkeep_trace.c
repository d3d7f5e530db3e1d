/* The records of a trace. */
#include "sim/lint/upkeep_trace.h"

#include "models/arch/barrier.h"
#include "models/arch/cache_op.h"
#include "sim/interrupt.h"
#include "sim/progress.h"
#include "sim/replay/replay.h"
#include "sim/trace/trace_input.h"
#include "sim/trace/trace_pages.h"
#include "sim/trace/trace_record.h"
#include "traces/error.h"

#include <inttypes.h>
#include <string.h>

#define BATCH 128

#define EC_INSTRUCTION_ABORT_LOWER 0x20
#define EC_DATA_ABORT_LOWER 0x24
#define SPSR_EL 3, 2

struct run {
    const struct upkeep_request *request;
    struct upkeep_result *result;
    struct trace_error *err;
    struct trace_reader *reader;
    struct machine *machine;
    struct upkeep *upkeep;
};

static void access_record(struct run *r, const struct trace_rec *rec)
{
    static const uint8_t kinds[] = { ACCESS_FETCH, ACCESS_LOAD, ACCESS_STORE, ACCESS_ZVA };
    struct access a = { .va = VA(rec->va),
                        .size = 1u << rec->size_log2,
                        .kind = kinds[rec->op],
                        .el = rec->el,
                        .unpriv = (rec->flags & REC_UNPRIV) != 0 };

    if (rec->op == REC_FETCH)
        a.size = 4 * rec->n;
    if (rec->op == REC_ZVA)
        a.size = ZVA_BYTES;
    if (a.kind == ACCESS_STORE || a.kind == ACCESS_ZVA) {
        uint64_t in_page = 0x1000 - (rec->pa & 0xFFF);

        /* of one that crosses a page the second PA is not known */
        if (!(rec->flags & (REC_PA_UNKNOWN | REC_MMIO)))
            upkeep_store(r->upkeep, rec->core, PA(rec->pa), a.size < in_page ? a.size : in_page);
    }
    upkeep_access(r->upkeep, rec->core, &a);
}

static void tlbi_record(struct run *r, const struct trace_rec *rec, enum tlbi_op op, bool broadcast)
{
    struct tlbi t;

    if (rec->el < tlbi_lowest_el(op) || (r->request->ignore & REPLAY_IGNORE_TLBI)) /* UNDEFINED there: nothing done */
        return;
    t = tlbi_make(op, broadcast, rec->value, rec->el, &r->machine->cluster.core[rec->core].mmu.regs);
    upkeep_tlbi(r->upkeep, rec->core, &t);
}

static uint64_t hcr_of(const struct run *r, const struct trace_rec *rec)
{
    return r->machine->cluster.core[rec->core].mmu.regs.v[SYSREG_HCR_EL2];
}

static void sys_record(struct run *r, const struct trace_rec *rec)
{
    enum tlbi_op tlbi;
    enum access_kind kind;
    bool broadcast;

    if (tlbi_decode_opcode(rec->n, &tlbi, &broadcast))
        tlbi_record(r, rec, tlbi, broadcast);
    else if (barrier_is_dsb(rec->n))
        upkeep_dsb(r->upkeep, rec->core, barrier_dsb_under(rec->n, rec->el, hcr_of(r, rec)));
    else if (barrier_is_isb(rec->n))
        upkeep_isb(r->upkeep, rec->core);
    else if (rec->n == OPCODE_ERET)
        upkeep_return(r->upkeep, rec->core);
    else if (cache_op_decode(rec->n, &kind) && rec->el <= 2 && (rec->el > 0 || kind != ACCESS_CACHE_WRITE))
        upkeep_access(r->upkeep, rec->core,
                      &(struct access){ .va = VA(rec->value), .size = 1, .kind = (uint8_t)kind, .el = rec->el });
}

/* An abort of the MMU is an access too: one that an entry might have granted. Of an alignment fault or an external
 * abort that is no walk's the tables say nothing. */
static void exception_record(struct run *r, const struct trace_rec *rec)
{
    uint64_t ec = bits(rec->value, ESR_EC), status = bits(rec->value, ESR_FSC);
    bool synchronous = (rec->n & 0x180) == 0;
    struct access a = { .va = VA(rec->va), .size = 1, .el = (uint8_t)bits(rec->spsr, SPSR_EL), .kind = ACCESS_LOAD };

    if ((ec & ~5ULL) == EC_INSTRUCTION_ABORT_LOWER && synchronous && status < 0x10 && a.el < 3 && rec->el < 3) {
        if (ec < EC_DATA_ABORT_LOWER)
            a.kind = ACCESS_FETCH;
        else if (bit(rec->value, ESR_CM))
            a.kind = ACCESS_CACHE_READ;
        else if (bit(rec->value, ESR_WnR))
            a.kind = ACCESS_STORE;
        upkeep_access(r->upkeep, rec->core, &a);
    }
    upkeep_exception(r->upkeep, rec->core);
}

static const char *one_record(struct run *r, const struct trace_rec *rec)
{
    const char *why = trace_record_refused(r->machine, rec);

    if (why)
        return why;
    switch ((enum rec_op)rec->op) {
    case REC_FETCH:
    case REC_LOAD:
    case REC_STORE:
    case REC_ZVA:
        access_record(r, rec);
        return NULL;
    case REC_SYS:
        sys_record(r, rec);
        return NULL;
    case REC_MSR:
        if (sysreg_by_encoding(rec->n) != SYSREG_COUNT) /* else one that no translation asks for */
            upkeep_register(r->upkeep, rec->core, sysreg_by_encoding(rec->n), rec->value);
        break;
    case REC_EXC:
        exception_record(r, rec);
        return NULL;
    case REC_TABW:
        upkeep_word(r->upkeep, PA(rec->pa), rec->value);
        break;
    case REC_PAR:
    case REC_OP_COUNT:
        break;
    }
    return trace_record_write(r->machine, rec);
}

static bool run_records(struct run *r)
{
    struct trace_rec rec[BATCH];
    struct progress bar;
    int got = 0;

    progress_begin(&bar, r->request->progress, r->request->path);
    while (!r->result->interrupted && (got = trace_read(r->reader, rec, BATCH)) > 0) {
        for (int i = 0; i < got; i++) {
            const char *why;

            upkeep_at(r->upkeep, r->result->records);
            why = one_record(r, &rec[i]);
            if (why) {
                progress_end(&bar);
                return error_set(r->err, "%.150s: record %" PRIu64 ": %s", r->request->path, r->result->records, why);
            }
            r->result->records++;
        }
        progress_step(&bar, trace_bytes_done(r->reader), trace_bytes_total(r->reader), r->result->records);
        r->result->interrupted = interrupt_asked() != 0;
    }
    progress_end(&bar);
    if (got < 0)
        *r->err = *trace_get_error(r->reader);
    else if (r->result->records == 0)
        return error_set(r->err, "%.150s: no records in it", r->request->path);
    return got >= 0;
}

static bool run_all(struct run *r)
{
    struct upkeep_options options = { .place = "record", .tell = r->request->tell, .context = r->request->context };

    r->reader = trace_input_open(NULL, r->request->path, 0, r->err);
    if (!r->reader)
        return false;
    options.machine = r->machine = machine_new(r->request->config);
    r->upkeep = r->machine ? upkeep_new(&options) : NULL;
    if (!r->upkeep)
        return error_set(r->err, "%.150s: out of memory", r->request->path);
    if (!trace_pages_load(r->reader, r->machine, r->err) || !run_records(r))
        return false;
    upkeep_end(r->upkeep);
    r->result->judged = upkeep_judged(r->upkeep);
    r->result->copies = upkeep_most_copies(r->upkeep);
    return true;
}

bool upkeep_trace(const struct upkeep_request *q, struct upkeep_result *result, struct trace_error *err)
{
    struct run r = { .request = q, .result = result, .err = err };
    bool good;

    *result = (struct upkeep_result){ 0 };
    good = run_all(&r);
    trace_close(r.reader);
    upkeep_free(r.upkeep);
    machine_free(r.machine);
    return good;
}
