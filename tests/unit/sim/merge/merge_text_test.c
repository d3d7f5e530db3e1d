/* Attributes as people write them. */
#include "tests/unit/models/rows.h"

#include "sim/merge/merge_text.h"

#define REFUSED 0x100

typedef bool parser(const char *, uint8_t *);

static const struct row {
    const char *text;
    unsigned value;
} mair[] = {
    { "0xff", 0xff },
    { "0XfF", 0xff },
    { "0x0", 0 },
    { "255", 255 },
    { "0", 0 },
    { "68", 0x44 },
    { "01000100", 0x44 },
    { "0b1011", 0xb },
    { "Device-nGnRnE", 0x00 },
    { "device-ngnre", 0x04 },
    { "nGRE", 0x08 },
    { "GRE", 0x0c },
    { "Normal-NC", 0x44 },
    { "WT", 0xbb },
    { "Normal-WB", 0xff },
    { "Normal-iWB-oWT", 0xbf },
    { "iNC-oWB", 0xf4 },
    { "IWT-ONC", 0x4b },
    { "Normal-iWB-oWB", 0xff },
    { "256", REFUSED },
    { "0x100", REFUSED },
    { "0x", REFUSED },
    { "0b", REFUSED },
    { "0b2", REFUSED },
    { "", REFUSED },
    { "04", REFUSED },
    { "ff", REFUSED },
    { "-1", REFUSED },
    { "+1", REFUSED },
    { " 1", REFUSED },
    { "\x14\x14", REFUSED },
    { "99999999999999999999999", REFUSED },
    { "0x0000000000000000000000000000000000ff", 0xff },
    { "Device-WB", REFUSED },
    { "Normal-nGnRE", REFUSED },
    { "Normal-", REFUSED },
    { "Device-", REFUSED },
    { "iWB-oXX", REFUSED },
    { "iWB-iWT", REFUSED },
    { "oWB-iWT", REFUSED },
    { "WB ", REFUSED },
};

static const struct row memattr[] = {
    { "0xf", 0xf },         { "f", 0xf },          { "F", 0xf },        { "15", 0xf },     { "1111", 0xf },
    { "0101", 0x5 },        { "0b101", 0x5 },      { "10", 10 },        { "1000", 8 },     { "1", 1 },
    { "Device-nGnRnE", 0 }, { "Device-nGnRE", 1 }, { "nGRE", 2 },       { "GRE", 3 },      { "Normal-NC", 5 },
    { "iWT-oNC", 6 },       { "iWB-oNC", 7 },      { "iNC-oWT", 9 },    { "WT", 10 },      { "iWB-oWT", 11 },
    { "iNC-oWB", 13 },      { "iWT-oWB", 14 },     { "Normal-WB", 15 }, { "16", REFUSED }, { "0x10", REFUSED },
    { "g", REFUSED },       { "2000", REFUSED },   { "", REFUSED },
};

static const struct row sh[] = {
    { "nsh", 0 },     { "ISH", 3 },      { "osh", 2 },    { "reserved", 1 },    { "0", 0 },    { "3", 3 },
    { "00", 0 },      { "01", 1 },       { "10", 2 },     { "11", 3 },          { "0b10", 2 }, { "0x2", 2 },
    { "4", REFUSED }, { "12", REFUSED }, { "", REFUSED }, { "inner", REFUSED },
};

static void check(const struct row *row, parser *parse)
{
    uint8_t value = POISON;
    bool known = parse(row->text, &value);

    assert_int_equal(known, row->value != REFUSED);
    assert_int_equal(value, known ? row->value : POISON);
}

static void check_mair(void **state)
{
    check(*state, merge_parse_mair);
}

static void check_memattr(void **state)
{
    check(*state, merge_parse_memattr);
}

static void check_sh(void **state)
{
    check(*state, merge_parse_sh);
}

static const struct hints_row {
    const char *text;
    unsigned hints;
} hints[] = {
    { "RA+WA", 3 }, { "ra+wa", 3 }, { "RW", 3 },      { "11", 3 },      { "3", 3 },
    { "RA", 2 },    { "R-", 2 },    { "10", 2 },      { "WA", 1 },      { "-W", 1 },
    { "none", 0 },  { "-", 0 },     { "4", REFUSED }, { "x", REFUSED }, { "", REFUSED },
};

