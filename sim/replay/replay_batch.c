/* The road of every record. Nearly all are accesses that end at the micro-TLB and the L1. */
#include "sim/replay/replay_batch.h"

#include "models/arch/cache_op.h"
#include "sim/replay/replay_cost.h"
#include "sim/replay/replay_event.h"
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
    r->rows = r->request->records || r->request->tarmac;
    for (unsigned i = 0; i < LANES; i++)
        r->lane[i].retired = &r->machine->cluster.core[LANE_CORE(i)].mmu.count.v[ops[LANE_KIND(i)].count];
}

/* What was known goes where all else is counted. */
static void settle_known(struct replay *r, unsigned lane)
{
    struct replay_lane *l = &r->lane[lane];
    uint64_t all = 0;

    for (unsigned i = 0; i < l->cells; i++) {
        uint64_t *cell = &r->cell[lane * REPLAY_CELLS + i];

        r->stats.type[l->row[i]].count += *cell;
        all += *cell;
        *cell = 0;
    }
    *l->retired += ops[LANE_KIND(lane)].kind == ACCESS_FETCH ? r->run_units[lane] : all;
    r->run_units[lane] = 0;
    l->accesses += all;
    cluster_count_known(&r->machine->cluster, lane, all + r->more_lines[lane]);
    r->more_lines[lane] = 0;
}

static void settle_refills(struct replay *r, unsigned lane)
{
    for (unsigned i = 0; i < TLB_SIZES; i++) {
        if (r->refill[lane][i] > 0)
            replay_cost_refills(r, lane, i + 1, r->refill[lane][i]);
        r->refill[lane][i] = 0;
    }
}

