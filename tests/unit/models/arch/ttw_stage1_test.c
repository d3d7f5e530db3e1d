/* Stage 1's geometry from its registers: start levels for every size, bases, output sizes, what is refused. */
#include "models/arch/ttw.h"
#include "tests/unit/models/rows.h"

/* The three stage-1 walks. */
enum which { LOWER, UPPER, EL2, WHICH_COUNT };
static const char *const which_name[WHICH_COUNT] = { "TTBR0_EL1", "TTBR1_EL1", "TTBR0_EL2" };

/* TG0: 00 4 KB, 01 64 KB, 10 16 KB; TG1: 10, 11, 01 [Arm: TCR_EL1] */
enum { TG_4K, TG_64K, TG_16K, TG_RESERVED };

static struct ttw_params decode(const struct sysregs *regs, enum which which)
{
    switch (which) {
    case LOWER:
        return ttw_decode_el1_lower(regs);
    case UPPER:
        return ttw_decode_el1_upper(regs);
    case EL2:
    case WHICH_COUNT:
        break;
    }
    return ttw_decode_el2(regs);
}

/* What one walk is asked to be. */
struct ask {
    unsigned tg, txsz, ps;
    uint64_t ttbr;
};

static struct ttw_params decode_ask(enum which which, const struct ask *ask)
{
    static const uint64_t tg1[4] = { 2, 3, 1, 0 }, tg0[4] = { 0, 1, 2, 3 };
    struct sysregs regs = { 0 };

    switch (which) {
    case LOWER:
        regs.v[SYSREG_TCR_EL1] = ask->txsz | tg0[ask->tg] << 14 | (uint64_t)ask->ps << 32;
        regs.v[SYSREG_TTBR0_EL1] = ask->ttbr;
        break;
    case UPPER:
        regs.v[SYSREG_TCR_EL1] = (uint64_t)ask->txsz << 16 | tg1[ask->tg] << 30 | (uint64_t)ask->ps << 32;
        regs.v[SYSREG_TTBR1_EL1] = ask->ttbr;
        break;
    case EL2:
    case WHICH_COUNT:
        regs.v[SYSREG_TCR_EL2] = ask->txsz | tg0[ask->tg] << 14 | (uint64_t)ask->ps << 16;
        regs.v[SYSREG_TTBR0_EL2] = ask->ttbr;
        break;
    }
    return decode(&regs, which);
}

/* Start level and index bits of the first level for TxSZ 15..40; x: refused [Arm: Tables D8-7, D8-18; A.g: Tables
 * D4-11, D4-17, D4-14] */
struct size_row {
    const char *name;
    unsigned tg, granule_bits;
    const char *start;
    uint8_t root[26];
};

// clang-format off
static const struct size_row size_rows[] = {
    { "4 KB", TG_4K, 12,
    /*    15 16-24     25-33     34-39  40 */
      "x"  "000000000" "111111111" "222222" "x",
      { 0, 9, 8, 7, 6, 5, 4, 3, 2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 9, 8, 7, 6, 5, 4, 0 } },
    { "64 KB", TG_64K, 16,
    /*    15 16-21  22-34           35-39   40 */
      "x"  "111111" "2222222222222" "33333" "x",
      { 0, 6, 5, 4, 3, 2, 1, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 13, 12, 11, 10, 9, 0 } },
};
// clang-format on

static void check_sizes(void **state)
{
    const struct size_row *row = *state;
    struct sweep s = { 0 };

    assert_int_equal(strlen(row->start), 26);
    for (int w = 0; w < WHICH_COUNT; w++) {
        for (unsigned i = 0; i < 26; i++) {
            struct ask ask = { .tg = row->tg, .txsz = 15 + i, .ps = 2 };
            struct ttw_params p = decode_ask((enum which)w, &ask);
            bool refused = row->start[i] == 'x';

            sweep_point(&s, p.refused, refused ? FAULT_TRANSLATION : FAULT_NONE, "%s TxSZ %u: refused", which_name[w],
                        15 + i);
            sweep_point(&s, p.granule_bits, row->granule_bits, "%s TxSZ %u: granule", which_name[w], 15 + i);
            sweep_point(&s, p.ia_bits, 64 - (15 + i), "%s TxSZ %u: input bits", which_name[w], 15 + i);
            sweep_point(&s, refused ? 'x' : (uint64_t)'0' + p.start_level, (uint64_t)row->start[i],
                        "%s TxSZ %u: start level", which_name[w], 15 + i);
            if (!refused)
                sweep_point(&s, p.root_bits, row->root[i], "%s TxSZ %u: index bits", which_name[w], 15 + i);
        }
    }
    sweep_end(&s, 3 * (4 * 26 + 24));
}

