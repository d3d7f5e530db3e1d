/* Registers to sets of tables, words to stretches that change. */
#include "sim/explore/relayout_world.h"

#include "platforms/zynqmp/params.h"
#include "sim/trace/trace_pages.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BITS 12
#define TABLE_PAGES_MAX (1u << 20)
#define DESCRIPTORS_A_CHANGE 32 /* that are read for a change of a page, and some */
#define PLACES_MAX 16           /* of one page, that a change is looked at in */

void relayout_unsupported(struct relayout_world *w, const char *format, ...)
{
    va_list args;

    if (w->result->unsupported++ > 0)
        return;
    va_start(args, format);
    vsnprintf(w->result->unsupported_first, RELAYOUT_WHY_BYTES, format, args);
    va_end(args);
}

static bool fail(struct relayout_world *w, enum runs_result result)
{
    return error_set(w->phrase, result == RUNS_NO_MEMORY
                                    ? "out of memory"
                                    : "its tables map more than can be rewritten, or refer to each other in a circle");
}

bool relayout_world_begin(struct relayout_world *w, struct trace_reader *r)
{
    struct config config;

    params_default(&config);
    machine_free(w->old);
    w->old = machine_new(&config);
    w->descriptors = RUNS_DESCRIPTORS;
    for (int i = 0; i < w->count; i++)
        w->context[i].used = false;
    for (unsigned i = 0; i < CORES_MAX; i++)
        w->core[i] = (struct world_core){ true, NO_CONTEXT, { NO_CONTEXT, NO_CONTEXT } };
    if (!w->old)
        return error_set(w->phrase, "out of memory");
    return trace_pages_load(r, w->old, w->err);
}

void relayout_world_free(struct relayout_world *w)
{
    for (int i = 0; i < w->count; i++) {
        leaf_runs_free(&w->context[i].runs);
        leaf_runs_free(&w->context[i].early);
        free(w->context[i].changing.stretch);
        free(w->context[i].kept_holes.stretch);
    }
    machine_free(w->old);
    free(w->page);
    free(w->bucket);
}

/* ---- Pages of tables ---- */

static uint32_t *bucket_of(const struct relayout_world *w, uint64_t page)
{
    return &w->bucket[(page * 0x9E3779B97F4A7C15ULL >> 32) & (w->page_capacity - 1)];
}

static void chain(struct relayout_world *w, size_t i)
{
    uint32_t *bucket = bucket_of(w, w->page[i].page);

    w->page[i].next = *bucket;
    *bucket = (uint32_t)i + 1;
}

static bool grow_pages(struct relayout_world *w)
{
    size_t capacity = w->page_capacity ? 2 * w->page_capacity : 256;
    struct table_page *page = realloc(w->page, capacity * sizeof *page);
    uint32_t *bucket = page && capacity <= TABLE_PAGES_MAX ? calloc(capacity, sizeof *bucket) : NULL;

    w->page = page ? page : w->page;
    if (!bucket)
        return false;
    free(w->bucket);
    w->bucket = bucket;
    w->page_capacity = capacity;
    for (size_t i = 0; i < w->page_count; i++)
        chain(w, i);
    return true;
}

/* The first place of a page behind place i; 0: none. Places count from 1. */
static uint32_t place_from(const struct relayout_world *w, uint64_t page, uint32_t i)
{
    while (i > 0 && w->page[i - 1].page != page)
        i = w->page[i - 1].next;
    return i;
}

static uint32_t first_place(const struct relayout_world *w, uint64_t page)
{
    return w->bucket ? place_from(w, page, *bucket_of(w, page)) : 0;
}

bool relayout_world_owns(const struct relayout_world *w, uint64_t pa)
{
    return first_place(w, pa >> PAGE_BITS) > 0;
}

struct meeting {
    struct relayout_world *world;
    struct context *context;
};

