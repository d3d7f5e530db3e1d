/* Readings of tables, as far as the trace carries them. */
#include "sim/explore/leaf_runs.h"

#include "models/arch/perm.h"

#include <stdlib.h>

#define PAGE_BITS 12
/* The bits of a leaf that are carried over: of stage 1 attributes, nG and the permissions, which are folded; of stage 2
 * also those that software keeps there, as Xen's p2m type. */
#define ATTR_STAGE1 (low_mask(12) & ~3ULL)
#define ATTR_STAGE2 ((low_mask(12) & ~3ULL) | 1ULL << DESC_UXN | 0xFULL << 55)

/* What is to be read, and where it goes. */
struct reading {
    uint64_t from, to;
    struct leaf_runs *out;
};

struct level {
    uint64_t at, ia;
    unsigned level;
    struct table_attr attr;
};

void leaf_runs_free(struct leaf_runs *runs)
{
    free(runs->run);
    *runs = (struct leaf_runs){ 0 };
}

static bool joins(const struct leaf_run *a, const struct leaf_run *b)
{
    return a->ia + a->bytes == b->ia && a->oa + a->bytes == b->oa && a->attr == b->attr && a->leaf_bits == b->leaf_bits;
}

enum runs_result leaf_runs_add(struct leaf_runs *runs, const struct leaf_run *run)
{
    if (runs->count > 0 && joins(&runs->run[runs->count - 1], run)) {
        runs->run[runs->count - 1].bytes += run->bytes;
        return RUNS_OK;
    }
    if (runs->count == runs->capacity) {
        size_t capacity = runs->capacity ? 2 * runs->capacity : 64;
        struct leaf_run *larger;

        if (capacity > RUNS_MAX)
            return RUNS_TOO_MANY;
        larger = realloc(runs->run, capacity * sizeof *larger);
        if (!larger)
            return RUNS_NO_MEMORY;
        runs->run = larger;
        runs->capacity = capacity;
    }
    runs->run[runs->count++] = *run;
    return RUNS_OK;
}

static int by_address(const void *a, const void *b)
{
    const struct leaf_run *x = a, *y = b;

    return (x->ia > y->ia) - (x->ia < y->ia);
}

enum runs_result leaf_runs_merge(struct leaf_runs *into, struct leaf_runs *from)
{
    struct leaf_runs merged = { 0 };
    enum runs_result result = RUNS_OK;
    size_t i = 0, k = 0;

    if (from->count > 0)
        qsort(from->run, from->count, sizeof *from->run, by_address);
    while (result == RUNS_OK && (i < into->count || k < from->count)) {
        bool first = k == from->count || (i < into->count && into->run[i].ia < from->run[k].ia);

        result = leaf_runs_add(&merged, first ? &into->run[i++] : &from->run[k++]);
    }
    leaf_runs_free(from);
    leaf_runs_free(into);
    *into = merged;
    return result;
}

const struct leaf_run *leaf_runs_find(const struct leaf_runs *runs, uint64_t ia)
{
    size_t low = 0, high = runs->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (runs->run[middle].ia + runs->run[middle].bytes <= ia)
            low = middle + 1;
        else
            high = middle;
    }
    return low < runs->count && runs->run[low].ia <= ia ? &runs->run[low] : NULL;
}

/* ---- Reading ---- */

/* The descriptor bits of a stage-1 leaf whose permissions are these. */
static uint64_t with_permissions(uint64_t desc, unsigned perm)
{
    uint64_t attr = desc & ATTR_STAGE1 & ~(3ULL << 6);

    return attr | (perm & PERM_S1_EL0 ? 1ULL << 6 : 0) | (perm & PERM_S1_READ_ONLY ? 1ULL << 7 : 0) |
           (perm & PERM_S1_PXN ? 1ULL << DESC_PXN : 0) | (perm & PERM_S1_UXN ? 1ULL << DESC_UXN : 0);
}

static enum runs_result add_leaf(const struct runs_reader *r, const struct level *t, uint64_t ia, uint64_t desc,
                                 struct leaf_runs *out)
{
    unsigned leaf_bits = ttw_level_bits(r->params, t->level);
    struct leaf_run run = { .ia = ia, .bytes = 1ULL << leaf_bits, .leaf_bits = (uint8_t)leaf_bits };

    run.oa = ttw_desc_oa(r->params, t->level, DESC_LEAF, desc);
    run.attr = r->params->stage == 2 ? desc & ATTR_STAGE2
                                     : with_permissions(desc, ttw_leaf_perm_s1(desc, t->attr, r->upper_regime));
    return leaf_runs_add(out, &run);
}

/* Finds the PA of a table, or of what a leaf leads to. Returns false when stage 2 does not map it. */
static bool table_pa(const struct runs_reader *r, uint64_t at, uint64_t *pa)
{
    struct runs_reader under = { .params = r->under, .phys = r->phys, .descriptors = r->descriptors, .doubtful = 4 };
    struct leaf_runs runs = { 0 };
    bool found;

    *pa = at;
    if (!r->under)
        return true;
    if (!ttw_in_range(r->under, at))
        return false;
    found = leaf_runs_read(&under, at, at + 1, &runs) == RUNS_OK && runs.count > 0;
    if (found)
        *pa = runs.run[0].oa + (at - runs.run[0].ia);
    leaf_runs_free(&runs);
    return found;
}

/* Takes a page of a table into account: of each but the smallest there is one for 512 entries. Returns false where it
 * is not known. */
static bool enter_page(struct runs_reader *r, const struct level *t, uint64_t index, uint64_t *pa,
                       enum runs_result *result)
{
    struct table_met met = { .at = align_down(t->at + 8 * index, PAGE_BITS), .level = (uint8_t)t->level };

