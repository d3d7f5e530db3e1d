/* The registers that steer a translation, and what they say about it. */
#include "sim/explain/explain.h"

#include <inttypes.h>

static bool is_el2(const struct explanation *e)
{
    return e->regime.id == REGIME_EL2;
}

const char *explain_sctlr(const struct explanation *e)
{
    return is_el2(e) ? "SCTLR_EL2" : "SCTLR_EL1";
}

const char *explain_tcr(const struct explanation *e)
{
    return is_el2(e) ? "TCR_EL2" : "TCR_EL1";
}

const char *explain_ttbr(const struct explanation *e)
{
    return is_el2(e) ? "TTBR0_EL2" : e->half ? "TTBR1_EL1" : "TTBR0_EL1";
}

const char *explain_mair(const struct explanation *e)
{
    return is_el2(e) ? "MAIR_EL2" : "MAIR_EL1";
}

static uint64_t value_of(const struct explanation *e, const char *name)
{
    return e->regs.v[sysreg_by_name(name)];
}

/* [Arm: HCR_EL2] */
static void say_hcr(struct explanation *e)
{
    uint64_t hcr = e->regs.v[SYSREG_HCR_EL2];

    explain_note(&e->registers, "HCR_EL2", explain_hex(hcr).text, "stage 2 is %s: VM %d, DC %d; TGE %d, PTW %d, ",
                 e->regime.stage2_on ? "on" : "off", bit(hcr, HCR_VM), bit(hcr, HCR_DC), bit(hcr, HCR_TGE),
                 bit(hcr, HCR_PTW));
    explain_more(&e->registers, "CD %d, ID %d", bit(hcr, HCR_CD), bit(hcr, HCR_ID));
}

static void say_sctlr(struct explanation *e)
{
    uint64_t sctlr = value_of(e, explain_sctlr(e));

    explain_note(&e->registers, explain_sctlr(e), explain_hex(sctlr).text, "stage 1 is %s: M %d",
                 e->regime.stage1_on ? "on" : "off", bit(sctlr, SCTLR_M));
    if (bit(sctlr, SCTLR_M) && !e->regime.stage1_on)
        explain_more(&e->registers, ", overruled by HCR_EL2.%s", e->regime.tge ? "TGE" : "DC");
    explain_more(&e->registers, "; C %d, I %d, WXN %d, A %d, EE %d", bit(sctlr, SCTLR_C), bit(sctlr, SCTLR_I),
                 bit(sctlr, SCTLR_WXN), bit(sctlr, SCTLR_A), bit(sctlr, SCTLR_EE));
}

/* Appends what a stage's geometry comes to. */
static void say_geometry(struct explanation *e, const struct ttw_params *p, const char *input)
{
    if (p->refused == FAULT_TRANSLATION) {
        explain_more(&e->registers, "; nothing can be walked so");
        return;
    }
    explain_more(&e->registers, ": %u-bit %ss, %u KB granule, %u-bit output; the walk starts at level %u", p->ia_bits,
                 input, 1u << (p->granule_bits - 10), p->oa_bits, p->start_level);
    if (p->root_bits > p->granule_bits - 3u)
        explain_more(&e->registers, " with %u tables side by side", 1u << (p->root_bits - (p->granule_bits - 3u)));
    explain_more(&e->registers, "; its fetches are %s %s", attr_name(p->walk), attr_sh_name(p->walk.sh));
}

static void say_stage1(struct explanation *e)
{
    const struct ttw_params *p = &e->regime.s1[e->half];
    uint64_t tcr = value_of(e, explain_tcr(e)), ttbr = value_of(e, explain_ttbr(e));
    unsigned txsz = (unsigned)(e->half ? bits(tcr, TCR_EL1_T1SZ) : bits(tcr, TCR_EL1_T0SZ));

    explain_note(&e->registers, explain_tcr(e), explain_hex(tcr).text, "T%uSZ %u", e->half, txsz);
    if (!is_el2(e) && bit(tcr, e->half ? TCR_EL1_EPD1 : TCR_EL1_EPD0))
        explain_more(&e->registers, ", EPD%u 1", e->half);
    if (e->regime.tbi[e->half])
        explain_more(&e->registers, ", top byte ignored");
    say_geometry(e, p, "VA");
    explain_note(&e->registers, explain_ttbr(e), explain_hex(ttbr).text, "first table at %s 0x%" PRIx64,
                 e->regime.stage2_on ? "IPA" : "PA", p->base);
    if (!is_el2(e)) {
        explain_more(&e->registers, "; VA[55] is %u", e->half);
        explain_note(&e->registers, "ASID", explain_hex(e->regime.asid).text, "of TTBR%d_EL1: TCR_EL1.A1 %d, AS %d",
                     bit(tcr, TCR_EL1_A1), bit(tcr, TCR_EL1_A1), bit(tcr, TCR_EL1_AS));
    }
    explain_bare(&e->registers, explain_mair(e), explain_hex(e->regime.mair).text);
}

static void say_stage2(struct explanation *e)
{
    const struct ttw_params *p = &e->regime.s2;
    uint64_t vtcr = e->regs.v[SYSREG_VTCR_EL2];

    explain_note(&e->registers, "VTCR_EL2", explain_hex(vtcr).text, "T0SZ %u, SL0 %u",
                 (unsigned)bits(vtcr, TCR_EL1_T0SZ), (unsigned)bits(vtcr, VTCR_EL2_SL0));
    say_geometry(e, p, "IPA");
    explain_note(&e->registers, "VTTBR_EL2", explain_hex(e->regs.v[SYSREG_VTTBR_EL2]).text,
                 "first table at PA 0x%" PRIx64 "; VMID %u", p->base, e->regime.vmid);
    if (e->request->xen && e->regime.vmid == 1) /* the first free one is taken [Xen: p2m.c@4.8.0:1233] */
        explain_more(&e->registers, ", which Xen gives to dom0");
}

void explain_registers(struct explanation *e)
{
    if (!is_el2(e))
        say_hcr(e);
    say_sctlr(e);
    if (e->regime.stage1_on)
        say_stage1(e);
    if (e->regime.stage2_on)
        say_stage2(e);
}
