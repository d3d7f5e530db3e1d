/* TLB maintenance: which cached translations an operation must invalidate [Arm: D8.17, C5.5; A.g: D4.7, C5.5].
 *
 * Every structure that keeps translations tags its entries with a struct tlb_tag; tlbi_matches is the whole theory. */
#pragma once

#include "models/arch/regime.h"

/* What an entry holds, as far as invalidation cares. */
enum tlb_holds {
    TLB_HOLDS_LEAF,   /* a translation of a VA, of stage 1 alone or of both stages combined */
    TLB_HOLDS_TABLE,  /* a pointer to a stage-1 table */
    TLB_HOLDS_STAGE2, /* stage 2 alone, by IPA */
};

/* Which stages made an entry. An entry answers only while the same stages are on, so that switching a stage does not
 * need maintenance to stay right. */
enum { TLB_STAGE1 = 1, TLB_STAGE2 = 2 };

struct tlb_tag {
    uint64_t va;       /* canonical VA (TLB_HOLDS_STAGE2: IPA) of the entry's first byte */
    uint16_t asid;     /* EL1&0, unless global */
    uint8_t vmid;      /* EL1&0, always: also with stage 2 or stage 1 off [Arm: R_QNPQX, I_YWBQX] */
    uint8_t regime;    /* enum regime_id */
    uint8_t stages;    /* TLB_STAGE1 | TLB_STAGE2 */
    uint8_t holds;     /* enum tlb_holds */
    uint8_t size_bits; /* log2 of what the entry answers for */
    uint8_t from_bits; /* log2 of the stage-1 block it was cut from: any address in it invalidates [Arm: R_LGSCG] */
    bool global;       /* every ASID of the VMID; table pointers never are [Arm: R_CHVGJ] */
    bool valid;
};

enum tlbi_op {
    TLBI_VMALLE1,
    TLBI_VAE1,
    TLBI_ASIDE1,
    TLBI_VAAE1,
    TLBI_VALE1,
    TLBI_VAALE1,
    TLBI_IPAS2E1,
    TLBI_IPAS2LE1,
    TLBI_ALLE1,
    TLBI_VMALLS12E1,
    TLBI_ALLE2,
    TLBI_VAE2,
    TLBI_VALE2,
    TLBI_ALLE3,
    TLBI_VAE3,
    TLBI_VALE3,
    TLBI_OP_COUNT
};

struct tlbi {
    uint8_t op;     /* enum tlbi_op */
    bool broadcast; /* Inner Shareable: every core of the cluster */
    uint8_t vmid;   /* of the issuing core at execution */
    uint16_t asid;  /* Xt[63:48] */
    uint64_t va;    /* canonical; IPA for the IPAS2 ones; low 12 bits zero */
};

/* What an operation selects by, beside the regime. */
enum {
    TLBI_BY_VA = 1,
    TLBI_BY_ASID = 2,
    TLBI_BY_VMID = 4,
    TLBI_BY_IPA = 8,
    TLBI_LAST_LEVEL = 16,
    TLBI_WITH_STAGE2 = 32
};

/* Returns what an operation selects by, TLBI_BY_VA and the others: for whoever keeps an index of entries. */
unsigned tlbi_by(enum tlbi_op op);

/* Returns the operation's enum regime_id, REGIME_COUNT of EL3's. */
unsigned tlbi_regime(enum tlbi_op op);

/* Returns the operation's name as in the manual, without the IS suffix. */
const char *tlbi_name(enum tlbi_op op);

/* Returns the operation of a name such as "VAE1" or "VAE1IS", or TLBI_OP_COUNT; *broadcast tells the suffix. */
enum tlbi_op tlbi_by_name(const char *name, bool *broadcast);

/* True when the operation takes an operand in Xt. */
bool tlbi_has_operand(enum tlbi_op op);

/* True when the operation is for one address, a VA or an IPA. */
bool tlbi_has_address(enum tlbi_op op);

/* Decodes the A64 instruction TLBI. Returns false when the opcode is none. */
bool tlbi_decode_opcode(uint32_t opcode, enum tlbi_op *op, bool *broadcast);

/* Returns the lowest exception level at which the operation is not UNDEFINED. */
unsigned tlbi_lowest_el(enum tlbi_op op);

/* Returns the operation with operand xt as executed at `el` on a core with these registers: HCR_EL2.FB makes EL1's
 * local ones broadcast, unless TGE. */
struct tlbi tlbi_make(enum tlbi_op op, bool broadcast, uint64_t xt, unsigned el, const struct sysregs *regs);

/* True when the entry must go. EL3's operations match nothing: the models hold no EL3 translations. */
bool tlbi_matches(const struct tlbi *t, const struct tlb_tag *tag);
