/* The order of things in one core's MMU. */
#include "models/mmu/mmu.h"

#include "models/mmu/check.h"

#include <string.h>

const char *mmu_hit_name(enum xlat_hit hit)
{
    static const char *const names[] = { "utlb", "tlb", "walk_cache", "walk", "off" };
    return names[hit];
}

static void flush_utlbs(struct mmu *m)
{
    utlb_flush(&m->utlb[0]);
    utlb_flush(&m->utlb[1]);
    m->count.v[COUNT_UTLB_FLUSH]++;
}

static void decode_regimes(struct mmu *m)
{
    for (int i = 0; i < REGIME_COUNT; i++)
        m->regime[i] = regime_decode(&m->regs, (enum regime_id)i);
    memset(m->seen, 0xFF, sizeof m->seen);
}

void mmu_init(struct mmu *m, const struct mmu_config *config, struct mem_port mem)
{
    memset(&m->regs, 0, sizeof m->regs);
    memset(&m->count, 0, sizeof m->count);
    m->mem = mem;
    m->fills = NULL;
    utlb_init(&m->utlb[0], &config->dutlb);
    utlb_init(&m->utlb[1], &config->iutlb);
    tlb_init(&m->main_tlb, &config->main_tlb);
    tlb_init(&m->walk_cache, &config->walk_cache);
    tlb_init(&m->ipa_cache, &config->ipa_cache);
    decode_regimes(m);
}

void mmu_write_sysreg(struct mmu *m, enum sysreg reg, uint64_t value)
{
    bool changed = m->regs.v[reg] != value;

    m->regs.v[reg] = value;
    if (!changed || !sysreg_steers_translation(reg))
        return;
    decode_regimes(m);
    flush_utlbs(m);
}

void mmu_tlbi(struct mmu *m, const struct tlbi *op)
{
    m->count.v[COUNT_TLBI_DROPPED] +=
        tlb_invalidate(&m->main_tlb, op) + tlb_invalidate(&m->walk_cache, op) + tlb_invalidate(&m->ipa_cache, op);
    flush_utlbs(m);
}

/* True when neither stage calls the memory Device, as data get it. */
static bool is_normal(const struct regime *r, const struct tlb_leaf *leaf)
{
    return !memattr_is_device(regime_stage1_attr(r, leaf->s1, ACCESS_LOAD)) &&
           !(r->stage2_on && memattr_is_device(regime_stage2_attr(r, leaf->s2, ACCESS_LOAD)));
}

/* The rights both stages give, without those that a fetch from Device memory takes away, and MMU_NORMAL. */
static uint8_t rights_of(const struct regime *r, const struct tlb_leaf *leaf)
{
    unsigned rights = RIGHTS_ALL;

    if (r->stage1_on) {
        rights &=
            r->id == REGIME_EL10 ? perm_rights_el10(leaf->perm_s1, r->wxn) : perm_rights_el2(leaf->perm_s1, r->wxn);
        if (memattr_is_device(leaf->s1))
            rights &= ~(unsigned)(RIGHT_X0 | RIGHT_X1);
    }
    if (r->stage2_on) {
        rights &= perm_rights_stage2(leaf->perm_s2);
        if (memattr_is_device(leaf->s2))
            rights &= ~(unsigned)(RIGHT_X0 | RIGHT_X1);
    }
    return (uint8_t)(rights | (is_normal(r, leaf) ? MMU_NORMAL : 0));
}

/* The memory type that an access of a kind gets from a leaf. */
static struct mem_type type_of(const struct regime *r, const struct tlb_leaf *leaf, enum access_kind kind)
{
    struct mem_type t = { .stages = tlb_stages_of(r) };

    t.result = check_attr(r, leaf, t.stages, kind);
    t.s1 = regime_stage1_attr(r, leaf->s1, kind);
    if (r->stage2_on)
        t.s2 = regime_stage2_attr(r, leaf->s2, kind);
    t.cached = attr_is_cached(t.result);
    return t;
}

/* rights_of and type_of, found again where they were asked for last. */
static const struct mmu_seen *see(struct mmu *m, const struct regime *r, const struct tlb_leaf *leaf, bool fetch)
{
    const uint64_t said = tlb_leaf_said(leaf);
    const unsigned place = (unsigned)(said * 0x9E3779B97F4A7C15u >> (64 - MMU_SEEN_BITS)); /* golden-ratio hashing */
    struct mmu_seen *seen = &m->seen[r->id][fetch][place];

    if (__builtin_expect(seen->said != said, 0))
        *seen = (struct mmu_seen){ said, type_of(r, leaf, fetch ? ACCESS_FETCH : ACCESS_LOAD), rights_of(r, leaf) };
    return seen;
}

