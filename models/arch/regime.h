/* All that the registers say about one translation regime, decoded once and again only when a register changes
 * [Arm: Regime, S1TTWParams, S2TTWParams]. */
#pragma once

#include "models/arch/access.h"
#include "models/arch/ttw.h"

enum regime_id { REGIME_EL10, REGIME_EL2, REGIME_COUNT };

struct regime {
    uint8_t id;             /* enum regime_id */
    bool stage1_on;         /* SCTLR.M, and for EL1&0 neither HCR_EL2.DC nor TGE */
    bool stage2_on;         /* EL1&0: HCR_EL2.VM or DC */
    bool default_cacheable; /* HCR_EL2.DC: what a disabled stage 1 yields */
    bool tge;               /* HCR_EL2.TGE: stage-1 faults go to EL2 */
    bool ptw;               /* HCR_EL2.PTW: a walk must not touch Device memory */
    bool wxn;
    bool align_check;     /* SCTLR.A */
    bool data_nc1;        /* SCTLR.C = 0 */
    bool fetch_nc1;       /* SCTLR.I = 0 */
    bool data_nc2;        /* HCR_EL2.CD */
    bool fetch_nc2;       /* HCR_EL2.ID */
    bool tbi[2];          /* top byte ignored, lower and upper half */
    uint64_t tag_keep[2]; /* the bits of a VA that count, by VA[55]: without the top byte where TBI ignores it */
    uint16_t asid;        /* EL1&0; 0 in EL2 */
    uint8_t vmid;         /* EL1&0; 0 in EL2 */
    uint64_t mair;
    struct ttw_params s1[2]; /* lower and upper half; EL2 has only the lower */
    struct ttw_params s2;
};

/* Returns the regime as the registers stand. */
struct regime regime_decode(const struct sysregs *regs, enum regime_id id);

/* Returns the regime that translates accesses made at an exception level, 0..2 [choice: HCR_EL2.TGE leaves EL0 in
 * EL1&0, as v8.0 has no E2H]. */
static inline enum regime_id regime_of_el(unsigned el)
{
    return el == 2 ? REGIME_EL2 : REGIME_EL10;
}

/* The half that a VA belongs to: VA[55] selects TTBR1 in EL1&0 [Arm: D8.2.5, R_VZZSZ]. */
static inline unsigned regime_half(const struct regime *r, va_t va)
{
    return r->id == REGIME_EL10 ? (unsigned)(va.v >> 55 & 1) : 0;
}

/* Returns the VA as TLBs keep it: VA[55:0] sign-extended from bit 55 in EL1&0, from nothing in EL2. Two addresses that
 * differ in ignored tag bits alone become the same one. */
static inline uint64_t regime_canonical_va(const struct regime *r, va_t va)
{
    return r->id == REGIME_EL10 ? sign_extend(va.v, 55) : va.v & low_mask(56);
}

/* Returns the bits of the VA that count: two VAs are the same place if and only if these are the same. */
static inline uint64_t regime_counted_va(const struct regime *r, va_t va)
{
    return va.v & r->tag_keep[va.v >> 55 & 1];
}

/* True when VA[63:56] are what the half demands, or ignored by TBI. What fails is a level-0 Translation fault with
 * stage 1 on, a level-0 Address size fault with it off. */
static inline bool regime_tag_ok(const struct regime *r, va_t va)
{
    return r->tbi[regime_half(r, va)] || va.v == regime_canonical_va(r, va);
}

/* Returns the stage-1 attribute as an access of this kind gets it: `leaf` under SCTLR.C and .I, or with stage 1 off
 * what stands in its place [Arm: S1DisabledOutput, R_WFZPW]. */
struct memattr regime_stage1_attr(const struct regime *r, struct memattr leaf, enum access_kind kind);

/* Returns the stage-2 attribute under HCR_EL2.CD and .ID. */
struct memattr regime_stage2_attr(const struct regime *r, struct memattr leaf, enum access_kind kind);

/* Returns the attribute of a stage-1 descriptor fetch before stage 2 has its word [Arm: S1Walk]. */
struct memattr regime_walk_attr(const struct regime *r, const struct ttw_params *p);
