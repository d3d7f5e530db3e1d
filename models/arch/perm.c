/* Permission bits to rights. */
#include "models/arch/perm.h"

unsigned perm_rights_el10(unsigned s1, bool wxn)
{
    bool el0 = s1 & PERM_S1_EL0, write1 = !(s1 & PERM_S1_READ_ONLY), write0 = el0 && write1;
    unsigned rights = RIGHT_R1;

    if (el0)
        rights |= RIGHT_R0;
    if (write1)
        rights |= RIGHT_W1;
    if (write0)
        rights |= RIGHT_W0;
    /* EL0 may execute what it may not read; writable from EL0 is never executable at EL1, whatever PXN says
     * [Arm: Table D8-65, A.g: Table D4-33] */
    if (!(s1 & PERM_S1_UXN) && !(wxn && write0))
        rights |= RIGHT_X0;
    if (!(s1 & PERM_S1_PXN) && !write0 && !(wxn && write1))
        rights |= RIGHT_X1;
    return rights;
}

unsigned perm_rights_el2(unsigned s1, bool wxn)
{
    bool write = !(s1 & PERM_S1_READ_ONLY);
    unsigned rights = RIGHT_R1;

    if (write)
        rights |= RIGHT_W1;
    if (!(s1 & PERM_S1_UXN) && !(wxn && write))
        rights |= RIGHT_X1;
    return rights;
}

unsigned perm_rights_stage2(unsigned s2)
{
    unsigned rights = 0;

    if (s2 & PERM_S2_READ)
        rights |= RIGHT_R0 | RIGHT_R1;
    if (s2 & PERM_S2_WRITE)
        rights |= RIGHT_W0 | RIGHT_W1;
    if (!(s2 & PERM_S2_XN)) /* execution does not need read [Arm: Table D8-77] */
        rights |= RIGHT_X0 | RIGHT_X1;
    return rights;
}

/* EL0, EL0 unprivileged (the same), EL1, EL1 unprivileged, EL2, EL2 unprivileged; no EL3 */
#define NEEDS(el0, el1)                                                                                                \
    {                                                                                                                  \
        el0, el0, el1, el0, el1, el1, RIGHTS_ALL, RIGHTS_ALL                                                           \
    }

/* clang-format off */
const uint8_t perm_needed_by[ACCESS_KIND_COUNT][8] = {
    [ACCESS_FETCH]       = NEEDS(RIGHT_X0, RIGHT_X1),
    [ACCESS_LOAD]        = NEEDS(RIGHT_R0, RIGHT_R1),
    [ACCESS_STORE]       = NEEDS(RIGHT_W0, RIGHT_W1),
    [ACCESS_ZVA]         = NEEDS(RIGHT_W0, RIGHT_W1),
    [ACCESS_CACHE_READ]  = NEEDS(RIGHT_R0, 0),
    [ACCESS_CACHE_WRITE] = NEEDS(RIGHT_W0, RIGHT_W1),
    [ACCESS_AT_READ]     = NEEDS(RIGHT_R0, RIGHT_R1),
    [ACCESS_AT_WRITE]    = NEEDS(RIGHT_W0, RIGHT_W1),
};
/* clang-format on */
