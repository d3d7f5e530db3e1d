/* Which operation, by whom, for which entry. See random_upkeep.h. */
#include "tests/oracle/random_upkeep.h"

#include "tests/oracle/naive_try.h"

/* The operations that may take an entry away, by its kind; some do not take a particular one (ASIDE1 no global). */
static uint32_t ops_for(const struct kept_entry *e)
{
    static const uint32_t all1 = 1u << TLBI_ALLE1 | 1u << TLBI_VMALLS12E1,
                          of_va = 1u << TLBI_VAE1 | 1u << TLBI_VAAE1 | 1u << TLBI_ASIDE1 | 1u << TLBI_VMALLE1;

    switch ((enum kept_kind)e->kind) {
    case KEPT_LEAF:
        if (e->el2)
            return 1u << TLBI_ALLE2 | 1u << TLBI_VAE2 | 1u << TLBI_VALE2;
        return all1 | of_va | 1u << TLBI_VALE1 | 1u << TLBI_VAALE1;
    case KEPT_TABLE:
        return e->el2 ? 1u << TLBI_ALLE2 | 1u << TLBI_VAE2 : all1 | of_va;
    case KEPT_S2_LEAF:
        return all1 | 1u << TLBI_IPAS2E1 | 1u << TLBI_IPAS2LE1;
    case KEPT_S2_TABLE:
        return all1 | 1u << TLBI_IPAS2E1;
    }
    return all1;
}

/* Operations that take all away are rare: they would hide what the others fail to. */
static bool is_broad(enum tlbi_op op)
{
    return op == TLBI_ALLE1 || op == TLBI_VMALLS12E1 || op == TLBI_VMALLE1 || op == TLBI_ALLE2;
}

static enum tlbi_op choose_op(struct random_machine *m, uint32_t among)
{
    for (;;) {
        const enum tlbi_op op = (enum tlbi_op)dice_below(&m->dice, TLBI_OP_COUNT);

        if ((among & 1u << op) && (!is_broad(op) || dice_percent(&m->dice, 15)))
            return op;
    }
}

/* The operand that names the entry: any address in it will do. */
static uint64_t operand_for(struct random_machine *m, enum tlbi_op op, const struct kept_entry *e)
{
    const uint64_t within = e->drop_bits < 64 ? (1ull << e->drop_bits) - 1 : ~0ull;
    const uint64_t page = (e->drop_base | (dice_next(&m->dice) & within)) >> 12;

    switch (op) {
    case TLBI_VAE1:
    case TLBI_VALE1:
        return (page & 0xfffffffffff) | (uint64_t)(e->global ? dice_next(&m->dice) & 0xffff : e->asid) << 48;
    case TLBI_ASIDE1:
        return (uint64_t)e->asid << 48;
    case TLBI_VAAE1:
    case TLBI_VAALE1:
    case TLBI_VAE2:
    case TLBI_VALE2:
        return page & 0xfffffffffff;
    case TLBI_IPAS2E1:
    case TLBI_IPAS2LE1:
        return page & 0xfffffffff;
    case TLBI_VMALLE1:
    case TLBI_ALLE1:
    case TLBI_VMALLS12E1:
    case TLBI_ALLE2:
    case TLBI_ALLE3:
    case TLBI_VAE3:
    case TLBI_VALE3:
    case TLBI_OP_COUNT:
        break;
    }
    return 0;
}

/* Executes it at EL2, or where EL1 may, at either. EL1 is not there under HCR_EL2.TGE. */
static void execute(struct random_machine *m, unsigned core, const struct kept_drop *drop, bool broadcast)
{
    const bool at_el1 =
        tlbi_lowest_el(drop->op) == 1 && !naive_bit(drop->issuer->hcr_el2, HCR_TGE) && dice_percent(&m->dice, 50);

    random_tlbi(m, core, at_el1 ? 1 : 2, drop, broadcast);
}

