/* Stage-1 tables, level by level. */
#include "platforms/linux/stage1.h"

#include "models/arch/ttw.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BITS 12
#define ENTRY_VALID 1ULL
#define ENTRY_NOT_BLOCK 2ULL /* a table, or a page of level 3 */
#define ENTRY_ADDRESS 0x0000FFFFFFFFF000ULL
#define ENTRY_CONTIGUOUS (1ULL << DESC_Contig)
#define CONTIGUOUS_BITS 4 /* 16 entries */

static unsigned level_bits(unsigned level)
{
    return PAGE_BITS + 9 * (3 - level);
}

/* [Arm: AArch64.S1StartLevel] */
static unsigned start_level(const struct stage1 *s)
{
    return 3 - (s->va_bits - 1u - PAGE_BITS) / 9;
}

const char *stage1_result_name(enum stage1_result result)
{
    static const char *const names[] = { "ok", "out of memory", "no room for tables", "mapped already",
                                         "outside the tree's half" };

    return names[result];
}

void stage1_pool_init(struct stage1_pool *pool, uint64_t base, uint64_t bytes)
{
    uint64_t pages = bytes >> PAGE_BITS;

    assert(((base | bytes) & low_mask(PAGE_BITS)) == 0);
    *pool = (struct stage1_pool){ .base = base };
    pool->limit = pages < STAGE1_PAGES_MAX ? (size_t)pages : STAGE1_PAGES_MAX;
}

void stage1_pool_free(struct stage1_pool *pool)
{
    free(pool->page);
    pool->page = NULL;
    pool->count = pool->capacity = 0;
}

/* Takes an empty page: *page is its number. The pool's pages may move. */
static enum stage1_result take_page(struct stage1_pool *pool, size_t *page)
{
    if (pool->count == pool->limit)
        return STAGE1_POOL_FULL;
    if (pool->count == pool->capacity) {
        size_t capacity = pool->capacity ? 2 * pool->capacity : 16;
        uint64_t(*more)[STAGE1_PAGE_WORDS] = realloc(pool->page, capacity * sizeof *more);

        if (!more)
            return STAGE1_NO_MEMORY;
        pool->page = more;
        pool->capacity = capacity;
    }
    *page = pool->count++;
    memset(pool->page[*page], 0, sizeof *pool->page);
    return STAGE1_OK;
}

static enum stage1_result init(struct stage1 *s, struct stage1_pool *pool, unsigned va_bits)
{
    assert(va_bits >= 25 && va_bits <= 48); /* TxSZ of 16 to 39 [Arm: R_GTJBY] */
    *s = (struct stage1){ .pool = pool, .va_bits = (uint8_t)va_bits };
    return take_page(pool, &s->root);
}

enum stage1_result stage1_init_lower(struct stage1 *s, struct stage1_pool *pool, unsigned va_bits)
{
    return init(s, pool, va_bits);
}

enum stage1_result stage1_init_upper(struct stage1 *s, struct stage1_pool *pool, unsigned va_bits)
{
    enum stage1_result result = init(s, pool, va_bits);

    s->upper = true;
    return result;
}

static uint64_t page_ipa(const struct stage1_pool *pool, size_t page)
{
    return pool->base + ((uint64_t)page << PAGE_BITS);
}

uint64_t stage1_root(const struct stage1 *s)
{
    return page_ipa(s->pool, s->root);
}

bool stage1_holds(const struct stage1 *s, uint64_t va, uint64_t bytes)
{
    uint64_t above = va >> s->va_bits, ones = ~0ULL >> s->va_bits;

    return above == (s->upper ? ones : 0) && bytes <= (1ULL << s->va_bits) - (va & low_mask(s->va_bits));
}

static uint64_t *entry_of(const struct stage1 *s, size_t page, unsigned level, uint64_t va)
{
    return &s->pool->page[page][(va & low_mask(s->va_bits)) >> level_bits(level) & (STAGE1_PAGE_WORDS - 1)];
}

static bool is_table(uint64_t entry, unsigned level)
{
    return level < 3 && (entry & ENTRY_VALID) && (entry & ENTRY_NOT_BLOCK);
}

static size_t page_of(const struct stage1 *s, uint64_t table_desc)
{
    return (size_t)(((table_desc & ENTRY_ADDRESS) - s->pool->base) >> PAGE_BITS);
}