/* A TTBR keeps the bits above the first table's size and ignores those below [Arm: TTBR0_EL1.BADDR, K1.2]. */
struct base_row {
    const char *name;
    unsigned tg, txsz;
    unsigned lowest; /* bit of the base that counts: 3 + index bits of the first level */
};

static const struct base_row base_rows[] = {
    { "4 KB, 16: a whole table", TG_4K, 16, 12 },
    { "4 KB, 24: two entries", TG_4K, 24, 4 },
    { "4 KB, 25: a whole table of level 1", TG_4K, 25, 12 },
    { "4 KB, 33: two entries of level 1", TG_4K, 33, 4 },
    { "4 KB, 39: sixteen entries of level 2", TG_4K, 39, 7 },
    { "64 KB, 16: 64 entries of level 1", TG_64K, 16, 9 },
    { "64 KB, 22: a whole table of level 2", TG_64K, 22, 16 },
    { "64 KB, 34: two entries of level 2", TG_64K, 34, 4 },
    { "64 KB, 39: 512 entries of level 3", TG_64K, 39, 12 },
};

static void check_base(void **state)
{
    const struct base_row *row = *state;

    for (int w = 0; w < WHICH_COUNT; w++) {
        struct ask ask = { .tg = row->tg, .txsz = row->txsz, .ps = 2 };

        ask.ttbr = 0x8000000000ULL | 1ULL << (row->lowest - 1);
        assert_int_equal(decode_ask((enum which)w, &ask).base, 0x8000000000ULL);
        ask.ttbr = 0x8000000000ULL | 1ULL << row->lowest;
        assert_int_equal(decode_ask((enum which)w, &ask).base, ask.ttbr);
        ask.ttbr = 0x8000000000ULL | 3ULL << row->lowest | low_mask(row->lowest);
        assert_int_equal(decode_ask((enum which)w, &ask).base, 0x8000000000ULL | 3ULL << row->lowest);
        ask.ttbr = 0xFFFF000000000001ULL; /* ASID, and bit 0 */
        assert_int_equal(decode_ask((enum which)w, &ask).base, 0);
        assert_int_equal(decode_ask((enum which)w, &ask).refused, FAULT_NONE);
    }
}

/* IPS and PS: 32, 36, 40, 42, 44, 48 bits, of which the A53 has 40; a base beyond is an Address size fault of level 0
 * [Arm: R_CLPQT, R_CVSBH; A.g: D4.2.2 Output address size]. */
struct output_row {
    const char *name;
    unsigned ps, oa_bits;
};

static const struct output_row output_rows[] = {
    { "PS 000: 32 bits", 0, 32 },   { "PS 001: 36 bits", 1, 36 },   { "PS 010: 40 bits", 2, 40 },
    { "PS 011: 42, so 40", 3, 40 }, { "PS 100: 44, so 40", 4, 40 }, { "PS 101: 48, so 40", 5, 40 },
    { "PS 110: reserved", 6, 40 },  { "PS 111: reserved", 7, 40 },
};

static void check_output(void **state)
{
    const struct output_row *row = *state;

    for (int w = 0; w < WHICH_COUNT; w++) {
        struct ask ask = { .tg = TG_4K, .txsz = 25, .ps = row->ps };
        struct ttw_params p;

        ask.ttbr = 1ULL << (row->oa_bits - 1); /* below */
        p = decode_ask((enum which)w, &ask);
        assert_int_equal(p.oa_bits, row->oa_bits);
        assert_int_equal(p.refused, FAULT_NONE);
        ask.ttbr = 1ULL << row->oa_bits; /* at */
        assert_int_equal(decode_ask((enum which)w, &ask).refused, FAULT_ADDRESS_SIZE);
        ask.ttbr = 1ULL << 47; /* above */
        assert_int_equal(decode_ask((enum which)w, &ask).refused, FAULT_ADDRESS_SIZE);
        ask.txsz = 40; /* a size that is refused comes first [Arm: D8.15.4 steps 2, 3] */
        assert_int_equal(decode_ask((enum which)w, &ask).refused, FAULT_TRANSLATION);
    }
}

