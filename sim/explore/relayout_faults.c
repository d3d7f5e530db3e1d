/* Recorded faults, held against both tables. */
#include "sim/explore/relayout_faults.h"

#include "sim/replay/abort_access.h"

#include <inttypes.h>

#define PAR_F 0
#define PAR_FST 6, 1
#define HPFAR_SHIFT 8 /* IPA[47:12] stand in bits 39:4 */

static bool is_at(const struct trace_rec *rec, struct at_request *at)
{
    enum at_op op = at_decode_opcode(rec->n);

    if (rec->op != REC_SYS || op == AT_OP_COUNT || rec->el < at_lowest_el(op) || rec->el > 2)
        return false;
    *at = (struct at_request){ .op = (uint8_t)op, .el = rec->el, .va = VA(rec->value) };
    return true;
}

struct fault relayout_fault_of(const struct mmu *old, const struct trace_rec *rec)
{
    struct at_request at;
    struct tlb_leaf leaf;
    struct access a;
    struct xlat x;
    bool guessed;

    if (rec->op == REC_EXC && abort_is_mmu(rec)) {
        a = abort_access(rec, old, &guessed);
    } else if (is_at(rec, &at)) {
        struct at_query query = at_query((enum at_op)at.op);

        a = (struct access){ .va = at.va, .size = 1, .kind = ACCESS_AT_READ, .el = query.el };
    } else {
        return fault_none();
    }
    mmu_walk(old, &a, &x, &leaf);
    return x.fault;
}

void relayout_mend_abort(struct relayout_world *w, const struct mmu *fresh, struct trace_rec *rec)
{
    const struct mmu *old = &w->old->cluster.core[rec->core].mmu;
    struct tlb_leaf leaf;
    struct xlat was, is;
    struct access a;
    bool guessed;

    if (!abort_is_mmu(rec))
        return;
    a = abort_access(rec, old, &guessed);
    mmu_walk(old, &a, &was, &leaf);
    mmu_walk(fresh, &a, &is, &leaf);
    if (was.fault.type == FAULT_NONE || fault_status(&was.fault) != bits(rec->value, ESR_FSC))
        return; /* made up by a hypervisor, or of what only a TLB still knew */
    if (is.fault.type != was.fault.type || is.fault.stage != was.fault.stage) {
        relayout_unsupported(w, "a recorded %s fault at VA 0x%" PRIx64 " becomes %s fault of stage %u",
                             fault_name((enum fault_type)was.fault.type), rec->va,
                             fault_name((enum fault_type)is.fault.type), is.fault.stage);
        return;
    }
    if (is.fault.level != was.fault.level)
        w->result->levels_rewritten++;
    rec->value = (rec->value & ~low_mask(6)) | fault_status(&is.fault);
    if (is.fault.s1ptw) /* the descriptor lies elsewhere now */
        rec->pa = (is.fault.ipa.v >> HPFAR_SHIFT) & ~0xFULL;
}

void relayout_note_at(struct relayout_world *w, struct mmu *fresh, const struct trace_rec *rec, struct relayout_at *at)
{
    struct at_request request;
    struct at_result was, is;
    struct xlat x;

    if (!is_at(rec, &request))
        return;
    mmu_at(&w->old->cluster.core[rec->core].mmu, &request, &x, &was);
    mmu_at(fresh, &request, &x, &is);
    *at = (struct relayout_at){ !was.aborts && !is.aborts, was.par, is.par };
}

void relayout_mend_par(struct relayout_world *w, const struct relayout_at *at, struct trace_rec *rec)
{
    if (!at->pending || !bit(rec->value, PAR_F) || !bit(at->was, PAR_F) ||
        bits(at->was, PAR_FST) != bits(rec->value, PAR_FST) || !bit(at->is, PAR_F))
        return;
    w->result->levels_rewritten += bits(at->is, PAR_FST) != bits(at->was, PAR_FST);
    rec->value = (rec->value & ~(low_mask(6) << 1)) | bits(at->is, PAR_FST) << 1;
}
