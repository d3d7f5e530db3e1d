/* Translation tables of a random machine, made along the ways that will be gone. See random_build.h. */
#include "tests/oracle/naive_try.h"
#include "tests/oracle/random_build.h"

uint64_t random_leaf_attributes(struct random_machine *m, unsigned stage, unsigned global_percent)
{
    struct dice *d = &m->dice;
    uint64_t a = (uint64_t)dice_below(d, 4) << 8; /* SH */

    a |= (uint64_t)!dice_percent(d, stage == 1 ? 3 : 2) << 10;  /* AF */
    a |= (uint64_t)dice_percent(d, 10) << 54;                   /* UXN, XN */
    a |= (uint64_t)dice_percent(d, 10) << 52;                   /* Contiguous */
    a |= dice_percent(d, 10) ? (dice_next(d) & 0x1f) << 55 : 0; /* ignored, and for software */
    if (stage == 1) {
        a |= (uint64_t)dice_below(d, 8) << 2;                             /* AttrIndx */
        a |= (uint64_t)dice_percent(d, 3) << 5;                           /* NS */
        a |= (uint64_t)!dice_percent(d, global_percent) << 11;            /* nG */
        a |= (uint64_t)dice_percent(d, 10) << 53;                         /* PXN */
        a |= (uint64_t)(dice_percent(d, 70) ? 1 : dice_below(d, 4)) << 6; /* AP */
    } else {
        a |= (uint64_t)(dice_percent(d, 70) ? 0xf : dice_below(d, 16)) << 2; /* MemAttr */
        a |= (uint64_t)(dice_percent(d, 85) ? 3 : dice_below(d, 4)) << 6;    /* S2AP */
    }
    return a;
}

uint64_t random_table_attributes(struct random_machine *m, unsigned stage)
{
    struct dice *d = &m->dice;
    uint64_t a = 3;

    if (stage == 1) {
        a |= (uint64_t)dice_percent(d, 7) << 59; /* PXNTable */
        a |= (uint64_t)dice_percent(d, 7) << 60; /* UXNTable */
        a |= (uint64_t)dice_percent(d, 7) << 61; /* APTable[0] */
        a |= (uint64_t)dice_percent(d, 7) << 62; /* APTable[1] */
        a |= (uint64_t)dice_percent(d, 3) << 63; /* NSTable, ignored */
    } else if (dice_percent(d, 5)) {
        a |= dice_next(d) & 0x1full << 59; /* ignored */
    }
    if (dice_percent(d, 10))
        a |= dice_next(d) & 0xffc; /* ignored */
    return a;
}

/* --- where a descriptor is in memory ------------------------------------------------------------------------ */

bool random_resolve(struct random_machine *m, struct random_world *w, uint64_t ipa, uint64_t *pa)
{
    struct naive_machine flat = m->core[0].naive;
    const struct naive_access load = { .kind = NAIVE_LOAD, .el = 1, .va = ipa, .size = 1 };
    struct random_stage g = random_stage2(&w->regs);
    struct naive_result r;

    *pa = ipa;
    if (!naive_bit(w->regs.hcr_el2, HCR_VM))
        return true;
    g.root = naive_bits(w->regs.vttbr_el2, 47, 0);
    g.world = w;
    random_map_address(m, &g, ipa);
    flat.regs = w->regs;
    flat.regs.sctlr_el1 = flat.regs.tcr_el1 = 0;
    flat.regs.hcr_el2 = 1;
    naive_access(&flat, &load, &r);
    *pa = r.pa;
    return r.ok;
}

static void note_word(struct random_machine *m, const struct random_stage *g, unsigned level, uint64_t pa,
                      uint64_t descriptor)
{
    if (m->word_count < RANDOM_WORDS)
        m->word[m->word_count++] = (struct random_word){ .pa = pa,
                                                         .now = descriptor,
                                                         .built = descriptor,
                                                         .stage = (uint8_t)g->stage,
                                                         .level = (uint8_t)level,
                                                         .granule = (uint8_t)g->granule,
                                                         .el2 = g->el2,
                                                         .big_endian = g->big_endian,
                                                         .output_bits = (uint8_t)g->output_bits };
    random_write(m, pa, g->big_endian ? __builtin_bswap64(descriptor) : descriptor);
}

/* Finds the PA of a descriptor at the table address `at`: an IPA in EL1&0. Returns false when stage 2 has none. */
static bool place(struct random_machine *m, const struct random_stage *g, uint64_t at, uint64_t *pa)
{
    if (g->stage == 1 && !g->el2)
        return random_resolve(m, g->world, at, pa);
    *pa = at;
    return true;
}

/* --- what a descriptor says --------------------------------------------------------------------------------- */

static uint64_t root_bytes(const struct random_stage *g)
{
    return 8ull << (g->input_bits - naive_index_lsb((enum naive_granule)g->granule, g->start_level));
}

