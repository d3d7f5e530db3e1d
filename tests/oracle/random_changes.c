/* Changes of registers and tables. See random_steps.h. */
#include <inttypes.h>

#include "tests/oracle/naive_try.h"
#include "tests/oracle/random_build.h"
#include "tests/oracle/random_compare.h"
#include "tests/oracle/random_steps.h"
#include "tests/oracle/random_upkeep.h"

/* --- registers ---------------------------------------------------------------------------------------------- */

static uint64_t now(struct random_machine *m, unsigned core, enum sysreg reg)
{
    return *random_register(&m->core[core].naive.regs, reg);
}

static void toggle(struct random_machine *m, unsigned core, enum sysreg reg, unsigned bit)
{
    random_write_register(m, core, reg, now(m, core, reg) ^ 1ull << bit);
}

static void enter_space(struct random_machine *m, unsigned core, unsigned space)
{
    struct random_core *c = &m->core[core];
    const struct random_space *s = &m->world[c->world].space[space];

    c->space = space;
    random_write_register(m, core, SYSREG_TTBR0_EL1, s->ttbr0);
    if (s->ttbr1 != now(m, core, SYSREG_TTBR1_EL1))
        random_write_register(m, core, SYSREG_TTBR1_EL1, s->ttbr1);
}

/* As a hypervisor does: all of EL1's registers and stage 2's, and no maintenance. */
static void enter_world(struct random_machine *m, unsigned core)
{
    struct random_core *c = &m->core[core];
    struct naive_regs regs;

    c->world = dice_below(&m->dice, m->world_count);
    c->space = 0;
    regs = m->world[c->world].regs;
    regs.sctlr_el2 = c->naive.regs.sctlr_el2;
    regs.tcr_el2 = c->naive.regs.tcr_el2;
    regs.ttbr0_el2 = c->naive.regs.ttbr0_el2;
    regs.mair_el2 = c->naive.regs.mair_el2;
    random_load_registers(m, core, &regs);
}

static void change_sctlr(struct random_machine *m, unsigned core, enum sysreg reg)
{
    static const uint8_t bits[] = {
        SCTLR_M, SCTLR_M, SCTLR_C, SCTLR_C, SCTLR_I, SCTLR_I, SCTLR_A, SCTLR_WXN, SCTLR_EE
    };

    toggle(m, core, reg, bits[dice_below(&m->dice, sizeof bits)]);
}

static void change_hcr(struct random_machine *m, unsigned core)
{
    static const uint8_t bits[] = { HCR_VM, HCR_VM, HCR_VM, HCR_CD, HCR_ID, HCR_PTW, HCR_FB, HCR_DC, HCR_TGE };

    toggle(m, core, SYSREG_HCR_EL2, bits[dice_below(&m->dice, sizeof bits)]);
}

static void change_tcr(struct random_machine *m, unsigned core, enum sysreg reg)
{
    static const uint8_t of_el1[] = { 7, 8, 9, 10, 11, 12, 13, 22, 23, 24, 25, 26, 27, 28, 29, 32, 33, 34, 36, 37, 38 };
    static const uint8_t of_el2[] = { 8, 9, 10, 11, 12, 13, 16, 17, 18, 20 };
    unsigned bit = reg == SYSREG_TCR_EL1 ? of_el1[dice_below(&m->dice, sizeof of_el1)]
                                         : of_el2[dice_below(&m->dice, sizeof of_el2)];

    if (dice_percent(&m->dice, 10))
        bit = dice_below(&m->dice, 6); /* T0SZ */
    if (dice_percent(&m->dice, 5))
        bit = 14; /* TG0 */
    toggle(m, core, reg, bit);
}

static void change_mair(struct random_machine *m, unsigned core, enum sysreg reg)
{
    const unsigned shift = 8 * dice_below(&m->dice, 8);
    const uint64_t byte = dice_next(&m->dice) & 0xff;

    random_write_register(m, core, reg, (now(m, core, reg) & ~(0xffull << shift)) | byte << shift);
}

