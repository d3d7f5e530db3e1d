/* Why a copy would answer otherwise than the tables, and what becomes of it. */
#include "sim/lint/upkeep_question.h"

struct copy_word question_word(const struct question *q, const struct path_word *w)
{
    return (struct copy_word){ .pa = w->pa,
                               .desc = w->desc,
                               .stage = w->stage,
                               .level = w->level,
                               .granule_bits = path_params(q->r, w)->granule_bits,
                               .big_endian = path_params(q->r, w)->big_endian,
                               .there = true };
}

/* ---- Why it differs ---------------------------------------------------------------------------------------------- */

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
    const struct ttw_params *params = which ? &q->r->s2 : &q->r->s1[regime_half(q->r, VA(q->va))];
    uint64_t base = params->base;

    if (!was->there)
        return false;
    cause->which = which;
    cause->base = base;
    if (c->shape[which] != path_shape(params)) { /* TCR, not a table */
        cause->changes = 0;
        cause->code = LINT_REGISTER_NO_TLBI;
        return true;
    }
    if (now || last)
        cause->now = question_word(q, now ? now : last);
    if (now) { /* the same word, perhaps with another content */
        cause->changes = change_of(&view, was->desc, now->desc);
        cause->code = cause->changes & CHANGE_BBM ? LINT_BREAK_BEFORE_MAKE : LINT_TLBI_MISSING;
        return cause->changes & ~(unsigned)CHANGE_IGNORED;
    }
    if (base != c->base[which]) {
        cause->code = which ? LINT_VMID_REUSED : LINT_ASID_REUSED;
        return true;
    }
    /* the walk did not come to it: a word above has changed */
    cause->changes = last && change_may_be_kept(&view, last->desc) ? CHANGE_TABLE : CHANGE_BROKEN;
    cause->code = cause->changes & CHANGE_BBM ? LINT_BREAK_BEFORE_MAKE : LINT_TLBI_MISSING;
    return true;
}

static struct upkeep_cause cause_of(const struct question *q, uint32_t i)
{
    struct upkeep_cause cause = { 0 };

    if (cause_of_stage(q, i, 0, &cause) || cause_of_stage(q, i, 1, &cause))
        return cause;
    return (struct upkeep_cause){ .code = LINT_REGISTER_NO_TLBI };
}

bool question_is_harmless(const struct question *q, uint32_t i)
{
    return q->path.fault.type == FAULT_ACCESS_FLAG && cause_of(q, i).changes == CHANGE_AF_CLEARED;
}

/* ---- What becomes of it ------------------------------------------------------------------------------------------ */

/* An identifier with other tables, or other registers, makes all its copies stale: told once, they all go. */
static void drop_alike(struct question *q, uint32_t i, const struct upkeep_cause *cause)
{
    struct copies *c = &q->u->copies;
    const struct copy_key k = c->key[i];
    const struct copy like = c->copy[i];

    copies_find_world(c, k.core, k.tag.regime, k.tag.vmid);
    for (uint32_t n = copies_next(c); n != COPIES_NONE; n = copies_next(c)) {
        bool alike = true;

        if (cause->code == LINT_ASID_REUSED)
            alike = c->key[n].tag.asid == k.tag.asid && c->copy[n].base[0] == like.base[0];
        if (cause->code == LINT_VMID_REUSED)
            alike = c->copy[n].base[1] == like.base[1];
        if (alike)
            copies_drop(c, n);
    }
}

/* An access could use what has gone from the tables. Whoever takes it away may still be about to say so: other cores
 * use it until the maintenance is complete, and so does this one until it begins. Only that none comes is an error. */
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

bool question_stale(struct question *q, uint32_t i, enum answer answer)
{
    struct copies *c = &q->u->copies;
    const struct copy_key *k = &c->key[i];
    struct upkeep_cause cause = cause_of(q, i);
    bool own = k->going_local || (k->going >> q->core & 1);

    if (k->going && !own) { /* another core is at it: its DSB says when */
        if (!c->copy[i].doubted)
            copies_drop(c, i);
        return false;
    }
    if (own)
        cause.code = LINT_TLBI_NO_DSB_AFTER;
    else if (answer == ANSWER_REFUSED)
        cause.code = LINT_SPURIOUS_FAULT;
    else if (cause.code == LINT_TLBI_MISSING) {
        doubt(q, i, &cause);
        return true;
    }
    upkeep_tell_stale(q->u, i, &cause, q->a);
    if (cause.code == LINT_ASID_REUSED || cause.code == LINT_VMID_REUSED || cause.code == LINT_REGISTER_NO_TLBI)
        drop_alike(q, i, &cause);
    else
        copies_drop(c, i);
    return true;
}
