/* TLB maintenance as a predicate over entries. */
#include "models/arch/tlbi.h"

#include <string.h>

struct tlbi_row {
    const char *name;
    uint8_t regime;   /* enum regime_id; REGIME_COUNT: EL3 */
    uint8_t by;       /* TLBI_BY_* */
    uint8_t op1, op2; /* CRn = 8; CRm is 7, broadcast 3; the IPAS2 ones 4 and 0 [Arm: C5.5] */
};

static const struct tlbi_row rows[TLBI_OP_COUNT] = {
    [TLBI_VMALLE1] = { "VMALLE1", REGIME_EL10, TLBI_BY_VMID, 0, 0 },
    [TLBI_VAE1] = { "VAE1", REGIME_EL10, TLBI_BY_VMID | TLBI_BY_VA | TLBI_BY_ASID, 0, 1 },
    [TLBI_ASIDE1] = { "ASIDE1", REGIME_EL10, TLBI_BY_VMID | TLBI_BY_ASID, 0, 2 },
    [TLBI_VAAE1] = { "VAAE1", REGIME_EL10, TLBI_BY_VMID | TLBI_BY_VA, 0, 3 },
    [TLBI_VALE1] = { "VALE1", REGIME_EL10, TLBI_BY_VMID | TLBI_BY_VA | TLBI_BY_ASID | TLBI_LAST_LEVEL, 0, 5 },
    [TLBI_VAALE1] = { "VAALE1", REGIME_EL10, TLBI_BY_VMID | TLBI_BY_VA | TLBI_LAST_LEVEL, 0, 7 },
    [TLBI_IPAS2E1] = { "IPAS2E1", REGIME_EL10, TLBI_BY_VMID | TLBI_BY_IPA, 4, 1 },
    [TLBI_IPAS2LE1] = { "IPAS2LE1", REGIME_EL10, TLBI_BY_VMID | TLBI_BY_IPA | TLBI_LAST_LEVEL, 4, 5 },
    [TLBI_ALLE1] = { "ALLE1", REGIME_EL10, TLBI_WITH_STAGE2, 4, 4 },
    [TLBI_VMALLS12E1] = { "VMALLS12E1", REGIME_EL10, TLBI_BY_VMID | TLBI_WITH_STAGE2, 4, 6 },
    [TLBI_ALLE2] = { "ALLE2", REGIME_EL2, 0, 4, 0 },
    [TLBI_VAE2] = { "VAE2", REGIME_EL2, TLBI_BY_VA, 4, 1 },
    [TLBI_VALE2] = { "VALE2", REGIME_EL2, TLBI_BY_VA | TLBI_LAST_LEVEL, 4, 5 },
    [TLBI_ALLE3] = { "ALLE3", REGIME_COUNT, 0, 6, 0 },
    [TLBI_VAE3] = { "VAE3", REGIME_COUNT, TLBI_BY_VA, 6, 1 },
    [TLBI_VALE3] = { "VALE3", REGIME_COUNT, TLBI_BY_VA | TLBI_LAST_LEVEL, 6, 5 },
};

const char *tlbi_name(enum tlbi_op op)
{
    return rows[op].name;
}

enum tlbi_op tlbi_by_name(const char *name, bool *broadcast)
{
    for (int i = 0; i < TLBI_OP_COUNT; i++) {
        size_t n = strlen(rows[i].name);

        if (strncmp(name, rows[i].name, n) != 0)
            continue;
        *broadcast = strcmp(name + n, "IS") == 0;
        if (*broadcast || name[n] == '\0')
            return (enum tlbi_op)i;
    }
    return TLBI_OP_COUNT;
}

unsigned tlbi_by(enum tlbi_op op)
{
    return rows[op].by;
}

unsigned tlbi_regime(enum tlbi_op op)
{
    return rows[op].regime;
}

bool tlbi_has_operand(enum tlbi_op op)
{
    return rows[op].by & (TLBI_BY_VA | TLBI_BY_ASID | TLBI_BY_IPA);
}

bool tlbi_has_address(enum tlbi_op op)
{
    return rows[op].by & (TLBI_BY_VA | TLBI_BY_IPA);
}

bool tlbi_decode_opcode(uint32_t opcode, enum tlbi_op *op, bool *broadcast)
{
    unsigned op1 = opcode >> 16 & 7, crm = opcode >> 8 & 15, op2 = opcode >> 5 & 7;

    if ((opcode & 0xFFF8F000) != 0xD5088000) /* SYS with CRn = 8 */
        return false;
    for (int i = 0; i < TLBI_OP_COUNT; i++) {
        unsigned local = rows[i].by & TLBI_BY_IPA ? 4 : 7, shared = rows[i].by & TLBI_BY_IPA ? 0 : 3;

        if (rows[i].op1 != op1 || rows[i].op2 != op2 || (crm != local && crm != shared))
            continue;
        *op = (enum tlbi_op)i;
        *broadcast = crm == shared;
        return true;
    }
    return false;
}

unsigned tlbi_lowest_el(enum tlbi_op op)
{
    return rows[op].op1 == 0 ? 1 : rows[op].op1 / 2u;
}

struct tlbi tlbi_make(enum tlbi_op op, bool broadcast, uint64_t xt, unsigned el, const struct sysregs *regs)
{
    uint64_t hcr = regs->v[SYSREG_HCR_EL2];
    struct tlbi t = { .op = (uint8_t)op, .broadcast = broadcast };

    if (el == 1 && bit(hcr, HCR_FB) && !bit(hcr, HCR_TGE))
        t.broadcast = true;
    t.vmid = (uint8_t)bits(regs->v[SYSREG_VTTBR_EL2], VTTBR_VMID);
    t.asid = (uint16_t)bits(xt, 63, 48);
    if (rows[op].by & TLBI_BY_IPA)
        t.va = bits(xt, 35, 0) << 12;
    else if (rows[op].regime == REGIME_EL10)
        t.va = sign_extend(bits(xt, 43, 0) << 12, 55); /* VA[63:56] follow VA[55] [Arm: R_JGGKN] */
    else
        t.va = bits(xt, 43, 0) << 12;
    return t;
}

/* An address selects every entry that was cut from the block it lies in. */
static bool address_matches(const struct tlbi *t, const struct tlb_tag *tag)
{
    unsigned n = tag->from_bits > tag->size_bits ? tag->from_bits : tag->size_bits;

    return align_down(t->va, n) == align_down(tag->va, n);
}

bool tlbi_matches(const struct tlbi *t, const struct tlb_tag *tag)
{
    unsigned by = rows[t->op].by;

    if (!tag->valid || tag->regime != rows[t->op].regime)
        return false;
    if ((by & TLBI_BY_VMID) && tag->vmid != t->vmid)
        return false;
    /* stage-1 operations need not touch stage-2-only entries, nor stage-2 ones combined entries: software issues both
     * [Arm: R_LGSCG, C5.5.13] */
    if (tag->holds == TLB_HOLDS_STAGE2) {
        if (!(by & (TLBI_BY_IPA | TLBI_WITH_STAGE2)))
            return false;
    } else if (by & TLBI_BY_IPA) {
        return false;
    }
    if ((by & (TLBI_BY_VA | TLBI_BY_IPA)) && !address_matches(t, tag))
        return false;
    if ((by & TLBI_LAST_LEVEL) && tag->holds == TLB_HOLDS_TABLE)
        return false;
    /* an operation by VA and ASID takes globals too, one by ASID alone does not */
    if ((by & TLBI_BY_ASID) && tag->global)
        return by & TLBI_BY_VA;
    return !(by & TLBI_BY_ASID) || tag->asid == t->asid;
}
