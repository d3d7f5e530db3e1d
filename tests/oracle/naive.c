/* The naive walker from outside: a whole access, the exception a fault becomes, and AT. See naive.h. */
#include "tests/oracle/naive.h"

#include <assert.h>
#include <string.h>

#include "tests/oracle/combine_rules.h"
#include "tests/oracle/naive_try.h"

/* --- small answers ------------------------------------------------------------------------------------------ */

unsigned naive_index_lsb(enum naive_granule granule, unsigned level)
{
    static const unsigned lsb_4k[] = { 39, 30, 21, 12 };
    static const unsigned lsb_64k[] = { 55, 42, 29, 16 }; /* no level 0: beyond any input size */

    assert(level <= 3);
    return granule == NAIVE_64K ? lsb_64k[level] : lsb_4k[level];
}

bool naive_block_allowed(enum naive_granule granule, unsigned level)
{
    if (granule == NAIVE_64K)
        return level == 2;
    return level == 1 || level == 2;
}

unsigned naive_output_bits(uint64_t ps)
{
    static const unsigned bits[] = { 32, 36, 40, 42, 44, 48, 48, 48 };

    return bits[ps] < NAIVE_PA_BITS ? bits[ps] : (unsigned)NAIVE_PA_BITS;
}

bool naive_exceeds(uint64_t address, unsigned bits)
{
    return naive_bits(address, 47, bits) != 0;
}

uint8_t naive_legal_sh(uint64_t sh)
{
    return sh == COMBINE_SH_RESERVED ? COMBINE_NSH : (uint8_t)sh; /* [choice: 0b01 acts as Non-shareable] */
}

/* A reserved 0b01 that nothing overrides is reported as it was written. [choice: naive.h] */
static uint8_t reported_sh(const struct naive_result *r, const struct combine_outcome *both)
{
    return !r->s2_on && both->par_sh == COMBINE_NSH ? r->s1_sh : (uint8_t)both->par_sh;
}

uint8_t naive_legal_mair(uint64_t byte)
{
    if (byte >> 4 == 0)
        return byte & 0xc;                                          /* [choice: 0000ddxx acts as Device dd] */
    return (byte & 0xf) == 0 ? (uint8_t)(byte | 4) : (uint8_t)byte; /* [choice: oooo0000 acts as inner NC] */
}

uint8_t naive_legal_memattr(uint64_t memattr)
{
    if (memattr >> 2 != 0 && (memattr & 3) == 0)
        return (uint8_t)(memattr | 3); /* [choice: acts as inner Write-Back] */
    return (uint8_t)memattr;
}

uint8_t naive_walk_mair(uint64_t irgn, uint64_t orgn)
{
    static const uint8_t nibble[] = { 0x4, 0xf, 0xa, 0xe }; /* NC, WB RA+WA, WT RA, WB RA */

    return (uint8_t)(nibble[orgn] << 4 | nibble[irgn]);
}

bool naive_needs_normal(const struct naive_access *access)
{
    switch (access->kind) {
    case NAIVE_FETCH:
    case NAIVE_CACHE_READ:
    case NAIVE_CACHE_WRITE:
        return false;
    case NAIVE_LOAD:
    case NAIVE_STORE:
        return access->straddles || (access->va & (access->size - 1)) != 0;
    case NAIVE_ZVA:
        return true;
    }
    return false;
}

bool naive_is_write(const struct naive_access *access)
{
    return access->kind == NAIVE_STORE || access->kind == NAIVE_ZVA || access->kind == NAIVE_CACHE_WRITE;
}

bool naive_is_cache_maintenance(const struct naive_access *access)
{
    return access->kind == NAIVE_CACHE_READ || access->kind == NAIVE_CACHE_WRITE;
}

bool naive_cleans_freely(const struct naive_access *access)
{
    return access->kind == NAIVE_CACHE_READ && access->el != 0;
}

bool naive_stage2_on(const struct naive_try *t)
{
    const uint64_t hcr = t->machine->regs.hcr_el2;

    return t->access->el != 2 && (naive_bit(hcr, 0) /* VM */ || naive_bit(hcr, 12) /* DC acts as VM: R_LBPTY */);
}