static void check_hints(void **state)
{
    const struct hints_row *row = *state;
    unsigned value = POISON;
    bool known = merge_parse_hints(row->text, &value);

    assert_int_equal(known, row->hints != REFUSED);
    assert_int_equal(value, known ? row->hints : POISON);
}

static const struct stage_row {
    const char *text, *wrong;
    unsigned attribute, sh;
} stage1[] = {
    { "0xff/ish", NULL, 0xff, SH_ISH },
    { "Normal-WB", NULL, 0xff, SH_NSH },
    { "4/11", NULL, 4, SH_ISH },
    { "0xff/", "shareability", 0, 0 },
    { "0xff/ish/", "shareability", 0, 0 },
    { "/ish", "attribute", 0, 0 },
    { "", "attribute", 0, 0 },
    { "Normal-WBNormal-WBNormal-WBNormal-WBNormal-WB/ish", "attribute", 0, 0 },
};

static void check_stage1(void **state)
{
    const struct stage_row *row = *state;
    struct merge_inputs in;
    const char *wrong;

    memset(&in, POISON, sizeof in);
    wrong = merge_parse_stage1(row->text, &in);
    if (row->wrong) {
        assert_non_null(wrong);
        assert_string_equal(wrong, row->wrong);
        return;
    }
    assert_null(wrong);
    assert_int_equal(in.mair, row->attribute);
    assert_int_equal(in.s1_sh, row->sh);
    assert_int_equal(in.memattr, POISON);
}

static void stage2_goes_into_its_own_fields(void **state)
{
    struct merge_inputs in;

    (void)state;
    memset(&in, POISON, sizeof in);
    assert_null(merge_parse_stage2("nGnRE/osh", &in));
    assert_int_equal(in.memattr, 1);
    assert_int_equal(in.s2_sh, SH_OSH);
    assert_int_equal(in.mair, POISON);
}

static void every_legal_encoding_is_found_by_its_name(void **state)
{
    struct sweep s = { 0, 0 };
    uint8_t value;

    (void)state;
    for (unsigned m = 0; m < 16; m++) {
        if (attr_stage2_is_legal(m) && merge_parse_memattr(attr_name(attr_decode_stage2(m, SH_NSH)), &value))
            sweep_point(&s, value, m, "MemAttr %u", m);
    }
    for (unsigned m = 0; m < 256; m++) {
        if (attr_mair_is_legal(m) && merge_parse_mair(attr_name(attr_decode_mair(m, SH_NSH)), &value))
            sweep_point(&s, strcmp(attr_name(attr_decode_mair(value, 0)), attr_name(attr_decode_mair(m, 0))) == 0, true,
                        "MAIR %#x", m);
    }
    assert_int_equal(s.points, 13 + 229);
    assert_int_equal(s.wrong, 0);
}

static void halves_are_the_nibbles(void **state)
{
    const struct memattr a = { .attr = 0x6b, .sh = SH_ISH }; /* outer WB transient RA, inner WT RA+WA */
    struct merge_half outer = merge_outer(a), inner = merge_inner(a);

    (void)state;
    assert_int_equal(outer.cacheability, CACHE_WB);
    assert_int_equal(outer.hints, 2);
    assert_true(outer.transient);
    assert_int_equal(inner.cacheability, CACHE_WT);
    assert_int_equal(inner.hints, 3);
    assert_false(inner.transient);
    inner = merge_inner((struct memattr){ .attr = 0xf4 });
    assert_int_equal(inner.cacheability, CACHE_NC);
    assert_int_equal(inner.hints, 0);
    assert_false(inner.transient);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check_mair, ROWS_OF(mair));
    rows_add(&r, check_memattr, ROWS_OF(memattr));
    rows_add(&r, check_sh, ROWS_OF(sh));
    rows_add(&r, check_hints, ROWS_OF(hints));
    rows_add(&r, check_stage1, ROWS_OF(stage1));
    rows_add_test(&r, "stage 2 goes into its own fields", stage2_goes_into_its_own_fields, NULL);
    rows_add_test(&r, "every legal encoding is found by its name", every_legal_encoding_is_found_by_its_name, NULL);
    rows_add_test(&r, "halves are the nibbles", halves_are_the_nibbles, NULL);
    return rows_run(&r, "merge_text");
}