/* Bits elsewhere in TCR and SCTLR, on top of a TCR of 25 | 25 << 16, both 4 KB. */
struct bit_row {
    const char *name;
    enum sysreg reg;
    uint64_t set;
    uint8_t refused[WHICH_COUNT];
    bool big_endian[WHICH_COUNT];
};

// clang-format off
static const struct bit_row bit_rows[] = {
    { "nothing",          SYSREG_TCR_EL1,   0,          { 0, 0, 0 }, { 0, 0, 0 } },
    { "TCR_EL1.EPD0",     SYSREG_TCR_EL1,   1ULL << 7,  { FAULT_TRANSLATION, 0, 0 }, { 0, 0, 0 } }, /* [Arm: I_ZFSYQ] */
    { "TCR_EL1.EPD1",     SYSREG_TCR_EL1,   1ULL << 23, { 0, FAULT_TRANSLATION, 0 }, { 0, 0, 0 } }, /* [Arm: I_ZFSYQ] */
    { "SCTLR_EL1.EE",     SYSREG_SCTLR_EL1, 1ULL << 25, { 0, 0, 0 }, { 1, 1, 0 } },
    { "SCTLR_EL2.EE",     SYSREG_SCTLR_EL2, 1ULL << 25, { 0, 0, 0 }, { 0, 0, 1 } },
    { "base out of range",SYSREG_TTBR0_EL1, 1ULL << 47, { FAULT_ADDRESS_SIZE, 0, 0 }, { 0, 0, 0 } },
};
// clang-format on

static void check_bit_row(void **state)
{
    const struct bit_row *row = *state;
    struct sysregs regs = { 0 };

    regs.v[SYSREG_TCR_EL1] = 25 | 25 << 16 | 2ULL << 30 | 2ULL << 32;
    regs.v[SYSREG_TCR_EL2] = 25 | 2 << 16;
    regs.v[row->reg] |= row->set;
    for (int w = 0; w < WHICH_COUNT; w++) {
        struct ttw_params p = decode(&regs, (enum which)w);

        assert_int_equal(p.refused, row->refused[w]);
        assert_int_equal(p.big_endian, row->big_endian[w]);
        assert_int_equal(p.stage, 1);
    }
    regs.v[SYSREG_TCR_EL1] |= 1ULL << 7;
    assert_int_equal(decode(&regs, LOWER).refused, FAULT_TRANSLATION);
}

/* [choice] of ttw.h: 16 KB, which the A53 has not, and the reserved value act as 4 KB [A53: 5.1] */
static void no_16k(void **state)
{
    (void)state;
    for (int w = 0; w < WHICH_COUNT; w++) {
        for (unsigned tg = TG_16K; tg <= TG_RESERVED; tg++) {
            struct ask ask = { .tg = tg, .txsz = 25, .ps = 2 };

            assert_int_equal(decode_ask((enum which)w, &ask).granule_bits, 12);
        }
    }
}

/* Each walk has its own IRGN, ORGN and SH. */
static void walk_attributes(void **state)
{
    struct sysregs regs = { 0 };

    (void)state;
    regs.v[SYSREG_TCR_EL1] = 25 | 25 << 16 | 1 << 8 | 1 << 10 | 3 << 12 | 2ULL << 24 | 3ULL << 26 | 2ULL << 28;
    regs.v[SYSREG_TCR_EL2] = 25 | 3 << 8 | 1 << 10;
    assert_int_equal(decode(&regs, LOWER).walk.attr, 0xFF);
    assert_int_equal(decode(&regs, LOWER).walk.sh, SH_ISH);
    assert_int_equal(decode(&regs, UPPER).walk.attr, 0xEA);
    assert_int_equal(decode(&regs, UPPER).walk.sh, SH_OSH);
    assert_int_equal(decode(&regs, EL2).walk.attr, 0xFE);
    assert_int_equal(decode(&regs, EL2).walk.sh, SH_NSH);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_sizes, ROWS_OF(size_rows));
    rows_add(&all, check_base, ROWS_OF(base_rows));
    rows_add(&all, check_output, ROWS_OF(output_rows));
    rows_add(&all, check_bit_row, ROWS_OF(bit_rows));
    rows_add_test(&all, "16 KB acts as 4 KB", no_16k, NULL);
    rows_add_test(&all, "IRGN, ORGN, SH of each walk", walk_attributes, NULL);
    return rows_run(&all, "arch/ttw stage 1");
}
