/* Combining stage 1 and stage 2: the printed tables, all 26,793 rows without a reserved input built from them, and the
 * rows that settle a doubt. */
#include "models/arch/attr.h"
#include "tests/unit/models/rows.h"

/* Table D8-97: rows stage 1, columns stage 2, both nGnRnE nGnRE nGRE GRE Normal [Arm: Table D8-97; A.g: Table D4-41].
 * N is Normal, a digit the Device type. */
static const char type_table[5][6] = { "00000", "01111", "01222", "01233", "0123N" };

/* Table D8-98: rows stage 1, columns stage 2, both NC WT WB [Arm: Table D8-98; A.g: Table D4-42] */
static const enum cacheability cache_table[3][3] = {
    { CACHE_NC, CACHE_NC, CACHE_NC },
    { CACHE_NC, CACHE_WT, CACHE_WT },
    { CACHE_NC, CACHE_WT, CACHE_WB },
};

/* Table D8-103: rows stage 1, columns stage 2, by SH[1:0]; 01 is reserved [Arm: Table D8-103; A.g: Table D4-43] */
static const uint8_t sh_table[4][4] = {
    [SH_NSH] = { [SH_NSH] = SH_NSH, [SH_OSH] = SH_OSH, [SH_ISH] = SH_ISH },
    [SH_OSH] = { [SH_NSH] = SH_OSH, [SH_OSH] = SH_OSH, [SH_ISH] = SH_OSH },
    [SH_ISH] = { [SH_NSH] = SH_ISH, [SH_OSH] = SH_OSH, [SH_ISH] = SH_ISH },
};

static unsigned type_of(unsigned byte)
{
    return byte < 0x10 ? byte >> 2 : 4;
}

/* A nibble's cacheability, by the list in MAIR_EL1: 0 is no Normal nibble */
static enum cacheability cache_of(unsigned nibble)
{
    static const enum cacheability list[16] = { CACHE_NC, CACHE_WT, CACHE_WT, CACHE_WT, CACHE_NC, CACHE_WB,
                                                CACHE_WB, CACHE_WB, CACHE_WT, CACHE_WT, CACHE_WT, CACHE_WT,
                                                CACHE_WB, CACHE_WB, CACHE_WB, CACHE_WB };
    return list[nibble];
}

/* The nibble of a cacheability with stage 1's hints and transience. */
static unsigned nibble_with(enum cacheability c, unsigned s1)
{
    bool transient = s1 < 8;

    if (c == CACHE_NC)
        return 4;
    if (c == CACHE_WT)
        return (transient ? 0u : 8u) | (s1 & 3);
    return (transient ? 4u : 12u) | (s1 & 3);
}

static struct memattr by_the_tables(unsigned mair, unsigned sh1, unsigned mair2, unsigned sh2)
{
    char type = type_table[type_of(mair)][type_of(mair2)];
    unsigned outer, inner;

    if (type != 'N')
        return (struct memattr){ (uint8_t)((type - '0') << 2), SH_OSH };
    outer = nibble_with(cache_table[cache_of(mair >> 4)][cache_of(mair2 >> 4)], mair >> 4);
    inner = nibble_with(cache_table[cache_of(mair & 15)][cache_of(mair2 & 15)], mair & 15);
    if (outer == 4 && inner == 4)
        return (struct memattr){ 0x44, SH_OSH };
    return (struct memattr){ (uint8_t)(outer << 4 | inner), sh_table[sh1][sh2] };
}

/* MemAttr as the MAIR byte of the same type and cacheability [Arm: Table D8-96]; 0 is both nGnRnE and reserved */
static const uint8_t memattr_byte[16] = { 0x00, 0x04, 0x08, 0x0C, 0, 0x44, 0x4B, 0x4F,
                                          0,    0xB4, 0xBB, 0xBF, 0, 0xF4, 0xFB, 0xFF };
static const unsigned legal_sh[3] = { SH_NSH, SH_OSH, SH_ISH };

/* All stage-2 inputs with one stage-1 input; returns how many rows. */
static unsigned combine_with_all(struct sweep *s, unsigned mair, unsigned sh1)
{
    struct memattr s1 = attr_decode_mair(mair, sh1);
    unsigned rows = 0;

    for (unsigned m = 0; m < 16; m++) {
        if (m > 3 && (m & 3) == 0)
            continue;
        for (unsigned i = 0; i < 3; i++, rows++) {
            struct memattr want = by_the_tables(mair, sh1, memattr_byte[m], legal_sh[i]);
            struct memattr got = attr_combine(s1, attr_decode_stage2(m, legal_sh[i]));

            sweep_point(s, (uint64_t)got.attr << 8 | got.sh, (uint64_t)want.attr << 8 | want.sh,
                        "%02x/%u with %x/%u (byte and sh)", mair, sh1, m, legal_sh[i]);
            assert_true(attr_mair_is_legal(got.attr));
        }
    }
    return rows;
}

