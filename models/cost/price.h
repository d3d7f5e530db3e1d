/* What each step costs, in cycles of the core clock, and which memory an address is in.
 *
 * The numbers stand in platforms/, with their sources; this file says what they multiply. */
#pragma once

#include "models/mmu/step.h"

enum mem_class { MEM_DDR, MEM_OCM, MEM_PL, MEM_DEVICE, MEM_NONE, MEM_CLASS_COUNT };

struct region {
    uint64_t base, bytes;
    uint8_t mem_class; /* enum mem_class */
    const char *name;
};

struct prices {
    uint32_t utlb;     /* micro-TLB hit */
    uint32_t main_tlb; /* main TLB look-up after a micro-TLB miss, one page size */
    uint32_t probe;    /* each further page size looked up, in any of the three arrays */
    uint32_t walk;  /* a walk apart from its fetches: miss detected, walk cache looked up, descriptor decoded, filled */
    uint32_t level; /* each fetch of a walk after its first, apart from the memory's latency */
    uint32_t ipa_cache;               /* IPA cache look-up, one page size */
    uint32_t l1d;                     /* a fetch that hits the L1 data cache */
    uint32_t l2;                      /* a fetch that misses L1D and hits L2 */
    uint32_t memory[MEM_CLASS_COUNT]; /* what an access that leaves the cluster takes beyond l2 */
};

/* Returns the region an address lies in, of `count` sorted by base, or NULL. */
const struct region *price_region_of(const struct region *map, uint32_t count, uint64_t pa);

/* Returns the cycles of a look-up step (not STEP_FETCH). */
uint32_t price_lookup(const struct prices *p, const struct step *s);
