/* What a guest maps at stage 1: regions of VA space with where each leads and as what, and the registers that go with
 * them.
 *
 * Whoever knows a guest's rule appends regions (linux_map.h, bare_metal.h); here they become tables; commands print and
 * explain them. What a region's leaf says is read back by the models: nothing is said twice. */
#pragma once

#include "models/arch/attr.h"
#include "models/arch/sysreg.h"
#include "platforms/linux/stage1.h"

#define VMAP_REGIONS_MAX 4096
#define VMAP_NAME_BYTES 96
#define VMAP_REGISTERS 5

enum vmap_tree {
    TREE_LOWER,      /* TTBR0_EL1 */
    TREE_UPPER,      /* TTBR1_EL1 */
    TREE_TRAMPOLINE, /* TTBR1_EL1 while EL0 runs, where the kernel is unmapped then */
    TREE_COUNT
};

/* Returns "lower", "upper" or "trampoline". */
const char *vmap_tree_name(enum vmap_tree tree);

struct vmap_region {
    uint64_t va, ipa, bytes; /* multiples of 4 KB */
    uint64_t leaf, table;    /* as in struct stage1_mapping */
    uint8_t sizes;           /* STAGE1_* that may be used */
    uint8_t tree;            /* enum vmap_tree */
    const char *prot;        /* what the guest's source calls these attributes: "PAGE_KERNEL_ROX" */
    const char *source;      /* the rule that put it there */
    char name[VMAP_NAME_BYTES];
};

struct vmap {
    const char *name;              /* the preset's */
    uint8_t tree_bits[TREE_COUNT]; /* VA bits of each tree; 0: there is none */
    uint16_t asid;
    uint64_t mair_el1, tcr_el1, sctlr_el1;
    struct vmap_region *region;
    size_t count, capacity;
};

/* Appends a region. Returns it, to have its name filled in, or NULL when there is no memory, or are too many. */
struct vmap_region *vmap_add(struct vmap *v, const struct vmap_region *region);

/* Releases the regions. */
void vmap_free(struct vmap *v);

/* Returns the region of a tree that covers a VA, or NULL. */
const struct vmap_region *vmap_find(const struct vmap *v, enum vmap_tree tree, uint64_t va);

/* Returns the memory attribute of a region, as its leaf and MAIR_EL1 say. */
struct memattr vmap_attr(const struct vmap *v, const struct vmap_region *r);

/* Returns who may do what, RIGHT_* of models/arch/perm.h. */
unsigned vmap_rights(const struct vmap *v, const struct vmap_region *r);

/* The tables of a map. Not to be moved: the trees point to the pool. */
struct vmap_tables {
    struct stage1_pool pool;
    struct stage1 tree[TREE_COUNT];   /* those that tree_bits names */
    const struct vmap_region *failed; /* the region at which vmap_build stopped, or NULL */
};

/* Builds the tables in [ipa, ipa + bytes), which should be RAM that stage 2 maps. vmap_tables_free in any case. */
enum stage1_result vmap_build(const struct vmap *v, struct vmap_tables *t, uint64_t ipa, uint64_t bytes);
void vmap_tables_free(struct vmap_tables *t);

struct vmap_register {
    uint8_t reg; /* enum sysreg */
    uint64_t value;
};

/* Gives the registers as they are while an exception level, 0 or 1, runs, in an order to write them in: SCTLR_EL1 last.
 * Without tables (NULL, or a map that has no trees) both TTBRs hold an ASID at most. */
void vmap_registers(const struct vmap *v, const struct vmap_tables *t, unsigned el,
                    struct vmap_register out[VMAP_REGISTERS]);
