/* A guest over a Xen-like stage 2, in one core's MMU: the machine of the tests of walks and what they leave behind.
 *
 * Guest RAM is IPA 0x40000000 and up, at PA 0 and up. The guest's tables are in it, from IPA 0x40100000 on;
 * stage 2's are at PA 0x60000000. VA 0x1208000000 and up is IPA 0x48000000 and up. */
#pragma once

#include "models/mmu/mmu.h"
#include "tests/unit/models/tables.h"

#define GUEST_RAM 0x40000000ULL
#define GUEST_TABLES 0x40100000ULL
#define GUEST_DATA 0x48000000ULL
#define GUEST_VA 0x1208000000ULL
#define GUEST_PA(ipa) ((ipa)-GUEST_RAM)
#define STAGE2_ROOT 0x60000000ULL
#define EL2_ROOT 0x70000000ULL
#define UPPER_ROOT 0x40200000ULL

/* Descriptor bits, as the book has them */
#define D_PAGE 3ULL
#define D_BLOCK 1ULL
#define D_AF (1ULL << 10)
#define D_ISH (3ULL << 8)
#define D_NG (1ULL << 11)
#define D_INDEX(n) ((uint64_t)(n) << 2) /* AttrIndx */
#define D_AP(ap) ((uint64_t)(ap) << 6)  /* AP[2:1], S2AP */
#define D_UXN (1ULL << 54)
#define D_PXN (1ULL << 53)
#define D_MEMATTR(m) ((uint64_t)(m) << 2)

/* Stage-1 leaf: Write-Back ish, EL1 reads and writes; stage-2 leaf: Write-Back ish, all rights */
#define S1_LEAF (D_AF | D_ISH)
#define S2_LEAF (D_AF | D_ISH | D_AP(3) | D_MEMATTR(0xF))

/* MAIR_EL1: 0 Write-Back, 1 Device-nGnRE, 2 Non-cacheable, 3 Write-Through, 4 Device-nGnRnE, 5 Device-GRE */
#define GUEST_MAIR 0x00000C00BB4404FFULL

#define SCTLR_ON (1ULL << 0 | 1ULL << 2 | 1ULL << 12)   /* M, C, I */
#define TCR_WALK0 (1ULL << 8 | 1ULL << 10 | 3ULL << 12) /* IRGN0, ORGN0 Write-Back, SH0 ish */
#define TCR_WALK1 (1ULL << 24 | 1ULL << 26 | 3ULL << 28)
#define TCR_EPD1 (1ULL << 23)
#define TCR_IPS40 (2ULL << 32)
#define TCR_AS (1ULL << 36)
#define HCR_GUEST (1ULL << 31 | 1ULL << 0)                                           /* RW, VM */
#define VTCR_XEN(t0sz, sl0) (TCR_WALK0 | 2ULL << 16 | (uint64_t)(sl0) << 6 | (t0sz)) /* PS 40 bits */

/* What differs from guest to guest; zero means the usual. */
struct shape {
    unsigned granule_bits;                                    /* 12 */
    unsigned t0sz;                                            /* 16: levels 0 to 3 */
    unsigned leaf_level;                                      /* 3 */
    uint64_t va;                                              /* GUEST_VA */
    unsigned s2_granule_bits, s2_t0sz, s2_sl0, s2_leaf_level; /* 12, 24, 1 (or as s2_t0sz has it), 3 */
    bool big_endian, s2_big_endian;
};

struct guest {
    struct tables tables;
    struct tree s1, s2, el2;
    struct mmu mmu;
    struct xlat x;
};

static const struct mmu_config guest_config = {
    .iutlb = { 10, 10, REPL_ROUND_ROBIN, 0 },
    .dutlb = { 10, 10, REPL_ROUND_ROBIN, 0 },
    .main_tlb = { 512, 4, REPL_LRU, 0 },
    .walk_cache = { 64, 4, REPL_LRU, 0 },
    .ipa_cache = { 64, 4, REPL_LRU, 0 },
};

