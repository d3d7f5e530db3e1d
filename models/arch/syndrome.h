/* How an outcome is written into registers: ESR, FAR and HPFAR of an exception, PAR_EL1 of an AT
 * [Arm: D24.2.46 ESR_ELx, D24.2.76 HPFAR_EL2, D24.2.142 PAR_EL1]. */
#pragma once

#include "models/arch/access.h"
#include "models/arch/attr.h"
#include "models/arch/fault.h"

struct exception {
    uint8_t el;       /* level it is taken to: 1 or 2 */
    bool hpfar_valid; /* false: HPFAR_EL2 keeps what it has [choice: it is UNKNOWN] */
    uint64_t esr;
    uint64_t far;
    uint64_t hpfar;
};

/* Returns the exception that a fault of the access causes; tge is HCR_EL2.TGE. ISV is 0: the instruction's own
 * syndrome is not known. For an AT's abort a->el is the level at which the AT executes. */
struct exception syndrome_of_fault(const struct fault *f, const struct access *a, bool tge);

/* Returns PAR_EL1 for a translation that succeeded. */
uint64_t syndrome_par_ok(pa_t pa, struct memattr attr);

/* Returns PAR_EL1 for one that failed. */
uint64_t syndrome_par_fault(const struct fault *f);
