/* Leaves by policy. */
#include "sim/explore/relayout_build.h"

#include <inttypes.h>

#define BITS_2M 21

/* ---- From a run to leaves ---- */

static const struct layout_stage *stage_of(const struct relayout_tables *t, const struct context *c)
{
    return c->params.stage == 1 ? &t->layout->stage1 : &t->layout->stage2;
}

static enum layout_leaves leaves_of(const struct relayout_tables *t, const struct context *c)
{
    enum layout_leaves leaves = (enum layout_leaves)stage_of(t, c)->leaves;

    if (leaves == LAYOUT_LINEAR)
        return c->told.upper ? LAYOUT_BLOCKS : LAYOUT_AS_CAPTURED;
    return leaves;
}

/* log2 of the largest leaf that the policy has for what was mapped by such leaves. */
static unsigned largest_of(const struct relayout_tables *t, const struct context *c, unsigned was)
{
    switch (leaves_of(t, c)) {
    case LAYOUT_AS_CAPTURED:
        return was;
    case LAYOUT_PAGES:
        return c->fresh.granule_bits;
    case LAYOUT_2M:
        return BITS_2M;
    case LAYOUT_BLOCKS:
    case LAYOUT_LINEAR:
    case LAYOUT_XEN:
        break;
    }
    return 64;
}

/* Entries of a contiguous group, as log2 [Arm: D8.7.1, Table D8-104]. */
static unsigned group_bits(const struct context *c)
{
    return c->fresh.granule_bits == 12 ? 4 : 5;
}

/* A stretch with one mapping. */
struct piece {
    uint64_t ia, oa, bytes; /* ia: of the new tables */
    uint64_t attr;
    unsigned largest; /* log2 of the largest leaf allowed */
    bool changes;     /* in parts: no group is made of it */
    bool whole_rest;  /* Xen's rule: what is left counts like an address */
};

static bool fits(const struct piece *p, unsigned bits)
{
    return ((p->ia | p->oa) & low_mask(bits)) == 0 && p->bytes >> bits != 0 &&
           (!p->whole_rest || (p->bytes & low_mask(bits)) == 0);
}

/* The level of the piece's first leaf; 4: not even a page fits. */
static unsigned level_of(const struct context *c, const struct piece *p)
{
    unsigned highest = c->fresh.granule_bits == 12 ? 1 : 2, level = 3;

    if (!fits(p, c->fresh.granule_bits))
        return 4;
    if (highest < c->fresh.start_level)
        highest = c->fresh.start_level;
    while (level > highest && ttw_level_bits(&c->fresh, level - 1) <= p->largest &&
           fits(p, ttw_level_bits(&c->fresh, level - 1)))
        level--;
    return level;
}

static bool put_piece(struct relayout_tables *t, struct context *c, struct piece p)
{
    while (p.bytes > 0) {
        unsigned level = level_of(c, &p), bits, count = 0;
        uint64_t hint = 0;

        if (level > 3)
            return relayout_refuse(t, "%s KB granule: stage %u maps less than a page of it alike at %s 0x%" PRIx64,
                                   c->fresh.granule_bits == 12 ? "4" : "64", c->params.stage,
                                   c->params.stage == 1 ? "VA" : "IPA",
                                   (c->told.upper ? ~low_mask(c->fresh.ia_bits) : 0) | p.ia);
        bits = ttw_level_bits(&c->fresh, level);
        if (stage_of(t, c)->contiguous && !p.changes && bits + group_bits(c) <= 30 && fits(&p, bits + group_bits(c))) {
            hint = 1ULL << DESC_Contig;
            count = (unsigned)low_mask(group_bits(c));
            c->told.contiguous += !c->planned;
        }
        for (unsigned i = 0; i <= count; i++) {
            if (!relayout_tables_put(t, c, p.ia, level, p.oa | p.attr | hint))
                return false;
            c->told.leaves[level] += !c->planned; /* later ones are changes */
            p.ia += 1ULL << bits;
            p.oa += 1ULL << bits;
            p.bytes -= 1ULL << bits;
        }
    }
    return true;
}

