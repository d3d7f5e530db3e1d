/* Translations through the caches, and what goes from core to core. */
#include "models/cluster/cluster.h"

#include <string.h>

static struct lane lane_of(struct cluster *c, unsigned core, unsigned el, enum access_kind kind)
{
    const struct l1_port *port = &c->memsys.port[core][kind == ACCESS_FETCH];
    struct lane l = { .mmu = mmu_lane(&c->core[core].mmu, kind, el > 2 ? 2 : el),
                      .l1 = port->cache,
                      .lookups = port->lookups,
                      .port = port,
                      .wants = access_writes(kind) ? MEMSYS_WRITE : MEMSYS_READ,
                      .touches = c->config.data_accesses != 0 };

    if (l.mmu.utlb->repl.policy != REPL_LRU && l.l1->repl.policy != REPL_LRU && el <= 2 && kind != ACCESS_ZVA)
        l.memo = &c->memo[core][kind == ACCESS_FETCH];
    if (l.memo && l.touches) {
        l.rows[0] = l.memo->read;
        l.rows[1] = l.wants ? l.memo->write : l.memo->read;
    }
    if (el > 2 || core >= c->config.cores)
        l.mmu.needed[0] = l.mmu.needed[1] = MMU_NEVER;
    return l;
}

static void init_lanes(struct cluster *c)
{
    for (unsigned i = 0; i < LANES; i++)
        c->lane[i] = lane_of(c, LANE_CORE(i), LANE_EL(i), (enum access_kind)LANE_KIND(i));
}

/* A core's memos: kind 0 is the fetch. */
static void init_memos(struct cluster *c, unsigned core)
{
    static const uint32_t lanes[2] = { 0xEEE, 0x111 }; /* of three levels */

    _Static_assert(ACCESS_FETCH == 0 && MEMO_LANES == LANE(0, 3, 0) && 64 << CACHE_LINE_BITS == 0x1000,
                   "the memo's shape is that of lanes and lines");
    for (unsigned fetch = 0; fetch < 2; fetch++) {
        struct memo *m = &c->memo[core][fetch];

        *m = (struct memo){ .lane = &c->known[LANE(core, 0, 0)],
                            .lanes = lanes[fetch],
                            .read = &c->known_rows[cluster_row(LANE(core, 0, fetch ? ACCESS_FETCH : ACCESS_LOAD), 0)],
                            .write =
                                &c->known_rows[cluster_row(LANE(core, 0, fetch ? ACCESS_FETCH : ACCESS_STORE), 0)] };
        memo_init(m);
        c->core[core].mmu.utlb[fetch].memo = m;
        c->memsys.port[core][fetch].memo = m;
    }
}

void cluster_init(struct cluster *c, const struct config *config, struct mem_port mem)
{
    struct counts *count[CORES_MAX];

    c->config = *config;
    for (unsigned i = 0; i < CORES_MAX; i++) {
        mmu_init(&c->core[i].mmu, &config->mmu, mem);
        memset(c->core[i].fetch_at, 0, sizeof c->core[i].fetch_at);
        count[i] = &c->core[i].mmu.count;
    }
    memsys_init(&c->memsys, &c->config, count);
    ddr_init(&c->ddr, &config->ddr);
    memset(c->known, 0xFF, sizeof c->known);
    for (unsigned i = 0; i < CORES_MAX; i++)
        init_memos(c, i);
    init_lanes(c);
}

/* One descriptor fetch: through L1D and L2 when its attribute is cached, past them when not [A53: 7.2, Table 7-5]. */
static void fetch(struct cluster *c, unsigned core, struct step *s)
{
    struct counts *n = &c->core[core].mmu.count;

    s->found = LEVEL_MEMORY;
    if (!s->hit) /* aborted: it left the cluster, and nothing came back */
        n->v[COUNT_EXT_MEM_REQ]++;
    else if (attr_is_cached(s->attr))
        s->found = (uint8_t)memsys_access(&c->memsys, &c->memsys.port[core][0], s->address, MEMSYS_READ);
    else
        memsys_uncached(&c->memsys, core);
    mmu_count_fetch(&c->core[core].mmu, s);
    n->v[COUNT_WALK_FETCH_L1D] += s->found == LEVEL_L1;
    n->v[COUNT_WALK_FETCH_L2] += s->found == LEVEL_L2;
    c->core[core].fetch_at[s->stage - 1][s->level][s->found]++;
}