static void set_vmid(struct random_machine *m, unsigned core, uint64_t vmid)
{
    const uint64_t now = m->core[core].naive.regs.vttbr_el2, mask = 0xffull << 48;

    if ((now & mask) != vmid << 48)
        random_write_register(m, core, SYSREG_VTTBR_EL2, (now & ~mask) | vmid << 48);
}

/* Takes one entry of a core away, by an operation of that core or a broadcast one of any. */
static void remove_entry(struct random_machine *m, unsigned core, struct kept_entry e)
{
    const bool broadcast = m->core_count > 1 ? dice_percent(&m->dice, 60) : dice_percent(&m->dice, 30);
    const unsigned issuer = broadcast ? dice_below(&m->dice, m->core_count) : core;
    struct naive_regs *regs = &m->core[issuer].naive.regs;
    const uint64_t vttbr = regs->vttbr_el2;
    uint32_t among = ops_for(&e);
    struct kept_drop drop = { .issuer = regs };

    do {
        drop.op = choose_op(m, among);
        drop.xt = operand_for(m, drop.op, &e);
        among &= ~(1u << drop.op);
        if (!e.el2 && drop.op != TLBI_ALLE1)
            set_vmid(m, issuer, e.vmid);
    } while (!kept_is_dropped(&e, &drop, &m->core[core].naive.regs));
    execute(m, issuer, &drop, broadcast);
    if (regs->vttbr_el2 != vttbr)
        random_write_register(m, issuer, SYSREG_VTTBR_EL2, vttbr);
}

enum which { HARMFUL, STALE };

/* Stage 2 first, as the book has it: what stage 1 has kept could be made anew from it. Returns the entry's index, or
 * the count. */
static unsigned find(const struct kept *k, enum which which, const struct naive_regs *regs)
{
    unsigned found = k->count;

    for (unsigned i = 0; i < k->count; i++) {
        const struct kept_entry *e = &k->entry[i];

        if (which == STALE ? !e->stale : !kept_harms(e, regs))
            continue;
        if (e->kind == KEPT_S2_LEAF || e->kind == KEPT_S2_TABLE)
            return i;
        if (found == k->count)
            found = i;
    }
    return found;
}

static void remove_all(struct random_machine *m, unsigned core, enum which which)
{
    struct kept *k = &m->core[core].kept;

    for (;;) {
        const unsigned i = find(k, which, &m->core[core].naive.regs);

        if (i == k->count)
            return;
        remove_entry(m, core, k->entry[i]);
    }
}

void random_upkeep(struct random_machine *m, unsigned core)
{
    remove_all(m, core, HARMFUL);
}

void random_upkeep_all(struct random_machine *m)
{
    for (unsigned i = 0; i < m->core_count; i++)
        remove_all(m, i, STALE);
}

void random_maintain_idly(struct random_machine *m)
{
    const unsigned core = dice_below(&m->dice, m->core_count);
    const struct kept *k = &m->core[core].kept;
    struct kept_drop drop = { .issuer = &m->core[core].naive.regs };

    if (k->count == 0)
        return;
    if (dice_percent(&m->dice, 50)) {
        remove_entry(m, core, k->entry[dice_below(&m->dice, k->count)]);
        return;
    }
    drop.op = (enum tlbi_op)dice_below(&m->dice, TLBI_OP_COUNT);
    drop.xt = operand_for(m, drop.op, &k->entry[dice_below(&m->dice, k->count)]);
    if (dice_percent(&m->dice, 20))
        drop.xt ^= 1ull << (48 + dice_below(&m->dice, 16)); /* another process */
    if (dice_percent(&m->dice, 20))
        drop.xt ^= 1ull << dice_below(&m->dice, 36); /* another page */
    if (!tlbi_has_operand(drop.op))
        drop.xt = 0;
    execute(m, core, &drop, dice_percent(&m->dice, 40));
}
