/* The records between the accesses. */
#include "sim/replay_event.h"

#include "models/arch/cache_op.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define OPCODE_ERET 0xD69F03E0u

#define EC_INSTRUCTION_ABORT_LOWER 0x20
#define EC_DATA_ABORT_SAME 0x25

/* Compared of a fault's ESR: class, S1PTW, WnR, status code. */
#define ESR_COMPARED (0xFC000000ULL | 1ULL << ESR_S1PTW | 1ULL << ESR_WnR | 0x3F)

/* Compared of PAR_EL1: the address, and on a fault the status. The attributes of a successful one are told apart: those
 * of a capture are QEMU's, which departs from the architecture in some of them. */
#define PAR_COMPARED_OK 0x0000FFFFFFFFF001ULL
#define PAR_COMPARED_FAULT 0x7FULL
#define PAR_ATTRIBUTES 0xFF00000000000180ULL

void replay_tell(struct replay *r, const struct trace_rec *rec, const char *format, ...)
{
    va_list args;

    if (r->mismatches_told >= r->request->mismatches_shown)
        return;
    r->mismatches_told++;
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
    mmu_write_sysreg(m, reg, rec->value);
    r->domain[rec->core][0] = &r->stats.domain[m->regime[REGIME_EL10].vmid];
}

static void event_tlbi(struct replay *r, const struct trace_rec *rec, enum tlbi_op op, bool broadcast)
{
    struct cluster *c = &r->machine->cluster;
    struct tlbi t;

    if (rec->el < tlbi_lowest_el(op)) /* UNDEFINED there: it did nothing */
        return;
    t = tlbi_make(op, broadcast, rec->value, rec->el, &c->core[rec->core].mmu.regs);

    if (!(r->request->ignore & REPLAY_IGNORE_TLBI))
        cluster_tlbi(c, rec->core, &t);
}

static void event_at(struct replay *r, const struct trace_rec *rec, enum at_op op)
{
    struct at_request at = { .op = (uint8_t)op, .el = rec->el, .va = VA(rec->value) };
    struct outcome o;

    if (rec->el < at_lowest_el(op)) /* UNDEFINED there: it did nothing */
        return;
    cluster_at(&r->machine->cluster, rec->core, &at, &o, &r->at[rec->core]);
    r->at_pending[rec->core] = !r->at[rec->core].aborts;
}

/* Cache maintenance by address translates; if it faults here it did on the machine, and the exception record that
 * follows makes the access again, to be compared. */
static void event_cache(struct replay *r, const struct trace_rec *rec, enum access_kind kind)
{
    struct access a = { .va = VA(rec->value), .size = 1, .kind = (uint8_t)kind, .el = rec->el };
    struct outcome o;

    cluster_access(&r->machine->cluster, rec->core, &a, &o);
}

static void event_sys(struct replay *r, const struct trace_rec *rec)
{
    enum tlbi_op tlbi;
    enum access_kind kind;
    enum at_op at = at_decode_opcode(rec->n);
    bool broadcast;

    if (at != AT_OP_COUNT)
        event_at(r, rec, at);
    else if (tlbi_decode_opcode(rec->n, &tlbi, &broadcast))
        event_tlbi(r, rec, tlbi, broadcast);
    else if (cache_op_decode(rec->n, &kind))
        event_cache(r, rec, kind);
    else if (rec->n == OPCODE_ERET)
        r->machine->cluster.core[rec->core].mmu.count.v[COUNT_EXC_RETURN]++;
}

/* PAR_EL1 as the trace read it, against the AT before it. */
static void event_par(struct replay *r, const struct trace_rec *rec)
{
    uint64_t mine = r->at[rec->core].par, compared = rec->value & 1 ? PAR_COMPARED_FAULT : PAR_COMPARED_OK;

    if (!r->at_pending[rec->core] || !r->request->verify)
        return;
    r->at_pending[rec->core] = false;
    r->verify.at_compared++;
    if (!(rec->value & 1) && ((mine ^ rec->value) & PAR_ATTRIBUTES) != 0)
        r->verify.at_attributes_differ++;
    if (((mine ^ rec->value) & compared) == 0)
        return;
    r->verify.at_mismatched++;
    replay_tell(r, rec, "PAR_EL1 is 0x%" PRIx64 " in the trace, 0x%" PRIx64 " here", rec->value, mine);
}

