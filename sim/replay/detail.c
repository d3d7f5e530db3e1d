/* Rows, bins and samples. */
#include "sim/replay/detail.h"

#include <stdlib.h>
#include <string.h>

const enum count detail_followed[DETAIL_FOLLOWED] = {
    COUNT_INST_RETIRED,   COUNT_LD_RETIRED,      COUNT_ST_RETIRED,        COUNT_L1I_TLB_REFILL,
    COUNT_L1D_TLB_REFILL, COUNT_MAIN_TLB_REFILL, COUNT_WALK_CACHE_REFILL, COUNT_IPA_CACHE_REFILL,
    COUNT_WALK,           COUNT_WALK_FETCH,      COUNT_XLAT_CYCLES,       COUNT_UTLB_FLUSH,
    COUNT_TLBI,           COUNT_EXC_TAKEN,       COUNT_TLBI_DROPPED,
};

#define FIRST_EVERY 128 /* records: of the least batch */

struct detail *detail_new(void)
{
    struct detail *d = calloc(1, sizeof *d);

    if (d && !spaces_init(&d->spaces)) {
        detail_free(d);
        return NULL;
    }
    if (d)
        d->sample_every = FIRST_EVERY;
    return d;
}

void detail_free(struct detail *d)
{
    if (!d)
        return;
    for (unsigned i = 0; i < CORES_MAX * DOMAIN_COUNT; i++) {
        for (unsigned kind = 0; kind < LATENCY_KIND_COUNT; kind++)
            free(d->cell[i / DOMAIN_COUNT][i % DOMAIN_COUNT][kind]);
    }
    spaces_free(&d->spaces);
    free(d);
}

/* ---- Latencies ---- */

unsigned detail_bin(uint32_t cycles)
{
    unsigned octave;

    if (cycles < DETAIL_EXACT)
        return cycles;
    octave = 31 - (unsigned)__builtin_clz(cycles); /* 8 and more */
    return DETAIL_EXACT + (octave - 8) * 64 + (cycles >> (octave - 6) & 63);
}

uint32_t detail_bin_least(unsigned bin)
{
    unsigned octave;

    if (bin < DETAIL_EXACT)
        return bin;
    octave = 8 + (bin - DETAIL_EXACT) / 64;
    return (64 + (bin - DETAIL_EXACT) % 64) << (octave - 6);
}

/* Returns NULL when there is no room. */
static struct detail_cell *cell_of(struct detail *d, const struct detail_who *who)
{
    struct detail_cell **cell = &d->cell[who->core][who->domain][who->kind];

    if (!*cell && d->cells < DETAIL_CELLS) {
        *cell = calloc(1, sizeof **cell);
        d->cells += *cell != NULL;
    }
    return *cell;
}

void detail_accesses(struct detail *d, const struct detail_who *who, uint64_t count)
{
    struct detail_cell *cell = count > 0 ? cell_of(d, who) : NULL;

    if (cell)
        cell->accesses += count;
    else
        d->cells_lost += count;
}

void detail_cycles(struct detail *d, const struct detail_who *who, uint32_t cycles, uint32_t wait)
{
    struct detail_cell *cell = cell_of(d, who);

    d->steps.wait += wait;
    if (cell)
        cell->bin[detail_bin(cycles)]++;
}

/* ---- Steps ---- */

static void count_table(struct detail *d, unsigned domain, const struct step *s)
{
    uint64_t page = s->address & ~0xFFFULL;
    uint64_t h = (page ^ (uint64_t)domain << 48 ^ s->stage ^ (uint64_t)s->level << 2) * 0x9E3779B97F4A7C15ULL;

    for (uint32_t i = (uint32_t)(h >> 40) & (DETAIL_TABLES - 1);; i = (i + 1) & (DETAIL_TABLES - 1)) {
        struct detail_table *t = &d->table[i];

        if (t->stage == 0) {
            if (d->tables >= DETAIL_TABLES / 4 * 3) {
                d->tables_lost++;
                return;
            }
            d->tables++;
            *t = (struct detail_table){ .pa = page, .domain = (uint16_t)domain, .stage = s->stage, .level = s->level };
        }
        if (t->pa == page && t->domain == domain && t->stage == s->stage && t->level == s->level) {
            t->fetches[s->found]++;
            return;
        }
    }
}

