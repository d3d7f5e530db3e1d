/* The encodings of loads and stores [Arm: C4.1, "Loads and Stores"]. */
#include "traces/readers/a64_size.h"

#define V(opcode) ((opcode) >> 26 & 1) /* a SIMD and floating-point register */

/* bits 29:27 and 25:24 */
enum { CLASS_LITERAL = 0x0C, CLASS_PAIR = 0x14, CLASS_REGISTER = 0x1C, CLASS_EXCLUSIVE = 0x04 };

static uint32_t pair_size(uint32_t opcode)
{
    uint32_t opc = opcode >> 30;

    if (V(opcode))
        return opc < 3 ? 4u << opc : 0;
    return opc == 2 ? 8 : opc < 2 ? 4 : 0; /* 1: LDPSW */
}

static uint32_t literal_size(uint32_t opcode)
{
    uint32_t opc = opcode >> 30;

    if (V(opcode))
        return opc < 3 ? 4u << opc : 0;
    return opc == 1 ? 8 : opc < 3 ? 4 : 0; /* 2: LDRSW; 3: PRFM */
}

static uint32_t register_size(uint32_t opcode)
{
    uint32_t size = opcode >> 30;

    return V(opcode) && size == 0 && opcode >> 23 & 1 ? 16 : 1u << size;
}

uint32_t a64_size(uint32_t opcode, unsigned *registers)
{
    uint32_t group = opcode >> 25 & 0x1C, low = opcode >> 24 & 3;

    *registers = 1;
    if (group == CLASS_REGISTER && !V(opcode) && opcode >> 30 == 3 && low == 1 && (opcode >> 22 & 3) == 2)
        return 0; /* PRFM */
    if (group == CLASS_REGISTER)
        return register_size(opcode);
    if (group == CLASS_LITERAL && low == 0)
        return literal_size(opcode);
    if (group == CLASS_PAIR && low <= 1) {
        *registers = 2;
        return pair_size(opcode);
    }
    if (group == CLASS_EXCLUSIVE && low == 0 && !V(opcode)) {
        *registers = (opcode >> 21 & 5) == 1 ? 2 : 1; /* o1 without o2: LDXP, STXP */
        return 1u << (opcode >> 30);
    }
    return 0;
}
