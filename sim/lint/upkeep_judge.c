/* One access against all that could answer it. */
#include "sim/lint/upkeep_question.h"

#include "models/mmu/check.h"

/* Leaves come in the sizes of the A53's TLB; the walker makes no others. */
static const uint8_t leaf_bits[TLB_SIZES] = { 12, 16, 21, 29 };

static struct copy_key key_of(const struct question *q, enum tlb_holds holds, uint64_t ia, unsigned size_bits)
{
    struct tlb_key k = tlb_key_of(q->r, ia);
    struct copy_key key = { .core = (uint8_t)q->core, .last = holds == TLB_HOLDS_LEAF };

    key.tag = (struct tlb_tag){ .va = align_down(ia, size_bits),
                                .asid = k.asid,
                                .vmid = k.vmid,
                                .regime = k.regime,
                                .stages = k.stages,
                                .holds = (uint8_t)holds,
                                .size_bits = (uint8_t)size_bits,
                                .from_bits = (uint8_t)size_bits };
    if (holds == TLB_HOLDS_STAGE2)
        key.tag.stages = TLB_STAGE2;
    if (holds == TLB_HOLDS_STAGE2 || q->r->id == REGIME_EL2) {
        key.tag.asid = 0;
        key.tag.global = true;
    }
    return key;
}

/* A copy as the walk would make it now, but for its words. */
static struct copy copy_now(const struct question *q)
{
    const struct ttw_params *s1 = &q->r->s1[regime_half(q->r, VA(q->va))], *s2 = &q->r->s2;

    return (struct copy){ .base = { s1->base, s2->base },
                          .shape = { path_shape(s1), path_shape(s2) },
                          .mair = q->r->mair,
                          .made = q->u->at };
}

/* ---- Leaves ------------------------------------------------------------------------------------------------------ */

static bool grants(const struct question *q, const struct tlb_leaf *leaf)
{
    return check_stage1(q->r, leaf, q->a).type == FAULT_NONE &&
           (!q->r->stage2_on || check_stage2(q->r, leaf, q->a).type == FAULT_NONE);
}

/* What the copy of a leaf would have answered, beside what the tables say. */
static enum answer answer_of(const struct question *q, uint32_t i)
{
    const struct copy *c = &q->u->copies.copy[i];
    const struct tlb_entry *now = &q->path.entry;
    enum access_kind kind = (enum access_kind)q->a->kind;
    unsigned stages = tlb_stages_of(q->r);
    struct memattr was, is;
    uint64_t page;

    if (!grants(q, &c->leaf))
        return q->path.fault.type == FAULT_NONE ? ANSWER_REFUSED : ANSWER_SAME;
    if (q->path.fault.type != FAULT_NONE)
        return question_is_harmless(q, i) ? ANSWER_SAME : ANSWER_GRANTED;
    was = check_attr(q->r, &c->leaf, stages, kind);
    is = check_attr(q->r, &now->leaf, stages, kind);
    page = c->leaf.pa + (align_down(q->va, 12) & low_mask(q->u->copies.key[i].tag.size_bits));
    if (page != now->leaf.pa + (align_down(q->va, 12) & low_mask(now->tag.size_bits)))
        return ANSWER_OTHER;
    return was.attr == is.attr && was.sh == is.sh ? ANSWER_SAME : ANSWER_OTHER;
}

/* Returns false when one is stale. */
static bool judge_leaves(struct question *q)
{
    struct copies *c = &q->u->copies;

    for (unsigned n = 0; n < 2 * TLB_SIZES; n++) {
        unsigned size = leaf_bits[n / 2];
        struct copy_key key;
        uint32_t i;
        enum answer answer;

        if (c->sizes[q->core][TLB_HOLDS_LEAF][size] == 0)
            continue;
        key = key_of(q, TLB_HOLDS_LEAF, q->va, size);
        if (n % 2 && !key.tag.global) {
            key.tag.global = true;
            key.tag.asid = 0;
        }
        i = copies_find(c, &key);
        if (i == COPIES_NONE)
            continue;
        answer = answer_of(q, i);
        if (answer != ANSWER_SAME && question_stale(q, i, answer))
            return false;
    }
    return true;
}