static void count_steps(struct detail *d, const struct prices *p, unsigned domain, const struct steps *steps)
{
    struct detail_steps *n = &d->steps;
    unsigned fetches = 0;
    bool walked = false;

    n->translations++;
    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];

        if (s->kind != STEP_TLB && !walked) {
            walked = true;
            n->walk += p->walk;
        }
        switch ((enum step_kind)s->kind) {
        case STEP_TLB:
            n->main_tlb += price_lookup(p, s);
            break;
        case STEP_WALK_CACHE:
            n->walk_cache += price_lookup(p, s);
            break;
        case STEP_IPA_CACHE:
            n->ipa_cache += price_lookup(p, s);
            break;
        case STEP_FETCH:
            n->walk += fetches++ ? p->level : 0;
            n->fetches[s->stage - 1][s->level][s->found]++;
            count_table(d, domain, s);
            break;
        }
    }
}

/* ---- Address spaces ---- */

/* The leaves are looked for where they may have changed: a look is a walk that nobody counts. */
static void count_space(struct detail *d, struct cluster *c, const struct detail_access *a)
{
    const struct outcome *o = a->outcome;
    const struct spaces_key key = { a->access->va.v, o->x.ipa.v, o->x.pa.v,       (uint16_t)a->who.domain,
                                    a->asid,         a->type,    o->x.type.stages };
    struct spaces_row *row = spaces_row(&d->spaces, &key);

    row->fetches += a->who.kind == LATENCY_FETCH;
    row->data += a->who.kind != LATENCY_FETCH;
    row->walks += o->walked & 1u;
    if ((row->leaves[0] | row->leaves[1]) == 0 || (o->walked & 1u)) {
        struct access first = *a->access;
        struct tlb_leaf leaf = { 0 };
        struct xlat x;

        first.size = 1;
        mmu_walk(&c->core[a->who.core].mmu, &first, &x, &leaf);
        if (x.fault.type != FAULT_NONE)
            return;
        row->leaves[0] |= (uint8_t)((o->x.type.stages & TLB_STAGE1 ? 1u : 0u) << leaf.level_s1);
        row->leaves[1] |= (uint8_t)((o->x.type.stages & TLB_STAGE2 ? 1u : 0u) << leaf.level_s2);
    }
}

void detail_count(struct detail *d, struct cluster *c, const struct detail_access *a)
{
    const struct outcome *o = a->outcome;

    count_steps(d, &c->config.price, a->who.domain, &o->x.steps);
    if (o->pages > 1)
        count_steps(d, &c->config.price, a->who.domain, &o->second);
    if ((o->missed & 1u) && o->x.fault.type == FAULT_NONE)
        count_space(d, c, a);
}

/* ---- Time ---- */

static void keep_every_other(struct detail *d)
{
    for (unsigned i = 1; i < d->samples; i += 2)
        d->sample[i / 2] = d->sample[i];
    d->samples /= 2;
    d->sample_every *= 2;
}

static void take_sample(struct detail *d, const struct cluster *c, uint64_t records)
{
    struct detail_sample *s = &d->sample[d->samples++];

    s->records = records;
    for (unsigned i = 0; i < CORES_MAX; i++) {
        for (unsigned k = 0; k < DETAIL_FOLLOWED; k++)
            s->count[i][k] = c->core[i].mmu.count.v[detail_followed[k]];
    }
    if (d->samples == DETAIL_SAMPLES)
        keep_every_other(d);
}

static uint64_t last_records(const struct detail *d)
{
    return d->samples ? d->sample[d->samples - 1].records : 0;
}

void detail_batch(struct detail *d, const struct cluster *c, uint64_t records)
{
    if (records >= last_records(d) + d->sample_every)
        take_sample(d, c, records);
}

void detail_end(struct detail *d, const struct cluster *c, uint64_t records)
{
    if (records > last_records(d))
        take_sample(d, c, records);
}