/* The fetches in their order, since each may bring in the line that the next one hits. */
static void fetch_all(struct cluster *c, unsigned core, struct steps *steps, struct outcome *o)
{
    for (unsigned i = 0; i < steps->count; i++) {
        struct step *s = &steps->step[i];

        if (s->kind != STEP_TLB)
            o->walked |= (uint8_t)(1u << o->pages);
        if (s->kind != STEP_FETCH)
            continue;
        fetch(c, core, s);
        o->fetches++;
    }
}

void cluster_touch(struct cluster *c, const struct lane *l, uint64_t pa, uint32_t size, bool cached)
{
    const uint64_t end = pa + size;

    if (!l->touches)
        return;
    if (!cached) {
        memsys_pass(&c->memsys, l->port->core, pa, !l->wants);
        return;
    }
    for (uint64_t line = align_down(pa, CACHE_LINE_BITS); line < end; line += 1u << CACHE_LINE_BITS) {
        enum mem_level level = memsys_access(&c->memsys, l->port, line, (unsigned)l->wants);

        if (level != LEVEL_L1)
            memsys_note(&c->memsys, line, level, !l->wants);
    }
}

void cluster_ask_line(struct cluster *c, const struct lane *l, uint64_t pa, uint64_t *line)
{
    if (line)
        memsys_own(&c->memsys, l->port->core, line);
    else
        memsys_note(&c->memsys, align_down(pa, CACHE_LINE_BITS),
                    memsys_miss(&c->memsys, l->port, pa, (unsigned)l->wants), !l->wants);
}

void cluster_touch_known(struct cluster *c, unsigned lane, uint64_t pa, uint32_t more)
{
    const struct lane *l = &c->lane[lane];

    c->memsys.traffic.count = 0;
    for (uint32_t i = 0; i <= more; i++, pa += CACHE_LINE_MASK + 1) {
        uint64_t *line = cache_find(l->l1, pa);

        if (!line || (~*line & l->wants) != 0)
            cluster_ask_line(c, l, pa, line);
        cluster_know_line(c, lane, pa);
    }
}

/* All of it but what a translation fills in. */
static void start_outcome(struct cluster *c, struct outcome *o)
{
    c->memsys.traffic.count = 0;
    o->second.count = 0;
    o->pages = o->missed = o->walked = 0;
    o->fetches = o->cycles = 0;
}

/* True when the same again would change nothing, of an access that has just been made in one line. */
static bool lasts_in_line(const struct lane *l, const struct utlb_entry *e)
{
    return e->type.cached || !l->touches;
}

/* The same in as many as there are. Of several the last may have sent away the first: only of fetches is it worth a
 * look. */
static bool lasts_in_lines(const struct lane *l, struct plain a, const struct utlb_entry *e)
{
    const uint64_t pa = e->leaf.pa | (a.va & 0xFFF), first = align_down(pa, CACHE_LINE_BITS);

    if (!l->touches || !e->type.cached || pa + a.size - first <= CACHE_LINE_MASK + 1)
        return lasts_in_line(l, e);
    if (!l->port->fetch)
        return false;
    for (uint64_t line = first; line < pa + a.size; line += CACHE_LINE_MASK + 1) {
        if (!cache_peek(l->l1, line))
            return false;
    }
    return true;
}

struct hit cluster_hit_lines(struct cluster *c, const struct lane *l, struct plain a)
{
    struct hit hit = { .entry = NULL };
    const struct utlb_entry *e;

