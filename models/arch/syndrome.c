/* Faults and results as register contents. */
#include "models/arch/syndrome.h"

#include "models/arch/sysreg.h"

#define EC_INSTRUCTION_ABORT_LOWER 0x20u
#define EC_DATA_ABORT_LOWER 0x24u
#define EC_SAME_EL 1u /* added to the above */

#define PAR_RES1 (1ULL << 11)
#define PAR_NS (1ULL << 9) /* UNKNOWN for Non-secure; written as 1 [Arm: AArch64.EncodePAR] */

/* [Arm: IPAValid] HPFAR_EL2 is written for stage-2 Translation, Access flag and Address size faults, and for a
 * Permission fault only when it is on a stage-1 walk. */
static bool ipa_is_reported(const struct fault *f)
{
    switch ((enum fault_type)f->type) {
    case FAULT_TRANSLATION:
    case FAULT_ACCESS_FLAG:
    case FAULT_ADDRESS_SIZE:
        return f->stage == 2;
    case FAULT_PERMISSION:
        return f->stage == 2 && f->s1ptw;
    case FAULT_NONE:
    case FAULT_EXTERNAL_ON_WALK:
    case FAULT_ALIGNMENT:
    case FAULT_TYPE_COUNT:
        break;
    }
    return false;
}

struct exception syndrome_of_fault(const struct fault *f, const struct access *a, bool tge)
{
    struct exception e = { .far = a->va.v };
    bool fetch = a->kind == ACCESS_FETCH, maintenance = access_is_maintenance(a->kind);
    unsigned ec = fetch ? EC_INSTRUCTION_ABORT_LOWER : EC_DATA_ABORT_LOWER;

    /* [Arm: AArch64.DataAbort; A.g: D1.13] */
    e.el = a->el == 2 || f->stage == 2 || tge ? 2 : 1;
    if (a->el == e.el)
        ec |= EC_SAME_EL;
    e.esr = (uint64_t)ec << 26 | 1ULL << ESR_IL | fault_status(f);
    if (f->s1ptw)
        e.esr |= 1ULL << ESR_S1PTW;
    if (maintenance)
        e.esr |= 1ULL << ESR_CM;
    /* the direction of the instruction's own access, also for a fault on the walk; always 1 with CM */
    if (!fetch && (maintenance || access_writes(a->kind)))
        e.esr |= 1ULL << ESR_WnR;
    e.hpfar_valid = ipa_is_reported(f);
    if (e.hpfar_valid)
        e.hpfar = bits(f->ipa.v, 47, 12) << 4;
    return e;
}

uint64_t syndrome_par_ok(pa_t pa, struct memattr attr)
{
    attr = attr_effective(attr);
    return (uint64_t)attr.attr << 56 | align_down(bits(pa.v, 47, 0), 12) | PAR_RES1 | PAR_NS | (uint64_t)attr.sh << 7;
}

uint64_t syndrome_par_fault(const struct fault *f)
{
    uint64_t par = PAR_RES1 | (uint64_t)fault_status(f) << 1 | 1;

    if (f->stage == 2)
        par |= 1ULL << 9; /* S */
    if (f->s1ptw)
        par |= 1ULL << 8; /* PTW */
    return par;
}
