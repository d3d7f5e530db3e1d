/* Attribute combination: the model's rule against the printed tables, over every legal combination and every
 * override. */
#include "models/arch/attr.h"
#include "tests/oracle/combine_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_tables_agree_with_each_other(void **state)
{
    (void)state;
    assert_int_equal(combine_rules_self_check(), 26793);
}

static void every_legal_combination(void **state)
{
    unsigned rows = 0, wrong = 0;

    (void)state;
    for (unsigned i = 0; i < 256 * 4 * 16 * 4; i++) {
        unsigned mair = i & 255, s1_sh = i >> 8 & 3, memattr = i >> 10 & 15, s2_sh = i >> 14;
        struct combine_outcome want;
        struct memattr got;

        if (!combine_mair_is_legal(mair) || !combine_memattr_is_legal(memattr) || !combine_sh_is_legal(s1_sh) ||
            !combine_sh_is_legal(s2_sh))
            continue;
        rows++;
        want = combine_rules(mair, s1_sh, memattr, s2_sh);
        got = attr_combine(attr_decode_mair(mair, s1_sh), attr_decode_stage2(memattr, s2_sh));
        if (got.attr == want.par_attr && got.sh == (unsigned)want.par_sh)
            continue;
        if (wrong++ < 20)
            print_error("MAIR 0x%02x SH %u with MemAttr 0x%x SH %u: 0x%02x SH %u, should be 0x%02x SH %u\n", mair,
                        s1_sh, memattr, s2_sh, got.attr, got.sh, want.par_attr, want.par_sh);
    }
    assert_int_equal(rows, 26793);
    assert_int_equal(wrong, 0);
}

/* What is legal is said twice, too. */
static void legal_encodings(void **state)
{
    unsigned mair = 0, memattr = 0;

    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        assert_int_equal(attr_mair_is_legal(i), combine_mair_is_legal(i));
        mair += attr_mair_is_legal(i);
    }
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(attr_stage2_is_legal(i), combine_memattr_is_legal(i));
        memattr += attr_stage2_is_legal(i);
    }
    assert_int_equal(mair, 229);
    assert_int_equal(memattr, 13);
}

/* A reserved encoding becomes a legal one, and a legal one stays what it is. */
static void decoding_yields_legal_bytes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        struct memattr a = attr_decode_mair(i, SH_ISH);

        assert_true(attr_mair_is_legal(a.attr));
        if (attr_mair_is_legal(i))
            assert_int_equal(a.attr, i);
    }
    for (unsigned i = 0; i < 16; i++)
        assert_true(attr_mair_is_legal(attr_decode_stage2(i, SH_ISH).attr));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_agree_with_each_other),
        cmocka_unit_test(every_legal_combination),
        cmocka_unit_test(legal_encodings),
        cmocka_unit_test(decoding_yields_legal_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
