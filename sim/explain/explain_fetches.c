/* The fetches of a walk, each with what it was for: the models tell where a descriptor was fetched and what it said;
 * which address was being translated then follows from the descriptors before it. */
#include "sim/explain/explain.h"

/* Where stage 1 stands. */
struct place {
    bool walking; /* its leaf has not been read yet */
    unsigned level;
    uint64_t table;
};

/* Of the VA as stage 1 sees it. */
static uint64_t stage1_place(const struct explanation *e, const struct place *at)
{
    return ttw_desc_address(explain_params(e, 1), at->level, at->table, regime_canonical_va(&e->regime, e->access.va));
}

static void take_stage1(const struct explanation *e, struct place *at, struct explain_fetch *f)
{
    f->input = e->access.va.v;
    f->place = stage1_place(e, at);
    if (f->type == DESC_TABLE) {
        at->level++;
        at->table = f->output;
    } else {
        at->walking = false;
    }
}

static void take_stage2(const struct explanation *e, const struct place *at, struct explain_fetch *f)
{
    const struct xlat *x = &e->walk.x;

    f->place = f->step.address;
    f->under_stage1 = at->walking;
    if (at->walking)
        f->input = stage1_place(e, at);
    else
        f->input = x->fault.type == FAULT_NONE ? x->ipa.v : x->fault.ipa.v;
}

void explain_fetches(struct explanation *e, const struct machine *m)
{
    struct place at = { .walking = e->regime.stage1_on };

    at.level = explain_params(e, 1)->start_level;
    at.table = explain_params(e, 1)->base;
    for (unsigned i = 0; i < e->walk.x.steps.count; i++) {
        const struct step *s = &e->walk.x.steps.step[i];
        const struct ttw_params *p = explain_params(e, s->stage);
        struct explain_fetch *f = &e->fetch[e->fetch_count++];

        f->step = *s;
        f->absent = !machine_holds(m, PA(s->address));
        f->type = (uint8_t)ttw_desc_type(p, s->level, s->desc);
        if (f->type != DESC_INVALID)
            f->output = ttw_desc_oa(p, s->level, (enum desc_type)f->type, s->desc);
        if (s->stage == 1)
            take_stage1(e, &at, f);
        else
            take_stage2(e, &at, f);
        explain_descriptor(e, f);
    }
}
