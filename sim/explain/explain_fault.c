/* A fault: which check refused, what it looked at, and what the core writes into its registers. */
#include "sim/explain/explain.h"

#include <inttypes.h>

static const struct fault *fault_of(const struct explanation *e)
{
    return &e->walk.x.fault;
}

/* ---- Refused before the stage's first fetch [Arm: D8.15.4 steps 1 to 3] ---- */

static void why_tag(struct explanation *e)
{
    if (e->regime.id == REGIME_EL2)
        explain_note(&e->fault, "why", "", "VA[63:56] is not zero, and TCR_EL2.TBI is 0");
    else
        explain_note(&e->fault, "why", "", "VA[63:56] are not what VA[55] is, and TCR_EL1.TBI%u is 0", e->half);
}

static void why_stage1_unwalkable(struct explanation *e)
{
    const struct ttw_params *p = explain_params(e, 1);
    uint64_t tcr = e->regs.v[sysreg_by_name(explain_tcr(e))];
    bool el10 = e->regime.id == REGIME_EL10;

    if (p->refused != FAULT_TRANSLATION)
        explain_note(&e->fault, "why", "", "the VA is beyond the %u bits that %s.T%uSZ leaves", p->ia_bits,
                     explain_tcr(e), e->half);
    else if (el10 && bit(tcr, e->half ? TCR_EL1_EPD1 : TCR_EL1_EPD0))
        explain_note(&e->fault, "why", "", "TCR_EL1.EPD%u is 1: nothing is walked from %s", e->half, explain_ttbr(e));
    else
        explain_note(&e->fault, "why", "", "%s.T%uSZ is %u, not 16 to 39 [choice]", explain_tcr(e), e->half,
                     64u - p->ia_bits);
}

static void why_stage1_before(struct explanation *e)
{
    const struct ttw_params *p = explain_params(e, 1);

    if (!regime_tag_ok(&e->regime, e->access.va))
        why_tag(e);
    else if (!e->regime.stage1_on)
        explain_note(&e->fault, "why", "", "stage 1 is off, so that the VA is the output: it has more than %d bits",
                     PA_BITS);
    else if (fault_of(e)->type == FAULT_TRANSLATION)
        why_stage1_unwalkable(e);
    else
        explain_note(&e->fault, "why", "", "the table that %s points to is beyond the %u bits of %s.%s",
                     explain_ttbr(e), p->oa_bits, explain_tcr(e), e->regime.id == REGIME_EL10 ? "IPS" : "PS");
}

static void why_stage2_before(struct explanation *e)
{
    const struct ttw_params *p = explain_params(e, 2);

    if (fault_of(e)->type != FAULT_TRANSLATION)
        explain_note(&e->fault, "why", "", "the table that VTTBR_EL2 points to is beyond the %u bits of VTCR_EL2.PS",
                     p->oa_bits);
    else if (p->refused == FAULT_TRANSLATION)
        explain_note(&e->fault, "why", "", "VTCR_EL2.T0SZ and SL0 do not fit each other, or are reserved [choice]");
    else
        explain_note(&e->fault, "why", "", "the IPA is beyond the %u bits that VTCR_EL2.T0SZ leaves", p->ia_bits);
}

/* ---- Refused at a descriptor [Arm: D8.15.4 steps 4, 5] ---- */

static void why_invalid(struct explanation *e, const struct explain_fetch *f)
{
    uint64_t desc = f->step.desc;

    if (!bit(desc, 0))
        explain_note(&e->fault, "why", "", "the descriptor is invalid: bit 0 is 0");
    else if (f->step.level == 3)
        explain_note(&e->fault, "why", "", "the descriptor is reserved: bits [1:0] are 0b01 at level 3");
    else
        explain_note(&e->fault, "why", "", "the descriptor is invalid: the %u KB granule has no blocks at level %u",
                     1u << (explain_params(e, f->step.stage)->granule_bits - 10), f->step.level);
    if (f->absent)
        explain_more(&e->fault, "; %s",
                     e->request->of_trace ? "but the trace does not carry its page, so this may not be what it was"
                     : e->request->of_snapshot
                         ? "but the snapshot does not have its page, so this may not be what it was"
                         : "nobody has written its page");
}

