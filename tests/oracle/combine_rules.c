/* The printed tables, and nothing cleverer. See combine_rules.h. */
#include "tests/oracle/combine_rules.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define E0 COMBINE_DEVICE_NGNRNE
#define E1 COMBINE_DEVICE_NGNRE
#define E2 COMBINE_DEVICE_NGRE
#define E3 COMBINE_DEVICE_GRE
#define NO COMBINE_NORMAL

/* Row: stage 1, column: stage 2. [Arm: Table D8-97 "Combining stage 1 and stage 2 memory type attributes", spelt out
 * cell by cell as in Table G5-20] */
/* clang-format off */
static const enum combine_type type_matrix[COMBINE_TYPES][COMBINE_TYPES] = {
    /*             nGnRnE nGnRE nGRE GRE Normal */
    /* nGnRnE */ { E0,    E0,   E0,  E0, E0 },
    /* nGnRE  */ { E0,    E1,   E1,  E1, E1 },
    /* nGRE   */ { E0,    E1,   E2,  E2, E2 },
    /* GRE    */ { E0,    E1,   E2,  E3, E3 },
    /* Normal */ { E0,    E1,   E2,  E3, NO },
};
/* clang-format on */

#define NC COMBINE_NC
#define WT COMBINE_WT
#define WB COMBINE_WB

/* [Arm: Table D8-98 "Combining stage 1 and stage 2 cacheability attributes"], inner and outer each on its own. */
static const enum combine_cache cache_matrix[COMBINE_CACHES][COMBINE_CACHES] = {
    /*         NC  WT  WB */
    /* NC */ { NC, NC, NC },
    /* WT */ { NC, WT, WT },
    /* WB */ { NC, WT, WB },
};

/* One nibble of a MAIR byte. [Arm: MAIR_EL1.Attr<n>] */
struct nibble {
    enum combine_cache cache;
    uint8_t hints;
    bool transient;
};
static const struct nibble nibbles[16] = {
    [0x1] = { WT, 1, true },  [0x2] = { WT, 2, true },  [0x3] = { WT, 3, true },  [0x4] = { NC, 0, false },
    [0x5] = { WB, 1, true },  [0x6] = { WB, 2, true },  [0x7] = { WB, 3, true },  [0x8] = { WT, 0, false },
    [0x9] = { WT, 1, false }, [0xa] = { WT, 2, false }, [0xb] = { WT, 3, false }, [0xc] = { WB, 0, false },
    [0xd] = { WB, 1, false }, [0xe] = { WB, 2, false }, [0xf] = { WB, 3, false },
};

/* The nibble that leaves, by the stage-1 nibble that enters and the stage-2 cacheability it meets. Hints and the
 * transient bit stay stage 1's, since stage 2 has none. [Arm: R_WYQVN, R_KTSYP] */
/* clang-format off */
static const uint8_t nibble_matrix[16][COMBINE_CACHES] = {
    /*         NC   WT   WB */
    [0x1] = { 0x4, 0x1, 0x1 }, /* WT transient */
    [0x2] = { 0x4, 0x2, 0x2 },
    [0x3] = { 0x4, 0x3, 0x3 },
    [0x4] = { 0x4, 0x4, 0x4 }, /* NC */
    [0x5] = { 0x4, 0x1, 0x5 }, /* WB transient */
    [0x6] = { 0x4, 0x2, 0x6 },
    [0x7] = { 0x4, 0x3, 0x7 },
    [0x8] = { 0x4, 0x8, 0x8 }, /* WT */
    [0x9] = { 0x4, 0x9, 0x9 },
    [0xa] = { 0x4, 0xa, 0xa },
    [0xb] = { 0x4, 0xb, 0xb },
    [0xc] = { 0x4, 0x8, 0xc }, /* WB */
    [0xd] = { 0x4, 0x9, 0xd },
    [0xe] = { 0x4, 0xa, 0xe },
    [0xf] = { 0x4, 0xb, 0xf },
};
/* clang-format on */

/* [Arm: Table D8-96 "Stage 2 MemAttr[3:0] encoding"]. COMBINE_TYPES marks the three reserved values. */
struct memattr {
    enum combine_type type;
    enum combine_cache outer, inner;
};
/* clang-format off */
static const struct memattr memattrs[16] = {
    { E0, NC, NC },            { E1, NC, NC }, { E2, NC, NC }, { E3, NC, NC }, /* 00xx Device */
    { COMBINE_TYPES, NC, NC }, { NO, NC, NC }, { NO, NC, WT }, { NO, NC, WB }, /* 01xx outer NC */
    { COMBINE_TYPES, NC, NC }, { NO, WT, NC }, { NO, WT, WT }, { NO, WT, WB }, /* 10xx outer WT */
    { COMBINE_TYPES, NC, NC }, { NO, WB, NC }, { NO, WB, WT }, { NO, WB, WB }, /* 11xx outer WB */
};
/* clang-format on */

#define SN COMBINE_NSH
#define SI COMBINE_ISH
#define SO COMBINE_OSH
#define XX COMBINE_SH_RESERVED

/* [Arm: Table D8-103 "Combining stage 1 and stage 2 shareability"], for Normal cacheable results; indexed by the
 * encodings, so that row and column 1 are the reserved one. */
static const enum combine_sh sh_matrix[4][4] = {
    /*                NSH 01  OSH ISH */
    /* NSH      */ { SN, XX, SO, SI },
    /* reserved */ { XX, XX, XX, XX },
    /* OSH      */ { SO, XX, SO, SO },
    /* ISH      */ { SI, XX, SO, SI },
};

