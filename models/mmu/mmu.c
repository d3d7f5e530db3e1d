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

/* What micro-TLBs are filled from is no longer what it was: entries of the main TLB went or are doubled, or a register
 * changed. */
static void turn_utlbs(struct mmu *m)
{
    utlb_turn(&m->utlb[0]);
    utlb_turn(&m->utlb[1]);
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
    m->main_tlb.watched = true;
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
    turn_utlbs(m);
}

void mmu_tlbi(struct mmu *m, const struct tlbi *op)
{
    const uint32_t changes = m->main_tlb.changes;

    m->count.v[COUNT_TLBI_DROPPED] +=
        tlb_invalidate(&m->main_tlb, op) + tlb_invalidate(&m->walk_cache, op) + tlb_invalidate(&m->ipa_cache, op);
    flush_utlbs(m);
    if (m->main_tlb.changes != changes)
        turn_utlbs(m);
}

/* What a leaf gives, found again where it was asked for last. */
static inline const struct mmu_seen *see(const struct mmu_lane *l, const struct tlb_leaf *leaf)
{
    const uint64_t said = tlb_leaf_said(leaf);
    const unsigned place = (unsigned)(said * 0x9E3779B97F4A7C15u >> (64 - MMU_SEEN_BITS)); /* golden-ratio hashing */
    struct mmu_seen *seen = &l->seen[place];

    if (__builtin_expect(seen->said != said, 0))
        *seen = mmu_seen(l->regime, leaf, l->fetch ? ACCESS_FETCH : ACCESS_LOAD);
    return seen;
}

/* Where the 4 KB page of a VA begins in the TLB entry that covers it. */
static inline uint64_t page_in(const struct tlb_entry *e, uint64_t va)
{
    return va & ((1ull << e->tag.size_bits) - (1u << 12));
}

/* Puts that page into a micro-TLB [A53: 5.2.1]. */
static const struct utlb_entry *fill_utlb(const struct mmu_lane *l, uint64_t key, const struct mmu_offer *from,
                                          struct memo_tie tie)
{
    struct utlb_entry *e = utlb_claim(l->utlb, key, tie);

    e->leaf = from->entry->leaf;
    e->leaf.pa += from->page;
    e->leaf.ipa += from->page;
    e->type = from->seen->type;
    e->rights = from->seen->rights;
    return e;
}

static struct fault check_both(const struct regime *r, const struct tlb_leaf *leaf, const struct access *a)
{
    struct fault f = check_stage1(r, leaf, a);

    if (f.type == FAULT_NONE && r->stage2_on)
        f = check_stage2(r, leaf, a);
    return f;
}

/* A look-up of the main TLB. */
static void count_main_tlb(struct mmu *m, bool hit, unsigned probes)
{
    m->count.v[COUNT_MAIN_TLB]++;
    m->count.v[COUNT_MAIN_TLB_PROBE] += probes;
    m->count.v[COUNT_MAIN_TLB_REFILL] += !hit;
}

static void note_main_tlb(struct steps *steps, bool hit, unsigned probes)
{
    steps->step[steps->count++] = (struct step){ .kind = STEP_TLB, .hit = hit, .probes = (uint8_t)probes };
}

