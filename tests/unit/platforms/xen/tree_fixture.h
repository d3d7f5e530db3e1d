/* Device trees for the tests, made property by property. */
#pragma once

#include "platforms/dtree.h"
#include "tests/unit/models/rows.h"

#include <libfdt.h>

#define TREE_BYTES (1 << 16)
#define TREE_CELLS_MAX 12

struct tree {
    _Alignas(8) char blob[TREE_BYTES];
};

/* A list of cells of a table's row. */
struct tree_cells {
    unsigned count;
    uint32_t cell[TREE_CELLS_MAX];
};

static inline void tree_begin(struct tree *t)
{
    memset(t, POISON, sizeof *t);
    assert_int_equal(fdt_create(t->blob, sizeof t->blob), 0);
    assert_int_equal(fdt_finish_reservemap(t->blob), 0);
    assert_int_equal(fdt_begin_node(t->blob, ""), 0);
}

static inline void tree_node(struct tree *t, const char *name)
{
    assert_int_equal(fdt_begin_node(t->blob, name), 0);
}

static inline void tree_end_node(struct tree *t)
{
    assert_int_equal(fdt_end_node(t->blob), 0);
}

static inline void tree_text(struct tree *t, const char *property, const char *text)
{
    assert_int_equal(fdt_property(t->blob, property, text, (int)strlen(text) + 1), 0);
}

static inline void tree_flag(struct tree *t, const char *property)
{
    assert_int_equal(fdt_property(t->blob, property, NULL, 0), 0);
}

/* No cells: no property. */
static inline void tree_list(struct tree *t, const char *property, const struct tree_cells *list)
{
    fdt32_t cell[TREE_CELLS_MAX];

    for (unsigned i = 0; i < list->count; i++)
        cell[i] = cpu_to_fdt32(list->cell[i]);
    if (list->count)
        assert_int_equal(fdt_property(t->blob, property, cell, (int)(list->count * sizeof *cell)), 0);
}

static inline void tree_cell(struct tree *t, const char *property, uint32_t value)
{
    assert_int_equal(fdt_property_u32(t->blob, property, value), 0);
}

/* Ends the tree. Returns it as the readers take it. */
static inline struct dtree tree_end(struct tree *t, const char *name)
{
    tree_end_node(t);
    assert_int_equal(fdt_finish(t->blob), 0);
    return (struct dtree){ .name = name, .blob = t->blob, .bytes = fdt_totalsize(t->blob) };
}