void replay_batch_settle(struct replay *r, unsigned core)
{
    for (unsigned i = LANE(core, 0, 0); i < LANE(core, 3, 0); i++) {
        struct replay_lane *l = &r->lane[i];

        settle_known(r, i);
        settle_refills(r, i);
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

#define NO_CELL UINT32_MAX

/* Where the accesses of a lane that get a type are counted: an index of r->cell; NO_CELL when there is no room. */
static uint32_t cell_of(struct replay *r, uint32_t lane, const struct mem_type *type)
{
    struct replay_lane *l = &r->lane[lane];
    uint32_t row = r->stats.type_hint[LANE_KIND(lane) == ACCESS_FETCH], i = 0;

    if (memcmp(&r->stats.type[row].type, type, sizeof *type) != 0)
        return NO_CELL; /* it has no row */
    while (i < l->cells && l->row[i] != row)
        i++;
    if (i == REPLAY_CELLS)
        return NO_CELL;
    l->row[i] = row;
    if (i == l->cells)
        l->cells++;
    return lane * REPLAY_CELLS + i;
}

/* A page's accesses in a lane will be known from now on. */
static void know_page(struct replay *r, uint32_t lane, const struct utlb_entry *e, uint64_t va)
{
    uint32_t cell = cell_of(r, lane, &e->type);

    if (cell != NO_CELL)
        cluster_know_page(&r->machine->cluster, lane, e, va, cell);
}

/* What lasts will be known from now on; it reaches from `va` to `last`. What is loaded is often stored, and
 * the other way round: the page is made known for both. */
static void let_know(struct replay *r, uint32_t lane, const struct utlb_entry *e, uint64_t va, uint64_t last)
{
    struct cluster *c = &r->machine->cluster;
    uint32_t other;

    if (LANE_KIND(lane) == ACCESS_ZVA) /* after which a store lasts as well */
        lane ^= ACCESS_ZVA ^ ACCESS_STORE;
    other = lane ^ (ACCESS_LOAD ^ ACCESS_STORE);
    if (cluster_known(c, lane, va)->key != cluster_key(va)) {
        know_page(r, lane, e, va);
        if (LANE_KIND(lane) != ACCESS_FETCH && cluster_grants(c, other, e))
            know_page(r, other, e, va);
    }
    for (uint64_t line = align_down(va, CACHE_LINE_BITS); line <= last; line += CACHE_LINE_MASK + 1)
        cluster_know_line(c, lane, e, line);
}

/* An access that has gone the long way need not do so again. */
static void learn(struct replay *r, uint32_t lane, const struct access *a)
{
    const uint64_t last = a->va.v + a->size - 1;
    const struct utlb_entry *e;

    if (r->rows || a->unpriv || a->kind == ACCESS_ZVA || (a->va.v ^ last) >> CACHE_LINE_BITS != 0)
        return;
    e = cluster_lasts(&r->machine->cluster, lane, a->va.v);
    if (e)
        let_know(r, lane, e, a->va.v, last);
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
        learn(r, LANE(rec->core, rec->el, rec->op), &a);
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

#define UNPRIV ((uint32_t)REC_UNPRIV << DENSE_FLAGS)
#define UNKNOWN_PA ((uint32_t)REC_PA_UNKNOWN << DENSE_FLAGS)

/* A plain hit that moves lines, or leads elsewhere than the trace says. */
__attribute__((noinline)) static void unusual_hit(struct replay *r, const struct dense *d, struct hit hit)
{
    struct trace_rec rec;
    uint64_t pa;

    if (hit.moved)
        replay_cost_lines(r, d);
    if (hit.entry->pa >> 12 == d->page && !(d->what & UNKNOWN_PA))
        return;
    rec = dense_full(d);
    r->record = r->block_start + (uint64_t)(d - r->block->rec);
    pa = hit.entry->pa | (rec.va & 0xFFF);
    if (pa != rec.pa || (rec.flags & REC_PA_UNKNOWN))
        other_pa(r, &rec, pa, HIT_UTLB);
}

/* What the main TLB granted. */
static void refilled(struct replay *r, const struct dense *d, const struct outcome *o, bool moved)
{
    struct trace_rec rec;
    struct access a;

    if (r->cycles_alone && !moved && o->x.pa.v >> 12 == d->page && !(d->what & UNKNOWN_PA)) {
        const unsigned probes = o->x.steps.step[0].probes;

        if (r->tlm)
            replay_cost_refill(r, d, probes);
        else
            r->refill[d->what & DENSE_LANE_MASK][probes - 1]++;
        return;
    }
    rec = dense_full(d);
    a = access_of(&rec);
    r->record = r->block_start + (uint64_t)(d - r->block->rec);
    r->longer[ops[rec.op].latency]++;
    if (o->x.pa.v != rec.pa || (rec.flags & REC_PA_UNKNOWN))
        other_pa(r, &rec, o->x.pa.v, HIT_TLB);
    replay_cost_access(r, &rec, &a, o);
}

/* An access that is not known, if one of the TLBs simply grants it. No branch here depends on what kind of access it is.
 * Returns false when it is to go the long way. */
static bool one_access(struct replay *r, const struct dense *d)
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
    struct hit hit = cluster_hit(c, &c->lane[lane], a);
    const bool absent = hit.absent;
    const struct utlb_entry *e;
    struct outcome o;
    uint64_t odd;

    if (absent)
        hit = cluster_refill(c, &c->lane[lane], a, &o);
    e = hit.entry;
    if (__builtin_expect(!e, 0))
        return false;
    replay_batch_count(&r->lane[lane], units);
    stats_type(&r->stats, &e->type, fetch & 1);
    odd = hit.moved | ((e->pa >> 12) ^ d->page) | (what & UNKNOWN_PA);
    if (hit.lasts && !a.unpriv)
        let_know(r, lane, e, d->va, d->va + a.size - 1);
    if (absent)
        refilled(r, d, &o, hit.moved);
    else if (__builtin_expect(odd != 0, 0))
        unusual_hit(r, d, hit);
    return true;
}

/* Does what a record says that is no access, or one that is not to be had, or goes the long way. Returns NULL, or why the
 * trace cannot go on. */
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

/* is_known of a run of instructions in several lines of its page. */
__attribute__((noinline)) static bool is_known_run(struct replay *r, const struct dense *d)
{
    const uint32_t what = d->what, lane = what & DENSE_LANE_MASK;
    const uint64_t end = d->va + 4 * dense_n(what) + 3;
    const struct memo_page *p = cluster_known(&r->machine->cluster, lane, d->va);
    const struct memo_lines *lines;

    if (p->key != cluster_key(d->va) || p->page != d->page || d->va >> 12 != end >> 12)
        return false;
    lines = cluster_known_lines(&r->machine->cluster, lane);
    for (uint64_t line = align_down(d->va, CACHE_LINE_BITS); line <= end; line += CACHE_LINE_MASK + 1) {
        if (!memo_has_line(lines, d->page, line))
            return false;
    }
    r->cell[p->note]++;
    r->run_units[lane] += dense_n(what) + 1;
    r->more_lines[lane] += (end >> CACHE_LINE_BITS) - (d->va >> CACHE_LINE_BITS);
    return true;
}

/* Such a run. */
static inline bool is_long_run(uint32_t what)
{
    return (what & (1u << DENSE_ODD | 1u << DENSE_SPECIAL | 3 | UNPRIV | UNKNOWN_PA)) == 1u << DENSE_SPECIAL;
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

/* True for an access that is known to be a micro-TLB and L1 hit at the PA that the trace has: nearly every record. Then
 * all that is left to do is to count it. */
static inline bool is_known(struct replay *r, const struct cluster *c, const struct dense *d)
{
    const uint32_t what = d->what, lane = what & DENSE_ASK_MASK; /* of what is special, nothing is known */
    const struct memo_page *p = cluster_known(c, lane, d->va);

    _Static_assert(LANES_ASKED == DENSE_ASK_MASK + 1, "all lanes can be asked for");
    if (__builtin_expect(p->key != cluster_key(d->va), 0) || __builtin_expect(p->page != d->page, 0) ||
        __builtin_expect(!memo_has_line(cluster_known_lines(c, lane), d->page, d->va), 0))
        return false;
    r->cell[p->note]++;
    r->run_units[lane] += dense_n(what) + 1;
    return true;
}

#define AHEAD 64 /* records, which another processor may have written [choice: 24 to 160 take the same time] */

const char *replay_batch_run(struct replay *r, uint32_t from, uint32_t to)
{
    const struct dense *end = &r->block->rec[to];
    const struct cluster *c = &r->machine->cluster;

    for (const struct dense *d = &r->block->rec[from]; d < end; d++) {
        const char *why;

        __builtin_prefetch(d + AHEAD);
        if (__builtin_expect(is_known(r, c, d), 1) || (is_long_run(d->what) && is_known_run(r, d)))
            continue;
        why = other_record(r, d);
        if (why)
            return why;
    }
    r->record = r->block_start + to;
    return NULL;
}
