/* The road of every record. Nearly all are accesses that end at the micro-TLB and the L1. */
#include "sim/replay/replay_batch.h"

#include "models/arch/cache_op.h"
#include "sim/replay/replay_bulk.h"
#include "sim/replay/replay_event.h"
#include "sim/replay/replay_known.h"
#include "sim/replay/replay_type.h"
#include "sim/trace/trace_record.h"

#include <inttypes.h>
#include <string.h>

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
    r->cell_last[0].number = r->cell_last[1].number = REPLAY_CELLS; /* none yet */
    r->rows = r->request->records || r->request->tarmac;
    for (unsigned i = 0; i < LANES; i++)
        r->lane[i].retired = &r->machine->cluster.core[LANE_CORE(i)].mmu.count.v[ops[LANE_KIND(i)].count];
}

void replay_batch_settle(struct replay *r, unsigned core)
{
    for (unsigned i = LANE(core, 0, 0); i < LANE(core, 3, 0); i++) {
        struct replay_lane *l = &r->lane[i];

        known_settle(r, i);
        if (r->detail)
            detail_accesses(r->detail,
                            &(struct detail_who){ core, (unsigned)(r->core[core].domain[LANE_EL(i)] - r->stats.domain),
                                                  (enum latency_kind)ops[LANE_KIND(i)].latency },
                            l->accesses);
        r->core[core].domain[LANE_EL(i)]->accesses += l->accesses;
        r->hits[ops[LANE_KIND(i)].latency] += l->accesses;
        l->accesses = 0;
    }
}

uint64_t replay_batch_instructions(const struct replay *r, unsigned core)
{
    uint64_t n = r->machine->cluster.core[core].mmu.count.v[COUNT_INST_RETIRED];

    for (unsigned el = 0; el < 3; el++)
        n += r->run_units[LANE(core, el, ACCESS_FETCH)];
    return n;
}

enum latency_kind replay_latency_kind(enum rec_op op)
{
    return (enum latency_kind)ops[op].latency;
}

static struct access access_of(const struct trace_rec *rec)
{
    uint32_t size = rec->op == REC_FETCH ? 4 * rec->n : rec->op == REC_ZVA ? ZVA_BYTES : 1u << rec->size_log2;

