/* When an entry answers, when it harms, what takes it away. See kept.h. */
#include "tests/oracle/kept.h"

#include "tests/oracle/kept_controls.h"
#include "tests/oracle/naive_try.h"

uint64_t kept_canonical(bool el2, uint64_t va)
{
    const uint64_t low = naive_bits(va, 55, 0);

    return !el2 && naive_bit(va, 55) ? low | 0xffull << 56 : low;
}

unsigned kept_granule1(const struct naive_regs *regs, bool el2, bool upper)
{
    if (el2)
        return naive_bits(regs->tcr_el2, 15, 14) == 1 ? 16 : 12;
    if (upper)
        return naive_bits(regs->tcr_el1, 31, 30) == 3 ? 16 : 12;
    return naive_bits(regs->tcr_el1, 15, 14) == 1 ? 16 : 12;
}

unsigned kept_granule2(const struct naive_regs *regs)
{
    return naive_bits(regs->vtcr_el2, 15, 14) == 1 ? 16 : 12;
}

unsigned kept_spoil(struct kept *k, uint64_t pa)
{
    unsigned count = 0;

    for (unsigned i = 0; i < k->count; i++) {
        struct kept_entry *e = &k->entry[i];

        for (unsigned r = 0; r < e->read_count; r++) {
            if (e->read[r] == pa) {
                e->stale = true;
                count++;
                break;
            }
        }
    }
    return count;
}

static bool is_stage2(const struct kept_entry *e)
{
    return e->kind == KEPT_S2_LEAF || e->kind == KEPT_S2_TABLE;
}

bool kept_in_reach(const struct kept_entry *e, const struct naive_regs *regs)
{
    if (e->el2)
        return e->s1_on == kept_stage1_on(regs, true);
    if (e->vmid != kept_vmid(regs) || e->s2_on != kept_stage2_on(regs))
        return false;
    if (is_stage2(e))
        return true;
    return e->s1_on == kept_stage1_on(regs, false) && (e->global || e->asid == kept_asid(regs));
}

bool kept_harms(const struct kept_entry *e, const struct naive_regs *regs)
{
    if (!kept_in_reach(e, regs))
        return false;
    if (e->stale || e->controls != kept_controls(regs, e))
        return true;
    if (e->s2_on && e->root2 != kept_root2(regs))
        return true;
    if (is_stage2(e) || !e->s1_on)
        return false;
    return e->root1 != kept_root1(regs, e->el2, e->upper) || kept_walks_disabled(regs, e->el2, e->upper);
}

static bool lies_in(uint64_t address, uint64_t base, unsigned size_bits)
{
    return (address ^ base) >> size_bits == 0;
}

bool kept_answers(const struct kept *k, enum kept_kind kind, const struct naive_regs *regs, bool el2, uint64_t address)
{
    for (unsigned i = 0; i < k->count; i++) {
        const struct kept_entry *e = &k->entry[i];

        if (e->kind == (uint8_t)kind && e->el2 == el2 && lies_in(address, e->hit_base, e->hit_bits) &&
            kept_in_reach(e, regs))
            return true;
    }
    return false;
}

/* An operation by address finds what was made with the granule that both sides use now. [Arm: R_XMZFH] */
static bool granule1_agrees(const struct kept_entry *e, const struct kept_drop *drop, const struct naive_regs *target)
{
    return !e->s1_on || (kept_granule1(drop->issuer, e->el2, e->upper) == e->granule1 &&
                         kept_granule1(target, e->el2, e->upper) == e->granule1);
}

static bool by_va(const struct kept_entry *e, const struct kept_drop *drop, const struct naive_regs *target)
{
    const uint64_t va = kept_canonical(e->el2, naive_bits(drop->xt, 43, 0) << 12);

    return lies_in(va, e->drop_base, e->drop_bits) && granule1_agrees(e, drop, target);
}

static bool by_ipa(const struct kept_entry *e, const struct kept_drop *drop, const struct naive_regs *target)
{
    return lies_in(naive_bits(drop->xt, 35, 0) << 12, e->drop_base, e->drop_bits) &&
           kept_granule2(drop->issuer) == e->granule2 && kept_granule2(target) == e->granule2;
}

/* The asid rule of the operations that take one: globals do not ask, table pointers are never global. [Arm: R_CHVGJ] */
static bool asid_agrees(const struct kept_entry *e, const struct kept_drop *drop)
{
    return e->global || e->asid == drop->xt >> 48;
}

static bool el10_is_dropped(const struct kept_entry *e, const struct kept_drop *drop, const struct naive_regs *target)
{
    const bool leaf = e->kind == KEPT_LEAF, stage1 = leaf || e->kind == KEPT_TABLE;

    if (drop->op == TLBI_ALLE1)
        return true;
    if (e->vmid != kept_vmid(drop->issuer))
        return false;
    switch (drop->op) {
    case TLBI_VMALLS12E1:
        return true;
    case TLBI_VMALLE1:
        return stage1;
    case TLBI_VAE1:
        return stage1 && by_va(e, drop, target) && asid_agrees(e, drop);
    case TLBI_VALE1:
        return leaf && by_va(e, drop, target) && asid_agrees(e, drop);
    case TLBI_VAAE1:
        return stage1 && by_va(e, drop, target);
    case TLBI_VAALE1:
        return leaf && by_va(e, drop, target);
    case TLBI_ASIDE1:
        return stage1 && !e->global && e->asid == drop->xt >> 48;
    case TLBI_IPAS2E1:
        return !stage1 && by_ipa(e, drop, target);
    case TLBI_IPAS2LE1:
        return e->kind == KEPT_S2_LEAF && by_ipa(e, drop, target);
    case TLBI_ALLE1:
    case TLBI_ALLE2:
    case TLBI_VAE2:
    case TLBI_VALE2:
    case TLBI_ALLE3:
    case TLBI_VAE3:
    case TLBI_VALE3:
    case TLBI_OP_COUNT:
        break;
    }
    return false;
}

bool kept_is_dropped(const struct kept_entry *e, const struct kept_drop *drop, const struct naive_regs *target)
{
    if (!e->el2)
        return el10_is_dropped(e, drop, target);
    if (drop->op == TLBI_ALLE2)
        return true;
    if (drop->op != TLBI_VAE2 && (drop->op != TLBI_VALE2 || e->kind != KEPT_LEAF))
        return false;
    return by_va(e, drop, target);
}

unsigned kept_drop(struct kept *k, const struct kept_drop *drop, const struct naive_regs *target)
{
    unsigned left = 0, before = k->count;

    for (unsigned i = 0; i < before; i++) {
        if (kept_is_dropped(&k->entry[i], drop, target))
            continue;
        if (left != i)
            k->entry[left] = k->entry[i];
        left++;
    }
    k->count = left;
    return before - left;
}
