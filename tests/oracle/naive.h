/* An independent judge: a naive two-stage VMSAv8-64 walker for the Non-secure EL1&0 and EL2 regimes of an ARMv8.0-A
 * core with 40-bit physical addresses, 4 KB and 64 KB granules and no 16 KB granule (a Cortex-A53).
 *
 * Deliberately slow and plain. It holds no state between calls, caches nothing, and reads the registers afresh at
 * every step, as the book's text does. It shares no line with models/ and must not: it was written from the
 * architecture alone, so that where the two agree, neither is merely agreeing with itself.
 *
 * What the architecture leaves open is decided in one place per rule and marked [choice: ...]:
 *   TxSZ outside 16..39, VTCR_EL2.T0SZ below 24, SL0 reserved or inconsistent   Translation fault level 0, that stage
 *   TG 16 KB or reserved                                                         acts as 4 KB
 *   SH 0b01                                                                      acts as Non-shareable; 0b01 in the
 *       result where stage 1 decides alone and the memory is neither Device nor Non-cacheable in both domains
 *   MAIR byte 0000ddxx, oooo0000                                                 acts as Device dd, inner NC
 *   MemAttr xx00 with outer != Device                                            acts as inner Write-Back
 *   Contiguous bit                                                               ignored
 *   table base below its alignment                                               aligned down
 *   WnR of a stage-2 fault on a stage-1 walk                                     direction of the original access
 *   instruction fetch from Device memory                                         `device_fetch` in the machine
 *   AF = 0 under cache maintenance                                               faults as any access
 * SCR_EL3.EA is taken as 0. Out of scope: EL3 and Secure state, AArch32, TLB conflicts, parity. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { NAIVE_PA_BITS = 40, NAIVE_READS_MAX = 24 };

/* The registers that steer translation, raw, by their Arm names. */
struct naive_regs {
    uint64_t sctlr_el1, tcr_el1, ttbr0_el1, ttbr1_el1, mair_el1;
    uint64_t hcr_el2, vtcr_el2, vttbr_el2;
    uint64_t sctlr_el2, tcr_el2, ttbr0_el2, mair_el2;
};

/* An instruction fetch from Device memory that is executable: the architecture permits both. [Arm: K1.2.11] */
enum naive_device_fetch {
    NAIVE_DEVICE_FETCH_FAULTS, /* Permission fault at the leaf level of the first stage that says Device */
    NAIVE_DEVICE_FETCH_IS_NC,  /* that stage counts as Normal Non-cacheable */
};

struct naive_machine {
    struct naive_regs regs;
    enum naive_device_fetch device_fetch;
    /* Reads the 64-bit little-endian word at `pa` (8-byte aligned). Returns false for an external abort. */
    bool (*read64)(void *ctx, uint64_t pa, uint64_t *value);
    void *ctx;
};

enum naive_kind {
    NAIVE_FETCH,
    NAIVE_LOAD,
    NAIVE_STORE,
    NAIVE_ZVA,
    NAIVE_CACHE_READ,  /* DC CVAC, CVAU, CIVAC, IC IVAU */
    NAIVE_CACHE_WRITE, /* DC IVAC */
};

/* el: 0, 1 (Non-secure EL1&0 regime) or 2. unpriv: LDTR/STTR; matters at EL1 only. size in bytes, a power of two;
 * matters to LOAD and STORE only. One address is translated, `va`: the caller splits an access that leaves the smallest
 * page, and says with `straddles` that a part is of such a one, and so not aligned. */
struct naive_access {
    enum naive_kind kind;
    unsigned el;
    bool unpriv;
    bool straddles;
    uint64_t va;
    uint64_t size;
};

enum naive_fault_type {
    NAIVE_FAULT_NONE,
    NAIVE_FAULT_ADDRESS_SIZE,
    NAIVE_FAULT_TRANSLATION,
    NAIVE_FAULT_ACCESS_FLAG,
    NAIVE_FAULT_PERMISSION,
    NAIVE_FAULT_WALK_ABORT, /* synchronous external abort on a translation table walk */
    NAIVE_FAULT_ALIGNMENT,
};

struct naive_fault {
    enum naive_fault_type type;
    unsigned status; /* ESR_ELx.DFSC/IFSC, PAR_EL1.FST */
    unsigned stage;  /* 1 or 2; 0 without a fault */
    unsigned level;  /* 0 for faults that have none */
    bool s1ptw;      /* stage 2, on the address of a stage-1 descriptor */
    uint64_t ipa;    /* stage 2: the address it refused */
};

/* The exception a fault becomes. Instruction-specific syndrome is not known here: ISV is 0 always. */
struct naive_exception {
    unsigned el; /* taken to */
    uint64_t esr, far, hpfar;
    bool hpfar_valid; /* otherwise HPFAR_EL2 is UNKNOWN, and 0 here */
};

/* One descriptor read, in order. input: the VA or IPA it helps to translate; value as it stands in memory; attr, sh:
 * memory attributes of the read itself (MAIR format). */
struct naive_read {
    unsigned stage, level;
    uint64_t input, pa, value;
    uint8_t attr, sh;
};

/* What happened. Without a fault: everything but `fault` and `exception`. With one: those two, the reads up to and
 * including the last, and, when stage 2 refused the final access, s1_* and ipa; the rest is unspecified. */
struct naive_result {
    bool ok;
    uint64_t pa, ipa; /* ipa == pa without stage 2 */
    uint8_t attr, sh; /* combined and normalised, MAIR format; sh may be the reserved 0b01, see above */
    bool s1_on, s2_on;
    unsigned s1_level, s2_level; /* leaf levels; 0 where the stage is off */
    uint8_t s1_attr, s1_sh;      /* as handed to the combination, after register overrides; sh as written */
    uint8_t s2_memattr, s2_sh;   /* likewise; 0xf and 0 (the identity) where stage 2 is off */
    struct naive_fault fault;
    struct naive_exception exception;
    unsigned s1_reads, s2_reads;
    struct naive_read reads[NAIVE_READS_MAX];
};

/* Translates `access` on `machine`. `result` needs no initialisation and is overwritten whole. */
void naive_access(const struct naive_machine *machine, const struct naive_access *access, struct naive_result *result);

enum naive_at_op {
    NAIVE_AT_S1E1R,
    NAIVE_AT_S1E1W,
    NAIVE_AT_S1E0R,
    NAIVE_AT_S1E0W,
    NAIVE_AT_S1E2R,
    NAIVE_AT_S1E2W,
    NAIVE_AT_S12E1R,
    NAIVE_AT_S12E1W,
    NAIVE_AT_S12E0R,
    NAIVE_AT_S12E0W,
};

struct naive_at_result {
    bool has_par;   /* false: an exception was taken instead, and PAR_EL1 is UNKNOWN */
    bool undefined; /* the exception is that the instruction is UNDEFINED at this EL */
    uint64_t par;
    struct naive_exception exception;
    struct naive_result walk; /* the translation behind it; zero when undefined */
};

/* Executes AT `op` on `va` at `el` (1 or 2). `result` is overwritten whole. [Arm: D8.2.13, C5.4] */
void naive_at(const struct naive_machine *machine, enum naive_at_op op, unsigned el, uint64_t va,
              struct naive_at_result *result);
