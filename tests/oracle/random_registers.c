/* Registers of a random machine. See random_build.h. */
#include "tests/oracle/naive_try.h"
#include "tests/oracle/random_build.h"

static uint64_t flag(struct random_machine *m, unsigned percent, unsigned bit)
{
    return (uint64_t)dice_percent(&m->dice, percent) << bit;
}

static uint64_t field(struct random_machine *m, unsigned values, unsigned lsb)
{
    return (uint64_t)dice_below(&m->dice, values) << lsb;
}

static uint64_t choose_mair(struct random_machine *m)
{
    static const uint8_t usual[] = { 0xff, 0xff, 0xff, 0x44, 0xbb, 0x04, 0x00, 0x0c, 0x08, 0xf4, 0x4f, 0xee };
    uint64_t mair = 0;

    for (unsigned i = 0; i < 8; i++) {
        const bool any = dice_percent(&m->dice, 20); /* reserved bytes too */
        const uint8_t byte = any ? (uint8_t)dice_next(&m->dice) : usual[dice_below(&m->dice, sizeof usual)];

        mair = mair << 8 | byte;
    }
    return mair;
}

/* PS or IPS: mostly one that reaches the window. */
static uint64_t choose_ps(struct random_machine *m)
{
    uint64_t ps = dice_below(&m->dice, 8);

    if (m->map.window + 0x40000000 > 1ull << naive_output_bits(ps) && !dice_percent(&m->dice, 5))
        ps = 2 + dice_below(&m->dice, 6);
    return ps;
}

/* TxSZ for stage 1. */
static uint64_t choose_txsz(struct random_machine *m)
{
    static const uint8_t usual[] = { 16, 16, 24, 25, 25, 30, 32, 33, 34, 35, 39 };

    if (dice_percent(&m->dice, 1))
        return dice_below(&m->dice, 64);
    if (dice_percent(&m->dice, 40))
        return 16 + dice_below(&m->dice, 24);
    return usual[dice_below(&m->dice, sizeof usual)];
}

/* IRGN, ORGN and SH as they stand from `lsb` on in every TCR. */
static uint64_t choose_walk_attributes(struct random_machine *m, unsigned lsb)
{
    return field(m, 4, lsb) | field(m, 4, lsb + 2) | field(m, 4, lsb + 4);
}

static uint64_t choose_tcr_el1(struct random_machine *m)
{
    uint64_t tg0 = dice_percent(&m->dice, 60) ? 0 : 1, tg1 = dice_percent(&m->dice, 60) ? 2 : 3;

    if (dice_percent(&m->dice, 2))
        tg0 = 2 + dice_below(&m->dice, 2);
    if (dice_percent(&m->dice, 2))
        tg1 = dice_below(&m->dice, 2);
    return choose_txsz(m) | flag(m, 2, 7) | choose_walk_attributes(m, 8) | tg0 << 14 | choose_txsz(m) << 16 |
           flag(m, 40, 22) | flag(m, 2, 23) | choose_walk_attributes(m, 24) | tg1 << 30 | choose_ps(m) << 32 |
           flag(m, 70, 36) | flag(m, 25, 37) | flag(m, 25, 38);
}

/* The legal combinations of TG0, SL0 and T0SZ; now and then any. [Arm: A.g Tables D4-13, D4-19] */
static uint64_t choose_vtcr(struct random_machine *m)
{
    static const struct {
        uint8_t tg0, sl0, first, last;
    } legal[] = { { 0, 0, 30, 39 }, { 0, 1, 24, 33 }, { 1, 0, 31, 39 }, { 1, 1, 24, 34 } };
    const unsigned i = dice_below(&m->dice, 4);
    uint64_t t0sz = legal[i].first + dice_below(&m->dice, legal[i].last - legal[i].first + 1u);
    uint64_t tg0 = legal[i].tg0, sl0 = legal[i].sl0;

    if (dice_percent(&m->dice, 40))
        t0sz = legal[i].first;
    if (dice_percent(&m->dice, 2))
        t0sz = dice_below(&m->dice, 64);
    if (dice_percent(&m->dice, 1))
        sl0 = dice_below(&m->dice, 4);
    if (dice_percent(&m->dice, 1))
        tg0 = dice_below(&m->dice, 4);
    return t0sz | sl0 << 6 | choose_walk_attributes(m, 8) | tg0 << 14 | choose_ps(m) << 16 | 1ull << 31;
}

