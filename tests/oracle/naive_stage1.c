/* Stage 1 of the naive walker, both regimes. Every descriptor address of EL1&0 goes through stage 2 first. */
#include "tests/oracle/combine_rules.h"
#include "tests/oracle/naive_try.h"

/* --- the registers of the regime, read afresh each time ----------------------------------------------------- */

static bool in_el2(const struct naive_try *t)
{
    return t->access->el == 2;
}

static uint64_t sctlr(const struct naive_try *t)
{
    return in_el2(t) ? t->machine->regs.sctlr_el2 : t->machine->regs.sctlr_el1;
}

static uint64_t tcr(const struct naive_try *t)
{
    return in_el2(t) ? t->machine->regs.tcr_el2 : t->machine->regs.tcr_el1;
}

/* VA[55] picks the half of the address space; EL2 has the lower one only. [Arm: AArch64.GetVARange] */
static bool in_upper_half(const struct naive_try *t)
{
    return !in_el2(t) && naive_bit(t->access->va, 55);
}

static uint64_t ttbr(const struct naive_try *t)
{
    if (in_el2(t))
        return t->machine->regs.ttbr0_el2;
    return in_upper_half(t) ? t->machine->regs.ttbr1_el1 : t->machine->regs.ttbr0_el1;
}

static unsigned input_bits(const struct naive_try *t)
{
    const uint64_t txsz = in_upper_half(t) ? naive_bits(tcr(t), 21, 16) : naive_bits(tcr(t), 5, 0);

    return 64 - (unsigned)txsz;
}

/* TG1 does not share TG0's encoding. [choice: 16 KB and reserved act as 4 KB] */
static enum naive_granule granule(const struct naive_try *t)
{
    if (in_upper_half(t))
        return naive_bits(tcr(t), 31, 30) == 3 ? NAIVE_64K : NAIVE_4K;
    return naive_bits(tcr(t), 15, 14) == 1 ? NAIVE_64K : NAIVE_4K;
}

static unsigned output_bits(const struct naive_try *t)
{
    return naive_output_bits(in_el2(t) ? naive_bits(tcr(t), 18, 16) /* PS */ : naive_bits(tcr(t), 34, 32) /* IPS */);
}

static bool top_byte_ignored(const struct naive_try *t)
{
    if (in_el2(t))
        return naive_bit(tcr(t), 20); /* TBI */
    return naive_bit(tcr(t), naive_bit(t->access->va, 55) ? 38 /* TBI1 */ : 37 /* TBI0 */);
}

static bool walks_disabled(const struct naive_try *t)
{
    if (in_el2(t))
        return false;
    return naive_bit(tcr(t), in_upper_half(t) ? 23 /* EPD1 */ : 7 /* EPD0 */);
}

static uint64_t mair(const struct naive_try *t)
{
    return in_el2(t) ? t->machine->regs.mair_el2 : t->machine->regs.mair_el1;
}

static bool is_on(const struct naive_try *t)
{
    const uint64_t hcr = t->machine->regs.hcr_el2;

    if (!in_el2(t) && (naive_bit(hcr, 12) /* DC */ || naive_bit(hcr, 27) /* TGE */))
        return false;
    return naive_bit(sctlr(t), 0); /* M */
}

/* --- the walk ----------------------------------------------------------------------------------------------- */

static bool fail(struct naive_try *t, enum naive_fault_type type, unsigned level)
{
    return naive_fail(t, type, 1, level);
}

/* The bits above the input size must repeat VA[55], up to the tag. [Arm: R_VZZSZ, AArch64.VAIsOutOfRange] */
static bool va_in_range(const struct naive_try *t)
{
    const unsigned top = top_byte_ignored(t) ? 55 : 63;
    const unsigned size = input_bits(t);
    const uint64_t above = naive_bits(t->access->va, top, size);

    return above == (in_upper_half(t) ? naive_bits(~0ull, top, size) : 0);
}

/* The first level that still has address bits to index with. [Arm: Tables D8-18, D8-37] */
static unsigned start_level(const struct naive_try *t)
{
    unsigned level = 3;

    while (level > 0 && naive_index_lsb(granule(t), level - 1) < input_bits(t))
        level--;
    return level;
}

/* Attributes of the descriptor read before stage 2 has its say. [Arm: AArch64.S1Walk, WalkMemAttrs] */
static struct naive_read describe_read(const struct naive_try *t, unsigned level)
{
    struct naive_read read = { .stage = 1, .level = level, .input = t->access->va };

