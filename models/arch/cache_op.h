/* Cache maintenance by address: which instructions translate, and as what. */
#pragma once

#include "models/arch/access.h"

#define ZVA_BYTES 64u /* what a DC ZVA zeroes [A53: DCZID_EL0] */

/* Decodes the A64 instructions DC and IC by VA: *kind is how the operation is checked. DC ZVA is ACCESS_ZVA. Returns
 * false when the opcode is none of them: operations by set and way do not translate [Arm: C5.3]. */
bool cache_op_decode(uint32_t opcode, enum access_kind *kind);
