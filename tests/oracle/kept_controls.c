/* See kept_controls.h. */
#include "tests/oracle/kept_controls.h"

#include "tests/oracle/naive_try.h"

enum { HCR_BIT_VM = 0, HCR_BIT_PTW = 2, HCR_BIT_DC = 12, HCR_BIT_TGE = 27 };

bool kept_stage1_on(const struct naive_regs *regs, bool el2)
{
    if (el2)
        return naive_bit(regs->sctlr_el2, 0);
    return naive_bit(regs->sctlr_el1, 0) && !naive_bit(regs->hcr_el2, HCR_BIT_DC) &&
           !naive_bit(regs->hcr_el2, HCR_BIT_TGE);
}

bool kept_stage2_on(const struct naive_regs *regs)
{
    return naive_bit(regs->hcr_el2, HCR_BIT_VM) || naive_bit(regs->hcr_el2, HCR_BIT_DC);
}

uint8_t kept_vmid(const struct naive_regs *regs)
{
    return (uint8_t)naive_bits(regs->vttbr_el2, 55, 48);
}

uint16_t kept_asid(const struct naive_regs *regs)
{
    const uint64_t ttbr = naive_bit(regs->tcr_el1, 22) /* A1 */ ? regs->ttbr1_el1 : regs->ttbr0_el1;

    return (uint16_t)(naive_bit(regs->tcr_el1, 36) /* AS */ ? ttbr >> 48 : naive_bits(ttbr, 55, 48));
}

uint64_t kept_root1(const struct naive_regs *regs, bool el2, bool upper)
{
    if (el2)
        return naive_bits(regs->ttbr0_el2, 47, 0);
    return naive_bits(upper ? regs->ttbr1_el1 : regs->ttbr0_el1, 47, 0);
}

uint64_t kept_root2(const struct naive_regs *regs)
{
    return naive_bits(regs->vttbr_el2, 47, 0);
}

bool kept_walks_disabled(const struct naive_regs *regs, bool el2, bool upper)
{
    return !el2 && naive_bit(regs->tcr_el1, upper ? 23 : 7);
}

static uint64_t mix(uint64_t digest, uint64_t value)
{
    digest = (digest ^ value) * 0x9e3779b97f4a7c15;
    return digest ^ digest >> 29;
}

/* All of TCR but A1 and the EPD bits, which a TLB may not keep when they are 1; MAIR; SCTLR's WXN and EE; HCR_EL2.DC
 * and PTW; VTCR_EL2; SCTLR_EL2.EE for stage 2. M, VM and TGE are the choice that kept_in_reach names. SCTLR's C, I, A
 * and HCR_EL2.CD, ID act at once. [Arm: TCR_EL1, MAIR_EL1, R_PNSFD, HCR_EL2, VTCR_EL2 "permitted to be cached in a
 * TLB"] */
uint64_t kept_controls(const struct naive_regs *regs, const struct kept_entry *e)
{
    const uint64_t wxn_ee = 1ull << 19 | 1ull << 25, not_kept = 1ull << 22 | 1ull << 23 | 1ull << 7;
    const bool stage2_only = e->kind == KEPT_S2_LEAF || e->kind == KEPT_S2_TABLE;
    uint64_t digest = 1;

    if (e->el2)
        return mix(mix(mix(digest, regs->tcr_el2), regs->mair_el2), regs->sctlr_el2 & wxn_ee);
    if (!stage2_only) {
        digest = mix(digest, regs->tcr_el1 & ~not_kept);
        digest = mix(digest, e->s1_on ? regs->mair_el1 : naive_bit(regs->hcr_el2, HCR_BIT_DC));
        digest = mix(digest, regs->sctlr_el1 & wxn_ee);
    }
    if (e->s2_on) {
        digest = mix(digest, regs->vtcr_el2);
        digest = mix(digest, regs->sctlr_el2 & 1ull << 25);
        digest = mix(digest, naive_bit(regs->hcr_el2, HCR_BIT_PTW));
    }
    return digest;
}