    if (in_upper_half(t)) {
        read.attr = naive_walk_mair(naive_bits(tcr(t), 25, 24) /* IRGN1 */, naive_bits(tcr(t), 27, 26) /* ORGN1 */);
        read.sh = naive_legal_sh(naive_bits(tcr(t), 29, 28) /* SH1 */);
    } else {
        read.attr = naive_walk_mair(naive_bits(tcr(t), 9, 8) /* IRGN0 */, naive_bits(tcr(t), 11, 10) /* ORGN0 */);
        read.sh = naive_legal_sh(naive_bits(tcr(t), 13, 12) /* SH0 */);
    }
    if (!naive_bit(sctlr(t), 2) /* C */)
        read.attr = 0x44;
    return read;
}

/* Reads the descriptor at intermediate address `at`: stage 2 first, and its fault if it refuses. [Arm: D8.2.4] */
static bool read_descriptor(struct naive_try *t, unsigned level, uint64_t at, uint64_t *descriptor)
{
    struct naive_read read = describe_read(t, level);
    struct naive_s2_out s2 = { .pa = at, .memattr = 0xf };
    struct combine_outcome both;

    if (naive_stage2_on(t) && !naive_stage2(t, at, NAIVE_S2_WALK, &s2))
        return false;
    both = combine_rules(read.attr, read.sh, s2.memattr, s2.sh);
    read.pa = s2.pa;
    read.attr = both.par_attr;
    read.sh = (uint8_t)both.par_sh;
    if (!naive_read(t, read, naive_bit(sctlr(t), 25) /* EE */, descriptor))
        return fail(t, NAIVE_FAULT_WALK_ABORT, level);
    return true;
}

struct leaf {
    uint64_t descriptor;
    uint64_t tables; /* OR of all table descriptors above it: the hierarchical attributes are sticky */
    unsigned level;
};

/* [Arm: AArch64.S1Walk; order of checks D8.15.4] */
static bool walk(struct naive_try *t, struct leaf *leaf)
{
    unsigned level, msb = input_bits(t) - 1;
    uint64_t table;

    /* [choice: an input size outside 25..48 bits faults, it is not clamped] */
    if (input_bits(t) < 25 || input_bits(t) > 48 || !va_in_range(t) || walks_disabled(t))
        return fail(t, NAIVE_FAULT_TRANSLATION, 0);
    if (naive_exceeds(ttbr(t), output_bits(t)))
        return fail(t, NAIVE_FAULT_ADDRESS_SIZE, 0);
    table = naive_bits(ttbr(t), 47, 0);
    for (level = start_level(t);; level++) {
        const unsigned lsb = naive_index_lsb(granule(t), level);
        const uint64_t table_bytes = 8ull << (msb - lsb + 1);
        const uint64_t at = (table & ~(table_bytes - 1)) + 8 * naive_bits(t->access->va, msb, lsb);
        uint64_t d;

        if (!read_descriptor(t, level, at, &d))
            return false;
        if ((d & 1) == 0 || ((d & 2) == 0 && !naive_block_allowed(granule(t), level)))
            return fail(t, NAIVE_FAULT_TRANSLATION, level);
        if (naive_exceeds(d, output_bits(t)))
            return fail(t, NAIVE_FAULT_ADDRESS_SIZE, level);
        if ((d & 2) == 0 || level == 3) {
            leaf->descriptor = d;
            leaf->level = level;
            return true;
        }
        leaf->tables |= d;
        table = naive_bits(d, 47, granule(t)) << granule(t);
        msb = lsb - 1;
    }
}

/* --- what the leaf says ------------------------------------------------------------------------------------- */

/* [Arm: Table D8-65 with the table masks of Table D8-64 already applied] */
static bool permits_el10(const struct naive_try *t, const struct leaf *leaf)
{
    const bool read_only = naive_bit(leaf->descriptor, 7) || naive_bit(leaf->tables, 62); /* AP[2], APTable[1] */
    const bool el0 = naive_bit(leaf->descriptor, 6) && !naive_bit(leaf->tables, 61);      /* AP[1], APTable[0] */
    const bool uxn = naive_bit(leaf->descriptor, 54) || naive_bit(leaf->tables, 60);
    const bool pxn = naive_bit(leaf->descriptor, 53) || naive_bit(leaf->tables, 59);
    const bool wxn = naive_bit(sctlr(t), 19);
    const bool el0_writes = el0 && !read_only;
    const bool as_el0 = t->access->el == 0 || t->access->unpriv;

    if (t->access->kind == NAIVE_FETCH) {
        if (t->access->el == 0)
            return !uxn && !(wxn && el0_writes);
        return !pxn && !el0_writes && !(wxn && !read_only); /* what EL0 may write, EL1 never executes */
    }
    if (naive_cleans_freely(t->access))
        return true;
    if (as_el0 && !el0)
        return false;
    return !naive_is_write(t->access) || !read_only;
}