static void change_vtcr(struct random_machine *m, unsigned core)
{
    static const uint8_t bits[] = { 8, 9, 10, 11, 12, 13, 16, 17, 18 };

    toggle(m, core, SYSREG_VTCR_EL2, dice_percent(&m->dice, 5) ? 6 : bits[dice_below(&m->dice, sizeof bits)]);
}

/* A tag alone: the tables stay. */
static void change_tag(struct random_machine *m, unsigned core)
{
    static const enum sysreg regs[] = { SYSREG_VTTBR_EL2, SYSREG_TTBR0_EL1, SYSREG_TTBR1_EL1 };

    toggle(m, core, regs[dice_below(&m->dice, 3)], 48 + dice_below(&m->dice, dice_percent(&m->dice, 80) ? 2 : 16));
}

static void change_el2(struct random_machine *m, unsigned core)
{
    switch (dice_below(&m->dice, 4)) {
    case 0:
        change_sctlr(m, core, SYSREG_SCTLR_EL2);
        break;
    case 1:
        change_tcr(m, core, SYSREG_TCR_EL2);
        break;
    case 2:
        change_mair(m, core, SYSREG_MAIR_EL2);
        break;
    default:
        random_write_register(m, core, SYSREG_TTBR0_EL2, m->el2_root[dice_below(&m->dice, 2)]);
        break;
    }
}

void random_change_registers(struct random_machine *m)
{
    static const uint8_t weights[] = { 25, 30, 8, 10, 5, 4, 3, 5, 6 };
    const unsigned core = dice_below(&m->dice, m->core_count);

    switch (dice_weighted(&m->dice, weights, 9)) {
    case 0:
        enter_space(m, core, dice_below(&m->dice, m->world[m->core[core].world].space_count));
        break;
    case 1:
        enter_world(m, core);
        break;
    case 2:
        change_sctlr(m, core, SYSREG_SCTLR_EL1);
        break;
    case 3:
        change_hcr(m, core);
        break;
    case 4:
        change_tcr(m, core, SYSREG_TCR_EL1);
        break;
    case 5:
        change_mair(m, core, SYSREG_MAIR_EL1);
        break;
    case 6:
        change_vtcr(m, core);
        break;
    case 7:
        change_tag(m, core);
        break;
    default:
        change_el2(m, core);
        break;
    }
}

/* --- tables ------------------------------------------------------------------------------------------------- */

static bool is_leaf(const struct random_word *w)
{
    return w->level == 3 ? (w->now & 3) == 3
                         : (w->now & 3) == 1 && naive_block_allowed((enum naive_granule)w->granule, w->level);
}

static bool is_table(const struct random_word *w)
{
    return w->level < 3 && (w->now & 3) == 3;
}

/* Another leaf in its place: other attributes, or another address. */
static uint64_t another_leaf(struct random_machine *m, const struct random_word *w)
{
    const unsigned lsb = naive_index_lsb((enum naive_granule)w->granule, w->level);
    const uint64_t address = naive_bits(w->now, 47, lsb) << lsb;

    if (dice_percent(&m->dice, 80))
        return random_leaf_attributes(m, w->stage, 30) | address | (w->now & 3);
    if (w->stage == 1 && !w->el2) {
        const struct random_addresses *ipa = &m->world[dice_below(&m->dice, m->world_count)].ipa;

        return (w->now ^ address) | ipa->v[dice_below(&m->dice, ipa->count)] >> lsb << lsb;
    }
    return (w->now ^ address) | random_pa(m, lsb);
}

static uint64_t another_table(struct random_machine *m, const struct random_word *w)
{
    const struct random_word *other = &m->word[dice_below(&m->dice, m->word_count)];
    const uint64_t address = naive_bits(w->now, 47, w->granule) << w->granule;

    if (dice_percent(&m->dice, 70))
        return random_table_attributes(m, w->stage) | address;
    if (other->stage == w->stage && other->level == w->level && other->el2 == w->el2 && other->granule == w->granule &&
        is_table(other))
        return other->now;
    return random_leaf_attributes(m, w->stage, 30) | random_pa(m, naive_index_lsb((enum naive_granule)w->granule, 1)) |
           1;
}

