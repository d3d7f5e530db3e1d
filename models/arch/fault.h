/* A fault is a value [Arm: FaultRecord]; how it is written into ESR, FAR, HPFAR and PAR stands in syndrome.h. */
#pragma once

#include "models/arch/addr.h"

enum fault_type {
    FAULT_NONE,
    FAULT_ADDRESS_SIZE,
    FAULT_TRANSLATION,
    FAULT_ACCESS_FLAG,
    FAULT_PERMISSION,
    FAULT_EXTERNAL_ON_WALK, /* synchronous external abort on a descriptor fetch */
    FAULT_ALIGNMENT,
    FAULT_TYPE_COUNT
};

struct fault {
    uint8_t type;  /* enum fault_type */
    uint8_t stage; /* 1 or 2 */
    uint8_t level; /* 0..3; meaningless for FAULT_ALIGNMENT */
    bool s1ptw;    /* a stage-2 fault on a stage-1 descriptor fetch */
    ipa_t ipa;     /* stage 2: the IPA that faulted; with s1ptw that of the descriptor */
};

static inline struct fault fault_none(void)
{
    return (struct fault){ .type = FAULT_NONE };
}

static inline struct fault fault_stage1(enum fault_type type, unsigned level)
{
    return (struct fault){ .type = (uint8_t)type, .stage = 1, .level = (uint8_t)level };
}

static inline struct fault fault_stage2(enum fault_type type, unsigned level, ipa_t ipa)
{
    return (struct fault){ .type = (uint8_t)type, .stage = 2, .level = (uint8_t)level, .ipa = ipa };
}

/* Returns a short name for people: "translation", "permission", ... */
const char *fault_name(enum fault_type type);

/* Returns the fault status code as in ESR_ELx.DFSC/IFSC and PAR_EL1.FST [Arm: EncodeLDFSC]. */
unsigned fault_status(const struct fault *f);
