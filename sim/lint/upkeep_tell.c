/* Findings in words: what changed, what was needed, what came instead. */
#include "sim/lint/upkeep_state.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct text {
    char s[1024];
    size_t used;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds as much as fits. */
static void add(struct text *t, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(t->s + t->used, sizeof t->s - t->used, format, args);
    va_end(args);
    if (n > 0)
        t->used += (size_t)n < sizeof t->s - t->used ? (size_t)n : sizeof t->s - t->used - 1;
}

static void tell(struct upkeep *u, enum lint_code code, enum lint_severity severity, const struct text *t,
                 unsigned core)
{
    const struct upkeep_finding f = {
        .code = code, .severity = severity, .at = u->at, .core = core, .place = u->options.place, .text = t->s
    };

    u->options.tell(u->options.context, &f);
}

static void add_cores(struct text *t, unsigned cores)
{
    add(t, cores & (cores - 1) ? "cores" : "core");
    for (unsigned i = 0; i < COPIES_CORES; i++) {
        if (cores >> i & 1)
            add(t, " %u", i);
    }
}

/* "VA 0x1000 (VMID 1, ASID 2)", "IPA 0x1000 (VMID 1)". */
static void add_where(struct text *t, const struct copy_key *k)
{
    const struct tlb_tag *g = &k->tag;

    add(t, "%s 0x%" PRIx64, g->holds == TLB_HOLDS_STAGE2 ? "IPA" : "VA", g->va);
    if (g->regime == REGIME_EL2)
        add(t, " of EL2");
    else if (g->holds == TLB_HOLDS_STAGE2)
        add(t, " (VMID %u)", g->vmid);
    else if (g->global)
        add(t, " (VMID %u, global)", g->vmid);
    else
        add(t, " (VMID %u, ASID %u)", g->vmid, g->asid);
}

/* "stage-1 level-3 descriptor 0x... at PA 0x..." */
static void add_word(struct text *t, const struct copy_word *w)
{
    add(t, "stage-%u level-%u descriptor 0x%" PRIx64 " at PA 0x%" PRIx64, w->stage, w->level, w->desc, w->pa);
}

static void add_changes(struct text *t, unsigned changes)
{
    char names[160];

    change_text(changes, names, sizeof names);
    add(t, "%s", names);
}

/* ---- What was needed, and what came ------------------------------------------------------------------------------ */

/* Broadcast when other cores use the VMID, or change its tables. */
static const char *scope_of(const struct upkeep *u, uint32_t i)
{
    const struct copy_key *k = &u->copies.key[i];
    const struct copy *c = &u->copies.copy[i];
    unsigned users = u->users[k->tag.regime][k->tag.vmid];

    return users & (users - 1) || (c->stored && c->stored_by != k->core) ? "IS" : "";
}

static uint64_t operand(const struct copy_key *k)
{
    uint64_t asid = k->tag.regime == REGIME_EL10 && !k->tag.global ? k->tag.asid : 0;

    return asid << 48 | bits(k->tag.va, 55, 12);
}

/* The smallest operation that would have done, after which a DSB. */
static void add_needed(struct text *t, const struct upkeep *u, uint32_t i, unsigned which)
{
    const struct copy_key *k = &u->copies.key[i];
    const char *is = scope_of(u, i);

    add(t, "; needed: ");
    if (k->tag.regime == REGIME_EL2)
        add(t, "TLBI %s%s 0x%" PRIx64 ", DSB", k->tag.holds == TLB_HOLDS_TABLE ? "VAE2" : "VALE2", is, operand(k));
    else if (k->tag.holds == TLB_HOLDS_STAGE2)
        add(t, "TLBI %s%s 0x%" PRIx64 ", DSB, TLBI VMALLE1%s, DSB", k->last ? "IPAS2LE1" : "IPAS2E1", is,
            k->tag.va >> 12, is);
    else if (which == 1)
        add(t, "TLBI IPAS2LE1%s of the IPA, DSB, TLBI VMALLE1%s, DSB", is, is);
    else
        add(t, "TLBI %s%s 0x%" PRIx64 ", DSB", k->tag.holds == TLB_HOLDS_TABLE ? "VAE1" : "VALE1", is, operand(k));
}

static void add_tlbi(struct text *t, const struct upkeep *u, const struct upkeep_came *c)
{
    add(t, "TLBI %s%s of core %u (%s %" PRIu64 ")", tlbi_name((enum tlbi_op)c->tlbi.op), c->tlbi.broadcast ? "IS" : "",
        c->core, u->options.place, c->at);
}