/* A copy that is walked again, at `i`, or for the first time: as fresh as can be, and no maintenance before takes
   it. */
static void refresh(struct copies *c, uint32_t i, const struct copy_key *key, const struct copy *copy)
{
    if (i != COPIES_NONE)
        copies_renew(c, i, key, copy);
    else
        copies_add(c, key, copy);
}

static bool same_leaf(const struct tlb_leaf *a, const struct tlb_leaf *b)
{
    return a->pa == b->pa && a->s1.attr == b->s1.attr && a->s1.sh == b->s1.sh && a->s2.attr == b->s2.attr &&
           a->s2.sh == b->s2.sh && a->perm_s1 == b->perm_s1 && a->perm_s2 == b->perm_s2;
}

/* A copy that does for this access stays as it is, for it may not do for the next, unless maintenance may have taken
   it. */
static bool stays(const struct copies *c, uint32_t i, const struct copy *now)
{
    const struct copy_key *k = &c->key[i];

    return c->copy[i].doubted || (!k->going && !k->going_local && !same_leaf(&c->copy[i].leaf, &now->leaf));
}

static void keep_leaf(struct question *q)
{
    struct copies *c = &q->u->copies;
    const struct path *p = &q->path;
    struct copy_key key = key_of(q, TLB_HOLDS_LEAF, q->va, p->entry.tag.size_bits);
    struct copy copy = copy_now(q);
    uint32_t i;

    key.tag.from_bits = p->entry.tag.from_bits;
    if (p->entry.tag.global) {
        key.tag.global = true;
        key.tag.asid = 0;
    }
    copy.leaf = p->entry.leaf;
    if (p->s1 >= 0)
        copy.word[0] = question_word(q, &p->word[p->s1]);
    if (p->s2 >= 0)
        copy.word[1] = question_word(q, &p->word[p->s2]);
    i = copies_find(c, &key);
    if (i == COPIES_NONE || !stays(c, i, &copy))
        refresh(c, i, &key, &copy);
}

/* ---- Tables, and stage 2 alone ----------------------------------------------------------------------------------- */

static struct copy_key key_of_word(const struct question *q, const struct path_word *w)
{
    struct copy_key key = key_of(q, w->stage == 1 ? TLB_HOLDS_TABLE : TLB_HOLDS_STAGE2, w->ia, path_span(q->r, w));

    key.last = w->last;
    return key;
}

/* The word that a look-up has read where a copy says what it says. */
static const struct path_word *word_like(const struct question *q, const struct copy_key *key, unsigned stage,
                                         uint64_t ia)
{
    for (unsigned i = 0; i < q->path.count; i++) {
        const struct path_word *w = &q->path.word[i];

        if (w->stage == stage && w->ia == ia && path_span(q->r, w) == key->tag.size_bits)
            return w;
    }
    return NULL;
}

/* Returns false when the copy is stale: the word has changed, or a walk does not come to it any more. */
static bool judge_copy(struct question *q, uint32_t i, unsigned stage, uint64_t ia)
{
    const struct copy_key *k = &q->u->copies.key[i];
    const struct copy *c = &q->u->copies.copy[i];
    const struct path_word *w = word_like(q, k, stage, ia);
    struct change_view view = upkeep_view(k, c, stage - 1);

    if (w && !(change_of(&view, c->word[stage - 1].desc, w->desc) & CHANGE_TLBI))
        return true;
    return !question_stale(q, i, w && change_may_be_kept(&view, w->desc) ? ANSWER_OTHER : ANSWER_GRANTED);
}

/* All copies of tables, or of stage 2 alone, by which a look-up could be cut short. Returns false when one is stale. */
static bool judge_lookup(struct question *q, unsigned stage, uint64_t ia)
{
    enum tlb_holds holds = stage == 1 ? TLB_HOLDS_TABLE : TLB_HOLDS_STAGE2;
    struct copies *c = &q->u->copies;

    for (uint64_t sizes = c->present[q->core][holds]; sizes; sizes &= sizes - 1) {
        struct copy_key key = key_of(q, holds, ia, (unsigned)__builtin_ctzll(sizes));
        uint32_t i = copies_find(c, &key);

        if (i != COPIES_NONE && !judge_copy(q, i, stage, ia))
            return false;
    }
    return true;
}

