/* What a leaf gives to whoever may use it: the memory type, and the rights of both stages in one word. */
#pragma once

#include "models/mmu/tlb.h"

/* The memory type an access gets, and how it came about. Eight bytes, so that it can be told apart in one
 * comparison. */
struct mem_type {
    struct memattr result; /* both stages combined under the controls */
    struct memattr s1,
        s2; /* what each stage gave to it; zero for a stage that is off, but for what stands in stage 1's place */
    uint8_t stages; /* TLB_STAGE1 | TLB_STAGE2: which are on */
    bool cached;    /* the A53 keeps it in L1 and L2 */
};

static_assert(sizeof(struct mem_type) == 8, "compared as one word");

/* Beside RIGHT_*: what no entry has; and what one has whose memory no stage calls Device. */
#define MMU_NEVER (RIGHTS_ALL + 1)
#define MMU_NORMAL (2 * MMU_NEVER)

struct mmu_seen {
    uint64_t said; /* tlb_leaf_said of the leaf; all ones: nothing is known */
    struct mem_type type;
    uint8_t rights; /* RIGHT_* that both stages give, MMU_NORMAL */
};

/* Returns what a leaf gives under a regime to an access of a kind: fetches of another type than data. */
struct mmu_seen mmu_seen(const struct regime *r, const struct tlb_leaf *leaf, enum access_kind kind);
