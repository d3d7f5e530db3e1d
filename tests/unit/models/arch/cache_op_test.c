/* Which DC and IC instructions translate an address, and as what. */
#include "models/arch/cache_op.h"
#include "tests/unit/models/rows.h"

struct op_row {
    const char *name;
    uint8_t op1, crn, crm, op2; /* [Arm: C5.3 "A64 System instructions for cache maintenance"] */
    bool translates;
    enum access_kind kind;
};

// clang-format off
static const struct op_row op_rows[] = {
    { "DC IVAC needs write permission", 0, 7, 6,  1, true,  ACCESS_CACHE_WRITE }, /* [Arm: D8.15.3] */
    { "DC ZVA is a store",              3, 7, 4,  1, true,  ACCESS_ZVA         },
    { "DC CVAC",                        3, 7, 10, 1, true,  ACCESS_CACHE_READ  },
    { "DC CVAU",                        3, 7, 11, 1, true,  ACCESS_CACHE_READ  },
    { "DC CIVAC",                       3, 7, 14, 1, true,  ACCESS_CACHE_READ  },
    { "IC IVAU",                        3, 7, 5,  1, true,  ACCESS_CACHE_READ  },
    { "DC ISW, by set and way",         0, 7, 6,  2, false, ACCESS_FETCH       },
    { "DC CSW, by set and way",         0, 7, 10, 2, false, ACCESS_FETCH       },
    { "DC CISW, by set and way",        0, 7, 14, 2, false, ACCESS_FETCH       },
    { "IC IALLU",                       0, 7, 5,  0, false, ACCESS_FETCH       },
    { "IC IALLUIS",                     0, 7, 1,  0, false, ACCESS_FETCH       },
    { "AT S1E1R",                       0, 7, 8,  0, false, ACCESS_FETCH       },
    { "TLBI VMALLE1",                   0, 8, 7,  0, false, ACCESS_FETCH       },
};
// clang-format on

static void check_op(void **state)
{
    const struct op_row *row = *state;
    uint32_t opcode = 0xD5080000u | (uint32_t)row->op1 << 16 | (uint32_t)row->crn << 12 | (uint32_t)row->crm << 8 |
                      (uint32_t)row->op2 << 5;

    for (uint32_t xt = 0; xt < 32; xt += 31) {
        enum access_kind kind;

        memset(&kind, POISON, sizeof kind);
        assert_int_equal(cache_op_decode(opcode | xt, &kind), row->translates);
        if (row->translates)
            assert_int_equal(kind, row->kind);
    }
}

/* The same bits with L = 1 (SYSL) or another op0 are other instructions. */
static void other_instructions(void **state)
{
    enum access_kind kind;

    (void)state;
    assert_false(cache_op_decode(0xD52B7A20, &kind)); /* SYSL */
    assert_false(cache_op_decode(0xD51B7A20, &kind)); /* MSR */
    assert_false(cache_op_decode(0, &kind));
    assert_false(cache_op_decode(UINT32_MAX, &kind));
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_op, ROWS_OF(op_rows));
    rows_add_test(&all, "other instructions", other_instructions, NULL);
    return rows_run(&all, "arch/cache_op");
}
