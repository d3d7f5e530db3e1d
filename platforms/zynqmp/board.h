/* What a board is made of, as its device tree tells: RAM, the GIC, and the regions of all nodes with what Xen asks of
 * them.
 *
 * Facts only: what a domain is shown of them, platforms/xen decides. */
#pragma once

#include "traces/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOARD_RAM_MAX 64
#define BOARD_TAKEN_MAX 256
#define BOARD_REGIONS_MAX 3000
#define BOARD_TEXT_BYTES 80
#define BOARD_DTB_BYTES_MAX (16u << 20)
#define BOARD_ADDRESS_END (1ULL << 40) /* the ZynqMP's physical addresses [UG1085: system addresses] */

/* What a node is. Those of the first group hold for all nodes below it too, as Xen does not look there any more. */
enum board_flag {
    BOARD_MEMORY = 1,     /* device_type "memory" */
    BOARD_GIC = 2,        /* the GIC that Xen drives */
    BOARD_TIMER = 4,      /* the architected timer */
    BOARD_CONSOLE = 8,    /* the UART that Xen prints to: dtuart= of Xen's command line, else /chosen stdout-path */
    BOARD_IOMMU = 0x10,   /* an SMMU */
    BOARD_UNSHOWN = 0x20, /* PMUs, PSCI, /cpus, boot modules, ...: nodes that Xen shows to no domain */
    BOARD_PPI = 0x40,     /* has a private peripheral interrupt; not the GIC, the timer */
    BOARD_SRAM = 0x80,    /* mmio-sram */
    BOARD_NO_WC = 0x100,  /* the mmio-sram says no-memory-wc */
    BOARD_INHERITED = 0x1FF,

    BOARD_PASSTHROUGH = 0x200, /* xen,passthrough: for another domain */
    BOARD_RESERVED = 0x400,    /* below /reserved-memory */
    BOARD_PCI_WINDOW = 0x800,  /* an entry of the ranges of a PCI bridge, not of its reg */
    BOARD_DISABLED = 0x1000,   /* status is neither "okay" nor "ok" */
};

struct board_range {
    uint64_t base, bytes;
};

struct board_region {
    uint64_t base, bytes;              /* as the CPU sees it; not aligned */
    uint32_t flags;                    /* enum board_flag */
    char node[BOARD_TEXT_BYTES];       /* its path; "..." and the end of it when it is long */
    char compatible[BOARD_TEXT_BYTES]; /* the first of the list, "" for none */
};

enum board_owner {
    BOARD_OF_FIRMWARE, /* /memreserve/ */
    BOARD_OF_MODULE,   /* kernel, ramdisk, ... that the boot loader has put there for Xen */
    BOARD_OF_RESERVED, /* /reserved-memory */
    BOARD_OF_GUEST,    /* xen,static-mem: of one domain alone */
};

/* RAM that is taken when Xen starts. */
struct board_taken {
    struct board_range range;
    enum board_owner owner;
};

struct board {
    char name[BOARD_TEXT_BYTES];
    struct board_range ram[BOARD_RAM_MAX];
    size_t ram_count;
    struct board_taken taken[BOARD_TAKEN_MAX];
    size_t taken_count;
    struct board_range gicd, gicc, gich, gicv; /* of the one node with BOARD_GIC */
    struct board_region *region;               /* in the tree's order */
    size_t count, capacity;
    /* Entries of reg that lie in none of their bus's ranges; Xen builds no dom0 of such a tree. */
    size_t untranslated;
    char untranslated_node[BOARD_TEXT_BYTES]; /* the first of them */
};

/* Fills a board with the ZCU102, as the device tree of Linux 6.1 describes it and Xen uses it (console=dtuart
 * dtuart=serial0); RAM as the boot logs of real boards show it. Returns false when there is no memory. board_free in
 * any case. */
bool board_zcu102(struct board *b);

/* Fills a board from a device tree blob. Returns false and fills *err, which names the file and the node, when it
 * cannot be read, is malformed or is none of a ZynqMP-like machine. board_free in any case. */
bool board_read_dtb(struct board *b, const char *path, struct trace_error *err);

/* The same of `bytes` bytes in memory, 8-byte aligned; `name` is what messages call them. */
bool board_parse_dtb(struct board *b, const void *blob, size_t bytes, const char *name, struct trace_error *err);

void board_free(struct board *b);

/* Appends. Returns false when there is no memory, or are too many. */
bool board_add(struct board *b, const struct board_region *region);
bool board_take(struct board *b, struct board_range range, enum board_owner owner);

/* Copies a node's path as board_region.node holds it. */
void board_name_node(char node[BOARD_TEXT_BYTES], const char *path);
