/* What one version of Xen writes: stage-2 attributes by p2m type, who gets which type, register values.
 *
 * A preset is data. `seed` is the words of Xilinx's page on Xen for the ZynqMP; the others are what the sources of that
 * version do, which is not always the same. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Xen's p2m_type_t [Xen: p2m.h]. Names are 4.17's. */
enum p2m_type {
    P2M_INVALID,
    P2M_RAM_RW,
    P2M_RAM_RO,
    P2M_MMIO_DIRECT_DEV,
    P2M_MMIO_DIRECT_NC,
    P2M_MMIO_DIRECT_C,
    P2M_MAP_FOREIGN_RW,
    P2M_MAP_FOREIGN_RO,
    P2M_GRANT_MAP_RW,
    P2M_GRANT_MAP_RO,
    P2M_IOMMU_MAP_RW,
    P2M_IOMMU_MAP_RO,
    P2M_TYPE_COUNT
};

/* Returns "ram_rw", "mmio_direct_c", ... */
const char *p2m_type_name(enum p2m_type type);

/* What a leaf of a type says, as in the descriptor [Arm: D8.3.1, stage-2 descriptors]. */
struct p2m_attr {
    uint8_t memattr; /* MemAttr[3:0] */
    uint8_t sh;      /* SH[1:0] */
    uint8_t s2ap;    /* S2AP[1:0] */
    bool xn;         /* XN[1] */
};

/* Who gets which type where versions differ. */
struct xen_use {
    enum p2m_type dom0_mmio;    /* device nodes of dom0's device tree */
    enum p2m_type dom0_sram;    /* mmio-sram nodes without no-memory-wc */
    enum p2m_type dom0_gicc;    /* dom0's view of the GIC CPU interface */
    enum p2m_type iomem_memory; /* xl iomem with Xilinx's ",memory"; P2M_INVALID: this version does not know it */
};

/* Whose guest layout: layout.h. */
enum xen_layout_version { XEN_LAYOUT_4_8, XEN_LAYOUT_4_11, XEN_LAYOUT_4_17, XEN_LAYOUT_COUNT };

/* How it starts: where Xen itself comes to lie, and where it seeks RAM for dom0. */
struct xen_start {
    bool relocates;        /* Xen moves to the end of RAM below 4 GB; else it stays where it was loaded */
    bool below_4g;         /* dom0's RAM is sought below 4 GB first */
    bool keeps_reserved;   /* RAM of /reserved-memory nodes is given to nobody */
    bool all_or_panic;     /* dom0 without all of its RAM is none; else a warning */
    uint16_t banks_max;    /* of dom0's RAM */
    uint16_t grant_frames; /* pages of a grant table at most, by default */
};

struct xen_preset {
    const char *name;
    const char *what;                    /* which version, and how it differs */
    uint8_t type_number[P2M_TYPE_COUNT]; /* in bits [58:55] of a leaf; 0xFF: it has no such type */
    uint8_t ram_sh;                      /* SH[1:0] of RAM, and of all that is mapped like it */
    uint8_t table_type;                  /* p2m type that its table descriptors are written as */
    struct xen_use use;
    uint8_t layout; /* enum xen_layout_version */
    bool gic_1to1;  /* dom0 sees the real GIC, 1:1, as any device: the seed's words alone */
    struct xen_start start;
    uint64_t hcr_el2; /* for an AArch64 guest */
    uint64_t vtcr_el2;
};

/* Returns the preset of a name, or NULL; the i-th of them, or NULL at the end. The first is the default. */
const struct xen_preset *xen_preset_by_name(const char *name);
const struct xen_preset *xen_preset_at(size_t i);

/* Returns what a leaf of a type says. */
struct p2m_attr xen_preset_attr(const struct xen_preset *x, enum p2m_type type);

/* Returns the leaf of level 1, 2 or 3 for a PA, aligned to what the level maps; the descriptor of a table. */
uint64_t xen_preset_leaf(const struct xen_preset *x, enum p2m_type type, uint64_t pa, unsigned level);
uint64_t xen_preset_table(const struct xen_preset *x, uint64_t pa);

/* The p2m type of a leaf, P2M_INVALID when its number is none of this version's. */
enum p2m_type xen_preset_type_of(const struct xen_preset *x, uint64_t leaf);
