/* What each step costs, in cycles of the core clock, and which memory an address is in.
 *
 * The numbers stand in platforms/, with their sources; this file says what they multiply. A latency is what the asker
 * waits when nobody else asks; an occupancy is how long others then find the resource taken. */
#pragma once

#include "models/cost/ddr.h"
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
    uint32_t cci;                     /* of that, the interconnect's part */
    uint32_t dvm;                     /* a broadcast's way to the other cores and back, their own work apart */
};

/* How long a resource that cores share is taken by one use of it. None outlasts the latency of its use. */
struct occupancy {
    uint32_t l2;                      /* L2 port: a look-up or a line put in */
    uint32_t cci;                     /* interconnect: a line or a single beat */
    uint32_t memory[MEM_CLASS_COUNT]; /* data path of a memory */
    uint32_t ddr_bank;                /* bank of DDR: an access that had to open a row */
    uint32_t tlbi_all;                /* TLB RAM: maintenance that looks at every entry */
    uint32_t tlbi_va;                 /* TLB RAM: maintenance by address */
};

/* Returns the region an address lies in, of `count` sorted by base, or NULL. */
const struct region *price_region_of(const struct region *map, uint32_t count, uint64_t pa);

/* Returns the class of the memory an address lies in; MEM_NONE outside all regions. */
enum mem_class price_class_of(const struct region *map, uint32_t count, uint64_t pa);

/* Returns the cycles of a look-up step (not STEP_FETCH). */
uint32_t price_lookup(const struct prices *p, const struct step *s);

/* Returns the cycles of the way through the interconnect to a memory, and of the memory itself when `saved` of them
 * are spared by an open row. */
uint32_t price_cci(const struct prices *p, enum mem_class mem_class);
uint32_t price_memory(const struct prices *p, enum mem_class mem_class, uint32_t saved);

/* Returns what of a line's latency a core notices: the L1 look-up is part of every access. */
static inline uint32_t price_stall(const struct prices *p, uint32_t latency)
{
    return latency > p->l1d ? latency - p->l1d : 0;
}
