/* Pricing the steps, and what goes from core to core. */
#include "models/cluster/cluster.h"

#include <string.h>

void cluster_init(struct cluster *c, const struct config *config, struct mem_port mem)
{
    struct counts *count[CORES_MAX];

    c->config = *config;
    for (unsigned i = 0; i < CORES_MAX; i++) {
        mmu_init(&c->core[i].mmu, &config->mmu, mem);
        memset(c->core[i].fetch_at, 0, sizeof c->core[i].fetch_at);
        count[i] = &c->core[i].mmu.count;
        c->at[i] = &c->core[i];
    }
    memsys_init(&c->memsys, &c->config, count);
}

/* What memory takes beyond the cluster. */
static uint32_t price_memory(const struct config *config, uint64_t pa)
{
    const struct region *r = price_region_of(config->map, config->map_count, pa);

    return config->price.memory[r ? r->mem_class : MEM_NONE];
}

/* One descriptor fetch: through L1D and L2 when its attribute is cached, past them when not [A53: 7.2, Table 7-5]. */
static uint32_t price_fetch(struct cluster *c, unsigned core, const struct step *s)
{
    const struct prices *p = &c->config.price;
    struct counts *n = &c->core[core].mmu.count;
    enum mem_level level = LEVEL_MEMORY;

    if (!s->hit) /* aborted: it left the cluster, and nothing came back */
        n->v[COUNT_EXT_MEM_REQ]++;
    else if (attr_is_cached(s->attr))
        level = memsys_access(&c->memsys, &c->memsys.port[core][0], s->address, MEMSYS_READ);
    else
        memsys_uncached(&c->memsys, core);
    n->v[COUNT_WALK_FETCH]++;
    c->core[core].fetch_at[s->stage - 1][s->level][level]++;
    switch (level) {
    case LEVEL_L1:
        n->v[COUNT_WALK_FETCH_L1D]++;
        return p->l1d;
    case LEVEL_L2:
        n->v[COUNT_WALK_FETCH_L2]++;
        return p->l2;
    case LEVEL_MEMORY:
    case LEVEL_COUNT:
        break;
    }
    return p->l2 + price_memory(&c->config, s->address);
}

/* The steps in their order, since each fetch may bring in the line that the next one hits. Returns whether there was
 * more than a look at the main TLB. */
static bool price_steps(struct cluster *c, unsigned core, const struct steps *steps, struct outcome *o)
{
    const struct prices *p = &c->config.price;
    bool walked = false;

    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];

        if (s->kind != STEP_TLB && !walked) {
            walked = true;
            o->cycles += p->walk;
        }
        if (s->kind == STEP_FETCH)
            o->cycles += price_fetch(c, core, s) + (o->fetches++ ? p->level : 0);
        else
            o->cycles += price_lookup(p, s);
    }
    return walked;
}

/* An access that stays in its page: translates, prices the steps, describes the fault. */
static void access_page(struct cluster *c, unsigned core, const struct access *a, struct outcome *o)
{
    struct mmu *m = &c->core[core].mmu;

    mmu_translate(m, a, &o->x);
    o->cycles = c->config.price.utlb;
    o->fetches = 0;
    o->walks = price_steps(c, core, &o->x.steps, o);
    if (o->walks)
        m->count.v[COUNT_WALK_CYCLES] += o->cycles;
    if (o->x.hit != HIT_UTLB)
        m->count.v[COUNT_XLAT_CYCLES] += o->cycles;
    /* [choice: cache maintenance leaves the tags alone] */
    if (o->x.fault.type == FAULT_NONE && !access_is_maintenance((enum access_kind)a->kind))
        cluster_touch(c, core, a, o->x.pa, o->x.type);
    if (o->x.fault.type != FAULT_NONE)
        o->exception = syndrome_of_fault(&o->x.fault, a, m->regime[regime_of_el(a->el)].tge);
}

/* An access that crosses a page is two: the outcome is the first one's, unless the second faults. */
static void access_split(struct cluster *c, unsigned core, const struct access *a, struct outcome *o)
{
    struct access first = *a, second = *a;
    struct outcome next;

    first.size = 0x1000 - (uint32_t)(a->va.v & 0xFFF);
    second.size = a->size - first.size;
    second.va = VA(a->va.v + first.size);
    first.straddles = second.straddles = access_is_unaligned(a); /* an aligned pair may cross, too */
    access_page(c, core, &first, o);
    if (o->x.fault.type != FAULT_NONE)
        return;
    access_page(c, core, &second, &next);
    o->cycles += next.cycles;
    o->fetches += next.fetches;
    o->walks += next.walks;
    if (next.x.fault.type != FAULT_NONE) {
        o->x = next.x;
        o->exception = next.exception;
    }
}

void cluster_access(struct cluster *c, unsigned core, const struct access *a, struct outcome *o)
{
    if (cluster_crosses_page(a) && a->kind != ACCESS_ZVA) /* which stays in its block, wherever its VA points */
        access_split(c, core, a, o);
    else
        access_page(c, core, a, o);
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

    mmu_at(m, at, &o->x, result);
    o->cycles = 0;
    o->fetches = 0;
    price_steps(c, core, &o->x.steps, o);
    if (result->aborts)
        o->exception = result->exception;
    else
        mmu_write_sysreg(m, SYSREG_PAR_EL1, result->par);
}
