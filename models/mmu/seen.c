/* Rights and memory type of a leaf, from both stages. */
#include "models/mmu/seen.h"

#include "models/mmu/check.h"

/* True when neither stage calls the memory Device, as data get it. */
static bool is_normal(const struct regime *r, const struct tlb_leaf *leaf)
{
    return !memattr_is_device(regime_stage1_attr(r, leaf->s1, ACCESS_LOAD)) &&
           !(r->stage2_on && memattr_is_device(regime_stage2_attr(r, leaf->s2, ACCESS_LOAD)));
}

/* The rights both stages give, without those that a fetch from Device memory takes away, and MMU_NORMAL. */
static uint8_t rights_of(const struct regime *r, const struct tlb_leaf *leaf)
{
    unsigned rights = RIGHTS_ALL;

    if (r->stage1_on) {
        rights &=
            r->id == REGIME_EL10 ? perm_rights_el10(leaf->perm_s1, r->wxn) : perm_rights_el2(leaf->perm_s1, r->wxn);
        if (memattr_is_device(leaf->s1))
            rights &= ~(unsigned)(RIGHT_X0 | RIGHT_X1);
    }
    if (r->stage2_on) {
        rights &= perm_rights_stage2(leaf->perm_s2);
        if (memattr_is_device(leaf->s2))
            rights &= ~(unsigned)(RIGHT_X0 | RIGHT_X1);
    }
    return (uint8_t)(rights | (is_normal(r, leaf) ? MMU_NORMAL : 0));
}

/* The memory type that an access of a kind gets from a leaf. */
static struct mem_type type_of(const struct regime *r, const struct tlb_leaf *leaf, enum access_kind kind)
{
    struct mem_type t = { .stages = tlb_stages_of(r) };

    t.result = check_attr(r, leaf, t.stages, kind);
    t.s1 = regime_stage1_attr(r, leaf->s1, kind);
    if (r->stage2_on)
        t.s2 = regime_stage2_attr(r, leaf->s2, kind);
    t.cached = attr_is_cached(t.result);
    return t;
}

struct mmu_seen mmu_seen(const struct regime *r, const struct tlb_leaf *leaf, enum access_kind kind)
{
    return (struct mmu_seen){ tlb_leaf_said(leaf), type_of(r, leaf, kind), rights_of(r, leaf) };
}
