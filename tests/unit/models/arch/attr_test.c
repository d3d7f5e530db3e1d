/* Decoding of both stages' memory attributes: all 256 MAIR bytes, all 16 MemAttr values, all walk attributes. */
#include "models/arch/attr.h"
#include "tests/unit/models/rows.h"

/* The legal bytes as the book lists them: 4 Device, and every pair of Normal nibbles that are not 0000. */
static bool legal_by_the_book(unsigned byte)
{
    if (byte < 0x10)
        return byte == 0x00 || byte == 0x04 || byte == 0x08 || byte == 0x0C;
    return (byte & 0xF) != 0;
}

static void mair_round_trips(void **state)
{
    struct sweep s = { 0 };
    unsigned legal = 0;

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        sweep_point(&s, attr_mair_is_legal(byte), legal_by_the_book(byte), "is 0x%02x legal", byte);
        if (!legal_by_the_book(byte))
            continue;
        legal++;
        sweep_point(&s, attr_decode_mair(byte, SH_NSH).attr, byte, "0x%02x nsh", byte);
        sweep_point(&s, attr_decode_mair(byte, SH_OSH).attr, byte, "0x%02x osh", byte);
        sweep_point(&s, attr_decode_mair(byte, SH_ISH).attr, byte, "0x%02x ish", byte);
    }
    assert_int_equal(legal, 229); /* [Arm: D24.2.127 MAIR_EL1] */
    sweep_end(&s, 256 + 3 * 229);
}

/* [choice] of attr.h: 0000ddxx as Device dd, oooo0000 as inner Non-cacheable */
static void mair_reserved(void **state)
{
    struct sweep s = { 0 };

    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        unsigned want = byte < 0x10 ? byte & 0x0C : byte | 0x04;

        if (!legal_by_the_book(byte))
            sweep_point(&s, attr_decode_mair(byte, SH_ISH).attr, want, "reserved 0x%02x", byte);
    }
    sweep_end(&s, 27); /* 12 of 0000ddxx, 15 of oooo0000 */
}

struct mair_row {
    const char *name; /* of the attribute, as attr_name has it */
    unsigned byte;
    bool device;
    enum cacheability inner, outer;
    bool cached; /* kept by the A53 [A53: 7.5] */
};

// clang-format off
static const struct mair_row mair_rows[] = {
    { "Device-nGnRnE",  0x00, true,  CACHE_NC, CACHE_NC, false },
    { "Device-nGnRE",   0x04, true,  CACHE_NC, CACHE_NC, false },
    { "Device-nGRE",    0x08, true,  CACHE_NC, CACHE_NC, false },
    { "Device-GRE",     0x0C, true,  CACHE_NC, CACHE_NC, false },
    { "Normal-NC",      0x44, false, CACHE_NC, CACHE_NC, false },
    { "Normal-WT",      0xBB, false, CACHE_WT, CACHE_WT, false }, /* [A53: 7.5] Write-Through is downgraded */
    { "Normal-WT",      0xAA, false, CACHE_WT, CACHE_WT, false },
    { "Normal-WT",      0x88, false, CACHE_WT, CACHE_WT, false },
    { "Normal-WT",      0x11, false, CACHE_WT, CACHE_WT, false }, /* transient */
    { "Normal-WT",      0x33, false, CACHE_WT, CACHE_WT, false }, /* transient */
    { "Normal-WB",      0xFF, false, CACHE_WB, CACHE_WB, true  },
    { "Normal-WB",      0xCC, false, CACHE_WB, CACHE_WB, true  }, /* no hints */
    { "Normal-WB",      0x55, false, CACHE_WB, CACHE_WB, true  }, /* transient */
    { "Normal-WB",      0x7F, false, CACHE_WB, CACHE_WB, true  },
    { "Normal-iNC-oWB", 0xF4, false, CACHE_NC, CACHE_WB, false },
    { "Normal-iWB-oNC", 0x4F, false, CACHE_WB, CACHE_NC, false },
    { "Normal-iWT-oWB", 0xFA, false, CACHE_WT, CACHE_WB, false },
    { "Normal-iWB-oWT", 0xAF, false, CACHE_WB, CACHE_WT, false },
    { "Normal-iNC-oWT", 0xB4, false, CACHE_NC, CACHE_WT, false },
    { "Normal-iWT-oNC", 0x4B, false, CACHE_WT, CACHE_NC, false },
};
// clang-format on

static void check_mair(void **state)
{
    const struct mair_row *row = *state;
    struct memattr a = attr_decode_mair(row->byte, SH_ISH);

    assert_string_equal(attr_name(a), row->name);
    assert_int_equal(memattr_is_device(a), row->device);
    assert_int_equal(attr_is_cached(a), row->cached);
    if (row->device)
        return;
    assert_int_equal(attr_inner(a), row->inner);
    assert_int_equal(attr_outer(a), row->outer);
}

struct sh_row {
    const char *name;
    unsigned sh;
    const char *text;
    unsigned acts_as;
};

static const struct sh_row sh_rows[] = {
    { "SH 00", 0, "nsh", SH_NSH },
    { "SH 01, reserved, acts as nsh", 1, "nsh", SH_NSH }, /* [choice] of attr.h; A.g D4.2.10 decodes it so */
    { "SH 10", 2, "osh", SH_OSH },
    { "SH 11", 3, "ish", SH_ISH },
};

/* The identity at stage 2 tells what a stage-1 shareability acts as; Write-Back nsh at stage 1 what one of stage 2. */
static void check_sh(void **state)
{
    const struct sh_row *row = *state;
    struct memattr nsh = attr_decode_mair(0xFF, SH_NSH), one = attr_decode_stage2(0xF, SH_NSH);

    assert_string_equal(attr_sh_name(row->sh), row->text);
    assert_int_equal(attr_combine(attr_decode_mair(0xFF, row->sh), one).sh, row->acts_as);
    assert_int_equal(attr_combine(nsh, attr_decode_stage2(0xF, row->sh)).sh, row->acts_as);
    assert_int_equal(attr_combine(attr_decode_walk(1, 1, row->sh), one).sh, row->acts_as);
}

