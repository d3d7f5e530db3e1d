/* The road of every record. Nearly all are accesses that end at the micro-TLB and the L1. */
#include "sim/replay/replay_batch.h"

#include "models/arch/cache_op.h"
#include "sim/replay/replay_cost.h"
#include "sim/replay/replay_event.h"
#include "sim/replay/replay_type.h"

#include <inttypes.h>

/* The slow half of comparing a PA. */
static void tell_pa(struct replay *r, const struct trace_rec *rec, const struct outcome *o)
{
    r->verify.pa_mismatched++;
    if (o->x.fault.type == FAULT_NONE)
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": PA 0x%" PRIx64 " in the trace, 0x%" PRIx64 " here (%s)", rec->el,
                    rec->va, rec->pa, o->x.pa.v, mmu_hit_name((enum xlat_hit)o->x.hit));
    else
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": PA 0x%" PRIx64 " in the trace, stage-%u %s fault level %u here",
                    rec->el, rec->va, rec->pa, o->x.fault.stage, fault_name((enum fault_type)o->x.fault.type),
                    o->x.fault.level);
}

/* What the records that are accesses are to the models and to the statistics. */
static const struct {
    uint8_t kind;    /* enum access_kind */
    uint8_t latency; /* enum latency_kind */
    uint8_t count;   /* enum count */
} ops[] = {
    [REC_FETCH] = { ACCESS_FETCH, LATENCY_FETCH, COUNT_INST_RETIRED },
    [REC_LOAD] = { ACCESS_LOAD, LATENCY_LOAD, COUNT_LD_RETIRED },
    [REC_STORE] = { ACCESS_STORE, LATENCY_STORE, COUNT_ST_RETIRED },
    [REC_ZVA] = { ACCESS_ZVA, LATENCY_STORE, COUNT_ST_RETIRED },
};

void replay_batch_begin(struct replay *r)
{
    for (unsigned i = 0; i < LANES; i++)
        r->lane[i].retired = &r->machine->cluster.core[i >> 4].mmu.count.v[ops[i & 3].count];
}

void replay_batch_settle(struct replay *r, unsigned core)
{
    for (unsigned i = LANE(core, 0, 0); i < LANE(core, 3, 0); i++) {
        struct replay_lane *l = &r->lane[i];

        if (r->detail)
            detail_accesses(r->detail,
                            &(struct detail_who){ core, (unsigned)(r->core[core].domain[i >> 2 & 3] - r->stats.domain),
                                                  (enum latency_kind)ops[i & 3].latency },
                            l->accesses);
        r->core[core].domain[i >> 2 & 3]->accesses += l->accesses;
        r->hits[ops[i & 3].latency] += l->accesses;
        l->accesses = 0;
    }
}

enum latency_kind replay_latency_kind(const struct trace_rec *rec)
{
    return (enum latency_kind)ops[rec->op].latency;
}

/* [choice: 16 bytes or more are taken for a pair of registers, each to be aligned by itself: a trace does not tell LDP of
 * two X from LDR of one Q] */
static struct access access_of(const struct trace_rec *rec)
{
    uint32_t size = rec->op == REC_FETCH ? 4 * rec->n : rec->op == REC_ZVA ? ZVA_BYTES : 1u << rec->size_log2;

    return (struct access){ .va = VA(rec->va),
                            .size = size,
                            .kind = ops[rec->op].kind,
                            .el = rec->el,
                            .pair = rec->size_log2 >= 4,
                            .unpriv = (rec->flags & REC_UNPRIV) != 0 };
}

/* An access that is no plain micro-TLB hit, or of which a row is wanted. */
static void long_access(struct replay *r, const struct trace_rec *rec)
{
    struct cluster *c = &r->machine->cluster;
    struct counts *n = &c->core[rec->core].mmu.count;
    struct access a = access_of(rec);
    bool unknown = rec->flags & REC_PA_UNKNOWN;
    struct outcome o;

    r->longer[ops[rec->op].latency]++;
    cluster_access(c, rec->core, &a, &o);
    n->v[COUNT_MEM_ACCESS] += a.kind != ACCESS_FETCH && cluster_crosses_page(&a);
    n->v[COUNT_UNALIGNED_LDST_RETIRED] += access_is_unaligned(&a);
    r->core[rec->core].domain[rec->el]->walks += cluster_walks(&o);
    if (o.x.fault.type == FAULT_NONE)
        stats_type(&r->stats, &o.x.type, a.kind == ACCESS_FETCH);
    else
        stats_fault(&r->stats, &o.x.fault, &a, o.exception.el);
    r->pa_unknown += unknown;
    if (r->request->verify && !unknown && (o.x.fault.type != FAULT_NONE || o.x.pa.v != rec->pa))
        tell_pa(r, rec, &o);
    if (r->request->verify && (rec->flags & REC_TYPE_KNOWN) && o.x.fault.type == FAULT_NONE)
        replay_type_compare(r, rec, o.x.type.result);
    replay_cost_access(r, rec, &a, &o);
}

