/* What the parts of the naive walker share: one attempt at a translation, and small questions about it.
 * Internal to tests/oracle/naive*.c. */
#pragma once

#include "tests/oracle/naive.h"

struct naive_try {
    const struct naive_machine *machine;
    const struct naive_access *access;
    bool stage1_only; /* AT S1*: the final address does not go through stage 2 */
    struct naive_result *result;
};

/* Register bits by number; the call names the field in a comment. */
static inline uint64_t naive_bits(uint64_t value, unsigned msb, unsigned lsb)
{
    return value << (63 - msb) >> (63 - msb + lsb);
}

static inline bool naive_bit(uint64_t value, unsigned bit)
{
    return value >> bit & 1;
}

/* Granules. Values are the log2 of the page size. */
enum naive_granule { NAIVE_4K = 12, NAIVE_64K = 16 };

/* Lowest address bit that indexes a table of `level`. [Arm: Tables D8-16, D8-35] */
unsigned naive_index_lsb(enum naive_granule granule, unsigned level);

/* Whether a descriptor 0b01 at `level` is a block. [Arm: D8.3.1] */
bool naive_block_allowed(enum naive_granule granule, unsigned level);

/* Output address size in bits for a PS/IPS field, no more than the core has. [Arm: R_CLPQT] */
unsigned naive_output_bits(uint64_t ps);

/* Whether `address` has bits at or above `bits` in [47:bits], the test of every Address size check. */
bool naive_exceeds(uint64_t address, unsigned bits);

/* Substitutes an allocated encoding for a reserved one, see naive.h. */
uint8_t naive_legal_sh(uint64_t sh);
uint8_t naive_legal_mair(uint64_t byte);
uint8_t naive_legal_memattr(uint64_t memattr);

static inline bool naive_mair_is_device(uint8_t byte)
{
    return byte >> 4 == 0;
}

static inline bool naive_memattr_is_device(uint8_t memattr)
{
    return memattr >> 2 == 0;
}

/* MAIR byte of a table walk with the given xRGN fields: never transient. [Arm: TCR_EL1.IRGN0] */
uint8_t naive_walk_mair(uint64_t irgn, uint64_t orgn);

/* Whether the access may not be made to Device memory: unaligned data, or DC ZVA. [Arm: B2.10.2] */
bool naive_needs_normal(const struct naive_access *access);

bool naive_is_write(const struct naive_access *access);
bool naive_is_cache_maintenance(const struct naive_access *access);

/* Whether permission to read does not matter: above EL0, cleaning takes none. [Arm: D8.15.3] */
bool naive_cleans_freely(const struct naive_access *access);

bool naive_stage2_on(const struct naive_try *t);

/* Reads a descriptor at `pa` and notes it. `big_endian`: SCTLR_ELx.EE of the controlling EL.
 * Returns false on an external abort. */
bool naive_read(struct naive_try *t, struct naive_read read, bool big_endian, uint64_t *value);

/* Records the fault. Returns false, so that a step may end in `return naive_fail(...)`. */
bool naive_fail(struct naive_try *t, enum naive_fault_type type, unsigned stage, unsigned level);

/* Stage 1 of the access: fills ipa and s1_* of the result. Returns false after recording a fault. */
bool naive_stage1(struct naive_try *t);

enum naive_s2_use { NAIVE_S2_FINAL, NAIVE_S2_WALK };

struct naive_s2_out {
    uint64_t pa;
    unsigned level;
    uint8_t memattr, sh;
};

/* Stage 2 of `ipa`, for the access itself or for a stage-1 descriptor. Returns false after recording a fault. */
bool naive_stage2(struct naive_try *t, uint64_t ipa, enum naive_s2_use use, struct naive_s2_out *out);
