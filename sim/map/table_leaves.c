/* Walk by walk: what one decides says how far the next is. */
#include "sim/map/table_leaves.h"

#include <string.h>

/* Returns how many stage-1 descriptors a walk has read. */
static unsigned stage1_fetches(const struct xlat *x)
{
    unsigned n = 0;

    for (unsigned i = 0; i < x->steps.count; i++)
        n += x->steps.step[i].kind == STEP_FETCH && x->steps.step[i].stage == 1;
    return n;
}

/* Returns the descriptor of a stage that was read last. */
static uint64_t last_desc(const struct xlat *x, unsigned stage)
{
    uint64_t desc = 0;

    for (unsigned i = 0; i < x->steps.count; i++) {
        if (x->steps.step[i].kind == STEP_FETCH && x->steps.step[i].stage == stage)
            desc = x->steps.step[i].desc;
    }
    return desc;
}

/* Returns how many bytes from `at` the entry of a level goes on. */
static uint64_t rest_of(const struct ttw_params *p, unsigned level, uint64_t at)
{
    unsigned entry_bits = ttw_level_bits(p, level);

    return entry_bits >= 64 ? UINT64_MAX - at : (1ULL << entry_bits) - (at & low_mask(entry_bits));
}

/* Returns how far the answer of a walk that found no stage-1 leaf holds. */
static uint64_t hole(const struct ttw_params *s1, const struct xlat *x, uint64_t va)
{
    unsigned level = x->fault.level;

    if (x->fault.stage == 2) /* of a table */
        level = s1->start_level + stage1_fetches(x);
    return rest_of(s1, level, va);
}

static void fill(struct table_leaf *out, const struct regime *r, const struct xlat *x, const struct tlb_leaf *leaf)
{
    const struct ttw_params *s1 = &r->s1[out->va >> 63];
    bool two = r->stage2_on, no_s2 = x->fault.stage == 2 && x->fault.type != FAULT_PERMISSION;
    unsigned level_s2 = no_s2 ? x->fault.level : leaf->level_s2;
    uint64_t rest2;

    out->fault = x->fault.type;
    out->fault_stage = x->fault.stage;
    out->level_s1 = leaf->level_s1;
    out->level_s2 = (uint8_t)(two ? level_s2 : 0);
    out->perm_s1 = leaf->perm_s1;
    out->perm_s2 = leaf->perm_s2;
    out->s1 = leaf->s1;
    out->s2 = leaf->s2;
    out->desc_s1 = last_desc(x, 1);
    out->desc_s2 = two ? last_desc(x, 2) : 0;
    out->ipa = x->fault.type == FAULT_NONE ? x->ipa.v : x->fault.stage == 2 ? x->fault.ipa.v : 0;
    out->pa = x->fault.type == FAULT_NONE ? x->pa.v : 0;
    out->result = x->fault.type == FAULT_NONE ? x->type.result : leaf->s1;
    out->bytes = rest_of(s1, leaf->level_s1, out->va);
    rest2 = two ? rest_of(&r->s2, level_s2, out->ipa) : out->bytes;
    out->bytes = rest2 < out->bytes ? rest2 : out->bytes;
}

/* A leaf of stage 1 that is mapped, but whose access flag software has yet to set. */
static bool is_old(const struct xlat *x)
{
    return x->fault.type == FAULT_ACCESS_FLAG && x->fault.stage == 1;
}

static void fill_old(struct table_leaf *out, const struct ttw_params *s1, const struct xlat *x)
{
    out->fault = x->fault.type;
    out->fault_stage = 1;
    out->level_s1 = x->fault.level;
    out->desc_s1 = last_desc(x, 1);
    out->ipa = ttw_desc_oa(s1, x->fault.level, DESC_LEAF, out->desc_s1);
    out->bytes = rest_of(s1, x->fault.level, out->va);
}

/* True when a walk came to a leaf of stage 1. */
static bool has_leaf(const struct xlat *x)
{
    return x->fault.type == FAULT_NONE || (x->fault.stage == 2 && !x->fault.s1ptw) || is_old(x);
}

bool table_leaves_each(const struct table_leaves *t, table_leaf_handler *handle, void *context)
{
    const struct regime *r = &t->mmu->regime[t->regime];
    const struct ttw_params *s1 = &r->s1[t->half];
    uint64_t base = t->half ? ~low_mask(s1->ia_bits) : 0, at = 0;

    if (s1->refused != FAULT_NONE || s1->ia_bits >= 64)
        return true;
    for (uint32_t walks = 0; at >> s1->ia_bits == 0; walks++) {
        struct access a = {
            .va = VA(base + at), .size = 1, .kind = ACCESS_LOAD, .el = t->regime == REGIME_EL2 ? 2 : 1
        };
        struct table_leaf leaf = { .va = base + at };
        struct tlb_leaf found;
        struct xlat x;

        if (walks == t->walks_max)
            return false;
        memset(&found, 0, sizeof found);
        mmu_walk(t->mmu, &a, &x, &found);
        if (!has_leaf(&x)) {
            at += hole(s1, &x, a.va.v);
            continue;
        }
        if (is_old(&x))
            fill_old(&leaf, s1, &x);
        else
            fill(&leaf, r, &x, &found);
        if (!handle(context, &leaf))
            return true;
        at += leaf.bytes;
    }
    return true;
}