static uint64_t another(struct random_machine *m, const struct random_word *w)
{
    static const uint8_t weights[] = { 14, 3, 12, 71 };

    if (w->now != w->built && dice_percent(&m->dice, 70))
        return w->built;
    switch (dice_weighted(&m->dice, weights, 4)) {
    case 0:
        return w->now & ~1ull; /* invalid */
    case 1:
        return dice_next(&m->dice);
    case 2:
        return is_leaf(w) ? w->now ^ 1ull << 10 /* AF */ : w->built;
    default:
        break;
    }
    if (is_leaf(w))
        return another_leaf(m, w);
    return is_table(w) ? another_table(m, w) : w->built;
}

/* Writes the descriptor; returns how many entries of all cores may rest on what it was. */
static unsigned put(struct random_machine *m, struct random_word *w, uint64_t descriptor)
{
    unsigned count = 0;

    w->now = descriptor;
    random_write(m, w->pa, w->big_endian ? __builtin_bswap64(descriptor) : descriptor);
    for (unsigned i = 0; i < m->core_count; i++)
        count += kept_spoil(&m->core[i].kept, w->pa);
    return count;
}

/* A word that has been changed before, so that tables do not decay; or one that a translation of some core may rest on;
 * or any. */
static struct random_word *choose_word(struct random_machine *m)
{
    const struct kept *k = &m->core[dice_below(&m->dice, m->core_count)].kept;
    const unsigned first = dice_below(&m->dice, m->word_count);
    const bool mend = dice_percent(&m->dice, 50);
    uint64_t pa;

    for (unsigned i = 0; i < m->word_count && mend; i++) {
        struct random_word *w = &m->word[(first + i) % m->word_count];

        if (w->now != w->built)
            return w;
    }

    if (k->count != 0 && dice_percent(&m->dice, 70)) {
        const struct kept_entry *e = &k->entry[dice_below(&m->dice, k->count)];

        pa = e->read[dice_percent(&m->dice, 50) ? e->read_count - 1u : dice_below(&m->dice, e->read_count)];
        for (unsigned i = 0; i < m->word_count; i++) {
            if (m->word[i].pa == pa)
                return &m->word[i];
        }
    }
    return &m->word[dice_below(&m->dice, m->word_count)];
}

void random_change_tables(struct random_machine *m)
{
    struct random_word *w = choose_word(m);

    m->tally->table_writes++;
    m->tally->silent += put(m, w, another(m, w)) == 0;
    if (dice_percent(&m->dice, 50))
        random_upkeep_all(m);
}

/* --- a window ----------------------------------------------------------------------------------------------- */

/* What is open in a window: permissions, attributes, address. Type, size, validity and nG are not, whose change would
 * need break-before-make to have an answer at all. [Arm: R_WHZWS] */
static uint64_t another_in_window(struct random_machine *m, const struct random_word *w)
{
    const uint64_t kept = 1ull << 10 | 1ull << 11 | 3;

    return (another_leaf(m, w) & ~kept) | (w->now & kept);
}

void random_open_window(struct random_machine *m)
{
    struct random_word *w = choose_word(m);
    const uint64_t before = w->big_endian ? __builtin_bswap64(w->now) : w->now;
    const unsigned questions = 2 + dice_below(&m->dice, 6);

    if (!is_leaf(w))
        return;
    for (unsigned i = 0; i < m->core_count; i++)
        random_upkeep(m, i);
    m->tally->windows++;
    w->now = another_in_window(m, w);
    random_write(m, w->pa, w->big_endian ? __builtin_bswap64(w->now) : w->now);
    for (unsigned i = 0; i < questions && !m->failed; i++) {
        const unsigned core = dice_below(&m->dice, m->core_count);
        const struct naive_access a = random_choose_access(m, core);

        if ((a.va & 0xfff) + a.size <= 0x1000)
            random_access_in_window(m, core, &a, w->pa, before);
    }
    for (unsigned i = 0; i < m->core_count; i++)
        kept_spoil(&m->core[i].kept, w->pa);
}
