/* What the two stages make of a location together, stated as the printed tables of the Arm ARM state it.
 *
 * This is the judge's version of attribute combination: lookup matrices transcribed from the book, and
 * shareability once more as a boolean formula. It shares nothing with models/ and must not: agreement between the
 * two is evidence only as long as they were written apart. Legal encodings only; reserved ones are the caller's
 * affair. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum combine_type {
    COMBINE_DEVICE_NGNRNE, /* the four Device types, most restrictive first */
    COMBINE_DEVICE_NGNRE,
    COMBINE_DEVICE_NGRE,
    COMBINE_DEVICE_GRE,
    COMBINE_NORMAL,
    COMBINE_TYPES
};

enum combine_cache { COMBINE_NC, COMBINE_WT, COMBINE_WB, COMBINE_CACHES };

/* SH[1:0] as descriptors and PAR_EL1 spell it. */
enum combine_sh { COMBINE_NSH = 0, COMBINE_SH_RESERVED = 1, COMBINE_OSH = 2, COMBINE_ISH = 3 };

/* One cacheability domain, inner or outer. hints: bit 1 read-allocate, bit 0 write-allocate; 0 when Non-cacheable. */
struct combine_half {
    enum combine_cache cache;
    uint8_t hints;
    bool transient;
};

struct combine_outcome {
    enum combine_type type;
    struct combine_half inner, outer; /* meaningful when type is COMBINE_NORMAL, zero otherwise */
    enum combine_sh sh;
    uint8_t par_attr;       /* PAR_EL1.ATTR: the outcome in MAIR_ELx format */
    enum combine_sh par_sh; /* PAR_EL1.SH */
};

/* Whether each encoding is allocated in v8.0: 229 MAIR bytes, 3 shareabilities, 13 MemAttr values.
 * [Arm: D8.6.1, Table D8-96, K1.2.19] */
bool combine_mair_is_legal(unsigned mair);
bool combine_sh_is_legal(unsigned sh);
bool combine_memattr_is_legal(unsigned memattr);

/* Combines the stage-1 attribute byte `mair` with shareability `s1_sh`, and the stage-2 MemAttr[3:0] `memattr` with
 * shareability `s2_sh`. All four must be legal (asserted). MemAttr 0xf with COMBINE_NSH is the identity, so that it
 * also serves to normalise the result of a lone stage 1. Returns the outcome. [Arm: D8.6.5.1, D8.6.7.1] */
struct combine_outcome combine_rules(unsigned mair, unsigned s1_sh, unsigned memattr, unsigned s2_sh);

/* Writes "Device-nGnRnE" .. "Device-GRE" or "Normal-iX-oY" (X, Y: NC, WT, WB) to `text`. Returns `text`. */
const char *combine_type_text(const struct combine_outcome *outcome, char text[24]);

/* Checks the tables against each other over every legal row: shareability by matrix against shareability by formula,
 * and the PAR byte (whole-nibble table) against cacheability and hints (matrix and rule). Returns the number of rows
 * checked, or 0 if any two disagree. */
unsigned combine_rules_self_check(void);
