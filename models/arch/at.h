/* Address translation instructions: which translation each asks for [Arm: C5.4; A.g: D4.2.11]. */
#pragma once

#include "models/arch/regime.h"

enum at_op {
    AT_S1E1R,
    AT_S1E1W,
    AT_S1E0R,
    AT_S1E0W,
    AT_S1E2R,
    AT_S1E2W,
    AT_S12E1R,
    AT_S12E1W,
    AT_S12E0R,
    AT_S12E0W,
    AT_OP_COUNT
};

/* An AT instruction at work. */
struct at_request {
    uint8_t op; /* enum at_op */
    uint8_t el; /* where it executes: at_lowest_el or above */
    va_t va;
};

struct at_query {
    uint8_t regime; /* enum regime_id */
    uint8_t el;     /* whose permissions are asked for */
    bool write;
    bool both_stages; /* the result of stage 2; else stage 1's alone (its walk goes through stage 2 all the same) */
};

/* Returns the name as in the manual: "S12E1R". */
const char *at_name(enum at_op op);

/* Returns the operation of that name, or AT_OP_COUNT. */
enum at_op at_by_name(const char *name);

/* Decodes the A64 instruction AT. Returns AT_OP_COUNT when the opcode is none of the list (AT S1E3R and W included: the
 * models hold no EL3). */
enum at_op at_decode_opcode(uint32_t opcode);

/* Returns the lowest exception level at which the operation is not UNDEFINED. */
unsigned at_lowest_el(enum at_op op);

/* Returns what the operation asks. */
struct at_query at_query(enum at_op op);
