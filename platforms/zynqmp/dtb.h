/* Between the files that read a device tree blob: the way from the root to a node, and what addresses mean on it. */
#pragma once

#include "platforms/zynqmp/board.h"

#include <libfdt.h>

#define DTB_DEPTH_MAX 32
#define DTB_PATH_BYTES 1024

/* One node on the way, as its children see it. What it does not say itself it has from its parent, as Xen reads a tree
 * [Xen: device_tree.c@4.17.0, dt_n_addr_cells]. */
struct dtb_level {
    uint32_t address_cells, size_cells; /* of its children's reg */
    const fdt32_t *ranges;              /* NULL: its children's addresses lead nowhere */
    int ranges_bytes;
    uint32_t interrupt_parent; /* phandle */
    uint32_t flags;            /* of enum board_flag, those that are inherited */
    bool pci;                  /* a PCI bridge or below one: reg there is no address */
    bool reserved;             /* /reserved-memory or below it */
    int path_bytes;
};

struct dtb {
    const void *fdt;
    const char *name; /* of the blob, for messages */
    struct board *board;
    struct trace_error *err;
    int console;          /* its node's offset; < 0: none */
    int gic;              /* the offset of the first GIC */
    uint32_t gic_phandle; /* 0: it has none */
    char path[DTB_PATH_BYTES];
    struct dtb_level level[DTB_DEPTH_MAX];
};

/* Sets the message, with the blob's name and the path of the node that is being read in front. Returns false. */
bool dtb_fail(struct dtb *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Returns a property and sets *bytes, or NULL. */
const void *dtb_property(const struct dtb *t, int node, const char *name, int *bytes);

/* Fills level[depth] from its node, all but path_bytes and flags. Returns false with a message when it is malformed. */
bool dtb_enter(struct dtb *t, int node, int depth);

/* Reads `cells` cells as one number. Returns false when it takes more than 64 bits. */
bool dtb_number(const fdt32_t *cell, uint32_t cells, uint64_t *value);

/* Takes an address in a reg of the node at `depth` to where the CPU sees it. Returns false when it leads nowhere. */
bool dtb_translate(const struct dtb *t, int depth, uint64_t *address);

/* Returns what a node's own properties say that it is, of enum board_flag. */
uint32_t dtb_flags(const struct dtb *t, int node, int depth);

/* Returns whether one of its compatible strings is this one. */
bool dtb_is(const struct dtb *t, int node, const char *compatible);

/* Finds the console's node, or returns a negative number. */
int dtb_find_console(const struct dtb *t);