/* [Arm: Table D8-96; A.g: Tables D4-37, D4-38, D4-39] */
struct stage2_row {
    const char *name; /* as attr_name has it */
    unsigned memattr, want;
    bool legal;
};

// clang-format off
static const struct stage2_row stage2_rows[] = {
    { "Device-nGnRnE",  0x0, 0x00, true  },
    { "Device-nGnRE",   0x1, 0x04, true  }, /* the Device code is dense here, unlike MAIR's */
    { "Device-nGRE",    0x2, 0x08, true  },
    { "Device-GRE",     0x3, 0x0C, true  },
    { "Normal-iWB-oNC", 0x4, 0x4F, false }, /* reserved, [choice] of attr.h */
    { "Normal-NC",      0x5, 0x44, true  },
    { "Normal-iWT-oNC", 0x6, 0x4B, true  },
    { "Normal-iWB-oNC", 0x7, 0x4F, true  },
    { "Normal-iWB-oWT", 0x8, 0xBF, false },
    { "Normal-iNC-oWT", 0x9, 0xB4, true  },
    { "Normal-WT",      0xA, 0xBB, true  },
    { "Normal-iWB-oWT", 0xB, 0xBF, true  },
    { "Normal-WB",      0xC, 0xFF, false },
    { "Normal-iNC-oWB", 0xD, 0xF4, true  },
    { "Normal-iWT-oWB", 0xE, 0xFB, true  },
    { "Normal-WB",      0xF, 0xFF, true  },
};
// clang-format on

static void check_stage2(void **state)
{
    const struct stage2_row *row = *state;
    struct memattr a = attr_decode_stage2(row->memattr, SH_ISH);

    assert_int_equal(attr_stage2_is_legal(row->memattr), row->legal);
    assert_int_equal(a.attr, row->want);
    assert_int_equal(a.sh, SH_ISH);
    assert_string_equal(attr_name(a), row->name);
}

/* IRGN and ORGN: 00 NC, 01 WB RA+WA, 10 WT RA, 11 WB RA [Arm: TCR_EL1] */
static void walk_attributes(void **state)
{
    static const unsigned nibble[4] = { 0x4, 0xF, 0xA, 0xE };
    struct sweep s = { 0 };

    (void)state;
    for (unsigned irgn = 0; irgn < 4; irgn++) {
        for (unsigned orgn = 0; orgn < 4; orgn++) {
            struct memattr a = attr_decode_walk(irgn, orgn, SH_ISH);
            unsigned want = nibble[orgn] << 4 | nibble[irgn];

            sweep_point(&s, a.attr, want, "IRGN %u ORGN %u: byte", irgn, orgn);
            sweep_point(&s, a.sh, want == 0x44 ? SH_OSH : SH_ISH, "IRGN %u ORGN %u: sh", irgn, orgn);
            sweep_point(&s, attr_mair_is_legal(a.attr), 1, "IRGN %u ORGN %u: legal", irgn, orgn);
        }
    }
    sweep_end(&s, 3 * 16);
}

struct override_row {
    const char *name;
    struct memattr a;
    struct memattr forced, effective;
};

// clang-format off
static const struct override_row override_rows[] = {
    { "Write-Back ish",                 { 0xFF, SH_ISH }, { 0x44, SH_ISH }, { 0xFF, SH_ISH } },
    { "Write-Back nsh",                 { 0xFF, SH_NSH }, { 0x44, SH_NSH }, { 0xFF, SH_NSH } },
    { "inner NC alone keeps its sh",    { 0xF4, SH_NSH }, { 0x44, SH_NSH }, { 0xF4, SH_NSH } }, /* [Arm: R_PYFVQ] */
    { "outer NC alone keeps its sh",    { 0x4F, SH_ISH }, { 0x44, SH_ISH }, { 0x4F, SH_ISH } }, /* [Arm: R_PYFVQ] */
    { "inner and outer NC is osh",      { 0x44, SH_NSH }, { 0x44, SH_NSH }, { 0x44, SH_OSH } }, /* [Arm: R_PYFVQ] */
    { "Device is osh and stays Device", { 0x00, SH_NSH }, { 0x00, SH_NSH }, { 0x00, SH_OSH } },
    { "Device-GRE ish is osh",          { 0x0C, SH_ISH }, { 0x0C, SH_ISH }, { 0x0C, SH_OSH } },
};
// clang-format on

static void check_override(void **state)
{
    const struct override_row *row = *state;
    struct memattr forced = attr_force_nc(row->a), effective = attr_effective(row->a);

    assert_int_equal(forced.attr, row->forced.attr);
    assert_int_equal(attr_effective(forced).sh, attr_effective(row->forced).sh);
    assert_int_equal(effective.attr, row->effective.attr);
    assert_int_equal(effective.sh, row->effective.sh);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "all 229 MAIR bytes round trip", mair_round_trips, NULL);
    rows_add_test(&all, "reserved MAIR bytes act as an allocated one", mair_reserved, NULL);
    rows_add(&all, check_mair, ROWS_OF(mair_rows));
    rows_add(&all, check_sh, ROWS_OF(sh_rows));
    rows_add(&all, check_stage2, ROWS_OF(stage2_rows));
    rows_add_test(&all, "walk attributes of every IRGN and ORGN", walk_attributes, NULL);
    rows_add(&all, check_override, ROWS_OF(override_rows));
    return rows_run(&all, "arch/attr");
}