static bool meet(void *context, const struct table_met *t)
{
    const struct meeting *m = context;
    struct relayout_world *w = m->world;
    uint64_t page = t->pa >> PAGE_BITS;
    uint16_t number = (uint16_t)(m->context - w->context);

    for (uint32_t i = first_place(w, page); i > 0; i = place_from(w, page, w->page[i - 1].next)) {
        const struct table_page *p = &w->page[i - 1];

        if (p->context == number && p->ia == t->ia && p->level == t->level)
            return true;
    }
    if (w->page_count == w->page_capacity && !grow_pages(w))
        return false;
    w->page[w->page_count] =
        (struct table_page){ .page = page, .at = t->at, .ia = t->ia, .context = number, .level = t->level };
    chain(w, w->page_count++);
    m->context->told.old_tables += 1ULL << PAGE_BITS;
    return true;
}

/* What an entry of a level, and all below it, maps; level 3: all that is mapped. */
struct range {
    uint64_t from, to;
    unsigned level;
};

static enum runs_result read_range(struct relayout_world *w, struct context *c, struct range range,
                                   struct leaf_runs *out)
{
    struct meeting m = { w, c };
    struct runs_reader reader = { .params = &c->params,
                                  .under = c->under == NO_CONTEXT ? NULL : &w->context[c->under].params,
                                  .upper_regime = true,
                                  .phys = &w->old->phys,
                                  .descriptors = &w->descriptors,
                                  .doubtful = range.level + 1,
                                  .met = meet,
                                  .context = &m };
    enum runs_result result = leaf_runs_read(&reader, range.from, range.to, out);

    if (range.from == 0 && range.to == 1ULL << c->params.ia_bits)
        c->told.unknown = reader.unknown;
    return result;
}

/* ---- Contexts ---- */

static bool same_geometry(const struct ttw_params *a, const struct ttw_params *b)
{
    return a->base == b->base && a->stage == b->stage && a->granule_bits == b->granule_bits &&
           a->ia_bits == b->ia_bits && a->oa_bits == b->oa_bits && a->start_level == b->start_level &&
           a->root_bits == b->root_bits && a->big_endian == b->big_endian;
}

/* Finds or makes a context. Returns its number, or NO_CONTEXT with *phrase. */
static int context_of(struct relayout_world *w, const struct ttw_params *p, bool upper, int under)
{
    struct context *c = w->context;

    while (c < w->context + w->count && !(same_geometry(&c->params, p) && c->told.upper == upper && c->under == under))
        c++;
    if (c == w->context + w->count) {
        if (w->count == CONTEXTS_MAX) {
            error_set(w->phrase, "more than %d sets of tables", CONTEXTS_MAX);
            return NO_CONTEXT;
        }
        *c = (struct context){ .params = *p, .under = under };
        c->told = (struct relayout_context){ .stage = p->stage, .upper = upper, .old_root = p->base };
        w->count++;
    }
    return (int)(c - w->context);
}

static bool use_context(struct relayout_world *w, int number, unsigned vmid)
{
    struct context *c = &w->context[number];

    if (c->used)
        return true;
    c->used = true;
    if (!c->planned) {
        enum runs_result result = read_range(w, c, (struct range){ 0, 1ULL << c->params.ia_bits, 3 }, &c->runs);

        c->told.vmid = (uint8_t)vmid;
        if (result != RUNS_OK)
            return fail(w, result);
    }
    return !w->used || w->used(w->owner, c);
}

bool relayout_world_register(struct relayout_world *w, unsigned core, uint32_t encoding, uint64_t value)
{
    enum sysreg reg = sysreg_by_encoding(encoding);

    if (reg == SYSREG_COUNT)
        return false;
    mmu_write_sysreg(&w->old->cluster.core[core].mmu, reg, value);
    w->core[core].stale |= sysreg_steers_translation(reg);
    return true;
}

bool relayout_world_use(struct relayout_world *w, unsigned core)
{
    const struct regime *r = &w->old->cluster.core[core].mmu.regime[REGIME_EL10];
    struct world_core *k = &w->core[core];
    bool walkable = !r->stage2_on || r->s2.refused == FAULT_NONE;

    k->stale = false;
    k->stage2 = NO_CONTEXT;
    if (r->stage2_on && walkable) {
        k->stage2 = context_of(w, &r->s2, false, NO_CONTEXT);
        if (k->stage2 == NO_CONTEXT || !use_context(w, k->stage2, r->vmid))
            return false;
    }
    for (unsigned half = 0; half < 2; half++) {
        k->stage1[half] = NO_CONTEXT;
        if (!walkable || !r->stage1_on || r->s1[half].refused != FAULT_NONE)
            continue;
        k->stage1[half] = context_of(w, &r->s1[half], half == 1, k->stage2);
        if (k->stage1[half] == NO_CONTEXT || !use_context(w, k->stage1[half], r->vmid))
            return false;
    }
    return true;
}

