/* What orders the instructions around it, by A64 opcodes [Arm: C6.2, DSB, ISB, ERET]; a barrier's CRm field, which says for
 * whom, does not matter here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define OPCODE_BARRIER_MASK 0xFFFFF0FFu
#define OPCODE_DSB 0xD503309Fu
#define OPCODE_ISB 0xD50330DFu
#define OPCODE_ERET 0xD69F03E0u

static inline bool barrier_is_dsb(uint32_t opcode)
{
    return (opcode & OPCODE_BARRIER_MASK) == OPCODE_DSB;
}

static inline bool barrier_is_isb(uint32_t opcode)
{
    return (opcode & OPCODE_BARRIER_MASK) == OPCODE_ISB;
}
