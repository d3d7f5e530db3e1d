/* Translations by a fresh walk, past all TLBs: AT, and whoever only wants to know. */
#include "models/mmu/check.h"
#include "models/mmu/mmu.h"

/* A fresh walk: asks no TLB and fills none. On success x->pa and x->ipa; *e is what was found, as far as it came. */
static void walk_afresh(const struct mmu *m, const struct access *a, bool stage1_only, struct xlat *x,
                        struct tlb_entry *e)
{
    const struct regime *r = &m->regime[regime_of_el(a->el)];
    struct walk w = { .regime = r, .mem = &m->mem, .steps = &x->steps };
    uint64_t offset;

    x->steps.count = 0;
    x->hit = tlb_stages_of(r) ? HIT_WALK : HIT_OFF;
    x->fault = check_before(r, a);
    if (x->fault.type == FAULT_NONE)
        x->fault = walk_translate(&w, a, stage1_only, e);
    if (x->fault.type != FAULT_NONE)
        return;
    offset = regime_canonical_va(r, a->va) & low_mask(e->tag.size_bits);
    x->pa = PA(e->leaf.pa | offset);
    x->ipa = IPA(e->leaf.ipa | offset);
}

void mmu_walk(const struct mmu *m, const struct access *a, struct xlat *x, struct tlb_leaf *leaf)
{
    struct tlb_entry e = { 0 };

    walk_afresh(m, a, false, x, &e);
    *leaf = e.leaf;
    if (x->fault.type == FAULT_NONE)
        x->type = mmu_seen(&m->regime[regime_of_el(a->el)], leaf, (enum access_kind)a->kind).type;
}

/* An AT that ends so is taken as a Data Abort: an external abort on any walk; from EL1, a stage-2 fault on the
 * stage-1 walk [Arm: D8.2.13, R_WJMZJ]. */
static bool at_aborts(const struct fault *f, unsigned el)
{
    return f->type == FAULT_EXTERNAL_ON_WALK || (f->s1ptw && el == 1);
}

void mmu_at(struct mmu *m, const struct at_request *at, struct xlat *x, struct at_result *result)
{
    struct at_query q = at_query((enum at_op)at->op);
    const struct regime *r = &m->regime[q.regime];
    struct access a = { .va = at->va, .size = 1, .kind = q.write ? ACCESS_AT_WRITE : ACCESS_AT_READ, .el = q.el };
    unsigned stages = q.both_stages ? tlb_stages_of(r) : tlb_stages_of(r) & ~(unsigned)TLB_STAGE2;
    struct tlb_entry e;

    *result = (struct at_result){ 0 };
    m->count.v[COUNT_AT]++;
    walk_afresh(m, &a, !q.both_stages, x, &e);
    result->fault = x->fault;
    if (x->fault.type == FAULT_NONE) {
        result->pa = x->pa;
        result->ipa = x->ipa;
        result->par = syndrome_par_ok(x->pa, check_attr(r, &e.leaf, stages, ACCESS_LOAD));
        return;
    }
    result->aborts = at_aborts(&x->fault, at->el);
    if (result->aborts) {
        a.el = at->el;
        result->exception = syndrome_of_fault(&x->fault, &a, r->tge);
    } else {
        result->par = syndrome_par_fault(&x->fault);
    }
}