/* AP[1], PXN and their table bits mean nothing here. [Arm: Table D8-66] */
static bool permits_el2(const struct naive_try *t, const struct leaf *leaf)
{
    const bool read_only = naive_bit(leaf->descriptor, 7) || naive_bit(leaf->tables, 62);
    const bool xn = naive_bit(leaf->descriptor, 54) || naive_bit(leaf->tables, 60);

    if (t->access->kind == NAIVE_FETCH)
        return !xn && !(naive_bit(sctlr(t), 19) /* WXN */ && !read_only);
    return !naive_is_write(t->access) || !read_only;
}

static bool settle_fetch_from_device(struct naive_try *t)
{
    if (!naive_mair_is_device(t->result->s1_attr))
        return true;
    switch (t->machine->device_fetch) { /* [choice: device_fetch] */
    case NAIVE_DEVICE_FETCH_FAULTS:
        return fail(t, NAIVE_FAULT_PERMISSION, t->result->s1_level);
    case NAIVE_DEVICE_FETCH_IS_NC:
        break;
    }
    t->result->s1_attr = 0x44;
    return true;
}

/* SCTLR_ELx.C and .I take caching away from Normal memory only. [Arm: AArch64.S1TreatAsNormalNC] */
static void apply_disables(struct naive_try *t)
{
    const unsigned enable = t->access->kind == NAIVE_FETCH ? 12 /* I */ : 2 /* C */;

    if (!naive_bit(sctlr(t), enable) && !naive_mair_is_device(t->result->s1_attr))
        t->result->s1_attr = 0x44;
}

static bool translate(struct naive_try *t)
{
    struct naive_result *r = t->result;
    struct leaf leaf = { 0 };
    unsigned lsb;
    uint64_t index;

    if (!walk(t, &leaf))
        return false;
    lsb = naive_index_lsb(granule(t), leaf.level);
    index = naive_bits(leaf.descriptor, 4, 2);
    r->s1_level = leaf.level;
    r->ipa = naive_bits(leaf.descriptor, 47, lsb) << lsb | naive_bits(t->access->va, lsb - 1, 0);
    r->s1_attr = naive_legal_mair(mair(t) >> (8 * index) & 0xff);
    r->s1_sh = (uint8_t)naive_bits(leaf.descriptor, 9, 8);
    if (!naive_bit(leaf.descriptor, 10) /* AF */)
        return fail(t, NAIVE_FAULT_ACCESS_FLAG, leaf.level);
    if (naive_mair_is_device(r->s1_attr) && naive_needs_normal(t->access))
        return fail(t, NAIVE_FAULT_ALIGNMENT, 0);
    if (in_el2(t) ? !permits_el2(t, &leaf) : !permits_el10(t, &leaf))
        return fail(t, NAIVE_FAULT_PERMISSION, leaf.level);
    if (t->access->kind == NAIVE_FETCH && !settle_fetch_from_device(t))
        return false;
    apply_disables(t);
    return true;
}

/* A flat map with fixed attributes; all it can refuse is an address the core does not have. [Arm: R_WFZPW, D8.2.12] */
static bool pass_through(struct naive_try *t)
{
    struct naive_result *r = t->result;

    if (naive_bits(t->access->va, top_byte_ignored(t) ? 55 : 63, NAIVE_PA_BITS) != 0)
        return fail(t, NAIVE_FAULT_ADDRESS_SIZE, 0);
    r->ipa = naive_bits(t->access->va, NAIVE_PA_BITS - 1, 0);
    if (!in_el2(t) && naive_bit(t->machine->regs.hcr_el2, 12) /* DC */) {
        r->s1_attr = 0xff;
        r->s1_sh = COMBINE_NSH;
    } else if (t->access->kind == NAIVE_FETCH) {
        r->s1_attr = naive_bit(sctlr(t), 12) /* I */ ? 0xaa : 0x44;
        r->s1_sh = COMBINE_OSH;
    } else {
        r->s1_attr = 0x00;
        r->s1_sh = COMBINE_OSH;
    }
    if (naive_mair_is_device(r->s1_attr) && naive_needs_normal(t->access))
        return fail(t, NAIVE_FAULT_ALIGNMENT, 0);
    return true;
}

bool naive_stage1(struct naive_try *t)
{
    /* Alignment that does not depend on memory type comes before everything. [Arm: SCTLR_EL1.A, D8.15.4] */
    if (t->access->kind != NAIVE_FETCH && t->access->kind != NAIVE_ZVA && naive_bit(sctlr(t), 1) /* A */ &&
        naive_needs_normal(t->access))
        return fail(t, NAIVE_FAULT_ALIGNMENT, 0);
    t->result->s1_on = is_on(t);
    return t->result->s1_on ? translate(t) : pass_through(t);
}
