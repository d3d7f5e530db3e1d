/* Stage 2 of the naive walker. It knows an IPA and what it is for, nothing of stage 1. */
#include "tests/oracle/naive_try.h"

static const struct naive_regs *regs(const struct naive_try *t)
{
    return &t->machine->regs;
}

static enum naive_granule granule(const struct naive_try *t)
{
    return naive_bits(regs(t)->vtcr_el2, 15, 14) == 1 /* TG0 */ ? NAIVE_64K : NAIVE_4K;
}

static unsigned input_bits(const struct naive_try *t)
{
    return 64 - (unsigned)naive_bits(regs(t)->vtcr_el2, 5, 0) /* T0SZ */;
}

static unsigned output_bits(const struct naive_try *t)
{
    return naive_output_bits(naive_bits(regs(t)->vtcr_el2, 18, 16) /* PS */);
}

/* The combinations of granule, SL0 and T0SZ that a core with 40-bit PAs has, as the concatenation tables print them.
 * Any other is refused at level 0. [Arm: Tables D4-13, D4-19 of issue A.g; AArch64.S2InvalidSL]
 * [choice: T0SZ below 24 faults too, it is not clamped] */
static bool start_level(const struct naive_try *t, unsigned *level)
{
    static const struct {
        enum naive_granule granule;
        unsigned sl0, level, t0sz_min, t0sz_max;
    } legal[] = {
        { NAIVE_4K, 0, 2, 30, 39 },  /* 30..33: 16, 8, 4, 2 tables concatenated */
        { NAIVE_4K, 1, 1, 24, 33 },  /* 24: 2 tables */
        { NAIVE_64K, 0, 3, 31, 39 }, /* 31..34: 16, 8, 4, 2 tables */
        { NAIVE_64K, 1, 2, 24, 34 },
    };
    const uint64_t sl0 = naive_bits(regs(t)->vtcr_el2, 7, 6);
    const uint64_t t0sz = naive_bits(regs(t)->vtcr_el2, 5, 0);

    for (unsigned i = 0; i < sizeof legal / sizeof legal[0]; i++) {
        if (legal[i].granule == granule(t) && legal[i].sl0 == sl0 && t0sz >= legal[i].t0sz_min &&
            t0sz <= legal[i].t0sz_max) {
            *level = legal[i].level;
            return true;
        }
    }
    return false;
}

static bool fail(struct naive_try *t, enum naive_fault_type type, unsigned level, uint64_t ipa, enum naive_s2_use use)
{
    naive_fail(t, type, 2, level);
    t->result->fault.ipa = ipa;
    t->result->fault.s1ptw = use == NAIVE_S2_WALK;
    return false;
}

/* The walk's own attributes: VTCR_EL2 fields, HCR_EL2.CD, and nothing to combine with. [Arm: AArch64.S2Walk] */
static struct naive_read describe_read(const struct naive_try *t, unsigned level, uint64_t ipa)
{
    const uint64_t vtcr = regs(t)->vtcr_el2;
    struct naive_read read = { .stage = 2, .level = level, .input = ipa };

    read.attr = naive_walk_mair(naive_bits(vtcr, 9, 8) /* IRGN0 */, naive_bits(vtcr, 11, 10) /* ORGN0 */);
    read.sh = naive_legal_sh(naive_bits(vtcr, 13, 12)); /* SH0 */
    if (naive_bit(regs(t)->hcr_el2, 32) /* CD */)
        read.attr = 0x44;
    if (read.attr == 0x44)
        read.sh = 2;
    return read;
}

/* Walks to the leaf that maps `ipa`. [Arm: AArch64.S2Walk] */
static bool walk(struct naive_try *t, uint64_t ipa, enum naive_s2_use use, uint64_t *leaf, unsigned *leaf_level)
{
    unsigned level, msb = input_bits(t) - 1;
    uint64_t table;

    if (!start_level(t, &level))
        return fail(t, NAIVE_FAULT_TRANSLATION, 0, ipa, use);
    if (ipa >> input_bits(t) != 0) /* not an Address size fault [Arm: R_BZHGM] */
        return fail(t, NAIVE_FAULT_TRANSLATION, 0, ipa, use);
    if (naive_exceeds(regs(t)->vttbr_el2, output_bits(t)))
        return fail(t, NAIVE_FAULT_ADDRESS_SIZE, 0, ipa, use);
    table = naive_bits(regs(t)->vttbr_el2, 47, 0);
    for (;; level++) {
        const unsigned lsb = naive_index_lsb(granule(t), level);
        const uint64_t table_bytes = 8ull << (msb - lsb + 1); /* concatenated tables are one big one */
        const uint64_t at = (table & ~(table_bytes - 1)) + 8 * naive_bits(ipa, msb, lsb);
        struct naive_read read = describe_read(t, level, ipa);
        uint64_t descriptor;

        read.pa = at;
        if (!naive_read(t, read, naive_bit(regs(t)->sctlr_el2, 25) /* EE */, &descriptor))
            return fail(t, NAIVE_FAULT_WALK_ABORT, level, ipa, use);
        if ((descriptor & 1) == 0)
            return fail(t, NAIVE_FAULT_TRANSLATION, level, ipa, use);
        if ((descriptor & 2) == 0 && !naive_block_allowed(granule(t), level))
            return fail(t, NAIVE_FAULT_TRANSLATION, level, ipa, use);
        if (naive_exceeds(descriptor, output_bits(t)))
            return fail(t, NAIVE_FAULT_ADDRESS_SIZE, level, ipa, use);
        if ((descriptor & 2) == 0 || level == 3) {
            *leaf = descriptor;
            *leaf_level = level;
            return true;
        }
        table = naive_bits(descriptor, 47, granule(t)) << granule(t);
        msb = lsb - 1;
    }
}

