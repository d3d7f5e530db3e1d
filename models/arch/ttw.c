/* Geometry and descriptors of both stages. */
#include "models/arch/ttw.h"

#include "models/arch/perm.h"

#define STRIDE(granule_bits) ((granule_bits)-3u)

/* TG0: 00 4 KB, 01 64 KB, 10 16 KB. TG1: 10 4 KB, 11 64 KB, 01 16 KB [Arm: TCR_EL1]. The A53 has no 16 KB granule
 * [A53: 5.1]. */
static uint8_t granule_tg0(uint64_t tg)
{
    return tg == 1 ? 16 : 12;
}

static uint8_t granule_tg1(uint64_t tg)
{
    return tg == 3 ? 16 : 12;
}

/* PS and IPS: 32, 36, 40, 42, 44, 48 bits, cut to what is implemented [Arm: D8.1.8, R_CLPQT]. */
static uint8_t output_bits(uint64_t ps)
{
    return ps == 0 ? 32 : ps == 1 ? 36 : PA_BITS;
}

/* Index bits of a first level that starts at `level`; may be nonsense when the level does not fit. */
static int root_index_bits(const struct ttw_params *p, unsigned level)
{
    return p->ia_bits - (int)((3 - level) * STRIDE(p->granule_bits) + p->granule_bits);
}

/* The base of a first-level table is aligned to its size, 8 bytes an entry [Arm: TTBR0_EL1.BADDR]. */
static void set_base(struct ttw_params *p, uint64_t ttbr)
{
    uint64_t base = bits(ttbr, TTBR_BADDR);

    p->base = align_down(base, p->root_bits + 3u);
    /* checked at level 0 even when the walk starts lower [Arm: D8.15.4, A.g: D4.2.2] */
    if (p->refused == FAULT_NONE && ttw_oa_out_of_range(p, base))
        p->refused = FAULT_ADDRESS_SIZE;
}

/* IRGN0, ORGN0 and SH0, which all TCRs have in one place. */
static struct memattr walk_attr(uint64_t tcr)
{
    return attr_decode_walk((unsigned)bits(tcr, TCR_EL1_IRGN0), (unsigned)bits(tcr, TCR_EL1_ORGN0),
                            (unsigned)bits(tcr, TCR_EL1_SH0));
}

/* Start level of stage 1: the highest that the input size needs [Arm: AArch64.S1StartLevel]. */
static void set_stage1_start(struct ttw_params *p, uint64_t txsz)
{
    p->ia_bits = (uint8_t)(64 - txsz);
    if (txsz < 16 || txsz > 39) { /* [Arm: R_GTJBY, Table D8-7] */
        p->refused = FAULT_TRANSLATION;
        return;
    }
    p->start_level = (uint8_t)(3 - (p->ia_bits - 1u - p->granule_bits) / STRIDE(p->granule_bits));
    p->root_bits = (uint8_t)root_index_bits(p, p->start_level);
}

/* Stage 1 of one half. `tcr` has the half's fields where TCR_EL1 has those of TTBR0. */
static struct ttw_params decode_stage1(uint64_t tcr, uint8_t granule_bits, uint64_t ps, uint64_t ttbr, uint64_t sctlr)
{
    struct ttw_params p = { .stage = 1, .granule_bits = granule_bits, .oa_bits = output_bits(ps) };

    p.big_endian = bit(sctlr, SCTLR_EE);
    p.walk = walk_attr(tcr);
    set_stage1_start(&p, bits(tcr, TCR_EL1_T0SZ));
    set_base(&p, ttbr);
    return p;
}

/* [Arm: TCR_EL1.EPD0, EPD1] */
static void disable_walks(struct ttw_params *p, bool epd)
{
    if (epd)
        p->refused = FAULT_TRANSLATION;
}

struct ttw_params ttw_decode_el1_lower(const struct sysregs *regs)
{
    uint64_t tcr = regs->v[SYSREG_TCR_EL1];
    struct ttw_params p = decode_stage1(tcr, granule_tg0(bits(tcr, TCR_EL1_TG0)), bits(tcr, TCR_EL1_IPS),
                                        regs->v[SYSREG_TTBR0_EL1], regs->v[SYSREG_SCTLR_EL1]);

    disable_walks(&p, bit(tcr, TCR_EL1_EPD0));
    return p;
}

struct ttw_params ttw_decode_el1_upper(const struct sysregs *regs)
{
    uint64_t tcr = regs->v[SYSREG_TCR_EL1];
    /* T1SZ, IRGN1, ORGN1 and SH1 stand 16 bits above the fields of TTBR0 */
    struct ttw_params p = decode_stage1(tcr >> 16, granule_tg1(bits(tcr, TCR_EL1_TG1)), bits(tcr, TCR_EL1_IPS),
                                        regs->v[SYSREG_TTBR1_EL1], regs->v[SYSREG_SCTLR_EL1]);

    disable_walks(&p, bit(tcr, TCR_EL1_EPD1));
    return p;
}

