/* Syndromes to accesses. */
#include "sim/replay/abort_access.h"

#define EC_INSTRUCTION_ABORT_LOWER 0x20
#define EC_DATA_ABORT_SAME 0x25

#define SPSR_EL 3, 2

/* True for the status codes of faults on translation: address size, translation, access flag, permission, external
 * abort on a walk [Arm: EncodeLDFSC]. Alignment faults depend on the access's size, which a syndrome need not tell;
 * other external aborts on no translation. */
static bool is_translation_status(uint64_t fsc)
{
    return fsc < 0x10 || (fsc >= 0x14 && fsc < 0x18);
}

bool abort_is_mmu(const struct trace_rec *rec)
{
    uint64_t ec = bits(rec->value, ESR_EC);
    bool synchronous = (rec->n & 0x180) == 0; /* vector offsets 0x000, 0x200, 0x400, 0x600 */
    bool modelled = rec->el < 3 && bits(rec->spsr, SPSR_EL) < 3;

    return synchronous && modelled && ec >= EC_INSTRUCTION_ABORT_LOWER && ec <= EC_DATA_ABORT_SAME &&
           (ec & ~5ULL) == EC_INSTRUCTION_ABORT_LOWER && is_translation_status(bits(rec->value, ESR_FSC));
}

/* The access that the syndrome tells of. Its size is unknown, and of no matter to the faults made again. */
static struct access told_access(const struct trace_rec *rec)
{
    struct access a = { .va = VA(rec->va), .size = 1, .el = (uint8_t)bits(rec->spsr, SPSR_EL) };
    bool writes = bit(rec->value, ESR_WnR);

    if (bits(rec->value, ESR_EC) < 0x24)
        a.kind = ACCESS_FETCH;
    else if (bit(rec->value, ESR_CM))
        a.kind = ACCESS_CACHE_READ;
    else
        a.kind = writes ? ACCESS_STORE : ACCESS_LOAD;
    return a;
}

/* True when a fresh walk refuses the access: neither asks nor fills anything. */
static bool walk_refuses(const struct mmu *m, const struct access *a)
{
    struct steps steps = { 0 };
    struct walk w = { .regime = &m->regime[regime_of_el(a->el)], .mem = &m->mem, .steps = &steps };
    struct tlb_entry e;

    return walk_translate(&w, a, false, &e).type != FAULT_NONE;
}

struct access abort_access(const struct trace_rec *rec, const struct mmu *m, bool *unprivileged_guessed)
{
    struct access a = told_access(rec);
    bool data = a.kind == ACCESS_LOAD || a.kind == ACCESS_STORE;

    *unprivileged_guessed = a.el == 1 && data && !walk_refuses(m, &a);
    a.unpriv = *unprivileged_guessed;
    return a;
}
