/* Events: who did what, and what is to be looked at because of it. */
#include "sim/lint/upkeep_state.h"

#include "models/cluster/cluster.h"

#include <stdlib.h>
#include <string.h>

struct upkeep *upkeep_new(const struct upkeep_options *options)
{
    struct upkeep *u = calloc(1, sizeof *u);

    if (!u)
        return NULL;
    u->options = *options;
    u->known = options->exact ? calloc(UPKEEP_KNOWN, sizeof *u->known) : NULL;
    for (unsigned i = 0; i < COPIES_CORES; i++)
        u->core[i].epoch = 1;
    if (copies_init(&u->copies) && (u->known || !options->exact))
        return u;
    upkeep_free(u);
    return NULL;
}

void upkeep_free(struct upkeep *u)
{
    if (!u)
        return;
    copies_free(&u->copies);
    free(u->known);
    free(u);
}

void upkeep_at(struct upkeep *u, uint64_t place)
{
    u->at = place;
}

uint64_t upkeep_judged(const struct upkeep *u)
{
    return u->judged;
}

uint32_t upkeep_most_copies(const struct upkeep *u)
{
    return u->copies.most;
}

void upkeep_stir(struct upkeep *u, unsigned core)
{
    u->core[core].epoch++;
}

void upkeep_stir_all(struct upkeep *u)
{
    for (unsigned i = 0; i < COPIES_CORES; i++)
        upkeep_stir(u, i);
}

/* ---- Registers and their synchronization ------------------------------------------------------------------------- */

void upkeep_register(struct upkeep *u, unsigned core, enum sysreg reg, uint64_t value)
{
    struct upkeep_core *k = &u->core[core];

    if (!sysreg_steers_translation(reg) || u->options.machine->cluster.core[core].mmu.regs.v[reg] == value)
        return;
    upkeep_stir(u, core);
    for (unsigned id = 0; k->started && id < REGIME_COUNT; id++) {
        if (!k->changed[id])
            k->synced[id] = *upkeep_regime(u, core, (enum regime_id)id);
        k->changed[id] = true;
    }
}

static void synchronize(struct upkeep_core *k)
{
    memset(k->changed, 0, sizeof k->changed);
    k->fetched = false;
}

/* What a walk by some registers says. */
static void ask(const struct upkeep *u, unsigned core, const struct regime *r, const struct access *a, struct path *p)
{
    *p = (struct path){ .fault = { .type = FAULT_TRANSLATION } };
    if (!regime_tag_ok(r, a->va))
        return;
    path_walk(p, r, &u->options.machine->cluster.core[core].mmu.mem, a);
}

/* True when the registers as last synchronized would have had it otherwise. */
static bool depends(const struct upkeep *u, unsigned core, const struct access *a)
{
    enum regime_id id = regime_of_el(a->el);
    const struct upkeep_core *k = &u->core[core];
    const struct regime *r = upkeep_regime(u, core, id);
    struct path was, is;
    uint64_t page;

    ask(u, core, &k->synced[id], a, &was);
    ask(u, core, r, a, &is);
    if (was.fault.type != FAULT_NONE || is.fault.type != FAULT_NONE)
        return (was.fault.type == FAULT_NONE) != (is.fault.type == FAULT_NONE);
    page = align_down(regime_canonical_va(r, a->va), 12);
    return was.entry.leaf.pa + (page & low_mask(was.entry.tag.size_bits)) !=
           is.entry.leaf.pa + (page & low_mask(is.entry.tag.size_bits));
}

/* An access while registers are not synchronized. A fetch may be that of the ISB itself: the next event says. */
static void access_unsynchronized(struct upkeep *u, unsigned core, const struct access *a)
{
    struct upkeep_core *k = &u->core[core];

    if (k->fetched) {
        upkeep_tell_no_isb(u, core, &k->fetch, k->fetched_at);
        synchronize(k);
        return;
    }
    if (!depends(u, core, a))
        return;
    if (a->kind == ACCESS_FETCH) {
        k->fetched = true;
        k->fetched_at = u->at;
        k->fetch = *a;
        return;
    }
    upkeep_tell_no_isb(u, core, a, u->at);
    synchronize(k);
}

