/* Attributes as people write them, on a command line and in tables of expected outcomes. The rules themselves are those
 * of models/arch/attr.h.
 *
 * Upper and lower case are one. A parser returns false when the text is nothing it knows; the value is then
 * unchanged. */
#pragma once

#include "models/arch/attr.h"
#include <stddef.h>

/* What goes in: both stages as their registers and descriptors have them, reserved encodings included. */
struct merge_inputs {
    uint8_t mair;    /* stage 1: the MAIR byte */
    uint8_t s1_sh;   /* stage 1: SH[1:0] */
    uint8_t memattr; /* stage 2: MemAttr[3:0] */
    uint8_t s2_sh;   /* stage 2: SH[1:0] */
};

/* Returns what comes out. */
struct memattr merge_result(struct merge_inputs in);

/* A name: Device-nGnRnE .. Device-GRE, Normal-NC, Normal-WT, Normal-WB, Normal-iWB-oWT, with or without what stands
 * before the first hyphen. It means Read- and Write-Allocate; the shareability comes out as nsh. */
bool merge_parse_name(const char *text, struct memattr *a);

/* A MAIR byte: 0xff, 255, 11111111, 0b11111111, or a name. */
bool merge_parse_mair(const char *text, uint8_t *mair);

/* MemAttr[3:0]: 0x0..0xf, f, 15, 1111, 0b1111, or a name. */
bool merge_parse_memattr(const char *text, uint8_t *memattr);

/* SH[1:0]: nsh, reserved, osh, ish; 0..3 or 00, 01, 10, 11. */
bool merge_parse_sh(const char *text, uint8_t *sh);

/* "MAIR" or "MAIR/SH" and "MEMATTR" or "MEMATTR/SH"; without SH it is nsh, which leaves the word to the other stage.
 * Returns NULL, or what is wrong: "attribute" or "shareability". */
const char *merge_parse_stage1(const char *text, struct merge_inputs *in);
const char *merge_parse_stage2(const char *text, struct merge_inputs *in);

/* NC, WT or WB. */
bool merge_parse_cacheability(const char *text, enum cacheability *c);

/* Allocation hints: bit 1 Read-, bit 0 Write-Allocate. RA+WA, RA, WA, none (or -), RW, R-, -W, 0..3, or two binary
 * digits. */
bool merge_parse_hints(const char *text, unsigned *hints);

/* Returns "nsh", "reserved", "osh" or "ish": the encoding, not what it acts as. */
const char *merge_sh_name(unsigned sh);

/* Returns "NC", "WT" or "WB". */
const char *merge_cacheability_name(enum cacheability c);

/* Returns "RA+WA", "RA", "WA" or "none". */
const char *merge_hints_name(unsigned hints);

/* Returns the type with both halves spelt out when they differ: "nGnRE", "WB", "iWB-oWT": attr_name's without its first
 * part. */
const char *merge_short_name(struct memattr a);

/* One half of a Normal attribute, as its nibble in the MAIR byte has it. */
struct merge_half {
    enum cacheability cacheability;
    unsigned hints; /* bit 1 Read-, bit 0 Write-Allocate; 0 when Non-cacheable */
    bool transient;
};

/* Returns the inner or outer half; Device has neither (asserted). */
struct merge_half merge_inner(struct memattr a);
struct merge_half merge_outer(struct memattr a);