/* Puts a run, cut where stretches begin or end that change. */
static bool put_run(struct relayout_tables *t, struct context *c, const struct leaf_run *r)
{
    for (uint64_t at = r->ia, end = r->ia + r->bytes; at < end;) {
        const struct stretch *s = stretches_find(&c->changing, at);
        bool changes = s && s->ia <= at;
        uint64_t to = changes ? s->end : s ? s->ia : end;
        unsigned was = changes && s->leaf_bits < r->leaf_bits ? s->leaf_bits : r->leaf_bits;
        struct piece p = { .ia = at - c->shift,
                           .oa = r->oa + (at - r->ia),
                           .bytes = (to < end ? to : end) - at,
                           .attr = r->attr,
                           .largest = changes ? was : largest_of(t, c, was),
                           .changes = changes,
                           .whole_rest = leaves_of(t, c) == LAYOUT_XEN };

        if (changes && was > largest_of(t, c, was))
            p.largest = largest_of(t, c, was);
        if (!put_piece(t, c, p))
            return false;
        at = to;
    }
    return true;
}

static bool goes_on(const struct leaf_run *a, const struct leaf_run *b)
{
    return a->ia + a->bytes == b->ia && a->oa + a->bytes == b->oa && a->attr == b->attr;
}

bool relayout_build(struct relayout_tables *t, struct context *c)
{
    bool join = leaves_of(t, c) != LAYOUT_AS_CAPTURED;

    for (size_t i = 0; i < c->runs.count;) {
        struct leaf_run r = c->runs.run[i];

        for (i++; join && i < c->runs.count && goes_on(&r, &c->runs.run[i]); i++) {
            r.bytes += c->runs.run[i].bytes;
            if (c->runs.run[i].leaf_bits < r.leaf_bits)
                r.leaf_bits = c->runs.run[i].leaf_bits;
        }
        if (!put_run(t, c, &r))
            return false;
    }
    c->planned = true;
    return true;
}

/* ---- What changes ---- */

bool relayout_build_change(struct relayout_tables *t, struct context *c, const struct runs_change *change)
{
    unsigned bits = c->fresh.granule_bits;
    const struct stretch *s = stretches_find(&c->changing, change->ia);

    if (!s || s->ia > change->ia)
        return true; /* it was mapped from the start */
    if (change->now) {
        struct leaf_run r = *change->now;

        r.oa += change->ia - r.ia;
        r.ia = change->ia;
        r.bytes = change->bytes;
        return put_run(t, c, &r);
    }
    if (((change->ia | change->bytes) & low_mask(bits)) != 0)
        return relayout_refuse(t, "64 KB granule: the trace changes a part of a page at input address 0x%" PRIx64,
                               change->ia);
    for (uint64_t at = 0; at < change->bytes;) {
        unsigned level = 3;

        while (level > c->fresh.start_level &&
               ((change->ia + at) & low_mask(ttw_level_bits(&c->fresh, level - 1))) == 0 &&
               (change->bytes - at) >> ttw_level_bits(&c->fresh, level - 1) != 0)
            level--;
        if (!relayout_tables_put(t, c, change->ia + at - c->shift, level, 0))
            return false;
        at += 1ULL << ttw_level_bits(&c->fresh, level);
    }
    return true;
}

bool relayout_build_identity(struct relayout_tables *t, struct context *stage2, uint64_t at, uint64_t bytes)
{
    const struct leaf_run *like = &stage2->like;
    struct piece p = { .ia = at, .oa = at, .bytes = bytes, .attr = like->attr };
    uint64_t leaves[RELAYOUT_LEVELS];
    bool good;

    if (like->bytes == 0)
        return relayout_refuse(t, "the captured tables of VMID %u are mapped nowhere", stage2->told.vmid);
    p.largest = largest_of(t, stage2, like->leaf_bits);
    for (unsigned i = 0; i < RELAYOUT_LEVELS; i++)
        leaves[i] = stage2->told.leaves[i];
    good = put_piece(t, stage2, p);
    for (unsigned i = 0; i < RELAYOUT_LEVELS; i++) /* these are no leaves of what was mapped */
        stage2->told.leaves[i] = leaves[i];
    return good;
}