bool combine_mair_is_legal(unsigned mair)
{
    if (mair > 0xff)
        return false;
    if (mair >> 4 == 0)
        return (mair & 3) == 0;
    return (mair & 15) != 0;
}

bool combine_sh_is_legal(unsigned sh)
{
    return sh == COMBINE_NSH || sh == COMBINE_OSH || sh == COMBINE_ISH;
}

bool combine_memattr_is_legal(unsigned memattr)
{
    return memattr < 16 && memattrs[memattr].type != COMBINE_TYPES;
}

static enum combine_type mair_type(unsigned mair)
{
    static const enum combine_type device[4] = { E0, E1, E2, E3 };

    return mair >> 4 == 0 ? device[mair >> 2] : NO;
}

static struct combine_half combine_half(unsigned nibble, enum combine_cache s2)
{
    const struct nibble n = nibbles[nibble];
    struct combine_half half = { .cache = cache_matrix[n.cache][s2] };

    if (half.cache != NC) {
        half.hints = n.hints;
        half.transient = n.transient;
    }
    return half;
}

/* "Treated as Outer Shareable": any Device type, and Normal that neither domain may cache. [Arm: R_PYFVQ] */
static bool is_outer_by_nature(enum combine_type type, enum combine_cache inner, enum combine_cache outer)
{
    return type != NO || (inner == NC && outer == NC);
}

/* Shareability by the matrix: look up, then let the nature of the result decide. */
static enum combine_sh sh_by_matrix(const struct combine_outcome *result, unsigned s1_sh, unsigned s2_sh)
{
    if (is_outer_by_nature(result->type, result->inner.cache, result->outer.cache))
        return SO;
    return sh_matrix[s1_sh][s2_sh];
}

/* Shareability by two booleans: each stage is normalised before, they are ORed, the result is normalised after. */
static enum combine_sh sh_by_formula(unsigned mair, unsigned s1_sh, unsigned memattr, unsigned s2_sh,
                                     const struct combine_outcome *result)
{
    const struct memattr s2 = memattrs[memattr];
    const bool outer1 =
        s1_sh == SO || is_outer_by_nature(mair_type(mair), nibbles[mair & 15].cache, nibbles[mair >> 4].cache);
    const bool outer2 = s2_sh == SO || is_outer_by_nature(s2.type, s2.inner, s2.outer);
    const bool outer = outer1 || outer2 || is_outer_by_nature(result->type, result->inner.cache, result->outer.cache);
    const bool shareable = outer || s1_sh == SI || s2_sh == SI;

    return (enum combine_sh)((unsigned)shareable << 1 | (unsigned)(shareable && !outer));
}

struct combine_outcome combine_rules(unsigned mair, unsigned s1_sh, unsigned memattr, unsigned s2_sh)
{
    assert(combine_mair_is_legal(mair) && combine_sh_is_legal(s1_sh));
    assert(combine_memattr_is_legal(memattr) && combine_sh_is_legal(s2_sh));

    const struct memattr s2 = memattrs[memattr];
    struct combine_outcome result = { .type = type_matrix[mair_type(mair)][s2.type] };

    if (result.type == NO) {
        result.inner = combine_half(mair & 15, s2.inner);
        result.outer = combine_half(mair >> 4, s2.outer);
        result.par_attr = (uint8_t)(nibble_matrix[mair >> 4][s2.outer] << 4 | nibble_matrix[mair & 15][s2.inner]);
    } else {
        result.par_attr = (uint8_t)(result.type << 2);
    }
    result.sh = sh_by_matrix(&result, s1_sh, s2_sh);
    result.par_sh = result.sh;
    return result;
}

const char *combine_type_text(const struct combine_outcome *outcome, char text[24])
{
    static const char *const device[] = { "nGnRnE", "nGnRE", "nGRE", "GRE" };
    static const char *const cache[] = { "NC", "WT", "WB" };

    if (outcome->type == NO)
        snprintf(text, 24, "Normal-i%s-o%s", cache[outcome->inner.cache], cache[outcome->outer.cache]);
    else
        snprintf(text, 24, "Device-%s", device[outcome->type]);
    return text;
}

static bool half_is_nibble(const struct combine_half *half, unsigned nibble)
{
    const struct nibble n = nibbles[nibble];

    return half->cache == n.cache && half->hints == n.hints && half->transient == n.transient;
}

static bool row_agrees(unsigned mair, unsigned s1_sh, unsigned memattr, unsigned s2_sh)
{
    const struct combine_outcome r = combine_rules(mair, s1_sh, memattr, s2_sh);

    if (!combine_mair_is_legal(r.par_attr) || mair_type(r.par_attr) != r.type)
        return false;
    if (r.type == NO && (!half_is_nibble(&r.inner, r.par_attr & 15) || !half_is_nibble(&r.outer, r.par_attr >> 4)))
        return false;
    return r.sh == sh_by_formula(mair, s1_sh, memattr, s2_sh, &r);
}

unsigned combine_rules_self_check(void)
{
    unsigned rows = 0;

    for (unsigned i = 0; i < 256 * 4 * 16 * 4; i++) {
        const unsigned mair = i >> 8, s1_sh = i >> 6 & 3, memattr = i >> 2 & 15, s2_sh = i & 3;

        if (!combine_mair_is_legal(mair) || !combine_sh_is_legal(s1_sh) || !combine_memattr_is_legal(memattr) ||
            !combine_sh_is_legal(s2_sh))
            continue;
        if (!row_agrees(mair, s1_sh, memattr, s2_sh))
            return 0;
        rows++;
    }
    return rows;
}
