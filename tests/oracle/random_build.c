/* From registers and tables to worlds. See random_build.h. */
#include "tests/oracle/random_build.h"

#include "tests/oracle/naive_try.h"

static void add(struct random_machine *m, struct random_addresses *list, uint64_t address)
{
    if (list->count < RANDOM_ADDRESSES)
        list->v[list->count++] = address;
    else
        list->v[dice_below(&m->dice, RANDOM_ADDRESSES)] = address;
}

/* The VA of a half whose low bits are those of `address`. */
static uint64_t va_of(uint64_t address, unsigned input_bits, bool upper)
{
    const uint64_t mask = (1ull << input_bits) - 1;

    return upper ? address | ~mask : address & mask;
}

/* Chooses VAs, makes their tables, and stage 2 of where they lead. */
static void map_addresses(struct random_machine *m, struct random_stage *g, bool upper, struct random_addresses *list)
{
    const unsigned count = 3 + dice_below(&m->dice, 5);

    for (unsigned i = 0; i < count; i++) {
        const uint64_t va = va_of(random_address(m), g->input_bits, upper);

        random_map_address(m, g, va);
        add(m, list, va);
    }
}

/* Makes stage 2 of where a world's VAs lead to, so that most of them have a PA. */
static void map_outputs(struct random_machine *m, struct random_world *w, const struct naive_regs *regs,
                        const struct random_addresses *list)
{
    struct naive_machine machine = m->core[0].naive;
    uint64_t pa;

    machine.regs = *regs;
    for (unsigned i = 0; i < list->count; i++) {
        const struct naive_access load = { .kind = NAIVE_LOAD, .el = 1, .va = list->v[i], .size = 1 };
        struct naive_result r;

        naive_access(&machine, &load, &r);
        if (!r.ok && r.fault.stage == 2) {
            random_resolve(m, w, r.fault.ipa, &pa);
            add(m, &w->ipa, r.fault.ipa >> 12 << 12);
        } else if (r.ok) {
            add(m, &w->ipa, r.ipa >> 12 << 12);
        }
    }
}

/* A process of the world: its lower half, and the ASID in the register that A1 names. */
static void build_space(struct random_machine *m, struct random_world *w, struct random_space *s, uint64_t root1)
{
    const bool a1 = naive_bit(w->regs.tcr_el1, 22);
    const uint64_t asid = dice_percent(&m->dice, 15) ? dice_next(&m->dice) & 0xffff : 1 + dice_below(&m->dice, 3);
    struct random_stage g = random_stage1(&w->regs, false, false);
    struct naive_regs regs;

    g.world = w;
    g.global_percent = 12;
    random_place_root(m, &g);
    s->ttbr0 = g.root | (a1 ? 0 : asid << 48);
    s->ttbr1 = root1 | (a1 ? asid << 48 : 0);
    map_addresses(m, &g, false, &s->va);
    regs = w->regs;
    regs.ttbr0_el1 = s->ttbr0;
    regs.ttbr1_el1 = s->ttbr1;
    map_outputs(m, w, &regs, &s->va);
}

static void build_world(struct random_machine *m, struct random_world *w, const struct naive_regs *el2)
{
    const uint64_t vmid = dice_percent(&m->dice, 10) ? dice_next(&m->dice) & 0xff : 1 + dice_below(&m->dice, 3);
    struct random_stage s2, upper;
    uint64_t pa;

    *w = (struct random_world){ .regs = *el2 };
    random_choose_world(m, w);
    s2 = random_stage2(&w->regs);
    random_place_root(m, &s2);
    w->regs.vttbr_el2 = s2.root | vmid << 48;
    upper = random_stage1(&w->regs, false, true);
    upper.world = w;
    upper.global_percent = 85;
    random_place_root(m, &upper);
    map_addresses(m, &upper, true, &w->upper);
    for (unsigned i = 0; i < w->space_count; i++)
        build_space(m, w, &w->space[i], upper.root);
    w->regs.ttbr0_el1 = w->space[0].ttbr0;
    w->regs.ttbr1_el1 = w->space[0].ttbr1;
    map_outputs(m, w, &w->regs, &w->upper);
    while (w->ipa.count < 4) {
        const uint64_t ipa = random_address(m) & ((1ull << s2.input_bits) - 1);

        random_resolve(m, w, ipa, &pa);
        add(m, &w->ipa, ipa);
    }
}

static void build_el2(struct random_machine *m, struct naive_regs *regs)
{
    random_choose_el2(m, regs);
    for (unsigned i = 0; i < 2; i++) {
        struct random_stage g = random_stage1(regs, true, false);

        m->el2[i].count = 0;
        random_place_root(m, &g);
        map_addresses(m, &g, false, &m->el2[i]);
        m->el2_root[i] = g.root;
    }
    regs->ttbr0_el2 = m->el2_root[0];
}

void random_build(struct random_machine *m)
{
    struct naive_regs el2 = { 0 };

    build_el2(m, &el2);
    m->world_count = 1 + dice_below(&m->dice, RANDOM_WORLDS);
    for (unsigned i = 0; i < m->world_count; i++)
        build_world(m, &m->world[i], &el2);
    for (unsigned i = 0; i < m->core_count; i++) {
        m->core[i].world = dice_below(&m->dice, m->world_count);
        random_load_registers(m, i, &m->world[m->core[i].world].regs);
    }
}
