/* Registers of the new layout, and what they rule out. */
#include "sim/explore/relayout_build.h"

#include <inttypes.h>
#include <stdlib.h>

#define IRGN_ORGN_CACHED 5u /* Write-Back, Read- and Write-Allocate, inner and outer */
#define SL0_SHIFT 6
#define TG0_64K 1u
#define TG1_4K 2u
#define TG1_64K 3u

static uint64_t with(uint64_t reg, unsigned msb, unsigned lsb, uint64_t value)
{
    return (reg & ~(low_mask(msb - lsb + 1) << lsb)) | value << lsb;
}

/* IRGN, ORGN and SH of one half, `up` bits above those of TTBR0. */
static uint64_t with_walks(const struct layout *l, uint64_t tcr, unsigned up)
{
    bool cached = l->walks == LAYOUT_WALKS_CACHED;

    if (l->walks == LAYOUT_WALKS_AS_CAPTURED)
        return tcr;
    tcr = with(tcr, 11 + up, 8 + up, cached ? IRGN_ORGN_CACHED : 0);
    return with(tcr, 13 + up, 12 + up, cached ? SH_ISH : SH_OSH);
}

uint64_t relayout_tcr_el1(const struct layout *l, const struct sysregs *old)
{
    struct ttw_params half[2] = { ttw_decode_el1_lower(old), ttw_decode_el1_upper(old) };
    uint64_t tcr = old->v[SYSREG_TCR_EL1];

    for (unsigned i = 0; i < 2; i++) {
        unsigned up = 16 * i, granule = l->stage1.granule_bits;

        if (half[i].refused == FAULT_TRANSLATION) /* stays refused */
            continue;
        tcr = with_walks(l, tcr, up);
        if (l->stage1.ia_bits)
            tcr = with(tcr, 5 + up, up, 64u - l->stage1.ia_bits);
        if (granule && i == 0)
            tcr = with(tcr, TCR_EL1_TG0, granule == 16 ? TG0_64K : 0);
        else if (granule)
            tcr = with(tcr, TCR_EL1_TG1, granule == 16 ? TG1_64K : TG1_4K);
    }
    return tcr;
}

/* The first level of stage 2: that of the layout, or the lowest with at most 16 tables side by side [Arm: D8.2.8]. */
static unsigned start_level(const struct layout *l, unsigned granule_bits, unsigned ia_bits)
{
    unsigned level = 3;

    if (l->start2)
        return l->start2 - 1u;
    while (level > 1 && granule_bits + (3 - level) * (granule_bits - 3) + granule_bits - 3 + 4 < ia_bits)
        level--;
    return granule_bits == 12 && level == 3 ? 2 : level;
}

uint64_t relayout_vtcr_el2(const struct layout *l, const struct sysregs *old)
{
    struct ttw_params p = ttw_decode_stage2(old);
    uint64_t vtcr = old->v[SYSREG_VTCR_EL2];
    unsigned granule = l->stage2.granule_bits ? l->stage2.granule_bits : p.granule_bits;
    unsigned ia_bits = l->stage2.ia_bits ? l->stage2.ia_bits : p.ia_bits;

    if (p.refused == FAULT_TRANSLATION)
        return vtcr;
    vtcr = with_walks(l, vtcr, 0);
    if (granule == p.granule_bits && ia_bits == p.ia_bits && !l->start2)
        return vtcr;
    vtcr = with(vtcr, TCR_EL1_T0SZ, 64 - ia_bits);
    vtcr = with(vtcr, TCR_EL1_TG0, granule == 16 ? TG0_64K : 0);
    return with(vtcr, VTCR_EL2_SL0, ((granule == 12 ? 2u : 3u) - start_level(l, granule, ia_bits)) & 3);
}

bool relayout_build_geometry(struct relayout_tables *t, struct context *c, const struct sysregs *old)
{
    struct sysregs fresh = *old;

    fresh.v[SYSREG_TCR_EL1] = relayout_tcr_el1(t->layout, old);
    fresh.v[SYSREG_VTCR_EL2] = relayout_vtcr_el2(t->layout, old);
    fresh.v[SYSREG_TTBR0_EL1] = fresh.v[SYSREG_TTBR1_EL1] = fresh.v[SYSREG_VTTBR_EL2] = 0;
    c->fresh = c->params.stage == 2 ? ttw_decode_stage2(&fresh)
               : c->told.upper      ? ttw_decode_el1_upper(&fresh)
                                    : ttw_decode_el1_lower(&fresh);
    if (c->fresh.refused != FAULT_NONE)
        return relayout_refuse(t, "stage %u: no table of %u KB granule can begin so for %u bits", c->params.stage,
                               c->fresh.granule_bits == 12 ? 4u : 64u, c->fresh.ia_bits);
    c->shift = c->told.upper ? (1ULL << c->params.ia_bits) - (1ULL << c->fresh.ia_bits) : 0;
    return true;
}

/* ---- Holes ---- */

/* True when all that a block of 2^bits bytes has is mapped by one offset, with one set of attributes, nothing of it
 * changes, and no fault is recorded in it. */
