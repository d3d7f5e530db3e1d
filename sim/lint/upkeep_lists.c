/* Lists by hash: what comes goes to the front, and leaves from anywhere. */
#include "sim/lint/upkeep_lists.h"

#define HEAD 0x80000000u

/* What a list is found by; each looks at its part. */
struct place {
    unsigned regime, vmid, asid, core, span;
    bool stage2; /* alone */
    uint64_t va;
};

/* Where maintenance looks for it. Without an ASID: globals, which those by ASID do not take, or which any takes. */
static struct place place_of(const struct copy_key *k)
{
    const struct tlb_tag *t = &k->tag;
    bool el10 = t->regime == REGIME_EL10;

    return (struct place){ .regime = t->regime,
                           .vmid = el10 ? t->vmid : 0,
                           .asid = el10 && !t->global ? t->asid : 0,
                           .core = k->core,
                           .span = lists_span(k),
                           .stage2 = t->holds == TLB_HOLDS_STAGE2,
                           .va = t->va };
}

static uint32_t *head_of(const struct copies *c, enum copies_list list, const struct place *p)
{
    bool page = list == COPIES_BY_PAGE || list == COPIES_BY_PAGE_ASID;
    uint64_t who = p->regime;

    if (list != COPIES_BY_REGIME)
        who |= (uint64_t)p->vmid << 24 | (uint64_t)p->stage2 << 1;
    if (list == COPIES_BY_PAGE_ASID || list == COPIES_BY_ASID)
        who |= (uint64_t)p->asid << 32;
    who |= page ? (uint64_t)p->span << 8 : (uint64_t)p->core << 16;
    return &c->head[list * COPIES_MAX + lists_hash(page ? align_down(p->va, p->span) : 0, who)];
}

static uint32_t *head_of_word(const struct copies *c, uint64_t pa)
{
    return &c->head[COPIES_BY_WORD * COPIES_MAX + lists_hash(pa >> 3, 0)];
}

/* ---- Coming and going -------------------------------------------------------------------------------------------- */

static void put_in(struct copies *c, uint32_t node, uint32_t *head)
{
    c->link[node] = (struct copy_link){ HEAD | (uint32_t)(head - c->head), *head };
    if (*head)
        c->link[*head - 1].before = node + 1;
    *head = node + 1;
}

static void take_out(struct copies *c, uint32_t node)
{
    const struct copy_link *l = &c->link[node];

    if (l->before & HEAD)
        c->head[l->before & ~HEAD] = l->after;
    else
        c->link[l->before - 1].after = l->after;
    if (l->after)
        c->link[l->after - 1].before = l->before;
}

void lists_add_words(struct copies *c, uint32_t i)
{
    for (uint32_t w = 0; w < 2; w++) {
        if (c->copy[i].word[w].there)
            put_in(c, COPIES_NODES * i + COPIES_BY_WORD + w, head_of_word(c, c->copy[i].word[w].pa));
    }
}

void lists_remove_words(struct copies *c, uint32_t i)
{
    for (uint32_t w = 0; w < 2; w++) {
        if (c->copy[i].word[w].there)
            take_out(c, COPIES_NODES * i + COPIES_BY_WORD + w);
    }
}

void lists_add(struct copies *c, uint32_t i)
{
    struct place p = place_of(&c->key[i]);

    for (uint32_t list = 0; list < COPIES_BY_WORD; list++)
        put_in(c, COPIES_NODES * i + list, head_of(c, (enum copies_list)list, &p));
    c->spans[p.stage2][p.span & 63]++;
    c->spanned[p.stage2] |= 1ULL << (p.span & 63);
    lists_add_words(c, i);
}

void lists_remove(struct copies *c, uint32_t i)
{
    bool stage2 = c->key[i].tag.holds == TLB_HOLDS_STAGE2;
    unsigned span = lists_span(&c->key[i]) & 63;

    for (uint32_t list = 0; list < COPIES_BY_WORD; list++)
        take_out(c, COPIES_NODES * i + list);
    if (--c->spans[stage2][span] == 0)
        c->spanned[stage2] &= ~(1ULL << span);
    lists_remove_words(c, i);
}

/* ---- Searches ---------------------------------------------------------------------------------------------------- */

struct search {
    struct copies *copies;
    const struct tlbi *t;
    unsigned cores;
};

