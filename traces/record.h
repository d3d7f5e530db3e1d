/* One record of a trace: what one core did, in the order in which the machine did it.
 *
 * Readers make records, the replay consumes them. A record knows nothing of the models: a system register is
 * its encoding, a system instruction its A64 opcode. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TRACE_CORES_MAX 8 /* readers deliver no core beyond; a platform may have fewer */

enum rec_op {
    REC_FETCH, /* va, pa: a straight run of `n` 4-byte instructions that does not leave its 4 KB page */
    REC_LOAD,  /* va, pa, size_log2; n: byte offset of the instruction in the run fetched last */
    REC_STORE, /* as REC_LOAD */
    REC_ZVA,   /* va, pa: a DC ZVA that completed; stores 64 bytes; va is 64-byte aligned */
    REC_SYS,   /* n: A64 opcode (TLBI, AT, DC, IC, ISB, DSB, ERET); value: Xt */
    REC_MSR,   /* n: system register encoding (REC_SYSREG); value: the register's content from here on */
    REC_PAR,   /* value: PAR_EL1 as read after the AT before it on this core */
    REC_EXC,   /* exception entry: el: EL taken to; n: vector offset; value: ESR; va: FAR; pa: HPFAR; elr, spsr, par */
    REC_TABW,  /* the 64-bit little-endian word at pa becomes `value` before the next record */
    REC_OP_COUNT
};

enum {
    REC_MMIO = 1,       /* the access went to a device */
    REC_UNPRIV = 2,     /* LDTR/STTR: permissions are checked as EL0 */
    REC_PA_UNKNOWN = 4, /* pa was not recorded */
    REC_TYPE_KNOWN = 8, /* the memory type was recorded: in `type`. Packed traces drop it */
};

/* struct trace_rec.type: bits 7:0 are a MAIR byte, bits 9:8 the shareability as in descriptors, as far as these say
 * that they were recorded. Of a MAIR byte's halves the cacheability counts, not the hints. */
enum {
    REC_TYPE_INNER = 0x400,
    REC_TYPE_OUTER = 0x800,
    REC_TYPE_SH = 0x1000,
    REC_TYPE_NORMAL = 0x2000, /* Normal memory */
    REC_TYPE_DEVICE = 0x4000, /* Device memory; the byte says which */
};

/* The encoding of a system register as it stands in REC_MSR.n. */
#define REC_SYSREG(op0, op1, crn, crm, op2) ((uint32_t)((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))

struct trace_rec {
    uint8_t op;        /* enum rec_op */
    uint8_t core;      /* physical core, from 0 */
    uint8_t el;        /* exception level the core was at (REC_EXC: taken to) */
    uint8_t flags;     /* REC_MMIO | REC_UNPRIV | REC_PA_UNKNOWN | REC_TYPE_KNOWN */
    uint8_t size_log2; /* REC_LOAD, REC_STORE: log2 of the size in bytes, 0..6 */
    uint16_t type;     /* REC_LOAD, REC_STORE with REC_TYPE_KNOWN; unspecified otherwise */
    uint32_t n;
    uint64_t va;
    uint64_t pa;
    uint64_t value;
    uint64_t elr, spsr, par; /* REC_EXC only; unspecified otherwise */
};

/* True when n instructions from va on can be a fetch: at least one, aligned, in one 4 KB page. */
static inline bool record_is_run(uint64_t va, uint32_t n)
{
    return va % 4 == 0 && n - 1 < 1024 && va % 4096 + 4 * n <= 4096;
}

/* True for a load or store that is taken for one of two registers, each to be aligned by itself (LDP, STP) [choice: 16
 * bytes or more: a trace does not tell LDP of two X from LDR of one Q]. */
static inline bool record_is_pair(uint32_t size_log2)
{
    return size_log2 >= 4;
}

/* Returns the bits of a VA that a load or store which is aligned so has not. */
static inline uint32_t record_odd_bits(uint32_t size_log2)
{
    return (1u << size_log2 >> record_is_pair(size_log2)) - 1;
}

/* Returns NULL when the record keeps the promises made above, so that a consumer may index and loop by its fields:
 * op, core, el, flags and size_log2 in range; a fetch is 4-byte aligned, has n >= 1 and stays in its page; n of a data
 * access is a multiple of 4 below 4096; ZVA, TABW and vector offsets are aligned; a register encoding has op0 2 or 3.
 * Else what is wrong with it, as words that fit after "record: ". Every reader and writer asks. */
const char *record_problem(const struct trace_rec *rec);

/* Returns the record with every field that its op does not use set to zero: how readers deliver it. */
struct trace_rec record_canonical(const struct trace_rec *rec);
