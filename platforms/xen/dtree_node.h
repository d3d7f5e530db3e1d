/* Properties of the nodes of a checked device tree, with complaints that name the node. */
#pragma once

#include "platforms/dtree.h"

#include <libfdt.h>

#define DTREE_PATH_BYTES 160

/* Whose property it is. */
struct dtree_node {
    const struct dtree *tree;
    int offset; /* libfdt's */
};

/* Fills *err with `name: path: message`. Returns false. */
bool dtree_node_fail(struct dtree_node n, struct trace_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A node's path; the middle of a long one is cut out. */
void dtree_node_path(struct dtree_node n, char path[DTREE_PATH_BYTES]);

/* Returns whether it has a property, whatever is in it. */
bool dtree_node_has(struct dtree_node n, const char *property);

/* A list of cells. */
struct dtree_cells {
    const fdt32_t *cell;
    unsigned left;
};

/* Finds a property as cells, of which there are at least `least`. Returns false and fills *err when there is none, or
 * when it is shorter or not of whole cells. */
bool dtree_node_cells(struct dtree_node n, const char *property, unsigned least, struct dtree_cells *cells,
                      struct trace_error *err);

/* Takes 1 or 2 cells, of which there are enough, off the front. */
uint64_t dtree_node_take(struct dtree_cells *cells, unsigned count);

/* Returns a property of one cell, or what stands for it when the node has none of that length. */
uint32_t dtree_node_u32(struct dtree_node n, const char *property, uint32_t missing);

/* How many cells an address and a size of a node's children take. What a node does not say, Xen takes as 2 and 1
 * [Xen: device_tree.h@4.17.0, DT_ROOT_NODE_ADDR_CELLS_DEFAULT]. */
struct dtree_widths {
    uint32_t address, size;
};
#define DTREE_WIDTHS_DEFAULT ((struct dtree_widths){ 2, 1 })

/* Returns true for widths of 1 or 2, else false with *err. */
bool dtree_node_check_widths(struct dtree_node n, struct dtree_widths w, struct trace_error *err);
