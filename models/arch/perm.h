/* Who may do what: permission bits of both stages, as rights [Arm: D8.4, A.g: D4.4.1].
 *
 * Each stage's bits become a set of rights; an access needs one right of each stage. */
#pragma once

#include "models/arch/access.h"

/* Rights. EL2 uses the EL1 ones. */
enum {
    RIGHT_R0 = 1,
    RIGHT_W0 = 2,
    RIGHT_X0 = 4,
    RIGHT_R1 = 8,
    RIGHT_W1 = 16,
    RIGHT_X1 = 32,
    RIGHTS_ALL = 63,
};

/* Stage-1 permission bits of a leaf, after the table descriptors' hierarchical bits have been merged. */
enum {
    PERM_S1_EL0 = 1,       /* AP[1]: EL0 may access */
    PERM_S1_READ_ONLY = 2, /* AP[2] */
    PERM_S1_PXN = 4,
    PERM_S1_UXN = 8, /* XN in EL2 */
};

/* Stage-2 permission bits of a leaf. */
enum {
    PERM_S2_READ = 1,  /* S2AP[0] */
    PERM_S2_WRITE = 2, /* S2AP[1] */
    PERM_S2_XN = 4,
};

/* Returns the rights that stage-1 bits give in the EL1&0 regime; wxn is SCTLR_EL1.WXN. */
unsigned perm_rights_el10(unsigned s1, bool wxn);

/* Returns the rights that stage-1 bits give in the EL2 regime (as EL1 rights); wxn is SCTLR_EL2.WXN. */
unsigned perm_rights_el2(unsigned s1, bool wxn);

/* Returns the rights that stage-2 bits give; they are the same for EL0 and EL1. */
unsigned perm_rights_stage2(unsigned s2);

/* The right that each kind of access needs, by 2 * EL + unprivileged. Cleaning a cache from EL1 or above never gives a
 * Permission fault [Arm: D8.15.3]; at EL2 an LDTR is an LDR. */
extern const uint8_t perm_needed_by[ACCESS_KIND_COUNT][8];

/* Returns the right that the access needs at each stage; 0: none. */
static inline unsigned perm_needed(const struct access *a)
{
    return perm_needed_by[a->kind][(2 * a->el + a->unpriv) & 7];
}