bool naive_read(struct naive_try *t, struct naive_read read, bool big_endian, uint64_t *value)
{
    struct naive_result *r = t->result;
    const unsigned n = r->s1_reads + r->s2_reads;

    assert(n < NAIVE_READS_MAX);
    r->reads[n] = read;
    if (read.stage == 1)
        r->s1_reads++;
    else
        r->s2_reads++;
    if (!t->machine->read64(t->machine->ctx, read.pa, value))
        return false;
    r->reads[n].value = *value;
    if (big_endian)
        *value = __builtin_bswap64(*value);
    return true;
}

/* --- faults and exceptions ---------------------------------------------------------------------------------- */

/* [Arm: EncodeLDFSC] */
static unsigned status_code(enum naive_fault_type type, unsigned level)
{
    switch (type) {
    case NAIVE_FAULT_NONE:
        break;
    case NAIVE_FAULT_ADDRESS_SIZE:
        return 0x00 | level;
    case NAIVE_FAULT_TRANSLATION:
        return 0x04 | level;
    case NAIVE_FAULT_ACCESS_FLAG:
        return 0x08 | level;
    case NAIVE_FAULT_PERMISSION:
        return 0x0c | level;
    case NAIVE_FAULT_WALK_ABORT:
        return 0x14 | level;
    case NAIVE_FAULT_ALIGNMENT:
        return 0x21;
    }
    return 0;
}

bool naive_fail(struct naive_try *t, enum naive_fault_type type, unsigned stage, unsigned level)
{
    struct naive_fault *fault = &t->result->fault;

    fault->type = type;
    fault->stage = stage;
    fault->level = level;
    fault->status = status_code(type, level);
    return false;
}

/* HPFAR_EL2 is written for these and UNKNOWN otherwise. [Arm: HPFAR_EL2, IPAValid] */
static bool hpfar_is_valid(const struct naive_fault *fault)
{
    if (fault->stage != 2)
        return false;
    switch (fault->type) {
    case NAIVE_FAULT_ADDRESS_SIZE:
    case NAIVE_FAULT_TRANSLATION:
    case NAIVE_FAULT_ACCESS_FLAG:
        return true;
    case NAIVE_FAULT_PERMISSION:
        return fault->s1ptw;
    case NAIVE_FAULT_NONE:
    case NAIVE_FAULT_WALK_ABORT:
    case NAIVE_FAULT_ALIGNMENT:
        break;
    }
    return false;
}

/* What instruction raised the fault, as far as the syndrome tells. */
enum origin { FROM_ACCESS, FROM_AT };

/* [Arm: AArch64.DataAbort, AArch64.InstructionAbort, ESR_ELx] */
static struct naive_exception take(const struct naive_try *t, unsigned from_el, enum origin origin)
{
    const struct naive_fault *fault = &t->result->fault;
    const bool is_fetch = t->access->kind == NAIVE_FETCH;
    const bool to_el2 = from_el == 2 || fault->stage == 2 || naive_bit(t->machine->regs.hcr_el2, 27) /* TGE */;
    struct naive_exception e = { .el = to_el2 ? 2 : 1, .far = t->access->va };
    uint64_t ec = is_fetch ? 0x20 : 0x24;

    if (e.el == from_el)
        ec++;
    e.esr = ec << 26 | 1ull << 25 /* IL */ | (uint64_t)fault->s1ptw << 7 | fault->status;
    if (origin == FROM_AT || naive_is_cache_maintenance(t->access))
        e.esr |= 1u << 8 /* CM */ | 1u << 6 /* WnR */;
    else if (naive_is_write(t->access)) /* [choice: also when the fault is on the read of a descriptor] */
        e.esr |= 1u << 6;
    e.hpfar_valid = hpfar_is_valid(fault);
    if (e.hpfar_valid)
        e.hpfar = naive_bits(fault->ipa, 47, 12) << 4;
    return e;
}

/* --- the whole translation ---------------------------------------------------------------------------------- */

