/* One leaf against one access, stage by stage. */
#include "models/mmu/check.h"

struct fault check_before(const struct regime *r, const struct access *a)
{
    if (r->align_check && access_is_unaligned(a))
        return fault_stage1(FAULT_ALIGNMENT, 0);
    if (!regime_tag_ok(r, a->va))
        return fault_stage1(r->stage1_on ? FAULT_TRANSLATION : FAULT_ADDRESS_SIZE, 0);
    return fault_none();
}

/* Alignment by memory type and DC ZVA [Arm: B2.10.2, D8.15.4 step 6]. */
static bool device_refuses(struct memattr attr, const struct access *a)
{
    return memattr_is_device(attr) && (access_is_unaligned(a) || a->kind == ACCESS_ZVA);
}

struct fault check_stage1(const struct regime *r, const struct tlb_leaf *leaf, const struct access *a)
{
    unsigned needed = perm_needed(a), rights;

    if (device_refuses(regime_stage1_attr(r, leaf->s1, (enum access_kind)a->kind), a))
        return fault_stage1(FAULT_ALIGNMENT, 0);
    if (!r->stage1_on)
        return fault_none();
    rights = r->id == REGIME_EL10 ? perm_rights_el10(leaf->perm_s1, r->wxn) : perm_rights_el2(leaf->perm_s1, r->wxn);
    if ((rights & needed) != needed || (a->kind == ACCESS_FETCH && memattr_is_device(leaf->s1)))
        return fault_stage1(FAULT_PERMISSION, leaf->level_s1);
    return fault_none();
}

struct fault check_stage2(const struct regime *r, const struct tlb_leaf *leaf, const struct access *a)
{
    unsigned needed = perm_needed(a);
    ipa_t ipa = IPA(leaf->ipa);

    if (device_refuses(regime_stage2_attr(r, leaf->s2, (enum access_kind)a->kind), a))
        return fault_stage2(FAULT_ALIGNMENT, 0, ipa);
    if ((perm_rights_stage2(leaf->perm_s2) & needed) != needed ||
        (a->kind == ACCESS_FETCH && memattr_is_device(leaf->s2)))
        return fault_stage2(FAULT_PERMISSION, leaf->level_s2, ipa);
    return fault_none();
}

struct memattr check_attr(const struct regime *r, const struct tlb_leaf *leaf, unsigned stages, enum access_kind kind)
{
    struct memattr s1 = regime_stage1_attr(r, leaf->s1, kind);

    if (!(stages & TLB_STAGE2))
        return attr_effective(s1);
    return attr_combine(s1, regime_stage2_attr(r, leaf->s2, kind));
}
