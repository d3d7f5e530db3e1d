/* One access against all that could answer it. */
#include "sim/lint/upkeep_state.h"

#include "models/mmu/check.h"

/* Leaves come in the sizes of the A53's TLB; the walker makes no others. */
static const uint8_t leaf_bits[TLB_SIZES] = { 12, 16, 21, 29 };

/* What is judged. */
struct question {
    struct upkeep *u;
    unsigned core;
    const struct regime *r;
    const struct access *a;
    uint64_t va; /* canonical */
    struct path path;
};

enum answer { ANSWER_SAME, ANSWER_OTHER, ANSWER_GRANTED, ANSWER_REFUSED };

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

static struct copy_word word_of(const struct question *q, const struct path_word *w)
{
    return (struct copy_word){ .pa = w->pa,
                               .desc = w->desc,
                               .stage = w->stage,
                               .level = w->level,
                               .granule_bits = path_params(q->r, w)->granule_bits,
                               .there = true };
}

/* A copy as the walk would make it now, but for its words. */
static struct copy copy_now(const struct question *q)
{
    return (struct copy){ .base = { q->r->s1[regime_half(q->r, VA(q->va))].base, q->r->s2.base },
                          .mair = q->r->mair,
                          .made = q->u->at };
}

/* ---- Why it differs ------------------------------------------------------------------------------------------------- */

static const struct path_word *word_at(const struct path *p, unsigned stage, uint64_t pa)
{
    for (unsigned i = 0; i < p->count; i++) {
        if (p->word[i].stage == stage && p->word[i].pa == pa)
            return &p->word[i];
    }
    return NULL;
}

static const struct path_word *last_of(const struct path *p, unsigned stage)
{
    for (unsigned i = p->count; i-- > 0;) {
        if (p->word[i].stage == stage)
            return &p->word[i];
    }
    return NULL;
}

/* The part of one stage in it. Returns false when it has none. */
static bool cause_of_stage(const struct question *q, uint32_t i, unsigned which, struct upkeep_cause *cause)
{
    const struct copy_key *k = &q->u->copies.key[i];
    const struct copy *c = &q->u->copies.copy[i];
    const struct copy_word *was = &c->word[which];
    const struct path_word *now = word_at(&q->path, which + 1, was->pa), *last = last_of(&q->path, which + 1);
    struct change_view view = upkeep_view(k, c, which);
    uint64_t base = which ? q->r->s2.base : q->r->s1[regime_half(q->r, VA(q->va))].base;

    if (!was->there)
        return false;
    cause->which = which;
    cause->base = base;
    if (now || last)
        cause->now = word_of(q, now ? now : last);
    if (now) { /* the same word, perhaps with another content */
        cause->changes = change_of(&view, was->desc, now->desc);
        cause->rule = cause->changes & CHANGE_BBM ? UPKEEP_BREAK_BEFORE_MAKE : UPKEEP_TLBI_MISSING;
        return cause->changes & ~(unsigned)CHANGE_IGNORED;
    }
    if (base != c->base[which]) {
        cause->rule = which ? UPKEEP_VMID_REUSED : UPKEEP_ASID_REUSED;
        return true;
    }
    /* the walk did not come to it: a word above has changed */
    cause->changes = last && change_may_be_kept(&view, last->desc) ? CHANGE_TABLE : CHANGE_BROKEN;
    cause->rule = cause->changes & CHANGE_BBM ? UPKEEP_BREAK_BEFORE_MAKE : UPKEEP_TLBI_MISSING;
    return true;
}

static struct upkeep_cause cause_of(const struct question *q, uint32_t i)
{
    struct upkeep_cause cause = { 0 };

    if (cause_of_stage(q, i, 0, &cause) || cause_of_stage(q, i, 1, &cause))
        return cause;
    return (struct upkeep_cause){ .rule = UPKEEP_REGISTER_NO_TLBI };
}

/* ---- What becomes of it --------------------------------------------------------------------------------------------- */

/* An identifier with other tables, or other registers, makes all its copies stale: told once, they all go. */
static void drop_alike(struct question *q, uint32_t i, const struct upkeep_cause *cause)
{
    struct copies *c = &q->u->copies;
    const struct copy_key k = c->key[i];
    const struct copy like = c->copy[i];

    for (uint32_t n = 0; n < c->used; n++) {
        const struct copy_key *o = &c->key[n];
        bool alike = o->tag.valid && o->core == k.core && o->tag.regime == k.tag.regime && o->tag.vmid == k.tag.vmid;

        if (alike && cause->rule == UPKEEP_ASID_REUSED)
            alike = o->tag.asid == k.tag.asid && c->copy[n].base[0] == like.base[0];
        if (alike && cause->rule == UPKEEP_VMID_REUSED)
            alike = c->copy[n].base[1] == like.base[1];
        if (alike)
            copies_drop(c, n);
    }
}

/* An access could use what has gone from the tables. Whoever takes it away may still be about to say so: other cores use
 * it until the maintenance is complete, and so does this one until it begins. Only that none comes is an error. */
static void doubt(struct question *q, uint32_t i, const struct upkeep_cause *cause)
{
    struct copy *c = &q->u->copies.copy[i];

    if (c->doubts++ > 0)
        return;
    c->doubted = true;
    c->doubt_at = q->u->at;
    c->doubt_va = q->a->va.v;
    c->doubt_changes = cause->changes;
    c->now = cause->now;
}

