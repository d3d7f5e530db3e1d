/* One core's MMU: micro-TLBs in front of the main TLB, walk cache, IPA cache and walker [A53: 5.2].
 *
 * Told everything (registers, access, memory port), it tells everything (address or fault, and the steps it took). It
 * does not know what a step costs. */
#pragma once

#include "models/arch/at.h"
#include "models/arch/syndrome.h"
#include "models/mmu/count.h"
#include "models/mmu/utlb.h"
#include "models/mmu/walk.h"

struct mmu_config {
    struct tlb_config iutlb, dutlb, main_tlb, walk_cache, ipa_cache;
};

enum xlat_hit {
    HIT_UTLB,
    HIT_TLB,
    HIT_WALK_CACHE, /* a walk that the walk cache shortened */
    HIT_WALK,
    HIT_OFF, /* no stage is on: nothing to translate */
};

/* Returns "utlb", "tlb", "walk_cache", "walk" or "off". */
const char *mmu_hit_name(enum xlat_hit hit);

/* The outcome of one translation [Arm: AddressDescriptor]. */
struct xlat {
    struct fault fault;
    uint8_t hit;          /* enum xlat_hit: where the answer, or the fault, came from */
    struct mem_type type; /* on success */
    pa_t pa;              /* on success */
    ipa_t ipa;            /* on success; equal to pa without stage 2 */
    struct steps steps;   /* beyond the micro-TLB */
};

#define MMU_SEEN_BITS 3 /* of what leaves give: the host's short cut, no part of the model */

struct mmu {
    struct sysregs regs;
    struct regime regime[REGIME_COUNT];
    struct mmu_seen seen[REGIME_COUNT][2][1 << MMU_SEEN_BITS]; /* data, fetches; under the regime as it is now */
    struct mem_port mem;
    struct counts count;
    struct utlb utlb[2]; /* data, instruction */
    struct tlb main_tlb, walk_cache, ipa_cache;
    struct fills *fills; /* told what these three are filled with; NULL: nobody listens */
};

/* The result of an AT instruction. */
struct at_result {
    bool aborts; /* taken as a Data Abort instead: PAR_EL1 is left alone */
    struct exception exception;
    uint64_t par;
    struct fault fault;
    ipa_t ipa; /* on success */
    pa_t pa;
};

/* Starts at reset: all registers zero, everything empty. */
void mmu_init(struct mmu *m, const struct mmu_config *config, struct mem_port mem);

/* Writes a register. What steers translation and changes is decoded again and empties the micro-TLBs. */
void mmu_write_sysreg(struct mmu *m, enum sysreg reg, uint64_t value);

/* Executes an AT: a fresh walk that uses and fills nothing [choice: D8.2.13 lets an
 * implementation answer from its TLBs or not]. */
void mmu_at(struct mmu *m, const struct at_request *at, struct xlat *x, struct at_result *result);

/* Translates an access that does not cross a 4 KB page by a fresh walk, which uses and fills nothing and is not
 * counted. *leaf is what the walk found of each stage, as far as it came before a fault. */
void mmu_walk(const struct mmu *m, const struct access *a, struct xlat *x, struct tlb_leaf *leaf);

/* Carries out TLB maintenance on this core's structures; empties the micro-TLBs [A53: 5.2.1]. */
void mmu_tlbi(struct mmu *m, const struct tlbi *op);

/* Counts a descriptor fetch, whoever makes it. */
static inline void mmu_count_fetch(struct mmu *m, const struct step *fetch)
{
    m->count.v[COUNT_WALK_FETCH]++;
    m->count.v[COUNT_WALK_FETCH_S1_L0 + (fetch->stage - 1) * 4 + fetch->level]++;
}

/* The micro-TLB that an access asks. */
static inline struct utlb *mmu_utlb(struct mmu *m, const struct access *a)
{
    return &m->utlb[a->kind == ACCESS_FETCH];
}

/* One kind of access at one exception level on its way to the micro-TLB: what does not change from access to access,
 * looked up once. */
struct mmu_lane {
    struct mmu *mmu;
    struct utlb *utlb;
    const struct regime *regime;
    struct mmu_seen *seen; /* under that regime, by the hash of a leaf */
    uint64_t key;          /* utlb_key of VA 0 */
    uint8_t needed[2];     /* RIGHT_* and MMU_NORMAL, by `unpriv`; MMU_NEVER where none grants without a further look */
    uint8_t aligned;       /* all ones where an access must be aligned to be granted without a further look, else 0 */
    bool fetch;
};

/* Returns the lane of a kind of access at an exception level, 0..2. */
struct mmu_lane mmu_lane(struct mmu *m, enum access_kind kind, unsigned el);

/* Returns the micro-TLB's key of a VA's page. */
static inline uint64_t mmu_key(const struct mmu_lane *l, va_t va)
{
    return regime_counted_va(l->regime, va) >> 12 | l->key;
}

/* Returns the micro-TLB's entry for a VA, or NULL. */
static inline const struct utlb_entry *mmu_find(const struct mmu_lane *l, va_t va)
{
    return utlb_find(l->utlb, mmu_key(l, va));
}

/* True when the rights grant the access without a further look: it may do no more than lack permission. `odd`: the bits
 * of the VA that an aligned access has not. */
static inline bool mmu_grants(const struct mmu_lane *l, unsigned rights, unsigned unpriv, unsigned odd)
{
    return ((l->needed[unpriv] & ~rights) | (odd & l->aligned)) == 0;
}

/* Translates an access that does not cross a 4 KB page. Uses and fills the TLBs. */
void mmu_translate(struct mmu *m, const struct access *a, struct xlat *x);

/* What the main TLB has for an access. */
struct mmu_offer {
    const struct tlb_entry *entry; /* that answers; NULL: none, or one that does not grant the access without a further
                                      look */
    const struct mmu_seen *seen;   /* what it gives */
    uint64_t page;                 /* where the 4 KB page of the VA begins within it */
    uint32_t place;                /* its, in the main TLB */
    unsigned probes;
};

/* Asks the main TLB for an access that misses its micro-TLB. `odd`: as for mmu_grants. Nothing has been done yet. */
struct mmu_offer mmu_ask(const struct mmu_lane *l, va_t va, unsigned unpriv, unsigned odd);

/* Returns the PA of the page that is offered. */
static inline uint64_t mmu_offer_pa(const struct mmu_offer *offer)
{
    return offer->entry->leaf.pa + offer->page;
}

/* mmu_translate of an access that has been offered something, as nearly all that miss are. Returns the micro-TLB's new
 * entry. */
const struct utlb_entry *mmu_accept(const struct mmu_lane *l, va_t va, const struct mmu_offer *offer);

/* Both at once of an access whose page is left (memo.h), by its place in the main TLB, and will be known in lanes;
 * *probes is what asking takes. Returns NULL when the micro-TLB has the page: it came by another lane. */
const struct utlb_entry *mmu_refill_left(const struct mmu_lane *l, va_t va, struct memo_tie tie, unsigned *probes);

/* What mmu_translate would say of it. */
void mmu_tell(const struct utlb_entry *e, va_t va, const struct mmu_offer *offer, struct xlat *x);