static void why_descriptor(struct explanation *e, const struct explain_fetch *f)
{
    const char *size = f->step.stage == 2 ? "VTCR_EL2.PS" : e->regime.id == REGIME_EL10 ? "TCR_EL1.IPS" : "TCR_EL2.PS";

    if (!f->step.hit)
        explain_note(&e->fault, "why", "", "nothing answers at PA 0x%" PRIx64 ": no memory exists there",
                     f->step.address);
    else if (fault_of(e)->type == FAULT_TRANSLATION)
        why_invalid(e, f);
    else if (fault_of(e)->type == FAULT_ADDRESS_SIZE)
        explain_note(&e->fault, "why", "", "the address in the descriptor, 0x%" PRIx64 ", is beyond the %u bits of %s",
                     f->output, explain_params(e, f->step.stage)->oa_bits, size);
    else
        explain_note(&e->fault, "why", "", "AF is 0: software is to note the first use, v8.0 does not set it");
}

/* ---- Refused by what a leaf says [Arm: D8.15.4 steps 6, 7] ---- */

static const char *kind_name(const struct explanation *e)
{
    return e->access.kind == ACCESS_FETCH ? "execute" : e->access.kind == ACCESS_STORE ? "write" : "read";
}

static void why_permission(struct explanation *e)
{
    const struct fault *f = fault_of(e);
    const struct explain_fetch *last = explain_last(e);
    char text[96];

    if (!f->s1ptw) {
        explain_right_taken(e, f->stage, perm_needed(&e->access), text);
        explain_note(&e->fault, "why", "", "EL%u may not %s: stage %u takes that away: %s", e->access.el, kind_name(e),
                     f->stage, text);
    } else if (!(ttw_leaf_perm_s2(last->step.desc) & PERM_S2_READ)) {
        explain_note(&e->fault, "why", "", "the walker may not read the stage-1 table: S2AP[0] 0 at stage 2");
    } else {
        explain_note(&e->fault, "why", "",
                     "HCR_EL2.PTW is 1, and stage 2 maps the stage-1 table as Device: MemAttr 0x%x [Arm: HCR_EL2.PTW]",
                     (unsigned)bits(last->step.desc, DESC_MemAttr));
    }
}

static void why_alignment(struct explanation *e)
{
    if (e->regime.align_check)
        explain_note(&e->fault, "why", "", "%s.A is 1: what is not aligned to its size is refused, whatever it is",
                     explain_sctlr(e));
    else
        explain_note(&e->fault, "why", "", "stage %u says Device, where what is not aligned to its size is refused%s",
                     fault_of(e)->stage,
                     fault_of(e)->stage == 1 && !e->regime.stage1_on ? ": it is off, so that all data is Device" : "");
    explain_more(&e->fault, "; a smaller --size may be aligned");
}

static bool stage_has_fetched(const struct explanation *e, unsigned stage)
{
    const struct explain_fetch *last = explain_last(e);

    return last && last->step.stage == stage;
}

static void why(struct explanation *e)
{
    const struct fault *f = fault_of(e);

    switch ((enum fault_type)f->type) {
    case FAULT_ALIGNMENT:
        why_alignment(e);
        return;
    case FAULT_PERMISSION:
        why_permission(e);
        return;
    case FAULT_ADDRESS_SIZE:
    case FAULT_TRANSLATION:
    case FAULT_ACCESS_FLAG:
    case FAULT_EXTERNAL_ON_WALK:
        /* stage 2 never starts at level 0: 40-bit IPAs */
        if (stage_has_fetched(e, f->stage) && !(f->stage == 2 && f->level == 0))
            why_descriptor(e, explain_last(e));
        else if (f->stage == 1)
            why_stage1_before(e);
        else
            why_stage2_before(e);
        return;
    case FAULT_NONE:
    case FAULT_TYPE_COUNT:
        break;
    }
}