/* A descriptor fetch is a data read, whatever made it necessary; an instruction fetch needs no read permission.
 * [Arm: D8.4.3, Tables D8-76, D8-77] */
static bool permits(const struct naive_try *t, uint64_t leaf, enum naive_s2_use use)
{
    if (use == NAIVE_S2_WALK)
        return naive_bit(leaf, 6); /* S2AP[0] */
    if (t->access->kind == NAIVE_FETCH)
        return !naive_bit(leaf, 54); /* XN */
    if (naive_cleans_freely(t->access))
        return true;
    return naive_is_write(t->access) ? naive_bit(leaf, 7) : naive_bit(leaf, 6);
}

/* Device memory under a stage-1 table: HCR_EL2.PTW forbids it, otherwise the read is made as Normal Non-cacheable.
 * [Arm: HCR_EL2.PTW, AArch64.S2Translate] */
static bool settle_walk_on_device(struct naive_try *t, uint64_t ipa, struct naive_s2_out *out)
{
    if (!naive_memattr_is_device(out->memattr))
        return true;
    if (naive_bit(regs(t)->hcr_el2, 2) /* PTW */ && !naive_bit(regs(t)->hcr_el2, 27) /* TGE */)
        return fail(t, NAIVE_FAULT_PERMISSION, out->level, ipa, NAIVE_S2_WALK);
    out->memattr = 0x5;
    return true;
}

static bool settle_fetch_from_device(struct naive_try *t, uint64_t ipa, struct naive_s2_out *out)
{
    if (!naive_memattr_is_device(out->memattr))
        return true;
    switch (t->machine->device_fetch) { /* [choice: device_fetch] */
    case NAIVE_DEVICE_FETCH_FAULTS:
        return fail(t, NAIVE_FAULT_PERMISSION, out->level, ipa, NAIVE_S2_FINAL);
    case NAIVE_DEVICE_FETCH_IS_NC:
        break;
    }
    out->memattr = 0x5;
    return true;
}

/* HCR_EL2.CD governs data accesses and stage-1 walks, even those of a fetch; HCR_EL2.ID governs fetches.
 * [Arm: HCR_EL2.CD, HCR_EL2.ID] */
static void apply_disables(const struct naive_try *t, enum naive_s2_use use, struct naive_s2_out *out)
{
    const bool is_fetch = use == NAIVE_S2_FINAL && t->access->kind == NAIVE_FETCH;

    if (naive_bit(regs(t)->hcr_el2, is_fetch ? 33 : 32) && !naive_memattr_is_device(out->memattr))
        out->memattr = 0x5;
}

bool naive_stage2(struct naive_try *t, uint64_t ipa, enum naive_s2_use use, struct naive_s2_out *out)
{
    uint64_t leaf;
    unsigned lsb;

    if (!walk(t, ipa, use, &leaf, &out->level))
        return false;
    lsb = naive_index_lsb(granule(t), out->level);
    out->pa = naive_bits(leaf, 47, lsb) << lsb | naive_bits(ipa, lsb - 1, 0);
    out->memattr = naive_legal_memattr(naive_bits(leaf, 5, 2));
    out->sh = naive_legal_sh(naive_bits(leaf, 9, 8));
    if (!naive_bit(leaf, 10) /* AF */)
        return fail(t, NAIVE_FAULT_ACCESS_FLAG, out->level, ipa, use);
    if (use == NAIVE_S2_FINAL && naive_memattr_is_device(out->memattr) && naive_needs_normal(t->access))
        return fail(t, NAIVE_FAULT_ALIGNMENT, 0, ipa, use);
    if (!permits(t, leaf, use))
        return fail(t, NAIVE_FAULT_PERMISSION, out->level, ipa, use);
    if (use == NAIVE_S2_WALK && !settle_walk_on_device(t, ipa, out))
        return false;
    if (use == NAIVE_S2_FINAL && t->access->kind == NAIVE_FETCH && !settle_fetch_from_device(t, ipa, out))
        return false;
    apply_disables(t, use, out);
    return true;
}