/* Puts the 4 KB page of a VA that a TLB entry covers into a micro-TLB [A53: 5.2.1]. */
static const struct utlb_entry *fill_utlb(const struct mmu_lane *l, const struct tlb_entry *from,
                                          const struct mmu_seen *seen, va_t va)
{
    const struct regime *r = l->regime;
    const uint64_t page = align_down(regime_canonical_va(r, va) & low_mask(from->tag.size_bits), 12);
    struct utlb_entry *e = utlb_claim(l->utlb, regime_counted_va(r, va) >> 12 | l->key);

    e->leaf = from->leaf;
    e->pa = e->leaf.pa += page;
    e->ipa = e->leaf.ipa += page;
    e->type = seen->type;
    e->rights = seen->rights;
    return e;
}

static struct fault check_both(const struct regime *r, const struct tlb_leaf *leaf, const struct access *a)
{
    struct fault f = check_stage1(r, leaf, a);

    if (f.type == FAULT_NONE && r->stage2_on)
        f = check_stage2(r, leaf, a);
    return f;
}

/* Faults that need no look at any table: SCTLR.A, a VA whose top byte is wrong [Arm: D8.15.4 steps 1, 2]. */
static struct fault check_before(const struct regime *r, const struct access *a)
{
    if (r->align_check && access_is_unaligned(a))
        return fault_stage1(FAULT_ALIGNMENT, 0);
    if (!regime_tag_ok(r, a->va))
        return fault_stage1(r->stage1_on ? FAULT_TRANSLATION : FAULT_ADDRESS_SIZE, 0);
    return fault_none();
}

/* A look-up of the main TLB. */
static void count_main_tlb(struct mmu *m, bool hit, unsigned probes, struct steps *steps)
{
    steps->step[steps->count++] = (struct step){ .kind = STEP_TLB, .hit = hit, .probes = (uint8_t)probes };
    m->count.v[COUNT_MAIN_TLB]++;
    m->count.v[COUNT_MAIN_TLB_PROBE] += probes;
    m->count.v[COUNT_MAIN_TLB_REFILL] += !hit;
}

/* Asks the main TLB. Returns the entry or NULL. */
static const struct tlb_entry *ask_main_tlb(struct mmu *m, const struct regime *r, uint64_t va, struct steps *steps)
{
    struct tlb_key key = tlb_key_of(r, va);
    unsigned probes;
    const struct tlb_entry *e = tlb_find(&m->main_tlb, &key, &probes);

    count_main_tlb(m, e != NULL, probes, steps);
    return e;
}

static void count_walk(struct mmu *m, const struct steps *steps)
{
    m->count.v[COUNT_WALK]++;
    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];

        switch ((enum step_kind)s->kind) {
        case STEP_WALK_CACHE:
            m->count.v[COUNT_WALK_CACHE]++;
            m->count.v[COUNT_WALK_CACHE_REFILL] += !s->hit;
            break;
        case STEP_IPA_CACHE:
            m->count.v[COUNT_IPA_CACHE]++;
            m->count.v[COUNT_IPA_CACHE_REFILL] += !s->hit;
            break;
        case STEP_FETCH: /* counted where it is priced */
        case STEP_TLB:
            break;
        }
    }
}

/* Where a walk's answer came from. */
static enum xlat_hit walk_hit(const struct steps *steps)
{
    for (unsigned i = 0; i < steps->count; i++) {
        if (steps->step[i].kind == STEP_WALK_CACHE && steps->step[i].hit)
            return HIT_WALK_CACHE;
    }
    return HIT_WALK;
}

/* The way beyond the micro-TLBs: *e is the entry that answers. */
static void translate_beyond(struct mmu *m, const struct regime *r, const struct access *a, struct xlat *x,
                             struct tlb_entry *e)
{
    uint64_t va = regime_canonical_va(r, a->va);
    struct walk w = { r, &m->mem, &m->walk_cache, &m->ipa_cache, &x->steps, m->fills };
    const struct tlb_entry *kept;

    if (tlb_stages_of(r) == 0) {
        x->hit = HIT_OFF;
        x->fault = walk_translate(&w, a, false, e);
        return;
    }
    kept = ask_main_tlb(m, r, va, &x->steps);
    if (kept) {
        *e = *kept;
        x->hit = HIT_TLB;
        x->fault = check_both(r, &kept->leaf, a);
        if (x->fault.type != FAULT_NONE)
            x->fault.ipa = IPA(e->leaf.ipa | (va & low_mask(e->tag.size_bits)));
        return;
    }
    x->fault = walk_translate(&w, a, false, e);
    x->hit = (uint8_t)walk_hit(&x->steps);
    count_walk(m, &x->steps);
    /* [choice: what ended in a Permission fault is not kept either; R_JVXRH would let it] */
    if (x->fault.type == FAULT_NONE)
        fill_put(&m->main_tlb, e, m->fills, FILL_MAIN_TLB);
}

