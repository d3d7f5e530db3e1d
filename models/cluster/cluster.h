/* Four cores around a shared L2: access in, outcome with cycles out; TLB maintenance to whom it concerns.
 *
 * The MMU decides, the steps are priced here, and nothing else is known of time: who waits for whom is the business of
 * an engine above. */
#pragma once

#include "models/cluster/memsys.h"

struct core {
    struct mmu mmu;
    uint64_t fetch_at[2][4][LEVEL_COUNT]; /* descriptor fetches by stage - 1, level, where found */
};

struct cluster {
    struct config config;
    struct memsys memsys;
    struct core core[CORES_MAX];
    struct core *at[CORES_MAX]; /* &core[i]: to load it is cheaper than to multiply, once for every access */
};

/* What became of an access. */
struct outcome {
    struct xlat x;              /* of its first byte; the fault, if any, also when it is the next page's */
    uint32_t cycles;            /* translation latency, both pages of an access that crosses one */
    uint32_t fetches;           /* descriptor fetches */
    uint32_t walks;             /* translations that walked: of the access, or of each page it touches */
    struct exception exception; /* with x.fault: what the core takes */
};

/* Starts at reset with the configuration; descriptors are read through `mem`. */
void cluster_init(struct cluster *c, const struct config *config, struct mem_port mem);

/* Takes an exception: writes ESR, FAR and HPFAR of the level it goes to. */
void cluster_take(struct cluster *c, unsigned core, const struct exception *e);

/* Executes TLB maintenance on a core; a broadcast one reaches all. */
void cluster_tlbi(struct cluster *c, unsigned core, const struct tlbi *op);

/* Executes an AT; PAR_EL1 is written unless it aborts. Its walk goes through the caches, and
 * o->cycles is what it took [choice: no part of any access's latency]. */
void cluster_at(struct cluster *c, unsigned core, const struct at_request *at, struct outcome *o,
                struct at_result *result);

/* True when the access does not stay in its 4 KB page. */
static inline bool cluster_crosses_page(const struct access *a)
{
    return ((a->va.v & 0xFFF) + a->size) > 0x1000;
}

/* The access's own way through the caches, by the memory type it got. No cache maintenance comes this way. */
static inline void cluster_touch(struct cluster *c, unsigned core, const struct access *a, pa_t pa,
                                 struct mem_type type)
{
    static const uint8_t wants[ACCESS_KIND_COUNT] = { [ACCESS_STORE] = MEMSYS_WRITE, [ACCESS_ZVA] = MEMSYS_WRITE };
    enum access_kind kind = (enum access_kind)a->kind;
    uint64_t line = align_down(pa.v, CACHE_LINE_BITS), last = kind == ACCESS_ZVA ? line : pa.v + a->size - 1;
    const struct l1_port *port = &c->memsys.port[core][kind == ACCESS_FETCH];

    if (__builtin_expect(!type.cached, 0)) {
        memsys_uncached(&c->memsys, core);
        return;
    }
    for (; line <= last; line += 1u << CACHE_LINE_BITS)
        memsys_access(&c->memsys, port, line, wants[kind]);
}

/* Makes an access (no cache maintenance) if it is what nearly all are: in one page, granted by its micro-TLB. Returns the entry that granted it,
 * at the price of `utlb` cycles and no fetch, or NULL when nothing has been done and cluster_access is to be called. */
static inline const struct utlb_entry *cluster_hit(struct cluster *c, unsigned core, const struct access *a)
{
    const struct utlb_entry *e;

    if (__builtin_expect(cluster_crosses_page(a), 0))
        return NULL;
    e = mmu_find(&c->at[core]->mmu, a);
    if (__builtin_expect(!e || !mmu_grants(e, a), 0))
        return NULL;
    cluster_touch(c, core, a, PA(e->pa | (a->va.v & 0xFFF)), e->type);
    return e;
}

/* Makes an access: translation, TLB fills, cache fills, counters, cycles. `core` < config.cores. A fault is described
 * in o->exception; the core does not take it: cluster_take does. */
void cluster_access(struct cluster *c, unsigned core, const struct access *a, struct outcome *o);
