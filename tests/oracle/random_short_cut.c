/* The way in that nearly all records take. */
#include "tests/oracle/random_short_cut.h"

#include "tests/oracle/random_compare.h"

/* True when all that an access asks for is known, at *page. */
static bool is_known(const struct cluster *c, unsigned lane, const struct access *a, uint32_t *page)
{
    const struct memo_page *p = cluster_known(c, lane, a->va.v);
    const bool aligned = a->kind == ACCESS_FETCH || (a->va.v & (a->size - 1)) == 0;

    *page = p->page;
    return aligned && !a->unpriv && (a->va.v & CACHE_LINE_MASK) + a->size <= CACHE_LINE_MASK + 1 &&
           p->key == cluster_key(a->va.v) &&
           (!c->lane[lane].touches || memo_has_lines(cluster_known_lines(c, p), p->page, a->va.v, 0));
}

/* What lasts is known from now on, its page in every lane that may use the entry. */
static void let_know(struct cluster *c, unsigned lane, const struct utlb_entry *e, uint64_t va)
{
    for (unsigned i = lane & ~15u; i < (lane | 15u) && c->lane[i].memo; i++) {
        if (c->lane[i].mmu.utlb == c->lane[lane].mmu.utlb && c->lane[i].mmu.key == c->lane[lane].mmu.key &&
            cluster_grants(c, i, e))
            cluster_know_page(c, i, e, va, 0);
    }
    cluster_know_line(c, lane, e->leaf.pa | (va & 0xFFF));
}

/* What a micro-TLB hit is. */
static void tell_hit(const struct access *a, const struct utlb_entry *e, struct outcome *o)
{
    const uint64_t offset = a->va.v & 0xfff;

    *o = (struct outcome){
        .x = { .hit = HIT_UTLB, .type = e->type, .pa = PA(e->leaf.pa | offset), .ipa = IPA(e->leaf.ipa | offset) }
    };
}

/* Refills the micro-TLB where the access's page is left. What is made then is a hit; *o is what there was beyond it.
 * Returns false when it has to go another way. */
static bool refill_left(struct random_machine *m, unsigned lane, const struct access *a, struct outcome *o)
{
    struct cluster *c = &m->model->cluster;
    const struct memo_page *p = cluster_known(c, lane, a->va.v);
    const uint32_t page = p->page;
    const struct utlb_entry *e;
    unsigned probes;

    if (a->unpriv || cluster_crosses_page(a) || access_is_unaligned(a) || !cluster_left(c, lane, a->va.v, p))
        return false;
    e = cluster_refill_left(c, lane, a->va.v, &probes);
    if (!e)
        return false;
    if (e->leaf.pa >> 12 != page || !cluster_grants(c, lane, e))
        random_fail(m, "what is left of a page is not so");
    *o = (struct outcome){ 0 };
    mmu_tell(e, a->va, &(struct mmu_offer){ .probes = probes }, &o->x);
    m->tally->left++;
    return true;
}

bool random_short_cut(struct random_machine *m, unsigned core, const struct access *a, struct outcome *o)
{
    struct cluster *c = &m->model->cluster;
    const unsigned lane = LANE(core, a->el, a->kind);
    const struct plain plain = {
        .va = a->va.v,
        .size = a->kind == ACCESS_ZVA ? 1 : a->size,
        .odd = (uint16_t)(a->kind == ACCESS_LOAD || a->kind == ACCESS_STORE ? (a->size >> a->pair) - 1 : 0),
        .unpriv = a->unpriv
    };
    struct hit h;
    uint32_t page;
    bool known, left;

    if (a->kind >= LANE_KINDS || a->straddles)
        return false;
    known = is_known(c, lane, a, &page);
    left = refill_left(m, lane, a, o);
    h = cluster_hit(c, &c->lane[lane], plain);
    if (known && !(h.entry && h.lasts && !h.moved && h.entry->leaf.pa >> 12 == page))
        random_fail(m, "what is known of an access is not so");
    m->tally->known += known;
    if (left && !h.entry)
        random_fail(m, "what was refilled is not there");
    if (h.entry && !left)
        tell_hit(a, h.entry, o);
    else if (h.absent)
        h = cluster_refill(c, &c->lane[lane], plain, o);
    m->tally->short_cuts += h.entry != NULL;
    m->tally->refilled += h.entry != NULL && o->x.hit == HIT_TLB;
    if (h.lasts && !a->unpriv)
        let_know(c, lane, h.entry, a->va.v);
    return h.entry != NULL;
}
