/* Exceptions of a trace: which of them the MMU caused, and whether it would again. */
#include "sim/replay/abort_access.h"
#include "sim/replay/replay_batch.h"
#include "sim/replay/replay_cost.h"
#include "sim/replay/replay_event.h"

#include <inttypes.h>

/* Compared of a fault's ESR: class, S1PTW, WnR, status code. */
#define ESR_COMPARED (0xFC000000ULL | 1ULL << ESR_S1PTW | 1ULL << ESR_WnR | 0x3F)

/* True when a hypervisor made the abort up: it entered the guest at its vector by ERET, with no instruction between. */
static bool is_injected(const struct replay *r, const struct trace_rec *rec)
{
    const struct replay_core *k = &r->core[rec->core];

    return rec->el == 1 && k->returned && k->returned_instructions == replay_batch_instructions(r, rec->core);
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
    struct outcome o;
    bool guessed;
    struct access a = abort_access(rec, m, &guessed);

    r->verify.unprivileged_guessed += guessed;
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
    bool of_maintenance = k->maintained && abort_is_mmu(rec) && bit(rec->value, ESR_CM);

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
        if (abort_is_mmu(rec) && is_injected(r, rec))
            r->verify.faults_injected++;
        else if (abort_is_mmu(rec))
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
