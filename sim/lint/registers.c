/* Registers that steer walks: fields that are reserved, not implemented, or do not fit each other. */
#include "models/arch/regime.h"
#include "sim/lint/tables.h"

#include <inttypes.h>

/* One stage of one register, its fields where TCR_EL1 has those of TTBR0. */
struct control {
    const char *name; /* "TCR_EL1" */
    const char *size; /* "T0SZ" */
    const char *granule;
    uint64_t value;  /* shifted so */
    unsigned tg_bad; /* a set of granule values that the core has not, by 1 << value */
    const struct ttw_params *params;
};

/* TG0: 10 is 16 KB, 11 reserved; TG1: 00 reserved, 01 16 KB [Arm: TCR_EL1] [A53: 5.1, no 16 KB granule]. */
#define TG0_BAD (1u << 2 | 1u << 3)
#define TG1_BAD (1u << 0 | 1u << 1)

static void check_granule(const struct control *c, const char *owner, struct lint_report *r)
{
    unsigned tg = (unsigned)bits(c->value, TCR_EL1_TG0);

    if (c->tg_bad >> tg & 1)
        lint_find(r, LINT_RESERVED_REGISTER, owner, "%s.%s = %u is no granule of this core; here it acts as 4 KB",
                  c->name, c->granule, tg);
}

static void check_output(const char *name, const char *field, unsigned ps, const char *owner, struct lint_report *r)
{
    if (ps > 5)
        lint_find(r, LINT_RESERVED_REGISTER, owner, "%s.%s = %u is reserved; here it acts as %u bits", name, field, ps,
                  PA_BITS);
}

static void check_base(const struct control *c, const char *ttbr, const char *owner, struct lint_report *r)
{
    if (c->params->refused == FAULT_ADDRESS_SIZE)
        lint_find(r, LINT_ADDRESS_SIZE, owner, "%s: the table at 0x%" PRIx64 " lies beyond %u bits of output", ttbr,
                  c->params->base, c->params->oa_bits);
}

static void check_stage1(const struct control *c, const char *ttbr, const char *owner, struct lint_report *r)
{
    unsigned txsz = (unsigned)bits(c->value, TCR_EL1_T0SZ);

    if (bit(c->value, TCR_EL1_EPD0)) /* no walks, on purpose */
        return;
    check_granule(c, owner, r);
    check_base(c, ttbr, owner, r);
    if (c->params->refused == FAULT_TRANSLATION)
        lint_find(r, LINT_RESERVED_REGISTER, owner, "%s.%s = %u: wants 16 to 39; here each walk faults", c->name,
                  c->size, txsz);
}

static void check_stage2(const struct sysregs *regs, const struct regime *g, const char *owner, struct lint_report *r)
{
    uint64_t vtcr = regs->v[SYSREG_VTCR_EL2];
    struct control c = { "VTCR_EL2", "T0SZ", "TG0", vtcr, TG0_BAD, &g->s2 };

    check_granule(&c, owner, r);
    check_output("VTCR_EL2", "PS", (unsigned)bits(vtcr, VTCR_EL2_PS), owner, r);
    check_base(&c, "VTTBR_EL2", owner, r);
    if (g->s2.refused == FAULT_TRANSLATION)
        lint_find(
            r, LINT_RESERVED_REGISTER, owner,
            "VTCR_EL2.SL0 = %u with T0SZ = %u and a granule of %u KB: no level to start at; here each walk faults",
            (unsigned)bits(vtcr, VTCR_EL2_SL0), (unsigned)bits(vtcr, TCR_EL1_T0SZ), 1u << (g->s2.granule_bits - 10));
}

static void check_el1(const struct sysregs *regs, const struct regime *g, const char *owner, struct lint_report *r)
{
    uint64_t tcr = regs->v[SYSREG_TCR_EL1];
    struct control lower = { "TCR_EL1", "T0SZ", "TG0", tcr, TG0_BAD, &g->s1[0] };
    struct control upper = { "TCR_EL1", "T1SZ", "TG1", tcr >> 16, TG1_BAD, &g->s1[1] };

    check_stage1(&lower, "TTBR0_EL1", owner, r);
    check_stage1(&upper, "TTBR1_EL1", owner, r);
    check_output("TCR_EL1", "IPS", (unsigned)bits(tcr, TCR_EL1_IPS), owner, r);
}

void lint_registers(const struct sysregs *regs, const char *owner, struct lint_report *r)
{
    struct regime el10 = regime_decode(regs, REGIME_EL10), el2 = regime_decode(regs, REGIME_EL2);
    uint64_t tcr = regs->v[SYSREG_TCR_EL2];
    struct control c = { "TCR_EL2", "T0SZ", "TG0", tcr & ~(1ULL << TCR_EL1_EPD0), TG0_BAD, &el2.s1[0] };

    if (el10.stage1_on)
        check_el1(regs, &el10, owner, r);
    if (el10.stage2_on)
        check_stage2(regs, &el10, owner, r);
    if (!el2.stage1_on)
        return;
    check_stage1(&c, "TTBR0_EL2", owner, r);
    check_output("TCR_EL2", "PS", (unsigned)bits(tcr, TCR_EL2_PS), owner, r);
}
