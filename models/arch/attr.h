/* Memory attributes: decoding both stages' encodings, the registers' overrides, and combining the two stages
 * [Arm: D8.6, A.g: D4.4.2, D4.4.3].
 *
 * An attribute is kept as the MAIR byte that describes it, plus its shareability: every attribute that v8.0 can
 * produce has exactly one such byte, and PAR_EL1 reports it so. */
#pragma once

#include "models/arch/addr.h"

/* Shareability in the encoding of descriptors and PAR_EL1 */
enum shareability { SH_NSH = 0, SH_RESERVED = 1, SH_OSH = 2, SH_ISH = 3 };

enum cacheability { CACHE_NC, CACHE_WT, CACHE_WB };

/* Stage-2 MemAttr[1:0] of Device memory, from most to least restrictive; a MAIR byte has it in bits [3:2] */
enum device_type { DEVICE_nGnRnE, DEVICE_nGnRE, DEVICE_nGRE, DEVICE_GRE };

/* MAIR bytes with a name */
enum {
    ATTR_DEVICE_nGnRnE = 0x00,
    ATTR_NORMAL_NC = 0x44,
    ATTR_NORMAL_WT_RA = 0xAA, /* Write-Through, Read-Allocate, no Write-Allocate, inner and outer */
    ATTR_NORMAL_WB_RAWA = 0xFF,
};

/* One stage's, or the combined, attribute. `attr` is always a legal v8.0 MAIR byte. `sh` may be SH_RESERVED where a
 * descriptor says so and no second stage has its word: it acts as Non-shareable, and PAR_EL1 shows it as written. */
struct memattr {
    uint8_t attr;
    uint8_t sh; /* enum shareability */
};

static inline bool memattr_is_device(struct memattr a)
{
    return (a.attr & 0xF0) == 0;
}

/* Returns the legal attribute that a MAIR byte and a descriptor's SH field stand for.
 * [choice: reserved values act as an allocated one, which K1.2.19 permits: 0000ddxx as Device dd; oooo0000 as inner
 * Non-cacheable; SH 01 as Non-shareable, as the pseudocode before v8.6 has it; PAR_EL1 shows the 01, as QEMU does] */
struct memattr attr_decode_mair(unsigned byte, unsigned sh);

/* Returns the legal attribute that stage-2 MemAttr[3:0] and SH stand for, hints as Read- and Write-Allocate.
 * [choice: reserved MemAttr xx00 acts as inner Write-Back, as QEMU does] */
struct memattr attr_decode_stage2(unsigned memattr, unsigned sh);

/* Returns the attribute of a table walk from IRGN, ORGN and SH of a TCR [Arm: WalkMemAttrs]. */
struct memattr attr_decode_walk(unsigned irgn, unsigned orgn, unsigned sh);

/* Returns `a` as Normal Non-cacheable where it is Normal: what SCTLR.C/I = 0 and HCR_EL2.CD/ID = 1 do to a stage. */
struct memattr attr_force_nc(struct memattr a);

/* Returns the attribute with the shareability it takes effect with: Device and inner+outer Non-cacheable are Outer
 * Shareable [Arm: EffectiveShareability]. */
struct memattr attr_effective(struct memattr a);

/* Returns the combination of stage 1 and stage 2, effective [Arm: D8.6.5, Tables D8-97, D8-98, D8-103]. */
struct memattr attr_combine(struct memattr s1, struct memattr s2);

/* The inner or outer half of a Normal attribute. */
enum cacheability attr_inner(struct memattr a);
enum cacheability attr_outer(struct memattr a);

/* True when the A53 keeps it in L1 and L2: inner and outer Write-Back [A53: 7.5]. */
static inline bool attr_is_cached(struct memattr a)
{
    /* WB is 11RW, WB transient 01RW with RW != 00: nibble bit 2 set, and not 0100 which is NC */
    unsigned o = a.attr >> 4, i = a.attr & 0xF;
    return (o & 4) && o != 4 && (i & 4) && i != 4;
}

/* Returns a name for people: "Device-nGnRE", "Normal-NC", "Normal-WB", "Normal-iWB-oWT". Hints and transience are left
 * to the byte. */
const char *attr_name(struct memattr a);

/* Returns "nsh", "osh" or "ish" ("nsh" for the reserved 01). */
const char *attr_sh_name(unsigned sh);

/* True when the MAIR byte is one of the 229 that v8.0 defines. */
bool attr_mair_is_legal(unsigned byte);

/* True when MemAttr[3:0] is one of the 13 that v8.0 defines. */
bool attr_stage2_is_legal(unsigned memattr);