static bool may_cover(const struct context *c, size_t first, uint64_t block, unsigned bits)
{
    const struct leaf_run *r = &c->runs.run[first];
    uint64_t end = block + (1ULL << bits);
    const struct stretch *s = stretches_find(&c->changing, block), *f = stretches_find(&c->kept_holes, block);

    if (((r->oa - r->ia) & low_mask(bits)) != 0 || (s && s->ia < end) || (f && f->ia < end) ||
        end > 1ULL << c->fresh.ia_bits || (r->oa - r->ia + end - 1) >> c->fresh.oa_bits != 0)
        return false;
    for (size_t i = first; i < c->runs.count && c->runs.run[i].ia < end; i++)
        if (c->runs.run[i].oa - c->runs.run[i].ia != r->oa - r->ia || c->runs.run[i].attr != r->attr)
            return false;
    return first == 0 || c->runs.run[first - 1].ia + c->runs.run[first - 1].bytes <= block;
}

/* Appends a run that may overlap the one before, of which it then is a part. */
static enum runs_result add_covered(struct leaf_runs *out, struct leaf_run r)
{
    struct leaf_run *last = out->count > 0 ? &out->run[out->count - 1] : NULL;
    uint64_t covered = last && last->ia + last->bytes > r.ia ? last->ia + last->bytes - r.ia : 0;

    if (covered >= r.bytes)
        return RUNS_OK;
    r.ia += covered;
    r.oa += covered;
    r.bytes -= covered;
    return leaf_runs_add(out, &r);
}

/* Blocks of one size over holes: those that some run begins or ends in. */
static enum runs_result cover_size(struct context *c, unsigned bits)
{
    struct leaf_runs out = { 0 };
    enum runs_result result = RUNS_OK;

    for (size_t i = 0; i < c->runs.count && result == RUNS_OK; i++) {
        struct leaf_run r = c->runs.run[i];
        uint64_t first = align_down(r.ia, bits), last = align_down(r.ia + r.bytes - 1, bits);
        size_t at = i;

        while (at > 0 && c->runs.run[at - 1].ia + c->runs.run[at - 1].bytes > first)
            at--;
        if (may_cover(c, at, first, bits)) {
            struct leaf_run block = { first, r.oa - (r.ia - first), 1ULL << bits, r.attr, (uint8_t)bits };

            result = add_covered(&out, block);
        }
        if (result == RUNS_OK)
            result = add_covered(&out, r);
        if (result == RUNS_OK && last != first && may_cover(c, i, last, bits)) {
            struct leaf_run block = { last, r.oa + (last - r.ia), 1ULL << bits, r.attr, (uint8_t)bits };

            result = add_covered(&out, block);
        }
    }
    if (result == RUNS_OK) {
        leaf_runs_free(&c->runs);
        c->runs = out;
    } else {
        leaf_runs_free(&out);
    }
    return result;
}

static uint64_t mapped(const struct context *c)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < c->runs.count; i++)
        bytes += c->runs.run[i].bytes;
    return bytes;
}

static bool cover(struct relayout_tables *t, struct context *c)
{
    uint8_t leaves = t->layout->stage2.leaves;
    unsigned highest = c->fresh.granule_bits == 12 && leaves != LAYOUT_2M ? 1 : 2;

    if (leaves == LAYOUT_PAGES || leaves == LAYOUT_AS_CAPTURED)
        highest = 3;
    for (unsigned level = 3; level >= highest; level--) /* pages first, which matters to a larger granule */
        if (cover_size(c, ttw_level_bits(&c->fresh, level)) != RUNS_OK)
            return relayout_refuse(t, "holes=cover: too many different mappings");
    return true;
}

bool relayout_build_prepare(struct relayout_tables *t, struct context *c)
{
    bool upper = c->told.upper;
    uint64_t size = 1ULL << c->fresh.ia_bits;

    c->told.mapped = mapped(c);
    if (c->under != NO_CONTEXT) {
        struct context *stage2 = &t->world->context[c->under];
        const struct leaf_run *r = leaf_runs_find(&stage2->runs, c->params.base);

        stage2->like = r && stage2->like.bytes == 0 ? *r : stage2->like;
    }
    for (size_t i = 0; i < c->runs.count; i++) {
        const struct leaf_run *r = &c->runs.run[i];
        uint64_t ia = r->ia - c->shift, bad = upper ? r->ia : r->ia + r->bytes - 1;

        c->told.old_leaves[3 - (r->leaf_bits - c->params.granule_bits) / (c->params.granule_bits - 3u)] +=
            r->bytes >> r->leaf_bits;
        if (ia >= size || ia + r->bytes > size)
            return relayout_refuse(t, "%s of %u bits are too few for %s 0x%" PRIx64 ", which is mapped",
                                   c->params.stage == 1 ? "VAs" : "IPAs", c->fresh.ia_bits,
                                   c->params.stage == 1 ? "VA" : "IPA",
                                   (upper ? ~low_mask(c->params.ia_bits) : 0) | bad);
    }
    if (c->params.stage == 2 && t->layout->cover_holes && !cover(t, c))
        return false;
    c->told.covered = mapped(c) - c->told.mapped;
    return true;
}