/* ---- Accesses ---------------------------------------------------------------------------------------------------- */

/* The part of an access in one page, looked at unless the page was found right for it and nothing happened since. */
static void access_page(struct upkeep *u, unsigned core, const struct access *a)
{
    struct upkeep_core *k = &u->core[core];
    uint64_t page = a->va.v >> 12 << 1 | (a->el == 2);
    struct upkeep_recent *e = &k->recent[(page ^ page >> 9) % UPKEEP_RECENT];
    unsigned needed = perm_needed(a);
    bool known = e->page == page && e->epoch == k->epoch;

    if (k->changed[regime_of_el(a->el)])
        access_unsynchronized(u, core, a);
    if (known && (e->rights & needed) == needed)
        return;
    if (!upkeep_judge(u, core, a))
        return;
    *e = (struct upkeep_recent){ page, k->epoch, (uint8_t)(needed | (known ? e->rights : 0)) };
}

/* Kinds and sizes in which alignment is no question. */
static struct access plain(const struct access *a)
{
    struct access p = { .va = a->va, .size = 1, .kind = a->kind, .el = a->el, .unpriv = a->unpriv };

    if (a->kind == ACCESS_ZVA)
        p.kind = ACCESS_STORE;
    return p;
}

void upkeep_access(struct upkeep *u, unsigned core, const struct access *a)
{
    struct upkeep_core *k = &u->core[core];
    struct access p = plain(a);

    if (k->started && k->el != a->el) /* an exception or a return came between, which synchronizes */
        synchronize(k);
    k->started = true;
    k->el = a->el;
    access_page(u, core, &p);
    if (!cluster_crosses_page(a))
        return;
    p.va = VA((a->va.v | 0xFFF) + 1);
    access_page(u, core, &p);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

void upkeep_store(struct upkeep *u, unsigned core, pa_t pa, uint64_t bytes)
{
    struct copies *c = &u->copies;

    u->order++;
    copies_find_made(c, pa.v, bytes);
    for (uint32_t i = copies_next(c); i != COPIES_NONE; i = copies_next(c)) {
        struct copy *copy = &c->copy[i];

        copy->stored = u->order;
        copy->stored_at = u->at;
        copy->stored_by = (uint8_t)core;
    }
}

/* In a script: one valid descriptor over another, though no copy of it is left. What is live may be read again at
 * any time before [Arm: R_WHZWS, R_DDMVT]. */
static void judge_direct(struct upkeep *u, pa_t pa, uint64_t value)
{
    const struct upkeep_known *k = u->known ? &u->known[(uint32_t)(pa.v >> 3) % UPKEEP_KNOWN] : NULL;
    uint64_t was;
    struct change_view view;

    if (!k || !k->there || k->word.pa != pa.v || !phys_read64(&u->options.machine->phys, pa, &was))
        return;
    was = path_read(was, k->word.big_endian);
    value = path_read(value, k->word.big_endian);
    view = upkeep_known_view(k);
    if (change_may_be_kept(&view, was) && change_may_be_kept(&view, value) &&
        (change_of(&view, was, value) & CHANGE_BBM))
        upkeep_tell_direct(u, k, was, value);
}

void upkeep_word(struct upkeep *u, pa_t pa, uint64_t value)
{
    upkeep_stir_all(u);
    if (!upkeep_judge_word(u, pa, value))
        judge_direct(u, pa, value);
}

/* ---- Maintenance ------------------------------------------------------------------------------------------------- */

/* The issuing core must have made its stores to what it takes visible first. Returns true when told. */
static bool judge_store(struct upkeep *u, uint32_t i, const struct upkeep_came *came)
{
    const struct copy *c = &u->copies.copy[i];

    if (c->stored == 0 || c->stored_by != came->core || c->stored <= u->core[came->core].dsb[came->tlbi.broadcast])
        return false;
    upkeep_tell_no_dsb_first(u, i, came);
    return true;
}

void upkeep_tlbi(struct upkeep *u, unsigned core, const struct tlbi *t)
{
    const struct upkeep_came came = { .tlbi = *t, .core = (uint8_t)core, .at = u->at };
    struct copies *c = &u->copies;
    struct upkeep_core *k = &u->core[core];
    bool taken = false, told = false;

    u->came[u->came_count++ % UPKEEP_CAME] = came;
    copies_find_taken(c, t, t->broadcast ? ~0u : 1u << core);
    for (uint32_t i = copies_next(c); i != COPIES_NONE; i = copies_next(c)) {
        told = told || judge_store(u, i, &came);
        taken = true;
        copies_go(c, i, core, t->broadcast);
    }
    if (!k->pending[0] && !k->pending[1]) {
        k->depth = 0;
        k->warned = false;
    }
    if (!k->pending[t->broadcast])
        k->of[t->broadcast] = came;
    k->pending[t->broadcast] = true;
    if (taken)
        upkeep_stir_all(u);
}

/* What is complete takes its copies with it: the local ones, or all [Arm: R_PSMWS]. */
static void complete(struct upkeep *u, unsigned core, bool wide)
{
    struct copies *c = &u->copies;
    struct upkeep_core *k = &u->core[core];

    copies_find_going(c, core, wide);
    for (uint32_t i = copies_next(c); i != COPIES_NONE; i = copies_next(c)) {
        if (c->copy[i].doubted)
            upkeep_tell_doubt(u, i, &k->of[!c->key[i].going_local]);
        copies_drop(c, i);
    }
    k->pending[0] = false;
    k->pending[1] = k->pending[1] && !wide;
    upkeep_stir_all(u);
}

/* CRm of DSB: for whom, and for what: 1 loads, 2 stores, 3 both; the reserved 0 is all of it [Arm: C6.2, DSB]. */
void upkeep_dsb(struct upkeep *u, unsigned core, uint32_t opcode)
{
    unsigned what = opcode >> 8 & 3, whom = opcode >> 10 & 3;
    bool wide = whom != 1 || what == 0;
    struct upkeep_core *k = &u->core[core];

    if (what != 1) {
        k->dsb[0] = u->order;
        if (wide)
            k->dsb[1] = u->order;
    }
    if ((k->pending[0] || k->pending[1]) && (what == 3 || what == 0))
        complete(u, core, wide);
}

/* An exception may come between a TLBI and its DSB, and its handler synchronizes without harm: what counts is the
 * code that issued it. */
static void judge_pending(struct upkeep *u, unsigned core, const char *before)
{
    struct upkeep_core *k = &u->core[core];

    if ((!k->pending[0] && !k->pending[1]) || k->depth > 0 || k->warned)
        return;
    upkeep_tell_no_dsb_after(u, &k->of[k->pending[1]], before);
    k->warned = true;
}

void upkeep_isb(struct upkeep *u, unsigned core)
{
    synchronize(&u->core[core]);
    judge_pending(u, core, "ISB");
}

void upkeep_exception(struct upkeep *u, unsigned core)
{
    struct upkeep_core *k = &u->core[core];

    synchronize(k);
    k->depth += k->pending[0] || k->pending[1];
}

void upkeep_return(struct upkeep *u, unsigned core)
{
    struct upkeep_core *k = &u->core[core];

    synchronize(k);
    judge_pending(u, core, "ERET");
    k->depth -= k->depth > 0;
}

/* ---- The end ----------------------------------------------------------------------------------------------------- */

void upkeep_end(struct upkeep *u)
{
    struct copies *c = &u->copies;

    for (unsigned i = 0; i < COPIES_CORES; i++) {
        if (u->core[i].fetched)
            upkeep_tell_no_isb(u, i, &u->core[i].fetch, u->core[i].fetched_at);
    }
    for (uint32_t i = 0; i < c->used; i++) {
        if (c->key[i].tag.valid && c->copy[i].doubted)
            upkeep_tell_doubt(u, i, NULL);
    }
    if (c->no_room > 0)
        upkeep_tell_limit(u);
    copies_clear(c);
    c->no_room = 0;
    for (unsigned i = 0; i < COPIES_CORES; i++)
        u->core[i] = (struct upkeep_core){ .epoch = 1 };
    memset(u->users, 0, sizeof u->users);
    u->came_count = u->order = 0;
    if (u->known)
        memset(u->known, 0, UPKEEP_KNOWN * sizeof *u->known);
}
