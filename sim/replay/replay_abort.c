/* Exceptions of a trace: which of them the MMU caused, and whether it would again. */
#include "sim/replay/replay_cost.h"
#include "sim/replay/replay_event.h"

#include <inttypes.h>

#define EC_INSTRUCTION_ABORT_LOWER 0x20
#define EC_DATA_ABORT_SAME 0x25

/* Compared of a fault's ESR: class, S1PTW, WnR, status code. */
#define ESR_COMPARED (0xFC000000ULL | 1ULL << ESR_S1PTW | 1ULL << ESR_WnR | 0x3F)

#define SPSR_EL 3, 2

/* True for the status codes of faults on translation: address size, translation, access flag, permission, external abort
 * on a walk [Arm: EncodeLDFSC]. Alignment faults depend on the access's size, which a syndrome need not tell; other
 * external aborts on no translation. */
static bool is_translation_status(uint64_t fsc)
{
    return fsc < 0x10 || (fsc >= 0x14 && fsc < 0x18);
}

/* True when the exception is an abort of the MMU that can be made again. */
static bool is_mmu_abort(const struct trace_rec *rec)
{
    uint64_t ec = bits(rec->value, ESR_EC);
    bool synchronous = (rec->n & 0x180) == 0; /* vector offsets 0x000, 0x200, 0x400, 0x600 */
    bool modelled = rec->el < 3 && bits(rec->spsr, SPSR_EL) < 3;

    return synchronous && modelled && ec >= EC_INSTRUCTION_ABORT_LOWER && ec <= EC_DATA_ABORT_SAME &&
           (ec & ~5ULL) == EC_INSTRUCTION_ABORT_LOWER && is_translation_status(bits(rec->value, ESR_FSC));
}

/* True when a hypervisor made the abort up: it entered the guest at its vector by ERET, with no instruction between. */
static bool is_injected(const struct replay *r, const struct trace_rec *rec)
{
    const struct replay_core *k = &r->core[rec->core];

    return rec->el == 1 && k->returned &&
           k->returned_instructions == r->machine->cluster.core[rec->core].mmu.count.v[COUNT_INST_RETIRED];
}

/* The access that the syndrome tells of. Its size is unknown, and of no matter to the faults made again. */
static struct access access_of(const struct trace_rec *rec)
{
    struct access a = { .va = VA(rec->va), .size = 1, .el = (uint8_t)bits(rec->spsr, SPSR_EL) };
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
static void guess_unprivileged(struct replay *r, struct mmu *m, struct access *a)
{
    if (a->el != 1 || (a->kind != ACCESS_LOAD && a->kind != ACCESS_STORE) || walk_refuses(m, a))
        return;
    a->unpriv = 1;
    r->verify.unprivileged_guessed++;
}

/* Holds an exception of the trace against the one that comes of it here, NULL for none. */
static void compare(struct replay *r, const struct trace_rec *rec, const struct exception *e)
{
    if (!r->request->verify)
        return;
    r->verify.faults_compared++;
    if (e && e->el == rec->el && ((e->esr ^ rec->value) & ESR_COMPARED) == 0 && e->far == rec->va &&
        (!e->hpfar_valid || e->hpfar == (rec->pa & 0xFFFFFFFFF0ULL)))
        return;
    r->verify.faults_mismatched++;
    if (e)
        replay_tell(r, rec,
                    "to EL%u ESR 0x%" PRIx64 " FAR 0x%" PRIx64 " HPFAR 0x%" PRIx64 " in the trace, EL%u 0x%" PRIx64
                    " 0x%" PRIx64 " 0x%" PRIx64 " here",
                    rec->el, rec->value, rec->va, rec->pa, e->el, e->esr, e->far, e->hpfar);
    else
        replay_tell(r, rec, "ESR 0x%" PRIx64 " FAR 0x%" PRIx64 " in the trace, no fault here", rec->value, rec->va);
}

/* Makes the access again that the syndrome tells of. */
static void make_again(struct replay *r, const struct trace_rec *rec)
{
    struct mmu *m = &r->machine->cluster.core[rec->core].mmu;
    struct access a = access_of(rec);
    struct outcome o;

    guess_unprivileged(r, m, &a);
    cluster_access(&r->machine->cluster, rec->core, &a, &o);
    replay_cost_unlisted(r, rec, &a, &o);
    if (o.x.fault.type != FAULT_NONE)
        stats_fault(&r->stats, &o.x.fault, &a, o.exception.el);
    compare(r, rec, o.x.fault.type == FAULT_NONE ? NULL : &o.exception);
}

void replay_exception(struct replay *r, const struct trace_rec *rec)
{
    struct replay_core *k = &r->core[rec->core];
    uint64_t *n = r->machine->cluster.core[rec->core].mmu.count.v;
    bool of_maintenance = k->maintained && is_mmu_abort(rec) && bit(rec->value, ESR_CM);

    r->exceptions++;
    n[COUNT_EXC_TAKEN]++;
    n[COUNT_EXC_IRQ] += (rec->n & 0x180) == 0x80; /* vector offsets [Arm: D1.3, Table D1-6] */
    n[COUNT_EXC_FIQ] += (rec->n & 0x180) == 0x100;
    replay_cost_sync(r, rec);
    if (of_maintenance) {
        compare(r, rec, k->aborted ? &k->abort : NULL);
        k->aborted = k->at_pending = false;
    } else {
        replay_abort_missing(r, rec);
        if (is_mmu_abort(rec) && is_injected(r, rec))
            r->verify.faults_injected++;
        else if (is_mmu_abort(rec))
            make_again(r, rec);
    }
    k->maintained = k->returned = false;
}

void replay_abort_missing(struct replay *r, const struct trace_rec *rec)
{
    struct replay_core *k = &r->core[rec->core];

    if (!k->aborted)
        return;
    k->aborted = false;
    if (!r->request->verify)
        return;
    r->verify.faults_compared++;
    r->verify.faults_mismatched++;
    replay_tell(r, rec,
                "the AT or cache maintenance before aborts here, ESR 0x%" PRIx64 " FAR 0x%" PRIx64
                ", and did not in the trace",
                k->abort.esr, k->abort.far);
}