    if ((a.va & 0xFFF) + a.size > 0x1000)
        return hit;
    e = mmu_find(&l->mmu, VA(a.va));
    hit.absent = !e;
    if (!e || !mmu_grants(&l->mmu, e->rights, a.unpriv, (unsigned)a.va & a.odd))
        return hit;
    hit.entry = e;
    c->memsys.traffic.count = 0;
    cluster_touch(c, l, e->leaf.pa | (a.va & 0xFFF), a.size, e->type.cached);
    hit.moved = c->memsys.traffic.count != 0;
    hit.lasts = lasts_in_lines(l, a, e);
    return hit;
}

struct hit cluster_refill(struct cluster *c, const struct lane *l, struct plain a, struct outcome *o)
{
    const va_t va = VA(a.va);
    const struct mmu_offer offer = mmu_ask(&l->mmu, va, a.unpriv, (unsigned)a.va & a.odd);
    struct hit hit = { .entry = NULL };

    if (!offer.entry)
        return hit;
    hit.entry = mmu_accept(&l->mmu, va, &offer);
    mmu_tell(hit.entry, va, &offer, &o->x);
    start_outcome(c, o);
    o->pages = o->missed = 1;
    cluster_touch(c, l, o->x.pa.v, a.size, o->x.type.cached);
    hit.moved = c->memsys.traffic.count != 0;
    hit.lasts = lasts_in_lines(l, a, hit.entry);
    return hit;
}

const struct utlb_entry *cluster_refill_known(struct cluster *c, unsigned lane, uint64_t va, uint32_t page,
                                              unsigned *probes)
{
    const struct lane *l = &c->lane[lane];
    struct mmu_offer offer;

    if (!l->memo || mmu_find(&l->mmu, VA(va)))
        return NULL;
    offer = mmu_ask(&l->mmu, VA(va), 0, 0);
    if (!offer.entry || mmu_offer_pa(&offer) >> 12 != page || (l->touches && !offer.seen->type.cached))
        return NULL;
    *probes = offer.probes;
    return mmu_accept(&l->mmu, VA(va), &offer);
}

const struct utlb_entry *cluster_refill_left(struct cluster *c, unsigned lane, uint64_t va, unsigned *probes)
{
    /* loads and stores of a page go together, as far as both are granted */
    const unsigned other = LANE_KIND(lane) == ACCESS_FETCH ? lane : lane ^ ACCESS_LOAD ^ ACCESS_STORE;
    const unsigned at = memo_page_place(va);
    struct memo_page *p = &c->known[lane][at], *q = &c->known[other][at];
    const uint32_t both = p->key == q->key;
    const struct memo_tie tie = { .place = c->place[lane][at],
                                  .lanes = 1u << LANE_IN_CORE(lane) | both << LANE_IN_CORE(other) };
    const struct utlb_entry *e = mmu_refill_left(&c->lane[lane].mmu, VA(va), tie, probes);

    if (!e)
        return NULL;
    p->key = cluster_key(va);
    if (both)
        q->key = p->key;
    return e;
}

const struct utlb_entry *cluster_lasts(const struct cluster *c, unsigned lane, uint64_t va)
{
    const struct lane *l = &c->lane[lane];
    const struct utlb_entry *e = mmu_find(&l->mmu, VA(va));

    return e && mmu_grants(&l->mmu, e->rights, 0, 0) && lasts_in_line(l, e) ? e : NULL;
}

void cluster_count_known(struct cluster *c, unsigned lane, uint64_t lines)
{
    if (c->lane[lane].touches)
        *c->lane[lane].lookups += lines;
}

/* An access that stays in its page, or its part in one. */
static void access_page(struct cluster *c, unsigned core, const struct access *a, struct outcome *o, struct xlat *x)
{
    struct mmu *m = &c->core[core].mmu;

    mmu_translate(m, a, x);
    fetch_all(c, core, &x->steps, o);
    if (x->hit != HIT_UTLB)
        o->missed |= (uint8_t)(1u << o->pages);
    o->pages++;
    /* [choice: cache maintenance leaves the tags alone]; a DC ZVA is of the line that its VA lies in */
    if (x->fault.type == FAULT_NONE && !access_is_maintenance((enum access_kind)a->kind))
        cluster_touch(c, &c->lane[LANE(core, a->el, a->kind)], x->pa.v, a->kind == ACCESS_ZVA ? 1 : a->size,
                      x->type.cached);
    if (x->fault.type != FAULT_NONE)
        o->exception = syndrome_of_fault(&x->fault, a, m->regime[regime_of_el(a->el)].tge);
}

