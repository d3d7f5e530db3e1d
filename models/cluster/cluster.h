/* Four cores around a shared L2: access in, outcome out; TLB maintenance to whom it concerns.
 *
 * Function first: what happens is decided here, in the order in which it is asked for. What it costs is charge.h's
 * business, and who waits for whom that of an engine above. */
#pragma once

#include "models/cluster/memsys.h"

struct core {
    struct mmu mmu;
    uint64_t fetch_at[2][4][LEVEL_COUNT]; /* descriptor fetches by stage - 1, level, where found */
};

struct cluster {
    struct config config;
    struct memsys memsys;
    struct ddr ddr; /* as the accesses find it that are charged at once */
    struct core core[CORES_MAX];
    struct core *at[CORES_MAX]; /* &core[i]: to load it is cheaper than to multiply, once for every access */
};

/* What became of an access. Its lines are in memsys.traffic until the next access. */
struct outcome {
    struct xlat x;              /* of its first byte; the fault, if any, also when it is the next page's */
    struct steps second;        /* of the next page's translation, when it crosses into one */
    pa_t second_pa;             /* of its first byte there, on success with pages == 2 */
    bool second_cached;         /* with it: that page is kept by the caches */
    uint8_t pages;              /* translations made: 1 or 2 */
    uint8_t missed;             /* bit i: translation i missed its micro-TLB */
    uint8_t walked;             /* bit i: translation i walked */
    uint32_t fetches;           /* descriptor fetches */
    uint32_t cycles;            /* translation latency, of both pages; once charged */
    struct exception exception; /* with x.fault: what the core takes */
};

/* Starts at reset with the configuration; descriptors are read through `mem`. */
void cluster_init(struct cluster *c, const struct config *config, struct mem_port mem);

/* Takes an exception: writes ESR, FAR and HPFAR of the level it goes to. */
void cluster_take(struct cluster *c, unsigned core, const struct exception *e);

/* Executes TLB maintenance on a core; a broadcast one reaches all. */
void cluster_tlbi(struct cluster *c, unsigned core, const struct tlbi *op);

/* Executes an AT; PAR_EL1 is written unless it aborts. Its walk goes through the caches. */
void cluster_at(struct cluster *c, unsigned core, const struct at_request *at, struct outcome *o,
                struct at_result *result);

/* Translates an access by a fresh walk, as mmu_walk does; its fetches go through the caches, the access itself is not made.
 * Of one that crosses a page it is the first part, which o->pages = 1 says. */
void cluster_walk(struct cluster *c, unsigned core, const struct access *a, struct outcome *o, struct tlb_leaf *leaf);

/* Returns how many translations walked. */
static inline unsigned cluster_walks(const struct outcome *o)
{
    return (o->walked & 1u) + (o->walked >> 1);
}

/* True when the access does not stay in its 4 KB page. */
static inline bool cluster_crosses_page(const struct access *a)
{
    return ((a->va.v & 0xFFF) + a->size) > 0x1000;
}

#define WRITERS (1u << ACCESS_STORE | 1u << ACCESS_ZVA)

/* The access's own way through the caches, by the memory type it got. No cache maintenance comes this way. A store is
 * done once it is buffered [choice: the store buffer is never full]. */
static inline void cluster_touch(struct cluster *c, unsigned core, const struct access *a, pa_t pa,
                                 struct mem_type type)
{
    enum access_kind kind = (enum access_kind)a->kind;
    const unsigned wants = (WRITERS >> kind & 1u) ? MEMSYS_WRITE : MEMSYS_READ;
    uint64_t line = align_down(pa.v, CACHE_LINE_BITS), last = kind == ACCESS_ZVA ? line : pa.v + a->size - 1;
    const struct l1_port *port = &c->memsys.port[core][kind == ACCESS_FETCH];

    if (__builtin_expect(!type.cached, 0)) {
        memsys_pass(&c->memsys, core, pa.v, !wants);
        return;
    }
    for (; line <= last; line += 1u << CACHE_LINE_BITS) {
        enum mem_level level = memsys_access(&c->memsys, port, line, wants);

        if (__builtin_expect(level != LEVEL_L1, 0))
            memsys_note(&c->memsys, line, level, !wants);
    }
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
    c->memsys.traffic.count = 0;
    cluster_touch(c, core, a, PA(e->pa | (a->va.v & 0xFFF)), e->type);
    return e;
}

/* Makes an access: translation, TLB fills, cache fills, counters of events. `core` < config.cores. A fault is described
 * in o->exception; the core does not take it: cluster_take does. */
void cluster_access(struct cluster *c, unsigned core, const struct access *a, struct outcome *o);
