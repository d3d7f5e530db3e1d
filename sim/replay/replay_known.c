/* How it comes to be known. */
#include "sim/replay/replay_known.h"

#include "sim/replay/replay_batch.h"
#include "sim/replay/replay_bulk.h"

#include <string.h>

#define NO_CELL UINT32_MAX

/* The cell of a memory type in each lane, found or begun. Returns it, or REPLAY_CELLS when there is no room. */
static uint32_t begin_cell(struct replay *r, const struct mem_type *type, bool fetch)
{
    const uint32_t row = stats_type_row(&r->stats, type);
    uint32_t i = 0;

    while (i < r->cells && r->cell_row[i] != row)
        i++;
    if (i == REPLAY_CELLS || row == TYPE_ROWS)
        return REPLAY_CELLS;
    r->cell_row[i] = row;
    if (i == r->cells)
        r->cells++;
    r->cell_last[fetch] = (struct replay_cell){ *type, i };
    return i;
}

/* Where the accesses of a lane that get a type are counted: an index of r->cell; NO_CELL when there is no room. */
static inline uint32_t cell_of(struct replay *r, uint32_t lane, const struct mem_type *type)
{
    const bool fetch = LANE_KIND(lane) == ACCESS_FETCH;
    uint32_t i = r->cell_last[fetch].number;

    if (__builtin_expect(memcmp(&r->cell_last[fetch].type, type, sizeof *type) != 0, 0))
        i = begin_cell(r, type, fetch);
    return i < REPLAY_CELLS ? 2 * (lane * REPLAY_CELLS + i) : NO_CELL;
}

/* Lets a page's accesses of a lane be known, and counted in a cell. What is loaded is often stored, and the other way
 * round: the page is made known for both. */
static inline void know_page(struct replay *r, uint32_t lane, const struct utlb_entry *e, uint64_t va, uint32_t cell)
{
    struct cluster *c = &r->machine->cluster;
    const uint32_t other = lane ^ (ACCESS_LOAD ^ ACCESS_STORE);

    cluster_know_page(c, lane, e, va, (uint16_t)cell);
    if (LANE_KIND(lane) != ACCESS_FETCH && cluster_grants(c, other, e))
        cluster_know_page(c, other, e, va, (uint16_t)(cell + 2 * (other - lane) * REPLAY_CELLS));
}

void known_let(struct replay *r, uint32_t lane, const struct utlb_entry *e, uint64_t va, uint64_t last)
{
    struct cluster *c = &r->machine->cluster;

    if (LANE_KIND(lane) == ACCESS_ZVA) /* after which a store lasts as well */
        lane ^= ACCESS_ZVA ^ ACCESS_STORE;
    if (cluster_known(c, lane, va)->key != cluster_key(va)) {
        const uint32_t cell = cell_of(r, lane, &e->type);

        if (cell != NO_CELL)
            know_page(r, lane, e, va, cell);
    }
    for (uint64_t line = align_down(va, CACHE_LINE_BITS); line <= last; line += CACHE_LINE_MASK + 1)
        cluster_know_line(c, lane, e->leaf.pa | (line & 0xFFF));
}

void known_learn(struct replay *r, uint32_t lane, const struct access *a)
{
    const uint64_t last = a->va.v + a->size - 1;
    const struct utlb_entry *e;

    if (a->kind == ACCESS_ZVA || (a->va.v ^ last) >> CACHE_LINE_BITS != 0)
        return;
    e = cluster_lasts(&r->machine->cluster, lane, a->va.v);
    if (e)
        known_let(r, lane, e, a->va.v, last);
}

bool known_run(struct replay *r, const struct dense *d, bool lines)
{
    const uint32_t what = d->what, lane = what & DENSE_LANE_MASK;
    const uint64_t end = d->va + 4 * dense_n(what) + 3;
    const struct memo_page *p = cluster_known(&r->machine->cluster, lane, d->va);
    const struct memo_row *known;

    if (p->key != cluster_key(d->va) || p->page != d->page)
        return false;
    known = cluster_known_lines(&r->machine->cluster, p);
    for (uint64_t line = align_down(d->va, CACHE_LINE_BITS); lines && line <= end; line += CACHE_LINE_MASK + 1) {
        if (!memo_has_lines(known, d->page, line, 0))
            return false;
    }
    known_count(r, lane, p->note, what, lines); /* of two lines */
    r->lines_beyond[lane] += (end >> CACHE_LINE_BITS) - (d->va >> CACHE_LINE_BITS) - 1;
    return true;
}

