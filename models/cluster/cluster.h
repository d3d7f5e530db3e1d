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

/* One kind of access of one core at one exception level, on the way that nearly all take. */
struct lane {
    struct mmu_lane mmu;
    struct cache *l1;  /* the port's */
    uint64_t *lookups; /* the port's */
    const struct l1_port *port;
    uint64_t wants;    /* MEMSYS_* */
    bool touches;      /* its accesses go through the caches */
    struct memo *memo; /* NULL: nothing is to be known, as each use counts for a replacement policy, or of a DC ZVA */
    struct memo_row *rows[2]; /* of it: for which purposes an access makes a line known; NULL: for none */
};

/* Lanes lie in the order of core, exception level and kind. Those of EL3, and of cores that the machine has not, grant
 * nothing. */
#define LANE_KINDS 4 /* ACCESS_FETCH to ACCESS_ZVA */
#define LANE(core, el, kind) ((unsigned)(core) << 4 | (unsigned)(el) << 2 | (unsigned)(kind))
#define LANE_CORE(lane) ((lane) >> 4)
#define LANE_EL(lane) ((lane) >> 2 & 3)
#define LANE_KIND(lane) ((lane)&3)
#define LANE_IN_CORE(lane) ((lane)&15) /* the memo's lane */
#define LANES LANE(CORES_MAX, 0, 0)
#define LANES_ASKED 256 /* for which cluster_known may be asked: of those beyond LANES nothing is ever known */

