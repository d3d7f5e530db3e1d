/* Rows that spoil the guest of guest.h in one or two places and say which fault an access then ends in. */
#pragma once

#include "tests/unit/models/guest.h"

/* IPAs of the guest's tables on the way to GUEST_VA, and of the descriptors in them */
#define TABLE_L0 0x40100000ULL
#define TABLE_L1 0x40101000ULL
#define TABLE_L2 0x40102000ULL
#define TABLE_L3 0x40103000ULL
#define DESC_L1 (TABLE_L1 + 8 * 72)
#define DESC_L2 (TABLE_L2 + 8 * 64)

/* Changes one descriptor: of stage 1, or of stage 2. */
struct edit {
    char stage; /* '1', '2'; 0: no edit */
    uint64_t ia;
    unsigned level;
    uint64_t set, clear;
};

struct reg_edit {
    enum sysreg reg;
    uint64_t set, clear;
};

struct fault_row {
    const char *name;
    enum access_kind kind;
    unsigned el;
    uint64_t va;
    struct edit edit[2];
    struct reg_edit reg[2];
    struct edit no_ram; /* the page of this descriptor answers with an external abort */
    struct fault want;  /* .type FAULT_NONE: it succeeds */
};

// clang-format off
#define LOAD_1(address) ACCESS_LOAD, 1, address
#define STORE_1(address) ACCESS_STORE, 1, address
#define FETCH_1(address) ACCESS_FETCH, 1, address

#define FINE .want = { .type = FAULT_NONE }
#define STAGE1(kind, at_level) .want = { .type = FAULT_##kind, .stage = 1, .level = (at_level) }
#define STAGE2(kind, at_level, of_ipa) \
    .want = { .type = FAULT_##kind, .stage = 2, .level = (at_level), .ipa = { of_ipa } }
#define ON_WALK(kind, at_level, of_ipa) \
    .want = { .type = FAULT_##kind, .stage = 2, .level = (at_level), .s1ptw = true, .ipa = { of_ipa } }
// clang-format on

static inline struct tree *fault_tree(struct guest *g, const struct edit *e)
{
    return e->stage == '1' ? &g->s1 : &g->s2;
}

static inline void fault_edit(struct guest *g, const struct edit *e)
{
    struct tree *t = fault_tree(g, e);
    uint64_t pa;

    if (!e->stage)
        return;
    pa = tree_desc_pa(t, e->ia, e->level);
    tree_write(t, pa, (tree_read(t, pa) & ~e->clear) | e->set);
}

/* RAM everywhere but in the page of a descriptor. */
static inline void fault_take_ram(struct guest *g, const struct edit *e)
{
    uint64_t page = tree_desc_pa(fault_tree(g, e), e->ia, e->level) & ~0xFFFULL;

    assert_true(phys_add_ram(&g->tables.mem, 0, page));
    assert_true(phys_add_ram(&g->tables.mem, page + 0x1000, 1ULL << 40));
}

/* Makes the access of a row on a fresh guest of a shape, and once more: a fault is not kept and comes again. */
static inline void fault_check(struct guest *g, const struct shape *shape, const struct fault_row *row)
{
    guest_start_shape(g, shape);
    for (unsigned i = 0; i < 2; i++) {
        fault_edit(g, &row->edit[i]);
        if (row->reg[i].set | row->reg[i].clear) {
            guest_reg_clear(g, row->reg[i].reg, row->reg[i].clear);
            guest_reg_set(g, row->reg[i].reg, row->reg[i].set);
        }
    }
    if (row->no_ram.stage)
        fault_take_ram(g, &row->no_ram);
    for (unsigned i = 0; i < 2; i++) {
        guest_access(g, row->kind, row->el, row->va);
        assert_string_equal(fault_name((enum fault_type)g->x.fault.type), fault_name((enum fault_type)row->want.type));
        if (row->want.type == FAULT_NONE)
            continue;
        assert_int_equal(g->x.fault.stage, row->want.stage);
        if (row->want.type != FAULT_ALIGNMENT) /* which has no level */
            assert_int_equal(g->x.fault.level, row->want.level);
        assert_int_equal(g->x.fault.s1ptw, row->want.s1ptw);
        if (row->want.stage == 2)
            assert_int_equal(g->x.fault.ipa.v, row->want.ipa.v);
    }
}