static void keep_word(struct question *q, const struct path_word *w)
{
    struct copies *c = &q->u->copies;
    struct copy_key key = key_of_word(q, w);
    uint32_t i = copies_find(c, &key);
    struct copy copy = copy_now(q);
    struct change_view view;

    copy.word[w->stage - 1] = question_word(q, w);
    view = upkeep_view(&key, &copy, w->stage - 1u);
    if (!change_may_be_kept(&view, w->desc) || (i != COPIES_NONE && c->copy[i].doubted))
        return;
    refresh(c, i, &key, &copy);
}

/* Leaves of stage 1 are kept with what stage 2 makes of them, not alone. */
static bool is_kept_alone(const struct path_word *w)
{
    return w->stage == 2 || !w->last;
}

static void learn(struct question *q, const struct path_word *w)
{
    uint32_t slot = (uint32_t)(w->pa >> 3) % UPKEEP_KNOWN;

    /* [choice: of two words that fall together the later is known] */
    q->u->known[slot] = (struct upkeep_known){ .there = true,
                                               .word = question_word(q, w),
                                               .ia = w->ia,
                                               .mair = q->r->mair,
                                               .regime = q->r->id,
                                               .vmid = q->r->vmid,
                                               .asid = q->r->asid };
}

bool upkeep_judge(struct upkeep *u, unsigned core, const struct access *a)
{
    struct question q = { .u = u, .core = core, .r = upkeep_regime(u, core, regime_of_el(a->el)), .a = a };
    bool right = true;

    if (tlb_stages_of(q.r) == 0 || !regime_tag_ok(q.r, a->va))
        return true;
    u->judged++;
    u->users[q.r->id][q.r->vmid] |= (uint8_t)(1u << core);
    q.va = regime_canonical_va(q.r, a->va);
    path_walk(&q.path, q.r, &u->options.machine->cluster.core[core].mmu.mem, a);
    for (unsigned i = 0; i < q.path.asked && right; i++)
        right = judge_lookup(&q, q.path.ask[i].stage, q.path.ask[i].ia);
    right = right && judge_leaves(&q);
    for (unsigned i = 0; i < q.path.count; i++) {
        if (is_kept_alone(&q.path.word[i]))
            keep_word(&q, &q.path.word[i]);
        if (u->known)
            learn(&q, &q.path.word[i]);
    }
    if (q.path.fault.type != FAULT_NONE)
        return false;
    keep_leaf(&q);
    return right;
}

/* ---- Words that change ------------------------------------------------------------------------------------------- */

bool upkeep_judge_word(struct upkeep *u, pa_t pa, uint64_t value)
{
    struct copies *c = &u->copies;
    uint32_t first = COPIES_NONE;
    struct upkeep_cause cause = { .code = LINT_BREAK_BEFORE_MAKE };
    unsigned cores = 0;

    copies_find_made(c, pa.v, 8);
    for (uint32_t i = copies_next(c); i != COPIES_NONE; i = copies_next(c)) {
        struct change_view view;
        unsigned which, changes;
        uint64_t now;

        copies_made_of(c, i, pa.v, &which);
        now = path_read(value, c->copy[i].word[which].big_endian);
        view = upkeep_view(&c->key[i], &c->copy[i], which);
        changes = change_of(&view, c->copy[i].word[which].desc, now);
        if (!(changes & CHANGE_TLBI)) /* a store that no TLBI has to wait for */
            c->copy[i].stored = 0;
        if (!(changes & CHANGE_BBM) || !change_may_be_kept(&view, now))
            continue;
        cores |= 1u << c->key[i].core;
        if (first != COPIES_NONE)
            continue;
        first = i;
        cause.changes = changes;
        cause.which = which;
        cause.now = c->copy[i].word[which];
        cause.now.desc = now;
    }
    if (first == COPIES_NONE)
        return false;
    upkeep_tell_broken(u, first, &cause, cores);
    copies_find_made(c, pa.v, 8);
    for (uint32_t i = copies_next(c); i != COPIES_NONE; i = copies_next(c))
        copies_drop(c, i); /* told: what still holds the old is the same fault */
    return true;
}
