/* What orders the instructions around it, by A64 opcodes [Arm: C6.2, DSB, ISB, ERET]; a barrier's CRm field, which says
 * for whom, matters to barrier_dsb_under alone. */
#pragma once

#include "models/arch/sysreg.h"

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

/* Returns a DSB's opcode as it acts at an exception level under an HCR_EL2: at EL1 and EL0 BSU says for whom it is at
 * least, so that a DSB NSH is Inner Shareable there under Xen, which makes TLBIs broadcast by FB, too [Arm:
 * HCR_EL2.BSU]. */
static inline uint32_t barrier_dsb_under(uint32_t opcode, unsigned el, uint64_t hcr)
{
    bool widens = el < 2 && bits(hcr, HCR_BSU) != 0 && !bit(hcr, HCR_TGE);

    return widens && (opcode >> 10 & 3) == 1 ? opcode ^ 3u << 10 : opcode;
}

static inline bool barrier_is_isb(uint32_t opcode)
{
    return (opcode & OPCODE_BARRIER_MASK) == OPCODE_ISB;
}