    return (struct access){ .va = VA(rec->va),
                            .size = size,
                            .kind = ops[rec->op].kind,
                            .el = rec->el,
                            .pair = record_is_pair(rec->size_log2),
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
    if (o.x.fault.type == FAULT_NONE) {
        stats_type(&r->stats, &o.x.type, a.kind == ACCESS_FETCH);
        if (!r->rows && !a.unpriv)
            known_learn(r, LANE(rec->core, rec->el, rec->op), &a);
    } else {
        stats_fault(&r->stats, &o.x.fault, &a, o.exception.el);
    }
    r->pa_unknown += unknown;
    if (r->request->verify && !unknown && (o.x.fault.type != FAULT_NONE || o.x.pa.v != rec->pa))
        tell_pa(r, rec, &o);
    if (r->request->verify && (rec->flags & REC_TYPE_KNOWN) && o.x.fault.type == FAULT_NONE)
        replay_type_compare(r, rec, o.x.type.result);
    replay_cost_access(r, rec, &a, &o);
}

/* What was granted at a PA that is not what the record has, or of which it has none. */
static void other_pa(struct replay *r, const struct trace_rec *rec, uint64_t pa, enum xlat_hit where)
{
    struct outcome o = { .x.pa = PA(pa), .x.hit = (uint8_t)where };

    if (rec->flags & REC_PA_UNKNOWN)
        r->pa_unknown++;
    else if (r->request->verify)
        tell_pa(r, rec, &o);
}

#define UNKNOWN_PA ((uint32_t)REC_PA_UNKNOWN << DENSE_FLAGS)

/* True when an entry leads where the record has been. */
static bool leads_there(const struct dense *d, const struct utlb_entry *e)
{
    return e->leaf.pa >> 12 == d->page && !(d->what & UNKNOWN_PA);
}

/* A plain hit that moves lines, or leads elsewhere than the trace says. */
static void unusual_hit(struct replay *r, const struct dense *d, struct hit hit)
{
    struct trace_rec rec;
    uint64_t pa;

    if (hit.moved)
        replay_cost_lines(r, d);
    if (leads_there(d, hit.entry))
        return;
    rec = dense_full(d);
    pa = hit.entry->leaf.pa | (rec.va & 0xFFF);
    r->record = r->block_start + (uint64_t)(d - r->block->rec);
    other_pa(r, &rec, pa, HIT_UTLB);
}

void replay_batch_refilled(struct replay *r, const struct dense *d, const struct outcome *o)
{
    const struct trace_rec rec = dense_full(d);
    const struct access a = access_of(&rec);

    r->record = r->block_start + (uint64_t)(d - r->block->rec);
    r->longer[ops[rec.op].latency]++;
    if (o->x.pa.v != rec.pa || (rec.flags & REC_PA_UNKNOWN))
        other_pa(r, &rec, o->x.pa.v, HIT_TLB);
    replay_cost_access(r, &rec, &a, o);
}

/* Prices what has been granted, and looks at where it led. `o`: what became of it when the micro-TLB missed, else
 * NULL. */
__attribute__((noinline)) static void granted(struct replay *r, const struct dense *d, struct hit hit,
                                              const struct outcome *o)
{
    const unsigned probes = o ? o->x.steps.step[0].probes : 0;
    const bool there = leads_there(d, hit.entry);

    if (there && bulk_take(r, d->what & DENSE_LANE_MASK, probes, hit.moved))
        return;
    if (there && r->cycles_alone && o && !hit.moved)
        bulk_refill(r, d, probes);
    else if (o)
        replay_batch_refilled(r, d, o);
    else
        unusual_hit(r, d, hit);
}

/* An access that is not known, if one of the TLBs simply grants it. No branch here depends on what kind of access it
 * is. Returns false when it is to go the long way. */
static bool one_access(struct replay *r, const struct dense *d)
{
    struct cluster *c = &r->machine->cluster;
    const uint32_t what = d->what, lane = what & DENSE_LANE_MASK, size = what >> DENSE_SIZE & 7;
    const uint32_t fetch = (uint32_t)((int32_t)((what & 3) - 1) >> 31); /* all ones, or none: a branch would be guessed
                                                                           wrong for every third record */
    const uint32_t units = (dense_n(what) & fetch) + 1;
    const struct plain a = { .va = d->va,
                             .size = units << (size | (fetch & 2)),
                             .odd = (uint16_t)record_odd_bits(size), /* none of a fetch, and a DC ZVA: size is 0 */
                             .unpriv = what >> (DENSE_FLAGS + 1) & 1 };
    struct hit hit = cluster_hit(c, &c->lane[lane], a);
    const bool absent = hit.absent;
    const struct utlb_entry *e;
    struct outcome o;

    if (absent)
        hit = cluster_refill(c, &c->lane[lane], a, &o);
    e = hit.entry;
    if (__builtin_expect(!e, 0))
        return false;
    replay_batch_count(&r->lane[lane], units);
    stats_type(&r->stats, &e->type, fetch & 1);
    if (hit.lasts && !a.unpriv)
        known_let(r, lane, e, d->va, d->va + a.size - 1);
    if (absent || hit.moved || !leads_there(d, e))
        granted(r, d, hit, absent ? &o : NULL);
    return true;
}

/* Does what a record says that is no access, or one that is not to be had, or goes the long way. Returns NULL, or why
 * the trace cannot go on. */
static const char *odd_record(struct replay *r, const struct trace_rec *rec)
{
    const char *why = trace_record_refused(r->machine, rec);

    if (why)
        return why;
    if (rec->op > REC_ZVA)
        return replay_event(r, rec);
    replay_batch_count(&r->lane[LANE(rec->core, rec->el, rec->op)], rec->op == REC_FETCH ? rec->n : 1);
    long_access(r, rec); /* which writes the row */
    return NULL;
}

/* A record that is not known. Returns NULL, or why the trace cannot go on. */
__attribute__((noinline)) static const char *other_record(struct replay *r, const struct dense *d)
{
    struct trace_rec rec;

    if ((d->what & REPLAY_FAR_OFF) == 0 && !r->rows && one_access(r, d))
        return NULL;
    rec = dense_get(r->block, (uint32_t)(d - r->block->rec));
    r->record = r->block_start + (uint64_t)(d - r->block->rec);
    return odd_record(r, &rec);
}

#define AHEAD 64 /* records, which another processor may have written [choice: 24 to 160 take the same time] */

/* `lines`: known_lines_count. */
static inline __attribute__((always_inline)) const char *run(struct replay *r, uint32_t from, uint32_t to, bool lines)
{
    const struct cluster *c = &r->machine->cluster;
    const struct dense *end = &r->block->rec[to];

    for (const struct dense *d = &r->block->rec[from]; d < end; d++) {
        const char *why;

        __builtin_prefetch(d + AHEAD);
        if (__builtin_expect(known_access(r, c, d, lines), 1) || (known_is_run(d->what) && known_run(r, d, lines)) ||
            known_half(r, d, lines))
            continue;
        why = other_record(r, d);
        if (why)
            return why;
    }
    r->record = r->block_start + to;
    return NULL;
}

const char *replay_batch_run(struct replay *r, uint32_t from, uint32_t to)
{
    return known_lines_count(r) ? run(r, from, to, true) : run(r, from, to, false);
}
