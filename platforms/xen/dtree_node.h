/* Properties of the nodes of a checked device tree, with complaints that name the node. */
#pragma once

#include "platforms/dtb.h"

#include <libfdt.h>

#define DTB_PATH_BYTES 160

/* Whose property it is. */
struct dtb_node {
    const struct dtb *tree;
    int offset; /* libfdt's */
};

/* Fills *err with `name: path: message`. Returns false. */
bool dtb_node_fail(struct dtb_node n, struct trace_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A node's path; the middle of a long one is cut out. */
void dtb_node_path(struct dtb_node n, char path[DTB_PATH_BYTES]);

/* Returns whether it has a property, whatever is in it. */
bool dtb_node_has(struct dtb_node n, const char *property);

/* A list of cells. */
struct dtb_cells {
    const fdt32_t *cell;
    unsigned left;
};

/* Finds a property as cells, of which there are at least `least`. Returns false and fills *err when there is none, or
 * when it is shorter or not of whole cells. */
bool dtb_node_cells(struct dtb_node n, const char *property, unsigned least, struct dtb_cells *cells,
                    struct trace_error *err);

/* Takes 1 or 2 cells, of which there are enough, off the front. */
uint64_t dtb_node_take(struct dtb_cells *cells, unsigned count);

/* Returns a property of one cell, or what stands for it when the node has none of that length. */
uint32_t dtb_node_u32(struct dtb_node n, const char *property, uint32_t missing);

/* How many cells an address and a size of a node's children take. What a node does not say, Xen takes as 2 and 1
 * [Xen: device_tree.h@4.17.0, DT_ROOT_NODE_ADDR_CELLS_DEFAULT]. */
struct dtb_widths {
    uint32_t address, size;
};
#define DTB_WIDTHS_DEFAULT ((struct dtb_widths){ 2, 1 })

/* Returns true for widths of 1 or 2, else false with *err. */
bool dtb_node_check_widths(struct dtb_node n, struct dtb_widths w, struct trace_error *err);
