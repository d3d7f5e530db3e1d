/* Stage 2's geometry: which T0SZ and SL0 the A53 can walk, concatenated roots, bases, output sizes. */
#include "models/arch/ttw.h"
#include "tests/unit/models/rows.h"

/* The A53's legal combinations, 40-bit PA. Concatenated tables for T0SZ 0..63, one character each: '.' refused, else
 * log2 of how many [Arm: S2InvalidSL, S2InconsistentSL; A.g: Tables D4-6, D4-13, D4-19]. */
struct legal_row {
    const char *name;
    unsigned tg0, sl0, start;
    const char *concatenated;
};

// clang-format off
static const struct legal_row legal_rows[] = {
    /*                    0         1         2         3         4         5         6   */
    /*                    0123456789012345678901234567890123456789012345678901234567890123 */
    { "4 KB, SL0 0",  0, 0, 2, "..............................4321000000........................" },
    { "4 KB, SL0 1",  0, 1, 1, "........................1000000000.............................." },
    { "4 KB, SL0 2",  0, 2, 0, "................................................................" }, /* PA <= 42 */
    { "4 KB, SL0 3",  0, 3, 0, "................................................................" }, /* reserved */
    { "64 KB, SL0 0", 1, 0, 3, "...............................432100000........................" },
    { "64 KB, SL0 1", 1, 1, 2, "........................00000000000............................." },
    { "64 KB, SL0 2", 1, 2, 1, "................................................................" },
    { "64 KB, SL0 3", 1, 3, 0, "................................................................" },
};
// clang-format on

static struct ttw_params decode(uint64_t vtcr, uint64_t vttbr)
{
    struct sysregs regs = { 0 };

    regs.v[SYSREG_VTCR_EL2] = vtcr;
    regs.v[SYSREG_VTTBR_EL2] = vttbr;
    return ttw_decode_stage2(&regs);
}

static void check_legal(void **state)
{
    const struct legal_row *row = *state;
    unsigned granule = row->tg0 ? 16 : 12;
    struct sweep s = { 0 };
    unsigned points = 0;

    assert_int_equal(strlen(row->concatenated), 64);
    for (unsigned t0sz = 0; t0sz < 64; t0sz++) {
        struct ttw_params p = decode(t0sz | row->sl0 << 6 | row->tg0 << 14 | 2 << 16, 0);
        bool refused = row->concatenated[t0sz] == '.';

        points++;
        sweep_point(&s, p.refused, refused ? FAULT_TRANSLATION : FAULT_NONE, "T0SZ %u: refused", t0sz);
        if (refused)
            continue;
        points += 4;
        sweep_point(&s, p.start_level, row->start, "T0SZ %u: start level", t0sz);
        sweep_point(&s, p.ia_bits, 64 - t0sz, "T0SZ %u: input bits", t0sz);
        sweep_point(&s, p.granule_bits, granule, "T0SZ %u: granule", t0sz);
        sweep_point(&s, p.root_bits <= granule - 3 ? 0 : p.root_bits - (granule - 3),
                    (uint64_t)row->concatenated[t0sz] - '0', "T0SZ %u: log2 of concatenated tables", t0sz);
        assert_true(p.root_bits >= 1);
    }
    sweep_end(&s, points);
}

/* What the first level indexes [Arm: R_HRSBS]: input bits above the second level's. */
struct root_row {
    const char *name;
    unsigned tg0, sl0, t0sz;
    unsigned root_bits;
};

static const struct root_row root_rows[] = {
    { "4 KB level 1, 40 bits: 2 tables", 0, 1, 24, 10 },      { "4 KB level 1, 39 bits: 1 table", 0, 1, 25, 9 },
    { "4 KB level 1, 31 bits: 2 entries", 0, 1, 33, 1 },      { "4 KB level 2, 34 bits: 16 tables", 0, 0, 30, 13 },
    { "4 KB level 2, 30 bits: 1 table", 0, 0, 34, 9 },        { "4 KB level 2, 25 bits: 16 entries", 0, 0, 39, 4 },
    { "64 KB level 2, 40 bits: 2048 entries", 1, 1, 24, 11 }, { "64 KB level 2, 30 bits: 2 entries", 1, 1, 34, 1 },
    { "64 KB level 3, 33 bits: 16 tables", 1, 0, 31, 17 },    { "64 KB level 3, 29 bits: 1 table", 1, 0, 35, 13 },
};

/* The base is aligned to the whole first level, concatenated tables together [Arm: R_VCLZN; A.g: D4.2.6]. */
static void check_root(void **state)
{
    const struct root_row *row = *state;
    uint64_t vtcr = row->t0sz | row->sl0 << 6 | row->tg0 << 14 | 2 << 16;
    unsigned lowest = row->root_bits + 3;

    assert_int_equal(decode(vtcr, 0).root_bits, row->root_bits);
    assert_int_equal(decode(vtcr, 0x8000000000ULL | 1ULL << (lowest - 1)).base, 0x8000000000ULL);
    assert_int_equal(decode(vtcr, 0x8000000000ULL | 1ULL << lowest).base, 0x8000000000ULL | 1ULL << lowest);
    assert_int_equal(decode(vtcr, 0x8000000000ULL | 3ULL << lowest | 1).base, 0x8000000000ULL | 3ULL << lowest);
    assert_int_equal(decode(vtcr, 0x00FF000000000000ULL).base, 0); /* VMID */
    assert_int_equal(decode(vtcr, 0xFFFF000000000000ULL).refused, FAULT_NONE);
}