static void look(const struct search *s, enum copies_list list, const struct place *p)
{
    struct copies *c = s->copies;

    for (uint32_t node = *head_of(c, list, p); node; node = c->link[node - 1].after) {
        uint32_t i = (node - 1) / COPIES_NODES;

        if ((s->cores >> c->key[i].core & 1) && copies_matches(&c->key[i], s->t))
            slots_add(&c->found, i);
    }
}

/* In blocks of each size that there are. */
static void look_by_address(const struct search *s, unsigned by, struct place p)
{
    bool any_asid = p.regime == REGIME_EL10 && !(by & (TLBI_BY_ASID | TLBI_BY_IPA));

    p.va = s->t->va;
    for (uint64_t spans = s->copies->spanned[p.stage2]; spans; spans &= spans - 1) {
        p.span = (unsigned)__builtin_ctzll(spans);
        p.asid = by & TLBI_BY_ASID ? s->t->asid : 0;
        look(s, any_asid ? COPIES_BY_PAGE : COPIES_BY_PAGE_ASID, &p);
        if (p.asid == 0)
            continue;
        p.asid = 0; /* globals */
        look(s, COPIES_BY_PAGE_ASID, &p);
    }
}

void copies_find_taken(struct copies *c, const struct tlbi *t, unsigned cores)
{
    const struct search s = { c, t, cores };
    unsigned by = tlbi_by((enum tlbi_op)t->op);
    struct place p = { .regime = tlbi_regime((enum tlbi_op)t->op), .stage2 = by & TLBI_BY_IPA, .asid = t->asid };
    enum copies_list list = by & TLBI_BY_ASID ? COPIES_BY_ASID : by & TLBI_BY_VMID ? COPIES_BY_VMID : COPIES_BY_REGIME;

    if (p.regime >= REGIME_COUNT)
        return;
    if (by & TLBI_BY_VMID)
        p.vmid = t->vmid;
    if (by & (TLBI_BY_VA | TLBI_BY_IPA)) {
        look_by_address(&s, by, p);
        return;
    }
    for (p.core = 0; p.core < COPIES_CORES; p.core++) {
        if (!(cores >> p.core & 1))
            continue;
        p.stage2 = false;
        look(&s, list, &p);
        p.stage2 = true;
        if (list == COPIES_BY_VMID && (by & TLBI_WITH_STAGE2))
            look(&s, list, &p);
    }
}

void copies_find_going(struct copies *c, unsigned core, bool wide)
{
    slots_unite(&c->found, &c->going_local[core]);
    if (wide)
        slots_unite(&c->found, &c->going[core]);
}

static void look_for_word(struct copies *c, uint64_t pa)
{
    for (uint32_t node = *head_of_word(c, pa); node; node = c->link[node - 1].after) {
        uint32_t i = (node - 1) / COPIES_NODES;
        unsigned which;

        if (copies_made_of(c, i, pa, &which))
            slots_add(&c->found, i);
    }
}

static bool is_in(const struct copy_word *w, uint64_t pa, uint64_t bytes)
{
    return w->there && w->pa - align_down(pa, 3) < bytes + (pa & 7);
}

void copies_find_made(struct copies *c, uint64_t pa, uint64_t bytes)
{
    uint64_t first = align_down(pa, 3), words = (bytes + (pa & 7) + 7) / 8;

    for (uint64_t n = 0; n < words && words <= c->used; n++)
        look_for_word(c, first + 8 * n);
    for (uint32_t i = 0; i < c->used && words > c->used; i++) { /* there are fewer copies than words */
        if (c->key[i].tag.valid && (is_in(&c->copy[i].word[0], pa, bytes) || is_in(&c->copy[i].word[1], pa, bytes)))
            slots_add(&c->found, i);
    }
}

void copies_find_world(struct copies *c, unsigned core, unsigned regime, unsigned vmid)
{
    struct place p = { .regime = regime, .vmid = regime == REGIME_EL10 ? vmid : 0, .core = core };

    for (unsigned stage2 = 0; stage2 < 2; stage2++) {
        p.stage2 = stage2;
        for (uint32_t n = *head_of(c, COPIES_BY_VMID, &p); n; n = c->link[n - 1].after) {
            const struct copy_key *k = &c->key[(n - 1) / COPIES_NODES];

            if (k->core == core && k->tag.regime == regime && (regime != REGIME_EL10 || k->tag.vmid == vmid))
                slots_add(&c->found, (n - 1) / COPIES_NODES);
        }
    }
}
