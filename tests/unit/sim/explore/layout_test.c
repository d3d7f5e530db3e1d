/* Words of layouts: what they print as, and why some are refused. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"

#include "sim/explore/layout.h"

static const struct words_row {
    const char *name; /* the words */
    const char *text; /* as printed; NULL: refused, with `why` */
    const char *why;
} words_rows[] = {
    { "", "as-captured", NULL },
    { "as-captured", "as-captured", NULL },
    { "stage1=blocks", "stage1=blocks", NULL },
    { "stage1=as-captured", "as-captured", NULL },
    { "stage2=4K", "stage2=pages", NULL },
    { "stage2=1G,stage1=pages", "stage1=pages stage2=blocks", NULL },
    { "stage2=2M  granule1=4K", "granule1=4K stage2=2M", NULL },
    { "start2=1 ipa_bits=36", "ipa_bits=36 start2=1", NULL },
    { "holes=cover contiguous2=yes", "contiguous2=yes holes=cover", NULL },
    { "holes=cover holes=strict", "as-captured", NULL },
    { "ahead=yes", "ahead=yes", NULL },
    { "tables=ocm walks=uncached", "walks=uncached tables=ocm", NULL },
    { "tables=0x70000000", "tables=0x70000000", NULL },
    { "tables=0x70000000 tables=ddr", "as-captured", NULL },
    { "va_bits=25", "va_bits=25", NULL },
    { "va_bits=48", "va_bits=48", NULL },
    { "va_bits=24", NULL, "va_bits=24: wants a number from 25 to 48" },
    { "va_bits=49", NULL, "from 25 to 48" },
    { "ipa_bits=41", NULL, "from 25 to 40" },
    { "start2=4", NULL, "from 0 to 3" },
    { "va_bits=", NULL, "wants a number" },
    { "va_bits=-40", NULL, "wants a number" },
    { "va_bits=40x", NULL, "wants a number" },
    { "stage1=large", NULL, "stage1=large: wants one of as-captured pages blocks linear-blocks" },
    { "stage1", NULL, "stage1: no word of a layout" },
    { "=pages", NULL, "no word of a layout" },
    { "stage=pages", NULL, "no word of a layout" },
    { "tables=here", NULL, "wants ddr, ocm or an address" },
    { "stage2=off", NULL, "a fault of stage 2 alone" },
    { "stage1=pagespagespagespagespagespagespagespagespagespagespagespagespages", NULL, "too long" },
};

static void words_come_back(void **state)
{
    const struct words_row *row = *state;
    char why[LAYOUT_WHY_BYTES] = "", text[LAYOUT_TEXT_BYTES];
    struct layout l, again;

    layout_default(&l);
    if (!row->text) {
        assert_false(layout_words(&l, row->name, why));
        assert_says(why, row->why);
        return;
    }
    assert_true(layout_words(&l, row->name, why));
    assert_string_equal(layout_text(&l, text), row->text);
    layout_default(&again);
    assert_true(layout_words(&again, text, why));
    assert_true(layout_same(&l, &again));
    assert_int_equal(layout_same(&l, &(struct layout){ 0 }), strcmp(text, "as-captured") == 0);
}

static const struct possible_row {
    const char *name;
    const char *why; /* NULL: possible */
} possible_rows[] = {
    { "stage1=blocks stage2=blocks", NULL },
    { "granule1=16K", "the A53 has no 16 KB granule" },
    { "granule2=16K", "ID_AA64MMFR0_EL1" },
    { "granule2=64K stage2=2M", "blocks of 512 MB only" },
    { "granule2=64K stage2=xen", "Xen has no tables of the 64 KB granule" },
    { "granule2=64K stage2=blocks", NULL },
    { "start2=0", "no first level" },
    { "start2=1", NULL },
    { "granule2=64K start2=1", "no first level" },
    { "granule2=64K start2=2", NULL },
    { "tables=0x70001000", "no multiple of 64 KB" },
    { "tables=0x10000000000", "outside the 40 bits" },
    { "tables=0xffffff0000", NULL },
};

static void some_are_impossible(void **state)
{
    const struct possible_row *row = *state;
    char why[LAYOUT_WHY_BYTES] = "";
    struct layout l;

    layout_default(&l);
    assert_true(layout_words(&l, row->name, why));
    assert_int_equal(layout_possible(&l, why), !row->why);
    if (row->why)
        assert_says(why, row->why);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, words_come_back, ROWS_OF(words_rows));
    rows_add(&r, some_are_impossible, ROWS_OF(possible_rows));
    return rows_run(&r, "layout");
}