    if (!table_pa(r, met.at, &met.pa))
        return false;
    *pa = met.pa;
    met.ia = t->ia + ((uint64_t)((int64_t)(met.at - t->at) / 8)
                      << ttw_level_bits(r->params, t->level)); /* a small root begins within */
    if (r->met && !r->met(r->context, &met))
        *result = RUNS_TOO_MANY;
    return phys_holds(r->phys, PA(met.pa));
}

static enum runs_result read_table(struct runs_reader *r, const struct level *t, const struct reading *what);

/* True for a leaf that somebody has meant as one. */
static bool is_meant(const struct runs_reader *r, unsigned level, uint64_t desc)
{
    uint64_t address = low_mask(ttw_level_bits(r->params, level)) & ~low_mask(12), pa;

    if (level < 3 && ((desc & address) != 0 || bits(desc, 49, 48) != 0))
        return false;
    if (bit(desc, DESC_AF) ? level < 3 || level < r->doubtful : level == 3 && level < r->doubtful)
        return true;
    return table_pa(r, ttw_desc_oa(r->params, level, DESC_LEAF, desc), &pa);
}

static enum runs_result read_entry(struct runs_reader *r, const struct level *t, uint64_t ia, uint64_t desc,
                                   const struct reading *what)
{
    enum desc_type type = ttw_desc_type(r->params, t->level, desc);
    uint64_t oa = ttw_desc_oa(r->params, t->level, type, desc);
    struct level next = { .at = oa, .ia = ia, .level = t->level + 1, .attr = t->attr };

    if (type == DESC_INVALID || ttw_oa_out_of_range(r->params, oa))
        return RUNS_OK;
    if (type == DESC_LEAF)
        return is_meant(r, t->level, desc) ? add_leaf(r, t, ia, desc, what->out) : RUNS_OK;
    if (r->params->stage == 1)
        ttw_table_attr_add(&next.attr, desc, r->upper_regime);
    return read_table(r, &next, what);
}

/* Reads the entries of a table that [from, to) has a part of. */
static enum runs_result read_table(struct runs_reader *r, const struct level *t, const struct reading *what)
{
    unsigned entry_bits = ttw_level_bits(r->params, t->level);
    unsigned index_bits = t->level == r->params->start_level ? r->params->root_bits : r->params->granule_bits - 3u;
    uint64_t first = what->from > t->ia ? (what->from - t->ia) >> entry_bits : 0;
    uint64_t last = (what->to - 1 - t->ia) >> entry_bits;
    enum runs_result result = RUNS_OK;
    uint64_t pa = 0;
    bool known = false;

    if (last > low_mask(index_bits))
        last = low_mask(index_bits);
    for (uint64_t i = first; i <= last && result == RUNS_OK; i++) {
        uint64_t at = t->at + 8 * i, desc;

        if (i == first || (at & low_mask(PAGE_BITS)) == 0) {
            known = enter_page(r, t, i, &pa, &result);
            r->unknown += !known;
        }
        if (!known) {
            i |= low_mask(PAGE_BITS - 3); /* on with the next page of it */
            continue;
        }
        if ((*r->descriptors)-- == 0)
            return RUNS_TOO_MANY;
        if (!phys_read64(r->phys, PA(pa | (at & low_mask(PAGE_BITS))), &desc))
            continue;
        if (r->params->big_endian)
            desc = __builtin_bswap64(desc);
        if (result == RUNS_OK)
            result = read_entry(r, t, t->ia + (i << entry_bits), desc, what);
    }
    return result;
}

enum runs_result leaf_runs_read(struct runs_reader *r, uint64_t from, uint64_t to, struct leaf_runs *out)
{
    struct level root = { .at = r->params->base, .level = r->params->start_level };

    return from < to ? read_table(r, &root, &(struct reading){ from, to, out }) : RUNS_OK;
}

/* ---- Differences ---- */

/* One reading, from an address on. */
struct cursor {
    const struct leaf_runs *runs;
    size_t i;
};

/* The run at an address, NULL for a hole, and where that ends. */
static const struct leaf_run *at(struct cursor *c, uint64_t ia, uint64_t *end)
{
    const struct leaf_run *run;

    while (c->i < c->runs->count && c->runs->run[c->i].ia + c->runs->run[c->i].bytes <= ia)
        c->i++;
    run = c->i < c->runs->count ? &c->runs->run[c->i] : NULL;
    *end = !run ? UINT64_MAX : run->ia > ia ? run->ia : run->ia + run->bytes;
    return run && run->ia <= ia ? run : NULL;
}

static bool same(const struct leaf_run *a, const struct leaf_run *b)
{
    if (!a || !b)
        return a == b;
    return a->oa - a->ia == b->oa - b->ia && a->attr == b->attr;
}

bool leaf_runs_differ(const struct leaf_runs *before, const struct leaf_runs *after,
                      bool (*take)(void *context, const struct runs_change *c), void *context)
{
    struct cursor old = { before, 0 }, now = { after, 0 };
    uint64_t end[2];

    for (uint64_t ia = 0; ia != UINT64_MAX; ia = end[0]) {
        const struct leaf_run *was = at(&old, ia, &end[0]), *is = at(&now, ia, &end[1]);
        struct runs_change c = { .ia = ia, .now = is, .was_mapped = was != NULL };

        if (end[1] < end[0])
            end[0] = end[1];
        if (same(was, is))
            continue;
        c.bytes = end[0] - ia;
        c.leaf_bits = was && (!is || was->leaf_bits < is->leaf_bits) ? was->leaf_bits : is->leaf_bits;
        if (!take(context, &c))
            return false;
    }
    return true;
}
