/* The order of an explanation: a fresh walk on a machine whose caches are empty, then what became of it, part by
 * part. */
#include "sim/explain/explain.h"

#include "models/cluster/charge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct explain_fetch *explain_last(const struct explanation *e)
{
    return e->fetch_count > 0 ? &e->fetch[e->fetch_count - 1] : NULL;
}

const struct explain_fetch *explain_leaf(const struct explanation *e, unsigned stage)
{
    for (unsigned i = 0; i < e->fetch_count; i++) {
        const struct explain_fetch *f = &e->fetch[i];

        if (f->step.stage == stage && !f->under_stage1 && f->step.hit && f->type == DESC_LEAF)
            return f;
    }
    return NULL;
}

/* Which stages' leaves the walk came to: a stage that refuses an access for its permissions or its memory type has read
 * its leaf, and so has every stage before the one that refuses. */
static void find_leaves(struct explanation *e)
{
    const struct fault *f = &e->walk.x.fault;
    bool by_leaf = f->type == FAULT_PERMISSION || f->type == FAULT_ALIGNMENT, past_stage1;

    if (f->type == FAULT_ALIGNMENT && e->regime.align_check) /* refused before any walk [Arm: D8.15.4 step 1] */
        return;
    past_stage1 = f->type == FAULT_NONE || (f->stage == 2 && !f->s1ptw);
    e->has_s1 = e->regime.stage1_on && (past_stage1 || (f->stage == 1 && by_leaf));
    e->has_s2 = e->regime.stage2_on && past_stage1 && (f->type == FAULT_NONE || by_leaf);
}

/* Appends "a stage-2 block of 2 MB". */
static void say_mapping(struct explanation *e, const struct explain_fetch *leaf)
{
    unsigned size = ttw_level_bits(explain_params(e, leaf->step.stage), leaf->step.level);

    explain_more(&e->result, "in a stage-%u %s of %u %s", leaf->step.stage, leaf->step.level == 3 ? "page" : "block",
                 1u << size % 10,
                 size < 20   ? "KB"
                 : size < 30 ? "MB"
                             : "GB");
}

static void explain_result(struct explanation *e)
{
    const struct xlat *x = &e->walk.x;
    const struct explain_fetch *s1 = explain_leaf(e, 1), *s2 = explain_leaf(e, 2);

    if (e->regime.stage2_on) {
        explain_bare(&e->result, "IPA", explain_hex(x->ipa.v).text);
        if (s1)
            say_mapping(e, s1);
        else
            explain_more(&e->result, "the VA itself: stage 1 is off");
    }
    explain_bare(&e->result, "PA", explain_hex(x->pa.v).text);
    if (s2 || s1)
        say_mapping(e, s2 ? s2 : s1);
    else
        explain_more(&e->result, "the VA itself: stage 1 is off");
}

static unsigned found_in(const struct explanation *e, enum mem_level level)
{
    unsigned n = 0;

    for (unsigned i = 0; i < e->fetch_count; i++)
        n += e->fetch[i].step.found == level;
    return n;
}

/* An ordinary access asks the IPA cache, and fills it on its way. */
static unsigned ipa_cache_hits(const struct explanation *e)
{
    unsigned n = 0;

    for (unsigned i = 0; i < e->cold.x.steps.count; i++)
        n += e->cold.x.steps.step[i].kind == STEP_IPA_CACHE && e->cold.x.steps.step[i].hit;
    return n;
}

static void explain_cost(struct explanation *e)
{
    unsigned hits = ipa_cache_hits(e);

    explain_note(&e->cost, "fresh walk", explain_decimal(e->walk_cycles).text,
                 "cycles with the caches empty; descriptor fetches: %u, of them from memory %u, from L1D %u",
                 e->fetch_count, found_in(e, LEVEL_MEMORY), found_in(e, LEVEL_L1));
    explain_note(&e->cost, "ordinary access", explain_decimal(e->cold.cycles).text,
                 "cycles with the TLBs empty, too; descriptor fetches: %u", e->cold.fetches);
    if (hits > 0)
        explain_more(&e->cost, "; stage-2 walks spared by what the IPA cache has learnt on the way: %u", hits);
}

/* The first page's part of an access that crosses into the next. */
static struct access one_page(struct access a)
{
    uint32_t room = 0x1000 - (uint32_t)(a.va.v & 0xFFF);

    if (a.size > room) {
        a.straddles = access_is_unaligned(&a);
        a.size = room;
    }
    return a;
}

/* Both ways to the answer, each on a machine that has never translated anything. */
static void ask(struct explanation *e, struct machine *m)
{
    struct cluster *c = &m->cluster;
    unsigned core = e->request->core;
    struct charge charge;

    machine_restart(m, &c->config);
    cluster_access(c, core, &e->access, &e->cold);
    charge = charge_alone(c, (enum access_kind)e->access.kind, &e->cold);
    e->cold.cycles = charge.xlat[0];
    machine_restart(m, &c->config);
    cluster_walk(c, core, &e->access, &e->walk, &e->leaf);
    charge = charge_at(c, &e->walk);
    e->walk_cycles = charge.xlat[0];
}

struct explanation *explain(struct machine *m, const struct explain_request *request)
{
    struct explanation *e = calloc(1, sizeof *e);

    if (!e)
        return NULL;
    e->request = request;
    e->access = one_page(request->access);
    e->regs = m->cluster.core[request->core].mmu.regs;
    e->regime = regime_decode(&e->regs, regime_of_el(e->access.el));
    e->half = regime_half(&e->regime, e->access.va);
    ask(e, m);
    find_leaves(e);
    explain_registers(e);
    explain_fetches(e, m);
    if (explain_faulted(e)) {
        explain_fault(e);
    } else {
        explain_result(e);
        explain_type(e);
    }
    explain_permissions(e);
    explain_xen(e);
    explain_cost(e);
    return e;
}
