/* Builds small translation tables in sparse memory, by the book's arithmetic and not by the models'. */
#pragma once

#include "models/mem/phys.h"
#include "tests/unit/models/rows.h"

#define TABLES_PAGES 512

struct tables {
    struct phys mem;
    struct phys_page page[TABLES_PAGES];
    uint32_t slot[2 * TABLES_PAGES];
};

/* Starts empty, on poisoned storage. */
static inline void tables_start(struct tables *t)
{
    memset(t, POISON, sizeof *t);
    phys_init(&t->mem, t->page, t->slot, TABLES_PAGES);
}

static inline struct mem_port tables_port(struct tables *t)
{
    return (struct mem_port){ &t->mem, phys_read64 };
}

/* One tree of tables. Addresses of tables are what descriptors hold: IPAs in a guest's. */
struct tree {
    struct tables *in;
    unsigned granule_bits, start_level;
    uint64_t root, next; /* the first-level table, and where the next one goes */
    uint64_t pa_offset;  /* PA of a table less its address, modulo 2^64 */
    uint64_t table_bits; /* attributes of the table descriptors to come */
    bool big_endian;
};

/* log2 of what an entry of a level maps. */
static inline unsigned tree_level_bits(const struct tree *t, unsigned level)
{
    return t->granule_bits + (3 - level) * (t->granule_bits - 3);
}

static inline uint64_t tree_swap(const struct tree *t, uint64_t x)
{
    return t->big_endian ? __builtin_bswap64(x) : x;
}

/* The PA of the descriptor for `ia` in a table of a level; at the first level all bits of ia above index. */
static inline uint64_t tree_slot(const struct tree *t, uint64_t table, unsigned level, uint64_t ia)
{
    uint64_t index = ia >> tree_level_bits(t, level);

    if (level != t->start_level)
        index &= (1ULL << (t->granule_bits - 3)) - 1;
    return table + t->pa_offset + 8 * index;
}

static inline uint64_t tree_read(const struct tree *t, uint64_t pa)
{
    uint64_t desc;

    assert_true(phys_read64(&t->in->mem, PA(pa), &desc));
    return tree_swap(t, desc);
}

static inline void tree_write(const struct tree *t, uint64_t pa, uint64_t desc)
{
    assert_true(phys_write64(&t->in->mem, PA(pa), tree_swap(t, desc)));
}

/* The PA of the descriptor of a level on the way to `ia`; all tables above it must be there. */
static inline uint64_t tree_desc_pa(const struct tree *t, uint64_t ia, unsigned level)
{
    uint64_t table = t->root;

    for (unsigned l = t->start_level; l < level; l++) {
        uint64_t desc = tree_read(t, tree_slot(t, table, l, ia));

        assert_int_equal(desc & 3, 3);
        table = desc & 0xFFFFFFFFF000ULL;
    }
    return tree_slot(t, table, level, ia);
}

/* Puts a descriptor for `ia` at a level; makes the tables above that are missing. */
static inline void tree_put(struct tree *t, uint64_t ia, unsigned level, uint64_t desc)
{
    uint64_t table = t->root;

    for (unsigned l = t->start_level; l < level; l++) {
        uint64_t pa = tree_slot(t, table, l, ia);

        if ((tree_read(t, pa) & 3) != 3) {
            tree_write(t, pa, t->next | t->table_bits | 3);
            t->next += 1ULL << t->granule_bits;
        }
        table = tree_read(t, pa) & 0xFFFFFFFFF000ULL;
    }
    tree_write(t, tree_slot(t, table, level, ia), desc);
}

/* Puts `count` leaves in a row, each mapping what the level maps: ia to oa. */
static inline void tree_map(struct tree *t, uint64_t ia, unsigned level, uint64_t desc, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t step = (uint64_t)i << tree_level_bits(t, level);

        tree_put(t, ia + step, level, desc + step);
    }
}
