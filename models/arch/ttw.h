/* The geometry of one stage of translation as data, decoded once from its registers [Arm: S1TTWParams, S2TTWParams],
 * and what one descriptor means at one level of it [Arm: D8.2, D8.3; A.g: D4.2, D4.3].
 *
 * One walker reads this for both stages. Levels count as in the manual: 0 is the root of a 48-bit walk, 3 the page. */
#pragma once

#include "models/arch/attr.h"
#include "models/arch/fault.h"
#include "models/arch/sysreg.h"

/* The A53's physical address size, ID_AA64MMFR0_EL1.PARange = 0b0010 [A53: 4.3.21, Table 4-51] */
#define PA_BITS 40

struct ttw_params {
    uint64_t base;        /* address of the first-level table: an IPA in EL1&0 stage 1 under stage 2, else a PA */
    uint8_t stage;        /* 1 or 2 */
    uint8_t granule_bits; /* 12 or 16 */
    uint8_t ia_bits;      /* input address size, 64 - TxSZ */
    uint8_t oa_bits;      /* output address size, 32..PA_BITS */
    uint8_t start_level;  /* 0..3 */
    uint8_t root_bits;    /* index bits of the first level; more than granule_bits - 3: concatenated tables */
    uint8_t refused;      /* enum fault_type: FAULT_NONE, or the level-0 fault that any walk ends in */
    bool big_endian;      /* descriptors are big-endian */
    struct memattr walk;  /* attribute of the descriptor fetches, effective */
};

/* Return the parameters of a stage as the registers stand. Never fail: what cannot be walked is `refused`.
 * [choice: TG 16K or reserved acts as 4 KB; TxSZ outside 16..39, VTCR_EL2.T0SZ < 24, and SL0 that is reserved or does
 * not fit T0SZ give the level-0 Translation fault that D8.1.9 and D8.2.8 permit; low bits of a base that should be
 * zero are ignored, K1.2] */
struct ttw_params ttw_decode_el1_lower(const struct sysregs *regs); /* TTBR0_EL1 */
struct ttw_params ttw_decode_el1_upper(const struct sysregs *regs); /* TTBR1_EL1 */
struct ttw_params ttw_decode_el2(const struct sysregs *regs);       /* TTBR0_EL2 */
struct ttw_params ttw_decode_stage2(const struct sysregs *regs);    /* VTTBR_EL2 */

/* True when an input address (of the upper half: its complement) fits the input size. */
static inline bool ttw_in_range(const struct ttw_params *p, uint64_t ia)
{
    return p->ia_bits < 64 && ia >> p->ia_bits == 0; /* 64: a refused TxSZ of 0 */
}

/* Returns log2 of the bytes that one entry of a level maps. */
static inline unsigned ttw_level_bits(const struct ttw_params *p, unsigned level)
{
    return p->granule_bits + (3 - level) * (p->granule_bits - 3u);
}

/* Returns the address of the descriptor for `ia` in the table at `table` of a level. */
static inline uint64_t ttw_desc_address(const struct ttw_params *p, unsigned level, uint64_t table, uint64_t ia)
{
    unsigned index_bits = level == p->start_level ? p->root_bits : p->granule_bits - 3u;
    uint64_t index = ia >> ttw_level_bits(p, level) & low_mask(index_bits);

    return table + index * 8;
}

/* One field a line, as the manual prints them [Arm: Tables D8-48..D8-53]. */
/* clang-format off */
#define DESC_NSTable   63
#define DESC_APTable   62, 61
#define DESC_UXNTable  60       /* XNTable in EL2 */
#define DESC_PXNTable  59
#define DESC_software  58, 55   /* no hardware reads it */
#define DESC_UXN       54       /* XN in EL2 and at stage 2 */
#define DESC_PXN       53
#define DESC_Contig    52
#define DESC_nG        11
#define DESC_AF        10
#define DESC_SH        9, 8
#define DESC_AP        7, 6     /* AP[2:1]; S2AP[1:0] */
#define DESC_NS        5        /* stage 1; without meaning in Non-secure state */
#define DESC_AttrIndx  4, 2
#define DESC_MemAttr   5, 2
/* clang-format on */

enum desc_type { DESC_INVALID, DESC_TABLE, DESC_LEAF };

/* Returns what a descriptor is at a level of a stage. */
enum desc_type ttw_desc_type(const struct ttw_params *p, unsigned level, uint64_t desc);

/* Returns the next table's address of a DESC_TABLE, or the output address of a DESC_LEAF, whole: bits above oa_bits
 * are still there for ttw_oa_out_of_range. */
uint64_t ttw_desc_oa(const struct ttw_params *p, unsigned level, enum desc_type type, uint64_t desc);

/* True when the address does not fit the stage's output size [Arm: OAOutOfRange]. */
static inline bool ttw_oa_out_of_range(const struct ttw_params *p, uint64_t oa)
{
    return oa >> p->oa_bits != 0;
}

/* Table attributes gathered on the way down, in terms of the leaf's bits they force. */
struct table_attr {
    uint8_t set;   /* PERM_S1_* bits forced on */
    uint8_t clear; /* PERM_S1_* bits forced off */
};

/* Adds a stage-1 table descriptor's hierarchical attributes [Arm: Table D8-50]; the EL2 regime has no EL0 or PXN. */
void ttw_table_attr_add(struct table_attr *t, uint64_t desc, bool el10);

/* Returns the PERM_S1_* bits of a stage-1 leaf with the tables' attributes merged [Arm: S1ApplyTablePerms]. */
unsigned ttw_leaf_perm_s1(uint64_t desc, struct table_attr t, bool el10);

/* Returns the PERM_S2_* bits of a stage-2 leaf. */
unsigned ttw_leaf_perm_s2(uint64_t desc);
