/* The ten AT operations: names, encodings, what each asks. */
#include "models/arch/at.h"
#include "tests/unit/models/rows.h"

/* op0 = 1, CRn = 7, CRm = 8 [Arm: C5.4; A.g: D4.2.11] */
struct at_row {
    const char *name;
    enum at_op op;
    uint8_t op1, op2;
    enum regime_id regime;
    uint8_t el;
    bool write, both_stages;
};

// clang-format off
static const struct at_row at_rows[] = {
    { "S1E1R",  AT_S1E1R,  0, 0, REGIME_EL10, 1, false, false },
    { "S1E1W",  AT_S1E1W,  0, 1, REGIME_EL10, 1, true,  false },
    { "S1E0R",  AT_S1E0R,  0, 2, REGIME_EL10, 0, false, false },
    { "S1E0W",  AT_S1E0W,  0, 3, REGIME_EL10, 0, true,  false },
    { "S1E2R",  AT_S1E2R,  4, 0, REGIME_EL2,  2, false, false },
    { "S1E2W",  AT_S1E2W,  4, 1, REGIME_EL2,  2, true,  false },
    { "S12E1R", AT_S12E1R, 4, 4, REGIME_EL10, 1, false, true  },
    { "S12E1W", AT_S12E1W, 4, 5, REGIME_EL10, 1, true,  true  },
    { "S12E0R", AT_S12E0R, 4, 6, REGIME_EL10, 0, false, true  },
    { "S12E0W", AT_S12E0W, 4, 7, REGIME_EL10, 0, true,  true  },
};
// clang-format on

static uint32_t opcode_of(unsigned op1, unsigned crm, unsigned op2)
{
    return 0xD5080000u | op1 << 16 | 7u << 12 | crm << 8 | op2 << 5;
}

static void check_at(void **state)
{
    const struct at_row *row = *state;
    struct at_query q = at_query(row->op);

    assert_string_equal(at_name(row->op), row->name);
    assert_int_equal(at_by_name(row->name), row->op);
    assert_int_equal(at_decode_opcode(opcode_of(row->op1, 8, row->op2)), row->op);
    assert_int_equal(at_decode_opcode(opcode_of(row->op1, 8, row->op2) | 30), row->op);
    assert_int_equal(at_lowest_el(row->op), row->op1 == 0 ? 1 : 2); /* [Arm: C5.4] */
    assert_int_equal(q.regime, row->regime);
    assert_int_equal(q.el, row->el);
    assert_int_equal(q.write, row->write);
    assert_int_equal(q.both_stages, row->both_stages);
}

struct other_row {
    const char *name;
    uint32_t opcode;
};

static const struct other_row other_rows[] = {
    { "AT S1E3R: no EL3 here", 0xD50E7800 },
    { "AT S1E3W", 0xD50E7820 },
    { "AT S1E1RP is v8.2", 0xD5087900 },
    { "AT S1E1WP", 0xD5087920 },
    { "op1 0, op2 4 is none", 0xD5087880 },
    { "op1 4, op2 2 is none", 0xD50C7840 },
    { "TLBI VMALLE1", 0xD508871F },
    { "DC IVAC", 0xD5087620 },
    { "SYSL", 0xD5287800 },
    { "zero", 0 },
    { "all ones", 0xFFFFFFFF },
};

static void check_other(void **state)
{
    const struct other_row *row = *state;

    assert_int_equal(at_decode_opcode(row->opcode), AT_OP_COUNT);
}

static void no_such_name(void **state)
{
    (void)state;
    assert_int_equal(sizeof at_rows / sizeof *at_rows, AT_OP_COUNT);
    assert_int_equal(at_by_name(""), AT_OP_COUNT);
    assert_int_equal(at_by_name("S1E3R"), AT_OP_COUNT);
    assert_int_equal(at_by_name("s1e1r"), AT_OP_COUNT);
    assert_int_equal(at_by_name("S1E1RX"), AT_OP_COUNT);
    assert_int_equal(at_by_name("S1E1"), AT_OP_COUNT);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_at, ROWS_OF(at_rows));
    rows_add(&all, check_other, ROWS_OF(other_rows));
    rows_add_test(&all, "names that are none", no_such_name, NULL);
    return rows_run(&all, "arch/at");
}