/* Counts an access that would be known if there were a cell for its type. */
static void count_now(struct replay *r, uint32_t lane, const struct mem_type *type, uint32_t what)
{
    const bool fetch = LANE_KIND(lane) == ACCESS_FETCH;

    stats_type(&r->stats, type, fetch);
    replay_batch_count(&r->lane[lane], fetch ? dense_n(what) + 1 : 1);
    cluster_count_known(&r->machine->cluster, lane, 1 + dense_two(what));
}

/* Asks for lines of an access whose page is known. Returns whether any moved. */
static inline bool take_lines(struct cluster *c, const struct dense *d)
{
    cluster_touch_known(c, d->what & DENSE_LANE_MASK, (uint64_t)d->page << 12 | (d->va & 0xFFF), dense_two(d->what));
    return c->memsys.traffic.count != 0;
}

/* Prices lines that moved; `e`: the micro-TLB's new entry after so many probes, NULL when it had the page. */
static void price_lines(struct replay *r, const struct dense *d, const struct utlb_entry *e, unsigned probes)
{
    struct outcome o;

    if (bulk_take(r, d->what & DENSE_LANE_MASK, probes, true))
        return;
    if (e) {
        o = (struct outcome){ .pages = 1, .missed = 1 };
        mmu_tell(e, VA(d->va), &(struct mmu_offer){ .probes = probes }, &o.x);
        replay_batch_refilled(r, d, &o);
    } else {
        replay_cost_lines(r, d);
    }
}

/* Refills the micro-TLB with a page that was not left, and counts the access. Returns the entry, or NULL when the main
 * TLB does not grant it. */
static const struct utlb_entry *refill(struct replay *r, uint32_t lane, const struct dense *d, unsigned *probes)
{
    const struct utlb_entry *e = cluster_refill_known(&r->machine->cluster, lane, d->va, d->page, probes);
    uint32_t cell;

    if (!e)
        return NULL;
    cell = cell_of(r, lane, &e->type);
    if (__builtin_expect(cell == NO_CELL, 0)) {
        count_now(r, lane, &e->type, d->what);
    } else {
        know_page(r, lane, e, d->va, cell);
        known_count(r, lane, cell, d->what, true);
    }
    return e;
}

/* The same of one that may have been. */
static inline const struct utlb_entry *refill_any(struct replay *r, uint32_t lane, const struct dense *d,
                                                  unsigned *probes)
{
    struct cluster *c = &r->machine->cluster;
    const struct memo_page *p = cluster_known(c, lane, d->va);
    const struct utlb_entry *e = NULL;

    if (p->page == d->page && cluster_left(c, lane, d->va, p))
        e = cluster_refill_left(c, lane, d->va, probes);
    if (__builtin_expect(!e, 0))
        return refill(r, lane, d, probes);
    known_count(r, lane, p->note, d->what, true);
    return e;
}

bool known_half(struct replay *r, const struct dense *d, bool lines)
{
    struct cluster *c = &r->machine->cluster;
    const uint32_t lane = d->what & DENSE_ASK_MASK;
    const struct memo_page *p = cluster_known(c, lane, d->va);
    const struct utlb_entry *e;
    unsigned probes;
    bool there;

    if (p->key == cluster_key(d->va) && p->page == d->page) {
        known_count(r, lane, p->note, d->what, true);
        if (take_lines(c, d))
            price_lines(r, d, NULL, 0);
        return true;
    }
    if (!r->cycles_alone || lane >= LANES)
        return false;
    there = !lines || memo_has_lines(&c->known_rows[cluster_row(lane, d->page)], d->page, d->va, dense_two(d->what));
    e = refill_any(r, lane, d, &probes);
    if (!e)
        return false;
    if (there || !take_lines(c, d))
        bulk_refill(r, d, probes);
    else
        price_lines(r, d, e, probes);
    return true;
}

void known_settle(struct replay *r, uint32_t lane)
{
    struct replay_lane *l = &r->lane[lane];
    uint64_t all = 0, more = r->lines_beyond[lane];

    for (unsigned i = 0; i < r->cells; i++) {
        uint64_t *cell = &r->cell[2 * (lane * REPLAY_CELLS + i)];

        r->stats.type[r->cell_row[i]].count += cell[0] + cell[1];
        all += cell[0] + cell[1];
        more += cell[1];
        cell[0] = cell[1] = 0;
    }
    *l->retired += LANE_KIND(lane) == ACCESS_FETCH ? r->run_units[lane] : all;
    r->run_units[lane] = 0;
    l->accesses += all;
    cluster_count_known(&r->machine->cluster, lane, all + more);
    r->lines_beyond[lane] = 0;
    bulk_settle(r, lane);
}
