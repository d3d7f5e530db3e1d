/* The register list as data: names, encodings, and which registers steer translation. */
#include "models/arch/sysreg.h"

#include <string.h>

struct sysreg_row {
    const char *name;
    uint32_t encoding;
};

static const struct sysreg_row rows[SYSREG_COUNT] = {
#define X(name, op0, op1, crn, crm, op2)                                                                               \
    [SYSREG_##name] = { #name, (op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2) },
    SYSREG_LIST(X)
#undef X
};

const char *sysreg_name(enum sysreg reg)
{
    return rows[reg].name;
}

enum sysreg sysreg_by_name(const char *name)
{
    for (int i = 0; i < SYSREG_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return (enum sysreg)i;
    }
    return SYSREG_COUNT;
}

enum sysreg sysreg_by_encoding(uint32_t encoding)
{
    for (int i = 0; i < SYSREG_COUNT; i++) {
        if (rows[i].encoding == encoding)
            return (enum sysreg)i;
    }
    return SYSREG_COUNT;
}

bool sysreg_steers_translation(enum sysreg reg)
{
    static const bool steers[SYSREG_COUNT] = {
        [SYSREG_SCTLR_EL1] = true, [SYSREG_TTBR0_EL1] = true, [SYSREG_TTBR1_EL1] = true, [SYSREG_TCR_EL1] = true,
        [SYSREG_MAIR_EL1] = true,  [SYSREG_HCR_EL2] = true,   [SYSREG_VTTBR_EL2] = true, [SYSREG_VTCR_EL2] = true,
        [SYSREG_SCTLR_EL2] = true, [SYSREG_TTBR0_EL2] = true, [SYSREG_TCR_EL2] = true,   [SYSREG_MAIR_EL2] = true,
    };
    return steers[reg];
}