/* Asks the main TLB. Returns the entry or NULL. */
static const struct tlb_entry *ask_main_tlb(struct mmu *m, const struct regime *r, uint64_t va, struct steps *steps)
{
    struct tlb_key key = tlb_key_of(r, va);
    unsigned probes;
    const struct tlb_entry *e = tlb_find(&m->main_tlb, &key, &probes);

    count_main_tlb(m, e != NULL, probes);
    note_main_tlb(steps, e != NULL, probes);
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

/* [choice: what ended in a Permission fault is not kept either; R_JVXRH would let it] */
static void keep(struct mmu *m, const struct tlb_entry *e)
{
    const uint32_t changes = m->main_tlb.changes;
    const struct tlb_tag gone = fill_put(&m->main_tlb, e, m->fills, FILL_MAIN_TLB);

    if (m->main_tlb.changes == changes)
        return;
    if (m->main_tlb.changes == changes + 1 && gone.valid && gone.size_bits == 12) { /* the one page of a victim */
        utlb_forget(&m->utlb[0], gone.va);
        utlb_forget(&m->utlb[1], gone.va);
    } else {
        turn_utlbs(m);
    }
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
    if (x->fault.type == FAULT_NONE)
        keep(m, e);
}

struct mmu_lane mmu_lane(struct mmu *m, enum access_kind kind, unsigned el)
{
    struct access a = { .kind = (uint8_t)kind, .el = (uint8_t)el };
    struct mmu_lane l = {
        .mmu = m, .utlb = mmu_utlb(m, &a), .regime = &m->regime[regime_of_el(el)], .fetch = kind == ACCESS_FETCH
    };

    l.seen = m->seen[regime_of_el(el)][l.fetch];
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
    x->pa = PA(e->leaf.pa | (va.v & 0xFFF));
    x->ipa = IPA(e->leaf.ipa | (va.v & 0xFFF));
}

struct mmu_offer mmu_ask(const struct mmu_lane *l, va_t va, unsigned unpriv, unsigned odd)
{
    const struct regime *r = l->regime;
    const struct tlb_key key = tlb_key_of(r, regime_canonical_va(r, va));
    struct mmu_offer o = { .entry = NULL };

    if (!regime_tag_ok(r, va))
        return o;
    o.entry = tlb_peek(&l->mmu->main_tlb, &key, &o.probes);
    if (!o.entry)
        return o;
    o.seen = see(l, &o.entry->leaf);
    o.page = page_in(o.entry, key.va);
    o.place = (uint32_t)(o.entry - l->mmu->main_tlb.entry);
    if (!mmu_grants(l, o.seen->rights, unpriv, odd))
        o.entry = NULL;
    return o;
}

static void count_utlb_refill(const struct mmu_lane *l)
{
    l->mmu->count.v[l->fetch ? COUNT_L1I_TLB_REFILL : COUNT_L1D_TLB_REFILL]++;
}

/* mmu_accept, where the page is known in some of the memo's lanes. */
static inline const struct utlb_entry *accept(const struct mmu_lane *l, uint64_t key, const struct mmu_offer *offer,
                                              uint32_t known)
{
    struct tlb *t = &l->mmu->main_tlb;
    const struct memo_tie tie = { t->doubled ? MEMO_NO_PAGE : l->utlb->left, offer->place, known };

    tlb_use(t, offer->place);
    count_utlb_refill(l);
    count_main_tlb(l->mmu, true, offer->probes);
    return fill_utlb(l, key, offer, tie);
}

const struct utlb_entry *mmu_accept(const struct mmu_lane *l, va_t va, const struct mmu_offer *offer)
{
    return accept(l, mmu_key(l, va), offer, 0);
}

const struct utlb_entry *mmu_refill_left(const struct mmu_lane *l, va_t va, struct memo_tie tie, unsigned *probes)
{
    struct tlb *t = &l->mmu->main_tlb;
    const uint64_t key = mmu_key(l, va);
    struct mmu_offer offer = { .entry = &t->entry[tie.place], .place = tie.place };

    if (utlb_find(l->utlb, key))
        return NULL;
    offer.seen = see(l, &offer.entry->leaf);
    offer.page = page_in(offer.entry, va.v);
    *probes = offer.probes = tlb_probes_for(t, tie.place);
    return accept(l, key, &offer, tie.lanes);
}

void mmu_tell(const struct utlb_entry *e, va_t va, const struct mmu_offer *offer, struct xlat *x)
{
    x->hit = HIT_TLB;
    x->steps.count = 0;
    note_main_tlb(&x->steps, true, offer->probes);
    answer(e, va, x);
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
        x->fault.ipa = IPA(kept->leaf.ipa | (a->va.v & 0xFFF));
    } else {
        struct tlb_entry e;

        count_utlb_refill(l);
        translate_beyond(m, r, a, x, &e);
        if (x->fault.type == FAULT_NONE) {
            struct mmu_offer found = { .entry = &e,
                                       .seen = see(l, &e.leaf),
                                       .page = page_in(&e, regime_canonical_va(r, a->va)) };

            kept = fill_utlb(l, mmu_key(l, a->va), &found, (struct memo_tie){ .left = MEMO_NO_PAGE });
        }
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

    struct mmu_offer offer = { .entry = NULL };

    if (e && mmu_grants(&l, e->rights, a->unpriv, access_is_unaligned(a))) {
        x->hit = HIT_UTLB;
        x->steps.count = 0;
        answer(e, a->va, x);
        return;
    }
    if (!e)
        offer = mmu_ask(&l, a->va, a->unpriv, access_is_unaligned(a));
    if (offer.entry)
        mmu_tell(mmu_accept(&l, a->va, &offer), a->va, &offer, x);
    else
        translate_slow(&l, a, e, x);
}