/* Goes from the table at *page to that of the next level, which is made if nothing is there yet. */
static enum stage1_result descend(struct stage1 *s, size_t *page, unsigned level, const struct stage1_mapping *m,
                                  uint64_t va)
{
    uint64_t entry = *entry_of(s, *page, level, va);
    enum stage1_result result;
    size_t table;

    if (is_table(entry, level)) {
        *page = page_of(s, entry);
        return STAGE1_OK;
    }
    if (entry & ENTRY_VALID)
        return STAGE1_OVERLAP;
    result = take_page(s->pool, &table);
    if (result != STAGE1_OK)
        return result;
    *entry_of(s, *page, level, va) = page_ipa(s->pool, table) | m->table | ENTRY_NOT_BLOCK | ENTRY_VALID;
    *page = table;
    return STAGE1_OK;
}

/* Writes the one leaf of a level for `va`. */
static enum stage1_result put(struct stage1 *s, const struct stage1_mapping *m, uint64_t va, unsigned leaf_level,
                              uint64_t hint)
{
    size_t page = s->root;
    uint64_t *entry;

    for (unsigned level = start_level(s); level < leaf_level; level++) {
        enum stage1_result result = descend(s, &page, level, m, va);

        if (result != STAGE1_OK)
            return result;
    }
    entry = entry_of(s, page, leaf_level, va);
    if (*entry & ENTRY_VALID)
        return STAGE1_OVERLAP;
    *entry = (m->ipa + (va - m->va)) | m->leaf | hint | (leaf_level == 3 ? ENTRY_NOT_BLOCK : 0) | ENTRY_VALID;
    return STAGE1_OK;
}

/* True when all of the 2^bits bytes around `va` are mapped, and their IPAs are aligned as they are. */
static bool covers(const struct stage1_mapping *m, uint64_t va, unsigned bits)
{
    uint64_t start = align_down(va, bits);

    return ((m->va ^ m->ipa) & low_mask(bits)) == 0 && start >= m->va && start - m->va + low_mask(bits) < m->bytes;
}

/* The level of the leaf for `va`: the largest that is allowed and fits. There is none of level 0 [Arm: D8.3.1.2]. */
static unsigned leaf_level_of(const struct stage1 *s, const struct stage1_mapping *m, uint64_t va)
{
    if ((m->sizes & STAGE1_1G) && start_level(s) <= 1 && covers(m, va, level_bits(1)))
        return 1;
    return (m->sizes & STAGE1_2M) && covers(m, va, level_bits(2)) ? 2 : 3;
}

/* The contiguous bit where it is allowed and the whole group of the level is mapped; never on 1 GB [Linux:
 * mmu.c@6.1:224, mmu.c@6.1:302]. */
static uint64_t hint_of(const struct stage1_mapping *m, uint64_t va, unsigned level)
{
    bool whole = level >= 2 && covers(m, va, level_bits(level) + CONTIGUOUS_BITS);

    return whole && (m->sizes & STAGE1_CONTIGUOUS) ? ENTRY_CONTIGUOUS : 0;
}

enum stage1_result stage1_map(struct stage1 *s, const struct stage1_mapping *m)
{
    enum stage1_result result = STAGE1_OK;

    assert(((m->va | m->ipa | m->bytes) & low_mask(PAGE_BITS)) == 0);
    assert((m->ipa + m->bytes) >> 48 == 0 && (m->leaf & (ENTRY_ADDRESS | 3)) == 0 && (m->table & ENTRY_ADDRESS) == 0);
    if (!stage1_holds(s, m->va, m->bytes))
        return STAGE1_OUTSIDE;
    for (uint64_t done = 0; done < m->bytes && result == STAGE1_OK;) {
        uint64_t va = m->va + done;
        unsigned level = leaf_level_of(s, m, va);

        result = put(s, m, va, level, hint_of(m, va, level));
        done += 1ULL << level_bits(level);
    }
    return result;
}

struct stage1_leaf stage1_find(const struct stage1 *s, uint64_t va)
{
    size_t page = s->root;

    assert(stage1_holds(s, va, 0));
    for (unsigned level = start_level(s);; level++) {
        uint64_t entry = *entry_of(s, page, level, va);

        if (!is_table(entry, level))
            return (struct stage1_leaf){ .va = align_down(va, level_bits(level)),
                                         .bytes = 1ULL << level_bits(level),
                                         .desc = entry & ENTRY_VALID ? entry : 0,
                                         .level = level };
        page = page_of(s, entry);
    }
}