static uint64_t choose_sctlr(struct random_machine *m)
{
    return flag(m, 94, SCTLR_M) | flag(m, 4, SCTLR_A) | flag(m, 85, SCTLR_C) | flag(m, 85, SCTLR_I) |
           flag(m, 8, SCTLR_WXN) | flag(m, 6, SCTLR_EE);
}

void random_choose_world(struct random_machine *m, struct random_world *w)
{
    struct naive_regs *r = &w->regs;

    r->sctlr_el1 = choose_sctlr(m);
    r->tcr_el1 = choose_tcr_el1(m);
    r->mair_el1 = choose_mair(m);
    r->hcr_el2 = 1ull << 31 | flag(m, 75, HCR_VM) | flag(m, 12, HCR_PTW) | flag(m, 30, HCR_FB) | flag(m, 4, HCR_DC) |
                 flag(m, 3, HCR_TGE) | flag(m, 8, HCR_CD) | flag(m, 8, HCR_ID);
    r->vtcr_el2 = choose_vtcr(m);
    w->flat_too = dice_percent(&m->dice, 30);
    w->space_count = 1 + dice_below(&m->dice, RANDOM_SPACES);
}

void random_choose_el2(struct random_machine *m, struct naive_regs *regs)
{
    uint64_t tg0 = dice_percent(&m->dice, 60) ? 0 : 1;

    if (dice_percent(&m->dice, 2))
        tg0 = 2 + dice_below(&m->dice, 2);
    regs->sctlr_el2 = choose_sctlr(m);
    regs->tcr_el2 =
        choose_txsz(m) | choose_walk_attributes(m, 8) | tg0 << 14 | choose_ps(m) << 16 | flag(m, 25, 20) | 1ull << 31;
    regs->mair_el2 = choose_mair(m);
}

/* The input size, where it is one that can be walked; else something that can be built. */
static unsigned sane_input(uint64_t txsz, unsigned least, unsigned most)
{
    const unsigned bits = 64 - (unsigned)txsz;

    if (bits < least)
        return least;
    return bits > most ? most : bits;
}

struct random_stage random_stage1(const struct naive_regs *regs, bool el2, bool upper)
{
    const uint64_t tcr = el2 ? regs->tcr_el2 : regs->tcr_el1;
    struct random_stage g = { .stage = 1, .el2 = el2, .granule = kept_granule1(regs, el2, upper) };

    g.big_endian = naive_bit(el2 ? regs->sctlr_el2 : regs->sctlr_el1, SCTLR_EE);
    g.input_bits = sane_input(upper ? naive_bits(tcr, 21, 16) : naive_bits(tcr, 5, 0), 25, 48);
    g.output_bits = naive_output_bits(el2 ? naive_bits(tcr, 18, 16) : naive_bits(tcr, 34, 32));
    g.start_level = 3;
    while (g.start_level > 0 && naive_index_lsb((enum naive_granule)g.granule, g.start_level - 1) < g.input_bits)
        g.start_level--;
    return g;
}

struct random_stage random_stage2(const struct naive_regs *regs)
{
    const uint64_t vtcr = regs->vtcr_el2;
    struct random_stage g = { .stage = 2, .granule = kept_granule2(regs) };

    g.big_endian = naive_bit(regs->sctlr_el2, SCTLR_EE);
    g.input_bits = sane_input(naive_bits(vtcr, 5, 0), 25, 40);
    g.output_bits = naive_output_bits(naive_bits(vtcr, 18, 16));
    g.start_level = (g.granule == 16 ? 3u : 2u) - (unsigned)(naive_bits(vtcr, 7, 6) & 1);
    while (naive_index_lsb((enum naive_granule)g.granule, g.start_level) >= g.input_bits)
        g.start_level++; /* such a VTCR_EL2 faults, but something has to stand there */
    return g;
}
