/* What happens to a random machine, and in which order. See random_steps.h. */
#include "tests/oracle/random_steps.h"

#include "tests/oracle/naive_try.h"
#include "tests/oracle/random_build.h"
#include "tests/oracle/random_compare.h"
#include "tests/oracle/random_upkeep.h"

static bool tge(const struct naive_regs *regs)
{
    return naive_bit(regs->hcr_el2, HCR_TGE);
}

static bool stage1_on(const struct naive_regs *regs)
{
    return naive_bit(regs->sctlr_el1, SCTLR_M) && !naive_bit(regs->hcr_el2, HCR_DC) && !tge(regs);
}

/* A page that has been provided for: mostly one of a few, so that it is met again; now and then a neighbour of one. */
static uint64_t pick(struct random_machine *m, const struct random_addresses *list)
{
    const unsigned few = list->count < 2 || dice_percent(&m->dice, 35) ? list->count : 2;
    uint64_t address = list->v[dice_below(&m->dice, few)];

    if (dice_percent(&m->dice, 4))
        address ^= 1ull << (12 + dice_below(&m->dice, 28));
    return address;
}

static uint64_t choose_page(struct random_machine *m, unsigned core, unsigned el)
{
    const struct random_core *c = &m->core[core];
    const struct random_world *w = &m->world[c->world];

    if (el == 2)
        return pick(m, &m->el2[m->core[core].naive.regs.ttbr0_el2 == m->el2_root[1]]);
    if (!stage1_on(&c->naive.regs) || dice_percent(&m->dice, 1))
        return pick(m, &w->ipa);
    if (dice_percent(&m->dice, 40))
        return pick(m, &w->upper);
    return pick(m, &w->space[c->space].va);
}

/* Puts a tag into the top byte where it is ignored, and rarely where it is not. */
static uint64_t tagged(struct random_machine *m, const struct naive_regs *regs, unsigned el, uint64_t va)
{
    const unsigned tbi_bit = naive_bit(va, 55) ? 38 : 37;
    const bool ignored = el == 2 ? naive_bit(regs->tcr_el2, 20) : naive_bit(regs->tcr_el1, tbi_bit);

    if (!dice_percent(&m->dice, ignored ? 50 : 1))
        return va;
    return naive_bits(va, 55, 0) | dice_next(&m->dice) << 56;
}

static enum naive_kind choose_kind(struct random_machine *m, unsigned el)
{
    static const uint8_t weights[] = {
        [NAIVE_FETCH] = 22, [NAIVE_LOAD] = 40,      [NAIVE_STORE] = 24,
        [NAIVE_ZVA] = 5,    [NAIVE_CACHE_READ] = 5, [NAIVE_CACHE_WRITE] = 4,
    };
    const enum naive_kind kind = (enum naive_kind)dice_weighted(&m->dice, weights, 6);

    return kind == NAIVE_CACHE_WRITE && el == 0 ? NAIVE_CACHE_READ : kind; /* DC IVAC is UNDEFINED at EL0 */
}

struct naive_access random_choose_access(struct random_machine *m, unsigned core)
{
    static const uint8_t levels[] = { 42, 43, 15 };
    const struct naive_regs *regs = &m->core[core].naive.regs;
    struct naive_access a = { .el = dice_weighted(&m->dice, levels, 3) };
    uint64_t offset = dice_next(&m->dice) & 0xfff;

    if (a.el == 1 && tge(regs))
        a.el = 0; /* there is no EL1 then */
    a.kind = choose_kind(m, a.el);
    a.size = 1ull << dice_below(&m->dice, 7);
    if (a.kind == NAIVE_FETCH)
        a.size = 4;
    else if (a.kind == NAIVE_ZVA)
        a.size = 64;
    else if (a.kind != NAIVE_LOAD && a.kind != NAIVE_STORE)
        a.size = 1;
    if (a.kind == NAIVE_FETCH || a.kind == NAIVE_ZVA || dice_percent(&m->dice, 85))
        offset &= ~(a.size - 1);
    else if (dice_percent(&m->dice, 15))
        offset |= 0xfc0;
    a.unpriv = a.el == 1 && (a.kind == NAIVE_LOAD || a.kind == NAIVE_STORE) && dice_percent(&m->dice, 12);
    a.va = tagged(m, regs, a.el, choose_page(m, core, a.el)) | offset;
    return a;
}

static void access(struct random_machine *m)
{
    const unsigned core = dice_below(&m->dice, m->core_count);
    struct naive_access a = random_choose_access(m, core);

    random_upkeep(m, core);
    if ((a.va & 0xfff) + a.size <= 0x1000)
        random_access(m, core, &a);
    else if (((a.va + 0x1000) ^ a.va) >> 48 == 0)
        random_split_access(m, core, &a);
}

/* Nothing is maintained before an AT: it must see everything as it is now. */
static void at(struct random_machine *m)
{
    const unsigned core = dice_below(&m->dice, m->core_count);
    const struct naive_regs *regs = &m->core[core].naive.regs;
    const enum naive_at_op op = (enum naive_at_op)dice_below(&m->dice, 10);
    const bool of_el2 = op == NAIVE_AT_S1E2R || op == NAIVE_AT_S1E2W;
    const uint64_t page = choose_page(m, core, of_el2 ? 2 : 1);
    const uint64_t va = tagged(m, regs, of_el2 ? 2 : 1, page) | (dice_next(&m->dice) & 0xfff);
    const bool at_el1 = op <= NAIVE_AT_S1E0W && !tge(regs) && dice_percent(&m->dice, 50);

    random_at(m, core, op, at_el1 ? 1 : 2, va);
}

static void step(struct random_machine *m)
{
    static const uint8_t weights[] = { 75, 7, 6, 8, 2, 2 };

    switch (dice_weighted(&m->dice, weights, 6)) {
    case 0:
        access(m);
        break;
    case 1:
        at(m);
        break;
    case 2:
        random_change_registers(m);
        break;
    case 3:
        random_change_tables(m);
        break;
    case 4:
        random_maintain_idly(m);
        break;
    case 5:
        random_open_window(m);
        break;
    default:
        break;
    }
}

bool random_live(struct random_machine *m, uint64_t seed, unsigned long index)
{
    unsigned steps;

    random_machine_reset(m, seed, index);
    random_build(m);
    steps = 100 + dice_below(&m->dice, 300);
    for (unsigned i = 0; i < steps && !m->failed; i++)
        step(m);
    return !m->failed;
}