static unsigned log2_of(uint64_t x)
{
    return 63 - (unsigned)__builtin_clzll(x);
}

/* An address that this stage may put out, a multiple of 2^align: an IPA that stage 2 takes, or a PA. */
static uint64_t choose_output(struct random_machine *m, const struct random_stage *g, unsigned align)
{
    uint64_t address;

    if (g->stage == 2 || g->el2 || !naive_bit(g->world->regs.hcr_el2, HCR_VM))
        return random_pa(m, align);
    address = random_address(m);
    if (dice_percent(&m->dice, 50))
        address ^= dice_next(&m->dice) & 0x1ff000;
    address &= (1ull << random_stage2(&g->world->regs).input_bits) - 1;
    address &= (1ull << g->output_bits) - 1;
    return address >> align << align;
}

/* A place for a table of that many bytes whose first word can be written. */
static uint64_t choose_table(struct random_machine *m, const struct random_stage *g, uint64_t bytes)
{
    uint64_t address = 0, pa;

    for (unsigned i = 0; i < 6; i++) {
        address = choose_output(m, g, log2_of(bytes));
        if (place(m, g, address, &pa))
            break;
    }
    return address;
}

void random_place_root(struct random_machine *m, struct random_stage *g)
{
    g->root = choose_table(m, g, root_bytes(g));
    if (dice_percent(&m->dice, 3))
        g->root |= dice_next(&m->dice) & (root_bytes(g) - 1) & ~1ull; /* ignored */
    if (dice_percent(&m->dice, 1))
        g->root |= 1ull << (40 + dice_below(&m->dice, 8));
}

/* Returns the address of a table for the next level: one that is there already, or a new one. */
static uint64_t next_table(struct random_machine *m, struct random_stage *g, unsigned level)
{
    const unsigned room = sizeof g->table / sizeof g->table[0];
    const bool share = dice_percent(&m->dice, 10) || g->table_count == room;

    for (unsigned i = 0; share && i < g->table_count; i++) {
        if (g->table[i].level == level)
            return g->table[i].address;
    }
    if (g->table_count == room)
        return choose_table(m, g, 1ull << g->granule);
    g->table[g->table_count].level = level;
    g->table[g->table_count].address = choose_table(m, g, 1ull << g->granule);
    return g->table[g->table_count++].address;
}

static uint64_t invent(struct random_machine *m, struct random_stage *g, unsigned level)
{
    const bool block = level < 3 && naive_block_allowed((enum naive_granule)g->granule, level);
    const unsigned lsb = naive_index_lsb((enum naive_granule)g->granule, level);
    uint64_t d;

    if (dice_percent(&m->dice, 1))
        return dice_next(&m->dice) & ~1ull; /* invalid */
    if (level == 3 || (block && dice_percent(&m->dice, g->stage == 1 ? 20 : 35)))
        d = random_leaf_attributes(m, g->stage, g->global_percent) | choose_output(m, g, lsb) | (level == 3 ? 3 : 1);
    else
        d = random_table_attributes(m, g->stage) | next_table(m, g, level + 1);
    if (dice_percent(&m->dice, 1))
        d ^= 2; /* another type, perhaps a reserved one */
    if (dice_percent(&m->dice, 1))
        d |= 1ull << (32 + dice_below(&m->dice, 16)); /* perhaps too large */
    return d;
}

static uint64_t descriptor_at(struct random_machine *m, const struct random_stage *g, uint64_t pa)
{
    uint64_t value = 0;

    oracle_memory_read(&m->memory, pa, &value);
    return g->big_endian ? __builtin_bswap64(value) : value;
}

void random_map_address(struct random_machine *m, struct random_stage *g, uint64_t address)
{
    const enum naive_granule granule = (enum naive_granule)g->granule;
    uint64_t table = naive_bits(g->root, 47, 0) & ~(root_bytes(g) - 1), pa, d;
    unsigned msb = g->input_bits - 1;

    for (unsigned level = g->start_level;; level++) {
        const unsigned lsb = naive_index_lsb(granule, level);
        const uint64_t at = table + 8 * naive_bits(address, msb, lsb);

        if (naive_bits(at, 47, NAIVE_PA_BITS) != 0 || !place(m, g, at, &pa))
            return;
        d = descriptor_at(m, g, pa);
        if (d == 0) {
            d = invent(m, g, level);
            note_word(m, g, level, pa, d);
            if (g->stage == 1 && !g->el2 && pa != at && g->world->flat_too && descriptor_at(m, g, at) == 0)
                note_word(m, g, level, at, d);
        }
        if ((d & 3) != 3 || level == 3)
            return;
        table = naive_bits(d, 47, g->granule) << g->granule;
        msb = lsb - 1;
    }
}