/* Returns what of an access that crosses a page lies in its first one. */
static struct access first_part(const struct access *a)
{
    struct access first = *a;

    first.size = 0x1000 - (uint32_t)(a->va.v & 0xFFF);
    first.straddles = access_is_unaligned(a); /* an aligned pair may cross, too */
    return first;
}

/* An access that crosses a page is two: the outcome is the first one's, unless the second faults. */
static void access_split(struct cluster *c, unsigned core, const struct access *a, struct outcome *o)
{
    struct access first = first_part(a), second = *a;
    struct xlat next;

    second.size = a->size - first.size;
    second.va = VA(a->va.v + first.size);
    second.straddles = first.straddles;
    access_page(c, core, &first, o, &o->x);
    if (o->x.fault.type != FAULT_NONE)
        return;
    access_page(c, core, &second, o, &next);
    o->second = next.steps;
    if (next.fault.type != FAULT_NONE) {
        next.steps = o->x.steps;
        o->x = next;
        return;
    }
    o->second_pa = next.pa;
    o->second_cached = next.type.cached;
}

void cluster_access(struct cluster *c, unsigned core, const struct access *a, struct outcome *o)
{
    start_outcome(c, o);
    if (cluster_crosses_page(a) && a->kind != ACCESS_ZVA) /* which stays in its block, wherever its VA points */
        access_split(c, core, a, o);
    else
        access_page(c, core, a, o, &o->x);
}

void cluster_take(struct cluster *c, unsigned core, const struct exception *e)
{
    struct mmu *m = &c->core[core].mmu;

    mmu_write_sysreg(m, e->el == 2 ? SYSREG_ESR_EL2 : SYSREG_ESR_EL1, e->esr);
    mmu_write_sysreg(m, e->el == 2 ? SYSREG_FAR_EL2 : SYSREG_FAR_EL1, e->far);
    if (e->hpfar_valid)
        mmu_write_sysreg(m, SYSREG_HPFAR_EL2, e->hpfar);
    m->count.v[COUNT_EXC_TAKEN]++;
}

void cluster_tlbi(struct cluster *c, unsigned core, const struct tlbi *op)
{
    c->core[core].mmu.count.v[COUNT_TLBI]++;
    for (unsigned i = 0; i < c->config.cores; i++) {
        if (i != core && !op->broadcast)
            continue;
        if (i != core)
            c->core[i].mmu.count.v[COUNT_TLBI_RECEIVED]++;
        mmu_tlbi(&c->core[i].mmu, op);
    }
}

void cluster_at(struct cluster *c, unsigned core, const struct at_request *at, struct outcome *o,
                struct at_result *result)
{
    struct mmu *m = &c->core[core].mmu;

    start_outcome(c, o);
    mmu_at(m, at, &o->x, result);
    fetch_all(c, core, &o->x.steps, o);
    o->pages = 1;
    if (result->aborts)
        o->exception = result->exception;
    else
        mmu_write_sysreg(m, SYSREG_PAR_EL1, result->par);
}

void cluster_walk(struct cluster *c, unsigned core, const struct access *a, struct outcome *o, struct tlb_leaf *leaf)
{
    struct mmu *m = &c->core[core].mmu;
    struct access part = cluster_crosses_page(a) ? first_part(a) : *a;

    start_outcome(c, o);
    mmu_walk(m, &part, &o->x, leaf);
    fetch_all(c, core, &o->x.steps, o);
    o->pages = 1;
    if (o->x.fault.type != FAULT_NONE)
        o->exception = syndrome_of_fault(&o->x.fault, a, m->regime[regime_of_el(a->el)].tge);
}