static inline void guest_reg(struct guest *g, enum sysreg reg, uint64_t value)
{
    mmu_write_sysreg(&g->mmu, reg, value);
}

/* Sets bits of a register on top of what it holds. */
static inline void guest_reg_set(struct guest *g, enum sysreg reg, uint64_t bits_on)
{
    mmu_write_sysreg(&g->mmu, reg, g->mmu.regs.v[reg] | bits_on);
}

static inline void guest_reg_clear(struct guest *g, enum sysreg reg, uint64_t bits_off)
{
    mmu_write_sysreg(&g->mmu, reg, g->mmu.regs.v[reg] & ~bits_off);
}

/* First level of stage 1: levels of 9 or 13 bits below the input size. */
static inline unsigned guest_start_level(unsigned granule_bits, unsigned txsz)
{
    unsigned level = 3, reach = granule_bits + granule_bits - 3;

    for (; reach < 64 - txsz; reach += granule_bits - 3)
        level--;
    return level;
}

/* Maps IPAs in a row by stage 2, `desc` being the leaf's attributes. */
static inline void guest_map2(struct guest *g, uint64_t ipa, unsigned level, uint64_t attributes, unsigned count)
{
    tree_map(&g->s2, ipa, level, GUEST_PA(ipa) | attributes | (level == 3 ? D_PAGE : D_BLOCK), count);
}

/* Maps VAs in a row by the guest's stage 1. */
static inline void guest_map1(struct guest *g, uint64_t va, uint64_t ipa, unsigned level, uint64_t attributes)
{
    tree_map(&g->s1, va, level, ipa | attributes | (level == 3 ? D_PAGE : D_BLOCK), 1);
}

/* Maps the guest's table pages and data by stage 2, in leaves of the shape's size. */
static inline void guest_map_ram(struct guest *g, const struct shape *shape)
{
    unsigned level = shape->s2_leaf_level ? shape->s2_leaf_level : 3;
    unsigned size_bits = tree_level_bits(&g->s2, level);

    if (size_bits >= 29) {
        guest_map2(g, GUEST_RAM, level, S2_LEAF, 1);
        return;
    }
    guest_map2(g, GUEST_TABLES & ~((1ULL << size_bits) - 1), level, S2_LEAF, size_bits == 12 ? 0x120 : 2);
    guest_map2(g, GUEST_DATA, level, S2_LEAF, 64);
}

/* Registers as for this shape: stage 1 and stage 2 on, VMID 1, ASID 7, EL2 off. */
static inline void guest_registers(struct guest *g, const struct shape *shape)
{
    unsigned t0sz = shape->t0sz ? shape->t0sz : 16, s2_t0sz = shape->s2_t0sz ? shape->s2_t0sz : 24;
    unsigned sl0 = shape->s2_t0sz ? shape->s2_sl0 : 1;

    guest_reg(g, SYSREG_TCR_EL1,
              TCR_WALK0 | TCR_EPD1 | TCR_IPS40 | TCR_AS | t0sz | 25 << 16 | 2ULL << 30 |
                  (g->s1.granule_bits == 16 ? 1ULL << 14 : 0));
    guest_reg(g, SYSREG_TTBR0_EL1, g->s1.root | 7ULL << 48);
    guest_reg(g, SYSREG_MAIR_EL1, GUEST_MAIR);
    guest_reg(g, SYSREG_VTCR_EL2, VTCR_XEN(s2_t0sz, sl0) | (g->s2.granule_bits == 16 ? 1ULL << 14 : 0));
    guest_reg(g, SYSREG_VTTBR_EL2, g->s2.root | 1ULL << 48);
    guest_reg(g, SYSREG_HCR_EL2, HCR_GUEST);
    guest_reg(g, SYSREG_SCTLR_EL1, SCTLR_ON | (shape->big_endian ? 1ULL << 25 : 0));
    guest_reg(g, SYSREG_SCTLR_EL2, shape->s2_big_endian ? 1ULL << 25 : 0);
    memset(&g->mmu.count, 0, sizeof g->mmu.count);
}