static void every_row(void **state)
{
    struct sweep s = { 0 };
    unsigned rows = 0;

    (void)state;
    for (unsigned mair = 0; mair < 256; mair++) {
        if (!attr_mair_is_legal(mair))
            continue;
        for (unsigned i = 0; i < 3; i++)
            rows += combine_with_all(&s, mair, legal_sh[i]);
    }
    assert_int_equal(rows, 229 * 3 * 13 * 3);
    sweep_end(&s, 26793);
}

/* MemAttr 1111, SH 00 changes nothing but what any attribute takes effect as [Arm: I_MCQKW]. */
static void identity(void **state)
{
    struct memattr one = attr_decode_stage2(0xF, SH_NSH);
    struct sweep s = { 0 };

    (void)state;
    for (unsigned mair = 0; mair < 256; mair++) {
        for (unsigned i = 0; i < 3 && attr_mair_is_legal(mair); i++) {
            struct memattr a = attr_effective(attr_decode_mair(mair, legal_sh[i]));
            struct memattr got = attr_combine(attr_decode_mair(mair, legal_sh[i]), one);

            sweep_point(&s, (uint64_t)got.attr << 8 | got.sh, (uint64_t)a.attr << 8 | a.sh, "%02x/%u", mair,
                        legal_sh[i]);
        }
    }
    sweep_end(&s, 229 * 3);
}

struct combine_row {
    const char *name;
    unsigned mair, sh1, memattr, sh2;
    unsigned want, want_sh;
};

// clang-format off
static const struct combine_row combine_rows[] = {
    { "WB with WB",                           0xFF, SH_ISH, 0xF, SH_ISH, 0xFF, SH_ISH },
    { "WB nsh with WB ish",                   0xFF, SH_NSH, 0xF, SH_ISH, 0xFF, SH_ISH },
    { "WB ish with WB osh",                   0xFF, SH_ISH, 0xF, SH_OSH, 0xFF, SH_OSH },
    { "WB with Device-nGnRE",                 0xFF, SH_ISH, 0x1, SH_OSH, 0x04, SH_OSH },
    { "Device-GRE with WB",                   0x0C, SH_NSH, 0xF, SH_ISH, 0x0C, SH_OSH },
    { "Device-GRE with Device-nGnRE",         0x0C, SH_NSH, 0x1, SH_NSH, 0x04, SH_OSH },
    { "Device-nGnRnE with Device-GRE",        0x00, SH_NSH, 0x3, SH_NSH, 0x00, SH_OSH },
    { "NC with WB",                           0x44, SH_NSH, 0xF, SH_ISH, 0x44, SH_OSH },
    { "WB with NC",                           0xFF, SH_ISH, 0x5, SH_NSH, 0x44, SH_OSH },
    { "iNC/oWB is not forced osh",            0xF4, SH_NSH, 0xF, SH_NSH, 0xF4, SH_NSH }, /* [Arm: R_PYFVQ] */
    { "iNC/oWB with iWB/oNC is NC, so osh",   0xF4, SH_ISH, 0x7, SH_ISH, 0x44, SH_OSH }, /* [Arm: R_PYFVQ] */
    { "iWB/oNC with iNC/oWB is NC, so osh",   0x4F, SH_NSH, 0xD, SH_NSH, 0x44, SH_OSH },
    { "WB transient with WT stays transient", 0x77, SH_ISH, 0xA, SH_ISH, 0x33, SH_ISH }, /* [Arm: R_WYQVN] */
    { "WT with WB keeps stage 1's hints",     0xAA, SH_ISH, 0xF, SH_ISH, 0xAA, SH_ISH }, /* [Arm: R_KTSYP] */
    { "WB without hints with WB",             0xCC, SH_ISH, 0xF, SH_ISH, 0xCC, SH_ISH },
    { "WB without hints with WT",             0xCC, SH_ISH, 0xA, SH_ISH, 0x88, SH_ISH },
    { "WB with WT",                           0xFF, SH_NSH, 0xA, SH_NSH, 0xBB, SH_NSH },
    { "WB with iWT/oWB",                      0xFF, SH_NSH, 0xE, SH_NSH, 0xFB, SH_NSH },
};
// clang-format on

static void check_combine(void **state)
{
    const struct combine_row *row = *state;
    struct memattr got =
        attr_combine(attr_decode_mair(row->mair, row->sh1), attr_decode_stage2(row->memattr, row->sh2));

    assert_int_equal(got.attr, row->want);
    assert_int_equal(got.sh, row->want_sh);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "all 26,793 rows by the printed tables", every_row, NULL);
    rows_add_test(&all, "MemAttr 1111 nsh is the identity", identity, NULL);
    rows_add(&all, check_combine, ROWS_OF(combine_rows));
    return rows_run(&all, "arch/attr combining");
}