/* ---- Changes ---- */

/* One place of the page that changes: what the entry's range was mapped to. */
struct place {
    struct context *context;
    struct range range;
    struct leaf_runs before;
};

/* Reads what the places of a word are mapped to. Returns how many, or -1 with *phrase. */
static int places_before(struct relayout_world *w, uint64_t pa, struct place place[PLACES_MAX])
{
    uint64_t page = pa >> PAGE_BITS;
    int count = 0;

    for (uint32_t i = first_place(w, page); i > 0; i = place_from(w, page, w->page[i - 1].next)) {
        struct table_page t = w->page[i - 1]; /* reading may move them */
        struct context *c = &w->context[t.context];
        unsigned entry_bits = ttw_level_bits(&c->params, t.level);
        struct place *p = &place[count];
        enum runs_result result;

        if (!c->used)
            continue;
        if (count == PLACES_MAX) {
            relayout_unsupported(w, "the table page at PA 0x%" PRIx64 " is in more than %d places", pa, PLACES_MAX);
            break;
        }
        *p = (struct place){ .context = c, .range.level = t.level };
        p->range.from = t.ia + ((pa & low_mask(PAGE_BITS)) / 8 << entry_bits);
        p->range.to = p->range.from + (1ULL << entry_bits);
        count++;
        if (!ttw_in_range(&c->params, p->range.from) || p->range.to > 1ULL << c->params.ia_bits) {
            p->range.to = p->range.from; /* beside a root that is smaller than its page */
            continue;
        }
        result = read_range(w, c, p->range, &p->before);
        if (result != RUNS_OK) {
            fail(w, result);
            return -1;
        }
    }
    return count;
}

struct changing {
    struct relayout_world *world;
    struct context *context;
};

/* Tells when stage 2 changes where tables of stage 1 lie: which pages those are now is not looked at again. */
static void note_moved_tables(struct relayout_world *w, const struct context *stage2, const struct runs_change *change)
{
    for (size_t i = 0; i < w->page_count; i++)
        if (w->context[w->page[i].context].under == stage2 - w->context && w->page[i].at - change->ia < change->bytes)
            relayout_unsupported(w, "stage 2 changes at IPA 0x%" PRIx64 ", where a table of stage 1 lies",
                                 w->page[i].at);
}

static bool take_change(void *context, const struct runs_change *change)
{
    const struct changing *c = context;

    if (c->context->params.stage == 2)
        note_moved_tables(c->world, c->context, change);

    return c->world->changed(c->world->owner, c->context, change);
}

/* Tells what a place is mapped to now. */
static bool place_after(struct relayout_world *w, struct place *p)
{
    struct changing changing = { w, p->context };
    struct leaf_runs after = { 0 };
    enum runs_result result = read_range(w, p->context, p->range, &after);
    bool good = result == RUNS_OK ? leaf_runs_differ(&p->before, &after, take_change, &changing) : fail(w, result);

    leaf_runs_free(&after);
    return good;
}

bool relayout_world_word(struct relayout_world *w, uint64_t pa, uint64_t value, bool *ours)
{
    struct place place[PLACES_MAX];
    uint64_t was = 0;
    int count = 0;
    const char *why;
    bool good;

    *ours = relayout_world_owns(w, pa);
    if (*ours && phys_holds(&w->old->phys, PA(pa)) && phys_read64(&w->old->phys, PA(pa), &was) && was == value)
        return true;
    if (*ours) {
        w->descriptors += DESCRIPTORS_A_CHANGE;
        count = places_before(w, pa, place);
    }
    why = count < 0 ? NULL : machine_write64(w->old, PA(pa), value);
    good = count >= 0 && (!why || error_set(w->phrase, "%s", why));
    for (int i = 0; i < count; i++) {
        good = good && place_after(w, &place[i]);
        leaf_runs_free(&place[i].before);
    }
    return good;
}