struct ttw_params ttw_decode_el2(const struct sysregs *regs)
{
    uint64_t tcr = regs->v[SYSREG_TCR_EL2];

    return decode_stage1(tcr, granule_tg0(bits(tcr, TCR_EL1_TG0)), bits(tcr, TCR_EL2_PS), regs->v[SYSREG_TTBR0_EL2],
                         regs->v[SYSREG_SCTLR_EL2]);
}

/* Start level of stage 2: SL0's word, legal only if the first level then has 1 index bit at least and at most 16
 * concatenated tables [Arm: AArch64.S2StartLevel, S2InvalidSL, S2InconsistentSL; A.g: Tables D4-13, D4-19]. */
static void set_stage2_start(struct ttw_params *p, uint64_t t0sz, unsigned sl0)
{
    unsigned lowest = p->granule_bits == 12 ? 2 : 3;
    int n;

    p->ia_bits = (uint8_t)(64 - t0sz);
    p->refused = FAULT_TRANSLATION;
    if (t0sz < 64 - PA_BITS || t0sz > 39) /* [Arm: D8.1.9, A.g: D4.2.2] */
        return;
    if (sl0 > 1) /* 2 needs a PA of 43 bits or more, 3 is reserved [Arm: Table D4-6 of A.g] */
        return;
    p->start_level = (uint8_t)(lowest - sl0);
    n = root_index_bits(p, p->start_level);
    if (n < 1 || n > (int)STRIDE(p->granule_bits) + 4)
        return;
    p->root_bits = (uint8_t)n;
    p->refused = FAULT_NONE;
}

struct ttw_params ttw_decode_stage2(const struct sysregs *regs)
{
    uint64_t vtcr = regs->v[SYSREG_VTCR_EL2];
    struct ttw_params p = { .stage = 2, .granule_bits = granule_tg0(bits(vtcr, TCR_EL1_TG0)) };

    p.oa_bits = output_bits(bits(vtcr, VTCR_EL2_PS));
    p.big_endian = bit(regs->v[SYSREG_SCTLR_EL2], SCTLR_EE); /* [Arm: NSS2TTWParams] */
    p.walk = walk_attr(vtcr);
    if (bit(regs->v[SYSREG_HCR_EL2], HCR_CD)) /* [Arm: HCR_EL2.CD, S2Walk] */
        p.walk = attr_effective(attr_force_nc(p.walk));
    set_stage2_start(&p, bits(vtcr, TCR_EL1_T0SZ), (unsigned)bits(vtcr, VTCR_EL2_SL0));
    set_base(&p, regs->v[SYSREG_VTTBR_EL2]);
    return p;
}

enum desc_type ttw_desc_type(const struct ttw_params *p, unsigned level, uint64_t desc)
{
    unsigned highest_block = p->granule_bits == 12 ? 1 : 2; /* 1 GB; 512 MB [Arm: D8.3.1.2] */

    if (!bit(desc, 0))
        return DESC_INVALID;
    if (level == 3)
        return bit(desc, 1) ? DESC_LEAF : DESC_INVALID;
    if (bit(desc, 1))
        return DESC_TABLE;
    return level >= highest_block ? DESC_LEAF : DESC_INVALID;
}

uint64_t ttw_desc_oa(const struct ttw_params *p, unsigned level, enum desc_type type, uint64_t desc)
{
    unsigned low = type == DESC_TABLE ? p->granule_bits : ttw_level_bits(p, level);

    return align_down(bits(desc, 47, 0), low);
}

void ttw_table_attr_add(struct table_attr *t, uint64_t desc, bool el10)
{
    uint64_t ap = bits(desc, DESC_APTable);

    if (ap & 2)
        t->set |= PERM_S1_READ_ONLY;
    if (bit(desc, DESC_UXNTable))
        t->set |= PERM_S1_UXN;
    if (!el10)
        return;
    if (ap & 1)
        t->clear |= PERM_S1_EL0;
    if (bit(desc, DESC_PXNTable))
        t->set |= PERM_S1_PXN;
}

unsigned ttw_leaf_perm_s1(uint64_t desc, struct table_attr t, bool el10)
{
    uint64_t ap = bits(desc, DESC_AP);
    unsigned perm = 0;

    if (ap & 2)
        perm |= PERM_S1_READ_ONLY;
    if (bit(desc, DESC_UXN))
        perm |= PERM_S1_UXN;
    if (el10 && (ap & 1))
        perm |= PERM_S1_EL0;
    if (el10 && bit(desc, DESC_PXN))
        perm |= PERM_S1_PXN;
    return (perm | t.set) & ~(unsigned)t.clear;
}

unsigned ttw_leaf_perm_s2(uint64_t desc)
{
    uint64_t s2ap = bits(desc, DESC_AP);
    unsigned perm = (unsigned)s2ap & (PERM_S2_READ | PERM_S2_WRITE);

    return bit(desc, DESC_UXN) ? perm | PERM_S2_XN : perm;
}