/* Builds the guest of a shape: one leaf of stage 1 has the VA of IPA 0x48000000; stage 2 maps all it needs. */
static inline void guest_start_shape(struct guest *g, const struct shape *shape)
{
    unsigned granule = shape->granule_bits ? shape->granule_bits : 12;
    unsigned granule2 = shape->s2_granule_bits ? shape->s2_granule_bits : 12;
    unsigned sl0 = shape->s2_t0sz ? shape->s2_sl0 : 1, level = shape->leaf_level ? shape->leaf_level : 3;
    uint64_t below, va = shape->va ? shape->va : GUEST_VA;

    memset(g, POISON, sizeof *g);
    tables_start(&g->tables);
    g->s1 = (struct tree){ .in = &g->tables,
                           .granule_bits = granule,
                           .root = GUEST_TABLES,
                           .next = GUEST_TABLES + (1ULL << granule),
                           .pa_offset = 0 - GUEST_RAM,
                           .big_endian = shape->big_endian };
    g->s1.start_level = guest_start_level(granule, shape->t0sz ? shape->t0sz : 16);
    g->s2 = (struct tree){ .in = &g->tables,
                           .granule_bits = granule2,
                           .start_level = (granule2 == 12 ? 2 : 3) - sl0,
                           .root = STAGE2_ROOT,
                           .next = STAGE2_ROOT + 0x200000,
                           .big_endian = shape->s2_big_endian };
    g->el2 = (struct tree){
        .in = &g->tables, .granule_bits = 12, .start_level = 0, .root = EL2_ROOT, .next = EL2_ROOT + 0x1000
    };
    below = (1ULL << tree_level_bits(&g->s1, level)) - 1;
    guest_map1(g, va & ~below, GUEST_DATA & ~below, level, S1_LEAF);
    guest_map_ram(g, shape);
    mmu_init(&g->mmu, &guest_config, tables_port(&g->tables));
    guest_registers(g, shape);
}

/* The usual guest: 48-bit VA, 4 KB pages, over 4 KB pages. */
static inline void guest_start(struct guest *g)
{
    static const struct shape usual = { 0 };

    guest_start_shape(g, &usual);
}

/* One access of 8 bytes; the outcome is in g->x. Returns where the answer came from. */
static inline enum xlat_hit guest_access(struct guest *g, enum access_kind kind, unsigned el, uint64_t va)
{
    struct access a = { .va = VA(va), .size = kind == ACCESS_FETCH ? 4 : 8, .kind = (uint8_t)kind, .el = (uint8_t)el };

    memset(&g->x, POISON, sizeof g->x);
    mmu_translate(&g->mmu, &a, &g->x);
    return (enum xlat_hit)g->x.hit;
}

static inline enum xlat_hit guest_load(struct guest *g, uint64_t va)
{
    return guest_access(g, ACCESS_LOAD, 1, va);
}

/* The memory type of a successful access. */
static inline struct memattr guest_type(const struct guest *g)
{
    return g->x.type.result;
}

/* The steps as a picture: fetches of stage 1 as A to D for levels 0 to 3, of stage 2 as 0 to 3; look-ups as t (main
 * TLB), w (walk cache), i (IPA cache), in capitals when they hit. `fetches_only` leaves the look-ups out. */
static inline void guest_picture(const struct steps *steps, int fetches_only, char picture[STEPS_MAX + 1])
{
    unsigned n = 0;

    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];

        if (s->kind == STEP_FETCH)
            picture[n++] = (char)((s->stage == 1 ? 'A' : '0') + s->level);
        else if (!fetches_only)
            picture[n++] = (s->hit ? "TWI" : "twi")[s->kind == STEP_TLB ? 0 : s->kind == STEP_WALK_CACHE ? 1 : 2];
    }
    picture[n] = '\0';
}
