/* The ten AT operations as a table. */
#include "models/arch/at.h"

#include <string.h>

struct at_row {
    const char *name;
    uint8_t op1, op2; /* CRn = 7, CRm = 8 */
    struct at_query query;
};

static const struct at_row rows[AT_OP_COUNT] = {
    [AT_S1E1R] = { "S1E1R", 0, 0, { REGIME_EL10, 1, false, false } },
    [AT_S1E1W] = { "S1E1W", 0, 1, { REGIME_EL10, 1, true, false } },
    [AT_S1E0R] = { "S1E0R", 0, 2, { REGIME_EL10, 0, false, false } },
    [AT_S1E0W] = { "S1E0W", 0, 3, { REGIME_EL10, 0, true, false } },
    [AT_S1E2R] = { "S1E2R", 4, 0, { REGIME_EL2, 2, false, false } },
    [AT_S1E2W] = { "S1E2W", 4, 1, { REGIME_EL2, 2, true, false } },
    [AT_S12E1R] = { "S12E1R", 4, 4, { REGIME_EL10, 1, false, true } },
    [AT_S12E1W] = { "S12E1W", 4, 5, { REGIME_EL10, 1, true, true } },
    [AT_S12E0R] = { "S12E0R", 4, 6, { REGIME_EL10, 0, false, true } },
    [AT_S12E0W] = { "S12E0W", 4, 7, { REGIME_EL10, 0, true, true } },
};

const char *at_name(enum at_op op)
{
    return rows[op].name;
}

enum at_op at_by_name(const char *name)
{
    for (int i = 0; i < AT_OP_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return (enum at_op)i;
    }
    return AT_OP_COUNT;
}

enum at_op at_decode_opcode(uint32_t opcode)
{
    unsigned op1 = opcode >> 16 & 7, op2 = opcode >> 5 & 7;

    if ((opcode & 0xFFF8FF00) != 0xD5087800) /* SYS with CRn = 7, CRm = 8 */
        return AT_OP_COUNT;
    for (int i = 0; i < AT_OP_COUNT; i++) {
        if (rows[i].op1 == op1 && rows[i].op2 == op2)
            return (enum at_op)i;
    }
    return AT_OP_COUNT;
}

unsigned at_lowest_el(enum at_op op)
{
    return rows[op].op1 == 0 ? 1 : 2;
}

struct at_query at_query(enum at_op op)
{
    return rows[op].query;
}