struct cluster {
    struct config config;
    struct memo_page known[LANES_ASKED][MEMO_PAGES];
    uint16_t place[LANES][MEMO_PAGES]; /* in the main TLB, of pages that are known or left; nothing, of others */
    struct memo_row known_rows[LANES * MEMO_ROWS]; /* by lane, of which EL0's have some, the others the same: of stores
                                                      those to be written */
    struct memo memo[CORES_MAX][2];                /* data, instruction */
    struct lane lane[LANES];
    struct memsys memsys;
    struct ddr ddr; /* as the accesses find it that are charged at once */
    struct core core[CORES_MAX];
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

/* Translates an access by a fresh walk, as mmu_walk does; its fetches go through the caches, the access itself is not
 * made. Of one that crosses a page it is the first part, which o->pages = 1 says. */
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

/* The access's own way through the caches, by the memory type it got. No cache maintenance comes this way. A store is
 * done once it is buffered [choice: the store buffer is never full]. */
void cluster_touch(struct cluster *c, const struct lane *l, uint64_t pa, uint32_t size, bool cached);

/* The same of one line that was looked up in the L1, and found so, or NULL: not as it is wanted. */
void cluster_ask_line(struct cluster *c, const struct lane *l, uint64_t pa, uint64_t *line);

/* What cluster_hit asks of an access, beside its lane. */
struct plain {
    uint64_t va;
    uint32_t size; /* bytes; 1 of a DC ZVA, which is of the line that its VA lies in */
    uint16_t odd;  /* the bits of a VA that an aligned one has not: below 256 */
    uint16_t unpriv;
};

/* What came of it. */
struct hit {
    const struct utlb_entry
        *entry;  /* that granted it, at the price of `utlb` cycles and no fetch; NULL: nothing done */
    bool absent; /* without: it is in one page, and the micro-TLB has no entry for it */
    bool moved;  /* memsys.traffic is not empty */
    bool lasts;  /* the same again would change nothing: all that it wants of its lines is in the L1 now */
};

/* cluster_hit of an access that does not stay in a cache line. */
struct hit cluster_hit_lines(struct cluster *c, const struct lane *l, struct plain a);

/* Makes an access if it is what nearly all are: in one page, granted by its micro-TLB. Else nothing has been done, and
 * cluster_access is to be called. */
static inline struct hit cluster_hit(struct cluster *c, const struct lane *l, struct plain a)
{
    struct hit hit = { .entry = NULL };
    const struct utlb_entry *e;
    uint64_t *line, pa;

    if (__builtin_expect((a.va & CACHE_LINE_MASK) + a.size > CACHE_LINE_MASK + 1, 0))
        return cluster_hit_lines(c, l, a);
    e = mmu_find(&l->mmu, VA(a.va));
    hit.absent = !e;
    if (__builtin_expect(!e || !mmu_grants(&l->mmu, e->rights, a.unpriv, (unsigned)a.va & a.odd), 0))
        return hit;
    hit.entry = e;
    if (__builtin_expect(!l->touches, 0)) {
        hit.lasts = true;
        return hit;
    }
    pa = e->leaf.pa | (a.va & 0xFFF);
    hit.lasts = e->type.cached;
    c->memsys.traffic.count = 0;
    if (__builtin_expect(e->type.cached, 1)) {
        line = cache_find(l->l1, pa);
        ++*l->lookups;
        if (!line || (~*line & l->wants) != 0)
            cluster_ask_line(c, l, pa, line);
    } else {
        cluster_touch(c, l, pa, a.size, false);
    }
    hit.moved = c->memsys.traffic.count != 0;
    return hit;
}

/* Makes an access of which cluster_hit said `absent`, if the main TLB grants it: as cluster_access would, *o is what
 * became of it. Else nothing has been done. */
struct hit cluster_refill(struct cluster *c, const struct lane *l, struct plain a, struct outcome *o);

/* Makes an access that is aligned, or an aligned pair, and not unprivileged, but for its lines, if it is one that
 * misses its micro-TLB and is granted by the main TLB at a PA's page, which the caches keep unless accesses leave them
 * alone. Returns the micro-TLB's new entry, with what the look-up of the main TLB probed; else NULL, and nothing has
 * been done. Lines that are not known are the caller's to ask for by cluster_touch_known, and the L1's count of
 * look-ups to bring by cluster_count_known. */
const struct utlb_entry *cluster_refill_known(struct cluster *c, unsigned lane, uint64_t va, uint32_t page,
                                              unsigned *probes);

/* The same of an access whose page is left in its lane, at the PA that the memo has: it is known again. NULL says
 * nothing. */
const struct utlb_entry *cluster_refill_left(struct cluster *c, unsigned lane, uint64_t va, unsigned *probes);

/* The key of a page that is known. What is known is of accesses that are aligned, or are aligned pairs, in lines that
 * are asked for one by one, and not unprivileged: nobody else may ask. */
static inline uint64_t cluster_key(uint64_t va)
{
    return va >> 12;
}

/* Returns what may be known of an address's page: it is, if the key is cluster_key of the address. If the line is, too
 * (memo_has_lines of cluster_known_lines), or the access goes past the caches, then it would be a plain hit that lasts,
 * at that PA, and would change nothing but the L1's count of look-ups, which is the caller's to bring by
 * cluster_count_known. `lane`: LANE(core, el, kind), below LANES_ASKED. */
static inline const struct memo_page *cluster_known(const struct cluster *c, unsigned lane, uint64_t va)
{
    return &c->known[lane][memo_page_place(va)];
}

/* True when an address's page is left in a lane below LANES. */
static inline bool cluster_left(const struct cluster *c, unsigned lane, uint64_t va, const struct memo_page *p)
{
    return p->key == (cluster_key(va) | c->lane[lane].mmu.utlb->left);
}

/* Returns the lines of a page that is known. */
static inline const struct memo_row *cluster_known_lines(const struct cluster *c, const struct memo_page *p)
{
    return &c->known_rows[p->row];
}

/* Returns the row of a page of a lane, which is below LANES. */
static inline uint16_t cluster_row(unsigned lane, uint32_t page)
{
    return (uint16_t)((lane & ~LANE(0, 3, 0)) * MEMO_ROWS | memo_row(page));
}

/* Returns the entry of the micro-TLB that would grant what is now no more than a repetition of an access that has just
 * been made the long way, without a fault, in one cache line and not unprivileged: it lasts. NULL when it would not. */
const struct utlb_entry *cluster_lasts(const struct cluster *c, unsigned lane, uint64_t va);

/* Lets the page of what lasts be known, with the caller's note. Nothing is yet of its lines: so it may be known in each
 * lane of the micro-TLB in which the entry grants what has no more to ask for (cluster_grants). */
static inline void cluster_know_page(struct cluster *c, unsigned lane, const struct utlb_entry *e, uint64_t va,
                                     uint16_t note)
{
    const struct lane *l = &c->lane[lane];
    const uint32_t page = (uint32_t)(e->leaf.pa >> 12);
    struct memo_tie *tie = &l->mmu.utlb->tie[e - l->mmu.utlb->entry];

    static_assert(TLB_ENTRIES_MAX <= UINT16_MAX + 1, "a place in the main TLB fits 16 bits");
    static_assert(PA_BITS < 44, "the page of each PA fits 32 bits, and is not MEMO_NO_LINE");
    if (!l->memo)
        return;
    tie->lanes |= 1u << LANE_IN_CORE(lane);
    c->place[lane][memo_page_place(va)] = (uint16_t)tie->place;
    c->known[lane][memo_page_place(va)] = (struct memo_page){ cluster_key(va), page, note, cluster_row(lane, page) };
}

/* Lets a line be known, where what lasts was in a lane. */
static inline void cluster_know_line(struct cluster *c, unsigned lane, uint64_t pa)
{
    const struct lane *l = &c->lane[lane];
    const uint32_t page = (uint32_t)(pa >> 12);
    const unsigned row = memo_row(page), line = memo_line(pa);

    if (l->rows[0])
        l->rows[0][row].page[line] = l->rows[1][row].page[line] = page;
}

/* Makes an access whose page is known, but not its line, or that of two one is not: memsys.traffic is what moved. They
 * will be known from now on. The L1's count of look-ups is the caller's to bring by cluster_count_known. */
void cluster_touch_known(struct cluster *c, unsigned lane, uint64_t pa, uint32_t more);

/* True when the entry grants what is aligned and not unprivileged in a lane. */
static inline bool cluster_grants(const struct cluster *c, unsigned lane, const struct utlb_entry *e)
{
    return mmu_grants(&c->lane[lane].mmu, e->rights, 0, 0);
}

/* Counts accesses that were known, by the lines they were in. */
void cluster_count_known(struct cluster *c, unsigned lane, uint64_t lines);

/* Makes an access: translation, TLB fills, cache fills, counters of events. `core` < config.cores. A fault is described
 * in o->exception; the core does not take it: cluster_take does. */
void cluster_access(struct cluster *c, unsigned core, const struct access *a, struct outcome *o);
