/* The records between the accesses. */
#include "sim/replay/replay_event.h"

#include "models/arch/barrier.h"
#include "models/arch/cache_op.h"
#include "sim/progress.h"
#include "sim/replay/replay_batch.h"
#include "sim/replay/replay_cost.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Compared of PAR_EL1: the address, and on a fault the status, S and PTW. The attributes of a successful one are told
 * apart: those of a capture are QEMU's, which departs from the architecture in some of them. */
#define PAR_COMPARED_OK 0x0000FFFFFFFFF001ULL
#define PAR_COMPARED_FAULT 0x37FULL
#define PAR_ATTRIBUTES 0xFF00000000000180ULL

void replay_tell(struct replay *r, const struct trace_rec *rec, const char *format, ...)
{
    va_list args;

    if (r->mismatches_told >= r->request->mismatches_shown)
        return;
    r->mismatches_told++;
    progress_hide();
    fflush(stdout); /* what was printed before also stands before it */
    fprintf(stderr, "stagewalk: %s: record %" PRIu64 ": core %u: ", r->request->path, r->record, rec->core);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

static void event_msr(struct replay *r, const struct trace_rec *rec)
{
    struct mmu *m = &r->machine->cluster.core[rec->core].mmu;
    enum sysreg reg = sysreg_by_encoding(rec->n);

    if (reg == SYSREG_COUNT)
        return; /* one that no translation asks for */
    if (reg == SYSREG_CONTEXTIDR_EL1)
        m->count.v[COUNT_CID_WRITE_RETIRED]++;
    if (reg == SYSREG_PAR_EL1)
        r->core[rec->core].at_pending = false; /* what is read next is no AT's result */
    mmu_write_sysreg(m, reg, rec->value);
    replay_batch_settle(r, rec->core);
    r->core[rec->core].domain[0] = r->core[rec->core].domain[1] = &r->stats.domain[m->regime[REGIME_EL10].vmid];
}

static void event_tlbi(struct replay *r, const struct trace_rec *rec, enum tlbi_op op, bool broadcast)
{
    struct cluster *c = &r->machine->cluster;
    struct tlbi t;

    if (rec->el < tlbi_lowest_el(op)) /* UNDEFINED there: it did nothing */
        return;
    t = tlbi_make(op, broadcast, rec->value, rec->el, &c->core[rec->core].mmu.regs);
    if (r->request->ignore & REPLAY_IGNORE_TLBI)
        return;
    cluster_tlbi(c, rec->core, &t);
    replay_cost_tlbi(r, rec, &t);
}

/* Keeps what a system instruction that translates met: an abort is to be told by the core's next exception record. */
static void maintained(struct replay *r, const struct trace_rec *rec, bool aborted, const struct exception *abort)
{
    struct replay_core *k = &r->core[rec->core];

    k->maintained = true;
    k->aborted = aborted;
    k->abort = *abort;
}

static void event_at(struct replay *r, const struct trace_rec *rec, enum at_op op)
{
    struct at_request at = { .op = (uint8_t)op, .el = rec->el, .va = VA(rec->value) };
    struct at_query query = at_query(op);
    struct access a = { .va = at.va, .size = 1, .kind = ACCESS_AT_READ, .el = query.el };
    struct replay_core *k = &r->core[rec->core];
    struct outcome o;

    if (rec->el < at_lowest_el(op) || rec->el > 2) /* UNDEFINED there: it did nothing; EL3 is not modelled */
        return;
    cluster_at(&r->machine->cluster, rec->core, &at, &o, &k->at);
    replay_cost_at(r, rec, &a, &o);
    k->at_pending = true;
    maintained(r, rec, k->at.aborts, &k->at.exception);
}

static void event_cache(struct replay *r, const struct trace_rec *rec, enum access_kind kind)
{
    struct access a = { .va = VA(rec->value), .size = 1, .kind = (uint8_t)kind, .el = rec->el };
    struct outcome o;
    bool aborted;

    if (rec->el > 2 || (rec->el == 0 && kind == ACCESS_CACHE_WRITE)) /* EL3 is not modelled; UNDEFINED */
        return;
    cluster_access(&r->machine->cluster, rec->core, &a, &o);
    replay_cost_unlisted(r, rec, &a, &o);
    aborted = o.x.fault.type != FAULT_NONE;
    if (aborted)
        stats_fault(&r->stats, &o.x.fault, &a, o.exception.el);
    maintained(r, rec, aborted, &o.exception);
}

static void event_return(struct replay *r, const struct trace_rec *rec)
{
    uint64_t *n = r->machine->cluster.core[rec->core].mmu.count.v;

    n[COUNT_EXC_RETURN]++;
    r->core[rec->core].returned = rec->el == 2;
    r->core[rec->core].returned_instructions = replay_batch_instructions(r, rec->core);
    replay_cost_sync(r, rec);
}

static void event_sys(struct replay *r, const struct trace_rec *rec)
{
    enum tlbi_op tlbi;
    enum access_kind kind;
    enum at_op at = at_decode_opcode(rec->n);
    bool broadcast;

    replay_abort_missing(r, rec);
    r->core[rec->core].maintained = r->core[rec->core].returned = false;
    if (at != AT_OP_COUNT)
        event_at(r, rec, at);
    else if (tlbi_decode_opcode(rec->n, &tlbi, &broadcast))
        event_tlbi(r, rec, tlbi, broadcast);
    else if (cache_op_decode(rec->n, &kind))
        event_cache(r, rec, kind);
    else if (barrier_is_dsb(rec->n))
        replay_cost_dsb(r, rec);
    else if (barrier_is_isb(rec->n))
        replay_cost_sync(r, rec);
    else if (rec->n == OPCODE_ERET)
        event_return(r, rec);
}

/* True when a PAR_EL1 that the trace read is what the AT before it gives here. */
static bool par_agrees(struct replay *r, const struct trace_rec *rec, const struct at_result *at)
{
    uint64_t compared = rec->value & 1 ? PAR_COMPARED_FAULT : PAR_COMPARED_OK;

    if (at->aborts)
        return false;
    if (!(rec->value & 1) && ((at->par ^ rec->value) & PAR_ATTRIBUTES) != 0)
        r->verify.at_attributes_differ++;
    return ((at->par ^ rec->value) & compared) == 0;
}

static void event_par(struct replay *r, const struct trace_rec *rec)
{
    struct replay_core *k = &r->core[rec->core];

    if (!k->at_pending || !r->request->verify)
        return;
    k->at_pending = k->aborted = false; /* an abort here is this mismatch */
    r->verify.at_compared++;
    if (par_agrees(r, rec, &k->at))
        return;
    r->verify.at_mismatched++;
    if (k->at.aborts)
        replay_tell(r, rec, "PAR_EL1 is 0x%" PRIx64 " in the trace, the AT aborts here", rec->value);
    else
        replay_tell(r, rec, "PAR_EL1 is 0x%" PRIx64 " in the trace, 0x%" PRIx64 " here", rec->value, k->at.par);
}

static const char *one_event(struct replay *r, const struct trace_rec *rec)
{
    switch ((enum rec_op)rec->op) {
    case REC_SYS:
        event_sys(r, rec);
        return NULL;
    case REC_MSR:
        event_msr(r, rec);
        return NULL;
    case REC_PAR:
        event_par(r, rec);
        return NULL;
    case REC_EXC:
        replay_exception(r, rec);
        return NULL;
    case REC_TABW:
        if (r->request->ignore & REPLAY_IGNORE_TABW)
            return NULL;
        return machine_write64(r->machine, PA(rec->pa), rec->value);
    case REC_FETCH:
    case REC_LOAD:
    case REC_STORE:
    case REC_ZVA:
    case REC_OP_COUNT:
        break;
    }
    return "a record of unknown kind";
}

const char *replay_event(struct replay *r, const struct trace_rec *rec)
{
    const char *why = one_event(r, rec);

    if (!why)
        replay_cost_lines_of(r, rec);
    return why;
}