struct mmu_lane mmu_lane(struct mmu *m, enum access_kind kind, unsigned el)
{
    struct access a = { .kind = (uint8_t)kind, .el = (uint8_t)el };
    struct mmu_lane l = {
        .mmu = m, .utlb = mmu_utlb(m, &a), .regime = &m->regime[regime_of_el(el)], .fetch = kind == ACCESS_FETCH
    };

    l.key = utlb_key(0, regime_of_el(el));
    l.aligned = kind == ACCESS_LOAD || kind == ACCESS_STORE ? 0xFF : 0;
    for (a.unpriv = 0; a.unpriv < 2; a.unpriv++) /* in Device memory a DC ZVA is refused [Arm: B2.10.2] */
        l.needed[a.unpriv] = (uint8_t)(perm_needed(&a) | (kind == ACCESS_ZVA ? MMU_NORMAL : 0));
    return l;
}

/* What an entry of the micro-TLB answers. */
static void answer(const struct utlb_entry *e, va_t va, struct xlat *x)
{
    x->fault.type = FAULT_NONE;
    x->type = e->type;
    x->pa = PA(e->pa | (va.v & 0xFFF));
    x->ipa = IPA(e->ipa | (va.v & 0xFFF));
}

const struct utlb_entry *mmu_refill(const struct mmu_lane *l, va_t va, unsigned unpriv, unsigned odd, struct xlat *x)
{
    struct mmu *m = l->mmu;
    const struct regime *r = l->regime;
    const struct tlb_key key = tlb_key_of(r, regime_canonical_va(r, va));
    const struct utlb_entry *e;
    const struct tlb_entry *kept;
    const struct mmu_seen *seen;
    unsigned probes;

    if (!regime_tag_ok(r, va))
        return NULL;
    kept = tlb_peek(&m->main_tlb, &key, &probes);
    if (!kept)
        return NULL;
    seen = see(m, r, &kept->leaf, l->fetch);
    if (!mmu_grants(l, seen->rights, unpriv, odd))
        return NULL;
    tlb_use(&m->main_tlb, kept);
    m->count.v[l->fetch ? COUNT_L1I_TLB_REFILL : COUNT_L1D_TLB_REFILL]++;
    x->hit = HIT_TLB;
    x->steps.count = 0;
    count_main_tlb(m, true, probes, &x->steps);
    e = fill_utlb(l, kept, seen, va);
    answer(e, va, x);
    return e;
}

/* mmu_translate where neither TLB simply grants the access; `kept`: the micro-TLB's entry, which does not, or NULL. */
static void translate_slow(const struct mmu_lane *l, const struct access *a, const struct utlb_entry *kept,
                           struct xlat *x)
{
    struct mmu *m = l->mmu;
    const struct regime *r = l->regime;

    x->steps.count = 0;
    x->hit = HIT_UTLB;
    x->fault = check_before(r, a);
    if (x->fault.type != FAULT_NONE)
        return;
    if (kept) {
        x->fault = check_both(r, &kept->leaf, a);
        x->fault.ipa = IPA(kept->ipa | (a->va.v & 0xFFF));
    } else {
        struct tlb_entry e;

        m->count.v[l->fetch ? COUNT_L1I_TLB_REFILL : COUNT_L1D_TLB_REFILL]++;
        translate_beyond(m, r, a, x, &e);
        if (x->fault.type == FAULT_NONE)
            kept = fill_utlb(l, &e, see(m, r, &e.leaf, l->fetch), a->va);
    }
    if (x->fault.type == FAULT_NONE)
        answer(kept, a->va, x);
    else
        m->count.v[x->fault.stage == 1 ? COUNT_FAULT_STAGE1 : COUNT_FAULT_STAGE2]++;
}

void mmu_translate(struct mmu *m, const struct access *a, struct xlat *x)
{
    const struct mmu_lane l = mmu_lane(m, (enum access_kind)a->kind, a->el);
    const struct utlb_entry *e = mmu_find(&l, a->va);

    if (e && mmu_grants(&l, e->rights, a->unpriv, access_is_unaligned(a))) {
        x->hit = HIT_UTLB;
        x->steps.count = 0;
        answer(e, a->va, x);
    } else if (e || !mmu_refill(&l, a->va, a->unpriv, access_is_unaligned(a), x)) {
        translate_slow(&l, a, e, x);
    }
}

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
        x->type = type_of(&m->regime[regime_of_el(a->el)], leaf, (enum access_kind)a->kind);
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