/* A micro-TLB hit whose PA is not what the record has, or of which it has none. */
static void other_pa(struct replay *r, const struct trace_rec *rec, uint64_t pa)
{
    struct outcome o = { .x.pa = PA(pa) };

    if (rec->flags & REC_PA_UNKNOWN)
        r->pa_unknown++;
    else if (r->request->verify)
        tell_pa(r, rec, &o);
}

/* What no lane is for: a record that is no access, a core beyond any. */
#define FAR_OFF (1u << DENSE_ODD | (DENSE_LANE_MASK & ~(LANES - 1u)))

#define UNKNOWN_PA ((uint32_t)REC_PA_UNKNOWN << DENSE_FLAGS)

/* A plain hit that moves lines, or leads elsewhere than the trace says. */
__attribute__((noinline)) static void unusual_hit(struct replay *r, const struct dense *d, struct hit hit)
{
    struct trace_rec rec = dense_full(d);
    uint64_t pa = hit.entry->pa | (rec.va & 0xFFF);

    r->record = r->block_start + (uint64_t)(d - r->block->rec);
    if (hit.moved)
        replay_cost_lines(r, &rec, (enum access_kind)ops[rec.op].kind);
    if (pa != rec.pa || (rec.flags & REC_PA_UNKNOWN))
        other_pa(r, &rec, pa);
}

/* What is counted of every access. */
static inline void count_access(struct replay_lane *l, uint32_t units)
{
    *l->retired += units;
    l->accesses++;
}

/* An access and all that is kept of it. Nearly every record comes this way and ends at the micro-TLB: no branch here
 * depends on what kind of access it is, and what can be counted in the end is not counted here. Returns false when it is
 * to go the long way. */
static inline bool one_access(struct replay *r, const struct dense *d)
{
    /* a pair's registers are aligned each by itself; of a fetch, and a DC ZVA, nothing is asked */
    static const uint8_t odd_bits[8] = { 0, 1, 3, 7, 7, 15, 31 };
    struct cluster *c = &r->machine->cluster;
    const uint32_t what = d->what, lane = what & DENSE_LANE_MASK, size = what >> DENSE_SIZE & 7;
    const uint32_t fetch = (uint32_t)((int32_t)((what & 3) - 1) >> 31); /* all ones, or none: a branch would be guessed
                                                                           wrong for every third record */
    const uint32_t units = (dense_n(what) & fetch) + 1;
    const struct plain a = { .va = d->va,
                             .size = units << (size | (fetch & 2)),
                             .odd = odd_bits[size],
                             .unpriv = what >> (DENSE_FLAGS + 1) & 1 };
    const struct hit hit = cluster_hit(c, &c->lane[lane], a);
    const struct utlb_entry *e = hit.entry;
    uint64_t odd;

    if (__builtin_expect(!e, 0))
        return false;
    count_access(&r->lane[lane], units);
    stats_type(&r->stats, &e->type, fetch & 1);
    odd = hit.moved | ((e->pa >> 12) ^ d->page) | (what & UNKNOWN_PA);
    if (__builtin_expect(odd != 0, 0))
        unusual_hit(r, d, hit);
    return true;
}

/* Does what a record says that is no access, or one that is not to be had, or goes the long way. Returns NULL, or why the
 * trace cannot go on. */
__attribute__((noinline)) static const char *odd_record(struct replay *r, const struct trace_rec *rec)
{
    if (rec->core >= r->machine->cluster.config.cores)
        return "a core that the platform does not have (cluster.cores)";
    if (rec->op > REC_ZVA)
        return replay_event(r, rec);
    if (rec->el > 2)
        return "an access at EL3, which is not modelled";
    count_access(&r->lane[LANE(rec->core, rec->el, rec->op)], rec->op == REC_FETCH ? rec->n : 1);
    long_access(r, rec); /* which writes the row */
    return NULL;
}

const char *replay_batch_run(struct replay *r, uint32_t from, uint32_t to)
{
    const uint32_t rows = r->request->records || r->request->tarmac;
    const struct dense_block *b = r->block;
    const struct dense *end = &b->rec[to];

    for (const struct dense *d = &b->rec[from]; d < end; d++) {
        struct trace_rec rec;
        const char *why;

        if (__builtin_expect(((d->what & FAR_OFF) | rows) == 0, 1) && one_access(r, d))
            continue;
        rec = dense_get(b, (uint32_t)(d - b->rec));
        r->record = r->block_start + (uint64_t)(d - b->rec);
        why = odd_record(r, &rec);
        if (why)
            return why;
    }
    r->record = r->block_start + to;
    return NULL;
}
