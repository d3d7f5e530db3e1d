/* Stage-2 tables, level by level. */
#include "platforms/xen/p2m.h"

#include "models/arch/addr.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BITS 12
#define ENTRY_VALID 1ULL
#define ENTRY_NOT_BLOCK 2ULL
#define ENTRY_ADDRESS 0x0000FFFFFFFFF000ULL

static unsigned level_bits(unsigned level)
{
    return PAGE_BITS + 9 * (3 - level);
}

/* Returns the number of a fresh table page, or 0: none is 0, which is the root. */
static size_t new_page(struct p2m *p, enum p2m_result *result)
{
    if (p->count == P2M_PAGES_MAX) {
        *result = P2M_TOO_LARGE;
        return 0;
    }
    if (p->count == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 16;
        uint64_t(*more)[P2M_PAGE_WORDS] = realloc(p->page, capacity * sizeof *more);

        if (!more) {
            *result = P2M_NO_MEMORY;
            return 0;
        }
        p->page = more;
        p->capacity = capacity;
    }
    memset(p->page[p->count], 0, sizeof *p->page);
    return p->count++;
}

enum p2m_result p2m_init(struct p2m *p, const struct xen_preset *preset, uint64_t base)
{
    enum p2m_result result = P2M_OK;

    assert((base & low_mask(PAGE_BITS + 1)) == 0);
    memset(p, 0, sizeof *p);
    p->preset = preset;
    p->base = base;
    for (unsigned i = 0; i < P2M_ROOT_PAGES && result == P2M_OK; i++)
        new_page(p, &result);
    return result;
}

void p2m_free(struct p2m *p)
{
    free(p->page);
    p->page = NULL;
    p->count = p->capacity = 0;
}

/* Where the entry for an IPA lies in the table page of its level. The root's index runs over both its pages. */
static uint64_t *entry_of(const struct p2m *p, size_t page, unsigned level, uint64_t ipa)
{
    if (level == P2M_ROOT_LEVEL)
        page += (size_t)(ipa >> 39);
    return &p->page[page][ipa >> level_bits(level) & (P2M_PAGE_WORDS - 1)];
}

static size_t page_of(const struct p2m *p, uint64_t table_desc)
{
    return (size_t)(((table_desc & ENTRY_ADDRESS) - p->base) >> PAGE_BITS);
}

/* Takes a superpage apart into a table of the next level, attributes and all [Xen: p2m_split_superpage,
 * p2m.c@4.8.0:777]; of an invalid entry it makes an empty table. Returns the table's page, or 0. */
static size_t make_table(struct p2m *p, size_t page, unsigned level, uint64_t ipa, enum p2m_result *result)
{
    size_t table = new_page(p, result); /* pages may have moved: only now is the entry looked up */
    uint64_t *entry = entry_of(p, page, level, ipa), block = *entry;

    if (!table)
        return 0;
    for (unsigned i = 0; (block & ENTRY_VALID) && i < P2M_PAGE_WORDS; i++)
        p->page[table][i] = (block + ((uint64_t)i << level_bits(level + 1))) | (level + 1 == 3 ? ENTRY_NOT_BLOCK : 0);
    p->splits += block & ENTRY_VALID;
    *entry = xen_preset_table(p->preset, p->base + ((uint64_t)table << PAGE_BITS));
    return table;
}

/* Writes one leaf of a level. A table that it replaces is left behind, as nobody but the tables knows of it. */
static enum p2m_result put(struct p2m *p, uint64_t ipa, uint64_t leaf, unsigned leaf_level)
{
    enum p2m_result result = P2M_OK;
    size_t page = 0;

    for (unsigned level = P2M_ROOT_LEVEL; level < leaf_level; level++) {
        uint64_t entry = *entry_of(p, page, level, ipa);
        bool is_table = (entry & ENTRY_VALID) && (entry & ENTRY_NOT_BLOCK);

        page = is_table ? page_of(p, entry) : make_table(p, page, level, ipa, &result);
        if (result != P2M_OK)
            return result;
    }
    *entry_of(p, page, leaf_level, ipa) = leaf;
    return P2M_OK;
}

enum p2m_result p2m_map(struct p2m *p, uint64_t ipa, uint64_t pa, uint64_t bytes, enum p2m_type type)
{
    enum p2m_result result = P2M_OK;

    assert(((ipa | pa | bytes) & low_mask(PAGE_BITS)) == 0 && ipa + bytes <= 1ULL << 40);
    while (bytes > 0 && result == P2M_OK) {
        uint64_t mask = ipa | pa | bytes, step;
        unsigned level = 3;

        while (level > 1 && (mask & low_mask(level_bits(level - 1))) == 0)
            level--;
        step = 1ULL << level_bits(level);
        result = put(p, ipa, xen_preset_leaf(p->preset, type, pa, level), level);
        ipa += step;
        pa += step;
        bytes -= step;
    }
    return result;
}

enum p2m_result p2m_map_domain(struct p2m *p, const struct xen_domain *d)
{
    enum p2m_result result = P2M_OK;

    for (size_t i = 0; i < d->count && result == P2M_OK; i++) {
        const struct domain_region *r = &d->region[i];
        uint64_t step = r->batch == BATCH_64_PAGES ? 64ULL << PAGE_BITS : r->bytes;

        if (r->type == P2M_INVALID)
            continue;
        for (uint64_t done = 0; done < r->bytes && result == P2M_OK; done += step)
            result = p2m_map(p, r->ipa + done, r->pa + done, r->bytes - done < step ? r->bytes - done : step,
                             (enum p2m_type)r->type);
    }
    return result;
}

uint64_t p2m_vttbr(const struct p2m *p, unsigned vmid)
{
    return p->base | (uint64_t)vmid << 48;
}

struct p2m_leaf p2m_find(const struct p2m *p, uint64_t ipa)
{
    size_t page = 0;

    for (unsigned level = P2M_ROOT_LEVEL;; level++) {
        uint64_t entry = *entry_of(p, page, level, ipa);

        if (level == 3 || !(entry & ENTRY_VALID) || !(entry & ENTRY_NOT_BLOCK))
            return (struct p2m_leaf){ .ipa = align_down(ipa, level_bits(level)),
                                      .bytes = 1ULL << level_bits(level),
                                      .desc = entry & ENTRY_VALID ? entry : 0,
                                      .level = level };
        page = page_of(p, entry);
    }
}
