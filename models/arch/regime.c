/* Registers to regimes. */
#include "models/arch/regime.h"

static void decode_asid(struct regime *r, const struct sysregs *regs)
{
    uint64_t tcr = regs->v[SYSREG_TCR_EL1];
    uint64_t ttbr = regs->v[bit(tcr, TCR_EL1_A1) ? SYSREG_TTBR1_EL1 : SYSREG_TTBR0_EL1];

    r->asid = (uint16_t)bits(ttbr, TTBR_ASID);
    if (!bit(tcr, TCR_EL1_AS))
        r->asid &= 0xFF; /* the upper 8 bits are treated as 0 [Arm: I_BZXYN] */
}

static void decode_el10(struct regime *r, const struct sysregs *regs)
{
    uint64_t sctlr = regs->v[SYSREG_SCTLR_EL1], hcr = regs->v[SYSREG_HCR_EL2], tcr = regs->v[SYSREG_TCR_EL1];

    r->default_cacheable = bit(hcr, HCR_DC);
    r->tge = bit(hcr, HCR_TGE);
    r->stage1_on = bit(sctlr, SCTLR_M) && !r->default_cacheable && !r->tge;
    r->stage2_on = bit(hcr, HCR_VM) || r->default_cacheable; /* [Arm: R_LBPTY] */
    r->ptw = bit(hcr, HCR_PTW) && !r->tge;
    r->wxn = bit(sctlr, SCTLR_WXN);
    r->align_check = bit(sctlr, SCTLR_A);
    r->data_nc1 = !bit(sctlr, SCTLR_C);
    r->fetch_nc1 = !bit(sctlr, SCTLR_I);
    r->data_nc2 = bit(hcr, HCR_CD);
    r->fetch_nc2 = bit(hcr, HCR_ID);
    r->tbi[0] = bit(tcr, TCR_EL1_TBI0);
    r->tbi[1] = bit(tcr, TCR_EL1_TBI1);
    r->vmid = (uint8_t)bits(regs->v[SYSREG_VTTBR_EL2], VTTBR_VMID);
    r->mair = regs->v[SYSREG_MAIR_EL1];
    r->s1[0] = ttw_decode_el1_lower(regs);
    r->s1[1] = ttw_decode_el1_upper(regs);
    r->s2 = ttw_decode_stage2(regs);
    decode_asid(r, regs);
}

static void decode_el2(struct regime *r, const struct sysregs *regs)
{
    uint64_t sctlr = regs->v[SYSREG_SCTLR_EL2];

    r->stage1_on = bit(sctlr, SCTLR_M);
    r->wxn = bit(sctlr, SCTLR_WXN);
    r->align_check = bit(sctlr, SCTLR_A);
    r->data_nc1 = !bit(sctlr, SCTLR_C);
    r->fetch_nc1 = !bit(sctlr, SCTLR_I);
    r->tbi[0] = bit(regs->v[SYSREG_TCR_EL2], TCR_EL2_TBI);
    r->mair = regs->v[SYSREG_MAIR_EL2];
    r->s1[0] = ttw_decode_el2(regs);
}

struct regime regime_decode(const struct sysregs *regs, enum regime_id id)
{
    struct regime r = { .id = (uint8_t)id };

    if (id == REGIME_EL10)
        decode_el10(&r, regs);
    else
        decode_el2(&r, regs);
    for (unsigned half = 0; half < 2; half++) {
        bool ignored = r.tbi[regime_half(&r, VA((uint64_t)half << 55))];

        r.tag_keep[half] = ignored ? low_mask(56) : ~0ULL;
    }
    return r;
}

/* A disabled stage 1: Device-nGnRnE data; fetches Normal, Non-cacheable or Write-Through by SCTLR.I; with DC
 * Write-Back Non-shareable for both. */
static struct memattr off_attr(const struct regime *r, enum access_kind kind)
{
    if (r->default_cacheable)
        return (struct memattr){ .attr = ATTR_NORMAL_WB_RAWA, .sh = SH_NSH };
    if (kind != ACCESS_FETCH)
        return (struct memattr){ .attr = ATTR_DEVICE_nGnRnE, .sh = SH_OSH };
    return (struct memattr){ .attr = r->fetch_nc1 ? ATTR_NORMAL_NC : ATTR_NORMAL_WT_RA, .sh = SH_OSH };
}

struct memattr regime_stage1_attr(const struct regime *r, struct memattr leaf, enum access_kind kind)
{
    if (!r->stage1_on)
        return off_attr(r, kind);
    return (kind == ACCESS_FETCH ? r->fetch_nc1 : r->data_nc1) ? attr_force_nc(leaf) : leaf;
}

struct memattr regime_stage2_attr(const struct regime *r, struct memattr leaf, enum access_kind kind)
{
    return (kind == ACCESS_FETCH ? r->fetch_nc2 : r->data_nc2) ? attr_force_nc(leaf) : leaf;
}

struct memattr regime_walk_attr(const struct regime *r, const struct ttw_params *p)
{
    return r->data_nc1 ? attr_effective(attr_force_nc(p->walk)) : p->walk;
}