/* ---- What the core does about it ---- */

/* ESR by its fields; those that the instruction itself decides are not known. */
static void say_esr(struct explanation *e)
{
    const struct exception *x = &e->walk.exception;
    bool fetch = e->access.kind == ACCESS_FETCH, same = bits(x->esr, ESR_EC) & 1;

    explain_note(&e->fault, x->el == 2 ? "ESR_EL2" : "ESR_EL1", explain_hex(x->esr).text,
                 "ISV and what depends on it are the instruction's");
    explain_note(&e->fault, "  EC", explain_hex(bits(x->esr, ESR_EC)).text, "%s Abort from %s",
                 fetch ? "Instruction" : "Data", same ? "the level that takes it" : "a lower level");
    explain_note(&e->fault, fetch ? "  IFSC" : "  DFSC", explain_hex(bits(x->esr, ESR_FSC)).text, "%s",
                 fault_name((enum fault_type)fault_of(e)->type));
    if (fault_of(e)->type != FAULT_ALIGNMENT)
        explain_more(&e->fault, ", level %u", fault_of(e)->level);
    explain_note(&e->fault, "  S1PTW", explain_bits(bit(x->esr, ESR_S1PTW), 1).text, "%s",
                 bit(x->esr, ESR_S1PTW) ? "stage 2 of a stage-1 descriptor"
                                        : "not on a stage-1 walk's way through stage 2");
    if (!fetch)
        explain_note(&e->fault, "  WnR", explain_bits(bit(x->esr, ESR_WnR), 1).text, "%s",
                     bit(x->esr, ESR_WnR) ? "a write" : "a read");
}

static void say_syndrome(struct explanation *e)
{
    const struct exception *x = &e->walk.exception;

    say_esr(e);
    explain_bare(&e->fault, x->el == 2 ? "FAR_EL2" : "FAR_EL1", explain_hex(x->far).text);
    if (x->hpfar_valid) /* [Arm: HPFAR_EL2] FIPA[47:12] in bits [43:4] */
        explain_note(&e->fault, "HPFAR_EL2", explain_hex(x->hpfar).text, "IPA 0x%" PRIx64, x->hpfar << 8);
    else if (x->el == 2 && fault_of(e)->stage == 2)
        explain_note(&e->fault, "HPFAR_EL2", "", "not written: the IPA is for software to find, 0x%" PRIx64,
                     fault_of(e)->ipa.v);
}

/* [Arm: AArch64.DataAbort; A.g: D1.13] */
static void say_taken_to(struct explanation *e)
{
    explain_bare(&e->fault, "taken to", e->walk.exception.el == 2 ? "EL2" : "EL1");
    if (e->access.el == 2)
        explain_more(&e->fault, "EL2 itself was at work");
    else if (fault_of(e)->stage == 2)
        explain_more(&e->fault, "stage 2 is the hypervisor's");
    else
        explain_more(&e->fault, e->regime.tge ? "HCR_EL2.TGE is 1" : "stage 1 is the guest's own");
}

void explain_fault(struct explanation *e)
{
    const struct fault *f = fault_of(e);
    const char *name = fault_name((enum fault_type)f->type);

    if (f->type == FAULT_ALIGNMENT)
        explain_note(&e->fault, "fault", name, "stage %u", f->stage);
    else
        explain_note(&e->fault, "fault", name, "stage %u, level %u", f->stage, f->level);
    if (f->s1ptw)
        explain_more(&e->fault, ", on the way to a stage-1 descriptor at IPA 0x%" PRIx64, f->ipa.v);
    else if (f->stage == 2)
        explain_more(&e->fault, ", IPA 0x%" PRIx64, f->ipa.v);
    why(e);
    say_taken_to(e);
    say_syndrome(e);
}