static void translate(struct naive_try *t)
{
    struct naive_result *r = t->result;
    struct naive_s2_out s2 = { .memattr = 0xf };
    struct combine_outcome both;

    if (!naive_stage1(t))
        return;
    r->s2_on = naive_stage2_on(t) && !t->stage1_only;
    s2.pa = r->ipa;
    if (r->s2_on && !naive_stage2(t, r->ipa, NAIVE_S2_FINAL, &s2))
        return;
    both = combine_rules(r->s1_attr, naive_legal_sh(r->s1_sh), s2.memattr, s2.sh);
    r->s2_level = s2.level;
    r->s2_memattr = s2.memattr;
    r->s2_sh = s2.sh;
    r->pa = s2.pa;
    r->attr = both.par_attr;
    r->sh = reported_sh(r, &both);
    r->ok = true;
}

void naive_access(const struct naive_machine *machine, const struct naive_access *access, struct naive_result *result)
{
    struct naive_try t = { .machine = machine, .access = access, .result = result };

    memset(result, 0, sizeof *result);
    translate(&t);
    if (!result->ok)
        result->exception = take(&t, access->el, FROM_ACCESS);
}

/* --- AT ----------------------------------------------------------------------------------------------------- */

struct at_meaning {
    unsigned el; /* whose translation and permissions */
    enum naive_kind kind;
    bool stage1_only;
    unsigned min_el; /* below it the instruction is UNDEFINED */
};

static const struct at_meaning at_meanings[] = {
    [NAIVE_AT_S1E1R] = { 1, NAIVE_LOAD, true, 1 },   [NAIVE_AT_S1E1W] = { 1, NAIVE_STORE, true, 1 },
    [NAIVE_AT_S1E0R] = { 0, NAIVE_LOAD, true, 1 },   [NAIVE_AT_S1E0W] = { 0, NAIVE_STORE, true, 1 },
    [NAIVE_AT_S1E2R] = { 2, NAIVE_LOAD, true, 2 },   [NAIVE_AT_S1E2W] = { 2, NAIVE_STORE, true, 2 },
    [NAIVE_AT_S12E1R] = { 1, NAIVE_LOAD, false, 2 }, [NAIVE_AT_S12E1W] = { 1, NAIVE_STORE, false, 2 },
    [NAIVE_AT_S12E0R] = { 0, NAIVE_LOAD, false, 2 }, [NAIVE_AT_S12E0W] = { 0, NAIVE_STORE, false, 2 },
};

/* [Arm: PAR_EL1, AArch64.EncodePAR] */
static uint64_t encode_par(const struct naive_result *r)
{
    const struct naive_fault *fault = &r->fault;

    if (r->ok)
        return (uint64_t)r->attr << 56 | naive_bits(r->pa, 47, 12) << 12 | 1u << 11 | 1u << 9 /* NS */ |
               (uint64_t)r->sh << 7;
    return 1u << 11 | (uint64_t)(fault->stage == 2) << 9 | (uint64_t)fault->s1ptw << 8 | fault->status << 1 | 1u;
}

/* External aborts are always taken. A stage-2 fault on a stage-1 walk is EL2's business when EL1 asked, and an
 * answer when EL2 did. [Arm: D8.15.2] */
static bool at_is_taken(const struct naive_fault *fault, unsigned el)
{
    if (fault->type == NAIVE_FAULT_WALK_ABORT)
        return true;
    return el == 1 && fault->s1ptw;
}

void naive_at(const struct naive_machine *machine, enum naive_at_op op, unsigned el, uint64_t va,
              struct naive_at_result *result)
{
    const struct at_meaning m = at_meanings[op];
    const struct naive_access access = { .kind = m.kind, .el = m.el, .va = va, .size = 1 };
    struct naive_try t = { machine, &access, m.stage1_only, &result->walk };

    memset(result, 0, sizeof *result);
    if (el < m.min_el) {
        result->undefined = true;
        result->exception = (struct naive_exception){ .el = 1, .esr = 1u << 25 /* EC 0, IL */ };
        return;
    }
    translate(&t);
    if (!result->walk.ok && at_is_taken(&result->walk.fault, el)) {
        result->exception = take(&t, el, FROM_AT);
        result->walk.exception = result->exception;
        return;
    }
    result->has_par = true;
    result->par = encode_par(&result->walk);
}