/* Why a TLBI did not take a copy, NULL when it has nothing to do with it: it would have, but for one thing. */
static const char *why_not(const struct copy_key *k, const struct upkeep_came *came)
{
    struct copy_key other = *k;
    struct tlbi t = came->tlbi;

    other.tag.valid = true;
    if (copies_matches(&other, &t))
        return came->tlbi.broadcast || came->core == k->core ? "no DSB has completed it" : "it is not Inner Shareable";
    t.vmid = k->tag.vmid;
    if (copies_matches(&other, &t))
        return "it is for another VMID";
    t.vmid = came->tlbi.vmid;
    t.asid = k->tag.asid;
    if (copies_matches(&other, &t))
        return "it is for another ASID";
    other.last = true;
    if (k->tag.holds == TLB_HOLDS_TABLE)
        other.tag.holds = TLB_HOLDS_LEAF;
    if (copies_matches(&other, &t))
        return "it takes last-level entries alone";
    other = *k;
    other.tag.valid = true;
    other.tag.holds = k->tag.holds == TLB_HOLDS_STAGE2 ? TLB_HOLDS_LEAF : TLB_HOLDS_STAGE2;
    if (t.op != TLBI_IPAS2E1 && t.op != TLBI_IPAS2LE1)
        return k->tag.holds == TLB_HOLDS_STAGE2 && copies_matches(&other, &t) ? "it leaves entries of stage 2 alone"
                                                                              : NULL;
    if (k->tag.holds == TLB_HOLDS_LEAF && (k->tag.stages & TLB_STAGE2) && t.vmid == k->tag.vmid)
        return "it leaves entries that combine both stages";
    return NULL;
}

/* The last one since the copy was made that nearly did. */
static void add_came(struct text *t, const struct upkeep *u, uint32_t i)
{
    const struct copy_key *k = &u->copies.key[i];
    uint64_t made = u->copies.copy[i].made;

    for (uint64_t n = u->came_count; n-- > 0 && u->came_count - n <= UPKEEP_CAME;) {
        const struct upkeep_came *c = &u->came[n % UPKEEP_CAME];
        const char *why;

        if (c->at < made)
            break;
        why = why_not(k, c);
        if (!why)
            continue;
        add(t, "; came: ");
        add_tlbi(t, u, c);
        add(t, ", but %s", why);
        return;
    }
    add(t, "; none came");
}

/* ---- Findings ---------------------------------------------------------------------------------------------------- */

void upkeep_tell_broken(struct upkeep *u, uint32_t i, const struct upkeep_cause *cause, unsigned cores)
{
    const struct copy_key *k = &u->copies.key[i];
    const struct copy *c = &u->copies.copy[i];
    bool certain = (cause->changes & CHANGE_BBM) != CHANGE_ADDRESS_RO;
    struct text t = { .used = 0 };

    add_word(&t, &c->word[cause->which]);
    add(&t, ", for ");
    add_where(&t, k);
    add(&t, ", became 0x%" PRIx64 " (", cause->now.desc);
    add_changes(&t, cause->changes);
    add(&t, ") while ");
    add_cores(&t, cores);
    add(&t, " may hold it since %s %" PRIu64, u->options.place, c->made);
    add_needed(&t, u, i, cause->which);
    add(&t, " between an invalid descriptor and the new one");
    add_came(&t, u, i);
    tell(u, LINT_BREAK_BEFORE_MAKE, certain ? LINT_ERROR : LINT_WARNING, &t, k->core);
}

void upkeep_tell_direct(struct upkeep *u, const struct upkeep_known *k, uint64_t from, uint64_t to)
{
    struct change_view view = upkeep_known_view(k);
    struct copy_word was = k->word;
    unsigned changes = change_of(&view, from, to);
    bool certain = (changes & CHANGE_BBM) != CHANGE_ADDRESS_RO;
    struct text t = { .used = 0 };

    was.desc = from;
    add_word(&t, &was);
    add(&t, ", for %s 0x%" PRIx64 ", became 0x%" PRIx64 " (", k->word.stage == 2 ? "IPA" : "VA", k->ia, to);
    add_changes(&t, changes);
    add(&t, ") without an invalid descriptor between: a walk may have read the old one until then, whatever TLBI came "
            "before");
    tell(u, LINT_BREAK_BEFORE_MAKE, certain ? LINT_ERROR : LINT_WARNING, &t, 0);
}

static void add_access(struct text *t, const struct access *a)
{
    add(t, "%s at EL%u of VA 0x%" PRIx64, access_kind_name((enum access_kind)a->kind), a->el, a->va.v);
}

/* What stands where the copy's word stood. */
static void add_now(struct text *t, const struct copy_word *was, const struct copy_word *now, unsigned changes)
{
    if (now->pa == was->pa)
        add(t, " now 0x%" PRIx64 " (", now->desc);
    else if (now->there)
        add(t, " which a walk no longer comes to: it meets level-%u descriptor 0x%" PRIx64 " at PA 0x%" PRIx64 " (",
            now->level, now->desc, now->pa);
    else
        add(t, " which a walk no longer comes to (");
    add_changes(t, changes);
    add(t, ")");
}