struct output_row {
    const char *name;
    unsigned ps, oa_bits;
};

static const struct output_row output_rows[] = {
    { "PS 000", 0, 32 }, { "PS 001", 1, 36 }, { "PS 010", 2, 40 }, { "PS 011", 3, 40 },
    { "PS 100", 4, 40 }, { "PS 101", 5, 40 }, { "PS 110", 6, 40 }, { "PS 111", 7, 40 },
};

static void check_output(void **state)
{
    const struct output_row *row = *state;
    uint64_t vtcr = 25 | 1 << 6 | row->ps << 16;

    assert_int_equal(decode(vtcr, 0).oa_bits, row->oa_bits);
    assert_int_equal(decode(vtcr, 1ULL << (row->oa_bits - 1)).refused, FAULT_NONE);
    assert_int_equal(decode(vtcr, 1ULL << row->oa_bits).refused, FAULT_ADDRESS_SIZE);
    assert_int_equal(decode(vtcr, 1ULL << 47).refused, FAULT_ADDRESS_SIZE);
    assert_int_equal(decode(vtcr | 2 << 6, 1ULL << 47).refused, FAULT_TRANSLATION); /* SL0 first */
}

/* What else steers it, and what does not. */
struct bit_row {
    const char *name;
    enum sysreg reg;
    uint64_t set;
    bool big_endian;
    unsigned walk, walk_sh;
};

// clang-format off
static const struct bit_row bit_rows[] = {
    { "nothing: Write-Back ish",                 SYSREG_HCR_EL2,   0,          false, 0xFF, SH_ISH },
    { "SCTLR_EL2.EE",                            SYSREG_SCTLR_EL2, 1ULL << 25, true,  0xFF,
      SH_ISH }, /* [Arm: NSS2TTWParams] */
    { "SCTLR_EL1.EE is stage 1's",               SYSREG_SCTLR_EL1, 1ULL << 25, false, 0xFF, SH_ISH },
    { "HCR_EL2.CD",                              SYSREG_HCR_EL2,   1ULL << 32, false, 0x44,
      SH_OSH }, /* [Arm: HCR_EL2.CD] */
    { "HCR_EL2.ID is for fetches",               SYSREG_HCR_EL2,   1ULL << 33, false, 0xFF, SH_ISH },
    { "SCTLR_EL1.C is stage 1's",                SYSREG_SCTLR_EL1, 1ULL << 2,  false, 0xFF,
      SH_ISH }, /* [Arm: SCTLR_EL1.C] */
    { "SCTLR_EL2.C is EL2's",                    SYSREG_SCTLR_EL2, 1ULL << 2,  false, 0xFF, SH_ISH },
    { "TCR_EL1's IRGN0 is stage 1's",            SYSREG_TCR_EL1,   2ULL << 8,  false, 0xFF, SH_ISH },
};
// clang-format on

static void check_bit_row(void **state)
{
    const struct bit_row *row = *state;
    struct sysregs regs = { 0 };
    struct ttw_params p;

    regs.v[SYSREG_VTCR_EL2] = 24 | 1 << 6 | 1 << 8 | 1 << 10 | 3 << 12 | 2 << 16;
    regs.v[row->reg] |= row->set;
    p = ttw_decode_stage2(&regs);
    assert_int_equal(p.stage, 2);
    assert_int_equal(p.big_endian, row->big_endian);
    assert_int_equal(p.walk.attr, row->walk);
    assert_int_equal(p.walk.sh, row->walk_sh);
    assert_int_equal(p.refused, FAULT_NONE);
}

/* IRGN0, ORGN0 in this order: inner is the low nibble. Reference pseudocode had them reversed [A.g: D4.2.10]. */
static void inner_is_low(void **state)
{
    (void)state;
    assert_int_equal(decode(24 | 1 << 6 | 1 << 8 | 2 << 10 | 2 << 16, 0).walk.attr, 0xAF);
}

/* VTCR_EL2.T0SZ is 6 bits, unsigned: 0b111000 is 56, no -8 [Arm: VTCR_EL2]. */
static void t0sz_is_unsigned(void **state)
{
    (void)state;
    assert_int_equal(decode(0x38 | 1 << 6 | 2 << 16, 0).refused, FAULT_TRANSLATION);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_legal, ROWS_OF(legal_rows));
    rows_add(&all, check_root, ROWS_OF(root_rows));
    rows_add(&all, check_output, ROWS_OF(output_rows));
    rows_add(&all, check_bit_row, ROWS_OF(bit_rows));
    rows_add_test(&all, "IRGN0 is the low nibble", inner_is_low, NULL);
    rows_add_test(&all, "T0SZ is unsigned", t0sz_is_unsigned, NULL);
    return rows_run(&all, "arch/ttw stage 2");
}
