/* All that the tables of a machine map: each half of a regime's VA space, leaf by leaf, through both stages.
 *
 * Every leaf is found by a fresh walk of the models, as explain has it; nothing here reads a descriptor. */
#pragma once

#include "models/mmu/mmu.h"

/* Walks for one half: 16 GB in 4 KB pages and as many holes. Tables that refer to each other have no end. */
#define TABLE_WALKS_MAX (1u << 23)

/* A piece of VA space that one descriptor of stage 1 and, under stage 2, one of stage 2 decide about. */
struct table_leaf {
    uint64_t va, bytes;
    uint64_t ipa, pa;         /* pa: unless stage 2 refuses */
    uint8_t fault;            /* enum fault_type: why a load at EL1 (EL2) comes to no PA, though stage 1 has a leaf */
    uint8_t fault_stage;      /* with it */
    uint8_t level_s1;         /* of the leaf descriptors */
    uint8_t level_s2;         /* 0: there is no stage 2 */
    uint8_t perm_s1, perm_s2; /* PERM_S1_*, PERM_S2_* */
    struct memattr s1, s2, result;
    uint64_t desc_s1, desc_s2;
};

/* Takes a leaf. Returns false to stop. */
typedef bool table_leaf_handler(void *context, const struct table_leaf *leaf);

struct table_leaves {
    const struct mmu *mmu;
    enum regime_id regime;
    unsigned half; /* of the VA space: 0 lower, 1 upper */
    uint32_t walks_max;
};

/* Hands each leaf to the handler, by ascending VA. Returns false when more than walks_max walks would be made. */
bool table_leaves_each(const struct table_leaves *t, table_leaf_handler *handle, void *context);