static void stale(struct question *q, uint32_t i, enum answer answer)
{
    struct copies *c = &q->u->copies;
    const struct copy_key *k = &c->key[i];
    struct upkeep_cause cause = cause_of(q, i);
    bool own = k->going_local || (k->going >> q->core & 1);

    if (k->going && !own) { /* another core is at it: its DSB says when */
        copies_drop(c, i);
        return;
    }
    if (own)
        cause.rule = UPKEEP_TLBI_NO_DSB_AFTER;
    else if (answer == ANSWER_REFUSED)
        cause.rule = UPKEEP_SPURIOUS_FAULT;
    else if (cause.rule == UPKEEP_TLBI_MISSING) {
        doubt(q, i, &cause);
        return;
    }
    upkeep_tell_stale(q->u, i, &cause, q->a);
    if (cause.rule == UPKEEP_ASID_REUSED || cause.rule == UPKEEP_VMID_REUSED || cause.rule == UPKEEP_REGISTER_NO_TLBI)
        drop_alike(q, i, &cause);
    else
        copies_drop(c, i);
}

/* ---- Leaves --------------------------------------------------------------------------------------------------------- */

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
    /* who keeps a leaf whose access flag was cleared does not fault, which harms nobody */
    if (q->path.fault.type != FAULT_NONE)
        return q->path.fault.type == FAULT_ACCESS_FLAG ? ANSWER_SAME : ANSWER_GRANTED;
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

        if (c->sizes[q->core][size] == 0)
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
        if (answer == ANSWER_SAME)
            continue;
        stale(q, i, answer);
        return false;
    }
    return true;
}

/* A copy that is walked again, at `i`, or for the first time: as fresh as can be, and no maintenance before takes it. */
static void refresh(struct copies *c, uint32_t i, const struct copy_key *key, const struct copy *copy)
{
    if (i != COPIES_NONE)
        copies_drop(c, i);
    copies_add(c, key, copy);
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
        copy.word[0] = word_of(q, &p->word[p->s1]);
    if (p->s2 >= 0)
        copy.word[1] = word_of(q, &p->word[p->s2]);
    i = copies_find(c, &key);
    if (i != COPIES_NONE && c->copy[i].doubted) /* the same again, and it was used in between */
        return;
    refresh(c, i, &key, &copy);
}

/* ---- Tables, and stage 2 alone -------------------------------------------------------------------------------------- */

static struct copy_key key_of_word(const struct question *q, const struct path_word *w)
{
    struct copy_key key = key_of(q, w->stage == 1 ? TLB_HOLDS_TABLE : TLB_HOLDS_STAGE2, w->ia, path_span(q->r, w));

    key.last = w->last;
    return key;
}

/* Returns false when a copy of the word, or of the one that stood in its place, is stale. */
static bool judge_word(struct question *q, const struct path_word *w)
{
    struct copies *c = &q->u->copies;
    struct copy_key key = key_of_word(q, w);
    uint32_t i = copies_find(c, &key);
    const struct copy_word *was;
    struct change_view view;

    if (i == COPIES_NONE)
        return true;
    was = &c->copy[i].word[w->stage - 1];
    view = upkeep_view(&c->key[i], &c->copy[i], w->stage - 1u);
    if (!(change_of(&view, was->desc, w->desc) & CHANGE_TLBI))
        return true;
    stale(q, i, change_may_be_kept(&view, w->desc) ? ANSWER_OTHER : ANSWER_GRANTED);
    return false;
}

static void keep_word(struct question *q, const struct path_word *w)
{
    struct copies *c = &q->u->copies;
    struct copy_key key = key_of_word(q, w);
    uint32_t i = copies_find(c, &key);
    struct copy copy = copy_now(q);
    struct change_view view;

    copy.word[w->stage - 1] = word_of(q, w);
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
                                               .word = word_of(q, w),
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
    for (unsigned i = 0; i < q.path.count && right; i++)
        right = judge_word(&q, &q.path.word[i]);
    right = right && judge_leaves(&q);
    for (unsigned i = 0; i < q.path.count; i++) {
        if (is_kept_alone(&q.path.word[i]))
            keep_word(&q, &q.path.word[i]);
        if (u->known)
            learn(&q, &q.path.word[i]);
    }
    if (q.path.fault.type == FAULT_NONE)
        keep_leaf(&q);
    return right;
}

/* ---- Words that change ---------------------------------------------------------------------------------------------- */

bool upkeep_judge_word(struct upkeep *u, pa_t pa, uint64_t value)
{
    struct copies *c = &u->copies;
    uint32_t first = COPIES_NONE;
    struct upkeep_cause cause = { .rule = UPKEEP_BREAK_BEFORE_MAKE };
    unsigned cores = 0;

    for (uint32_t i = 0; i < c->used; i++) {
        struct change_view view;
        unsigned which, changes;

        if (!copies_made_of(c, i, pa.v, &which))
            continue;
        view = upkeep_view(&c->key[i], &c->copy[i], which);
        changes = change_of(&view, c->copy[i].word[which].desc, value);
        if (!(changes & CHANGE_BBM) || !change_may_be_kept(&view, value))
            continue;
        cores |= 1u << c->key[i].core;
        if (first != COPIES_NONE)
            continue;
        first = i;
        cause.changes = changes;
        cause.which = which;
        cause.now = c->copy[i].word[which];
        cause.now.desc = value;
    }
    if (first == COPIES_NONE)
        return false;
    upkeep_tell_broken(u, first, &cause, cores);
    for (uint32_t i = 0; i < c->used; i++) { /* told: what still holds the old is the same fault */
        unsigned which;

        if (copies_made_of(c, i, pa.v, &which))
            copies_drop(c, i);
    }
    return true;
}
