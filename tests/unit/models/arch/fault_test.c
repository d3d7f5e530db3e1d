/* Names and status codes: every fault at every level it can have. */
#include "models/arch/fault.h"
#include "tests/unit/models/rows.h"

/* [Arm: EncodeLDFSC, D24.2.46]; FF: the fault has no such level in v8.0 */
struct code_row {
    const char *name; /* as fault_name has it */
    enum fault_type type;
    uint8_t code[4];
};

static const struct code_row code_rows[] = {
    { "address size", FAULT_ADDRESS_SIZE, { 0x00, 0x01, 0x02, 0x03 } },
    { "translation", FAULT_TRANSLATION, { 0x04, 0x05, 0x06, 0x07 } },
    { "access flag", FAULT_ACCESS_FLAG, { 0xFF, 0x09, 0x0A, 0x0B } },
    { "permission", FAULT_PERMISSION, { 0xFF, 0x0D, 0x0E, 0x0F } },
    { "external abort on walk", FAULT_EXTERNAL_ON_WALK, { 0x14, 0x15, 0x16, 0x17 } },
    { "alignment", FAULT_ALIGNMENT, { 0x21, 0x21, 0x21, 0x21 } }, /* has no level */
};

static void check_code(void **state)
{
    const struct code_row *row = *state;

    assert_string_equal(fault_name(row->type), row->name);
    for (unsigned level = 0; level < 4; level++) {
        struct fault one = fault_stage1(row->type, level), two = fault_stage2(row->type, level, IPA(0x1234));

        if (row->code[level] == 0xFF)
            continue;
        assert_int_equal(fault_status(&one), row->code[level]);
        assert_int_equal(fault_status(&two), row->code[level]); /* which stage is told elsewhere */
    }
}

static void builders(void **state)
{
    struct fault none = fault_none(), one = fault_stage1(FAULT_PERMISSION, 3);
    struct fault two = fault_stage2(FAULT_TRANSLATION, 2, IPA(0x12345678));

    (void)state;
    assert_int_equal(none.type, FAULT_NONE);
    assert_string_equal(fault_name(FAULT_NONE), "none");
    assert_int_equal(one.stage, 1);
    assert_int_equal(one.level, 3);
    assert_false(one.s1ptw);
    assert_int_equal(two.stage, 2);
    assert_int_equal(two.level, 2);
    assert_int_equal(two.ipa.v, 0x12345678);
    assert_false(two.s1ptw);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_code, ROWS_OF(code_rows));
    rows_add_test(&all, "faults as built", builders, NULL);
    return rows_run(&all, "arch/fault");
}