/* True when the exception is an abort of the MMU that can be made again. */
static bool is_mmu_abort(const struct trace_rec *rec)
{
    uint64_t ec = bits(rec->value, ESR_EC), fsc = bits(rec->value, ESR_FSC);
    bool synchronous = (rec->n & 0x180) == 0; /* vector offsets 0x000, 0x200, 0x400, 0x600 */

    return synchronous && ec >= EC_INSTRUCTION_ABORT_LOWER && ec <= EC_DATA_ABORT_SAME && (ec & ~5ULL) == 0x20 &&
           fsc < 0x18;
}

/* The access that the syndrome tells of. Its size is unknown, and of no matter to the faults made again. */
static struct access access_of(const struct trace_rec *rec)
{
    struct access a = { .va = VA(rec->va), .size = 1, .el = (uint8_t)bits(rec->spsr, 3, 2) };
    bool writes = bit(rec->value, ESR_WnR);

    if (bits(rec->value, ESR_EC) < 0x24)
        a.kind = ACCESS_FETCH;
    else if (bit(rec->value, ESR_CM))
        a.kind = ACCESS_CACHE_READ;
    else
        a.kind = writes ? ACCESS_STORE : ACCESS_LOAD;
    return a;
}

/* True when a fresh walk refuses the access: neither asks nor fills anything. */
static bool walk_refuses(struct mmu *m, const struct access *a)
{
    struct steps steps = { 0 };
    struct walk w = { .regime = &m->regime[regime_of_el(a->el)], .mem = &m->mem, .steps = &steps };
    struct tlb_entry e;

    return walk_translate(&w, a, false, &e).type != FAULT_NONE;
}

/* An abort that the tables do not explain with EL1's permissions was an LDTR or STTR, checked with EL0's; a syndrome
 * does not say so. */
static void guess_unprivileged(struct mmu *m, struct access *a)
{
    if (a->el == 1 && (a->kind == ACCESS_LOAD || a->kind == ACCESS_STORE) && !walk_refuses(m, a))
        a->unpriv = 1;
}

static void compare_fault(struct replay *r, const struct trace_rec *rec, const struct outcome *o)
{
    const struct exception *e = &o->exception;
    bool good;

    r->verify.faults_compared++;
    if (o->x.fault.type == FAULT_NONE) {
        r->verify.faults_mismatched++;
        replay_tell(r, rec, "ESR 0x%" PRIx64 " FAR 0x%" PRIx64 " in the trace, no fault here (PA 0x%" PRIx64 ")",
                    rec->value, rec->va, o->x.pa.v);
        return;
    }
    good = e->el == rec->el && ((e->esr ^ rec->value) & ESR_COMPARED) == 0 && e->far == rec->va;
    if (good && e->hpfar_valid)
        good = e->hpfar == (rec->pa & 0xFFFFFFFFF0ULL);
    if (good)
        return;
    r->verify.faults_mismatched++;
    replay_tell(r, rec,
                "to EL%u ESR 0x%" PRIx64 " FAR 0x%" PRIx64 " HPFAR 0x%" PRIx64 " in the trace, EL%u 0x%" PRIx64
                " 0x%" PRIx64 " 0x%" PRIx64 " here",
                rec->el, rec->value, rec->va, rec->pa, e->el, e->esr, e->far, e->hpfar);
}

static void event_exception(struct replay *r, const struct trace_rec *rec)
{
    struct mmu *m = &r->machine->cluster.core[rec->core].mmu;
    struct access a;
    struct outcome o;

    r->exceptions++;
    m->count.v[COUNT_EXC_TAKEN]++;
    if (!is_mmu_abort(rec))
        return;
    a = access_of(rec);
    guess_unprivileged(m, &a);
    cluster_access(&r->machine->cluster, rec->core, &a, &o);
    if (o.x.fault.type != FAULT_NONE)
        stats_fault(&r->stats, &o.x.fault, &a, o.exception.el);
    if (r->request->verify)
        compare_fault(r, rec, &o);
}

const char *replay_event(struct replay *r, const struct trace_rec *rec)
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
        event_exception(r, rec);
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