static void add_cause(struct text *t, const struct upkeep *u, uint32_t i, const struct upkeep_cause *cause)
{
    const struct copy_key *k = &u->copies.key[i];
    const struct copy *c = &u->copies.copy[i];
    unsigned w = cause->which;

    if (cause->code == LINT_REGISTER_NO_TLBI) {
        add(t,
            "the tables are the same, registers that a TLB may hold are not (MAIR, TCR, SCTLR.WXN); needed: TLBI %s, "
            "DSB",
            k->tag.regime == REGIME_EL2 ? "ALLE2" : "VMALLE1");
    } else if (cause->code == LINT_ASID_REUSED || cause->code == LINT_VMID_REUSED) {
        bool vmid = cause->code == LINT_VMID_REUSED;

        add(t, "%s %u had its tables at 0x%" PRIx64 ", now at 0x%" PRIx64 "; needed: TLBI %s, DSB",
            vmid ? "VMID" : "ASID", vmid ? k->tag.vmid : k->tag.asid, c->base[w], cause->base,
            vmid ? "VMALLS12E1" : "ASIDE1");
    } else {
        add_word(t, &c->word[w]);
        add(t, ",");
        add_now(t, &c->word[w], &cause->now, cause->changes);
        add_needed(t, u, i, w);
    }
    add_came(t, u, i);
}

void upkeep_tell_stale(struct upkeep *u, uint32_t i, const struct upkeep_cause *cause, const struct access *a)
{
    bool harmless = cause->code == LINT_SPURIOUS_FAULT;
    struct text t = { .used = 0 };

    add_access(&t, a);
    add(&t,
        harmless ? " may fault for an entry made at %s %" PRIu64 ": "
                 : " may get what an entry made at %s %" PRIu64 " says: ",
        u->options.place, u->copies.copy[i].made);
    add_cause(&t, u, i, cause);
    tell(u, cause->code, harmless ? LINT_NOTE : LINT_ERROR, &t, u->copies.key[i].core);
}

void upkeep_tell_doubt(struct upkeep *u, uint32_t i, const struct upkeep_came *late)
{
    const struct copy_key *k = &u->copies.key[i];
    const struct copy *c = &u->copies.copy[i];
    unsigned which = c->now.stage == 2;
    /* a core that has yet to take an entry away should not use it; another cannot know */
    enum lint_severity severity = !late ? LINT_ERROR : late->core == k->core ? LINT_WARNING : LINT_NOTE;
    uint64_t here = u->at;
    struct text t = { .used = 0 };

    add(&t, "VA 0x%" PRIx64 " was used", c->doubt_va);
    if (c->doubts > 1)
        add(&t, ", and %" PRIu64 " times more,", c->doubts - 1);
    add(&t, " when an entry made at %s %" PRIu64 " might still answer: ", u->options.place, c->made);
    add_word(&t, &c->word[which]);
    add(&t, ",");
    add_now(&t, &c->word[which], &c->now, c->doubt_changes);
    if (late) {
        add(&t, "; the TLBI for it came later: ");
        add_tlbi(&t, u, late);
    } else {
        add_needed(&t, u, i, which);
        add_came(&t, u, i);
        add(&t, ", by the end (%s %" PRIu64 ")", u->options.place, here);
    }
    u->at = c->doubt_at;
    tell(u, late ? LINT_TLBI_LATE : LINT_TLBI_MISSING, severity, &t, k->core);
    u->at = here;
}

void upkeep_tell_no_dsb_first(struct upkeep *u, uint32_t i, const struct upkeep_came *tlbi)
{
    const struct copy *c = &u->copies.copy[i];
    struct text t = { .used = 0 };

    add_tlbi(&t, u, tlbi);
    add(&t, " takes entries of ");
    add_where(&t, &u->copies.key[i]);
    add(&t,
        ", whose descriptor the core stored to at %s %" PRIu64
        " with no DSB ISHST (or more) between: a walk may still read the "
        "old one, and keep it",
        u->options.place, c->stored_at);
    tell(u, LINT_TLBI_NO_DSB_BEFORE, LINT_ERROR, &t, tlbi->core);
}

void upkeep_tell_no_dsb_after(struct upkeep *u, const struct upkeep_came *tlbi, const char *before)
{
    struct text t = { .used = 0 };

    add_tlbi(&t, u, tlbi);
    add(&t, " is followed by %s with no DSB %s between: it need not be complete", before,
        tlbi->tlbi.broadcast ? "ISH (or wider)" : "NSH (or wider)");
    tell(u, LINT_TLBI_NO_DSB_AFTER, LINT_WARNING, &t, tlbi->core);
}

void upkeep_tell_no_isb(struct upkeep *u, unsigned core, const struct access *a, uint64_t at)
{
    uint64_t here = u->at;
    struct text t = { .used = 0 };

    add_access(&t, a);
    add(&t, " comes out otherwise by the registers as they were at the last ISB or exception: a core may use either");
    u->at = at;
    tell(u, LINT_REGISTER_NO_ISB, LINT_NOTE, &t, core);
    u->at = here;
}

void upkeep_tell_limit(struct upkeep *u)
{
    struct text t = { .used = 0 };

    add(&t, "more than %u descriptors were live in TLBs at once: %" PRIu64 " could not be followed and are not judged",
        COPIES_MAX, u->copies.no_room);
    tell(u, LINT_LIMIT, LINT_NOTE, &t, 0);
}
