/* Sparse memory: open addressing over page numbers. */
#include "models/mem/phys.h"

#include <assert.h>
#include <string.h>

static uint32_t slot_of(const struct phys *m, uint64_t page_pa)
{
    uint64_t h = (page_pa >> PHYS_PAGE_BITS) * 0x9E3779B97F4A7C15ULL; /* golden-ratio hashing */

    return (uint32_t)(h >> 32) & (2 * m->capacity - 1);
}

static struct phys_page *find(const struct phys *m, uint64_t page_pa)
{
    for (uint32_t s = slot_of(m, page_pa);; s = (s + 1) & (2 * m->capacity - 1)) {
        if (m->slot[s] == 0)
            return NULL;
        if (m->page[m->slot[s] - 1].pa == page_pa)
            return &m->page[m->slot[s] - 1];
    }
}

static void enter(struct phys *m, uint32_t index)
{
    uint32_t s = slot_of(m, m->page[index].pa);

    while (m->slot[s] != 0)
        s = (s + 1) & (2 * m->capacity - 1);
    m->slot[s] = index + 1;
}

void phys_init(struct phys *m, struct phys_page *page, uint32_t *slot, uint32_t capacity)
{
    assert(capacity > 0 && (capacity & (capacity - 1)) == 0);
    *m = (struct phys){ .page = page, .slot = slot, .capacity = capacity };
    phys_reset(m);
}

void phys_reset(struct phys *m)
{
    memset(m->slot, 0, phys_slot_bytes(m->capacity));
    m->count = 0;
    m->ram_count = 0;
    m->absent_reads = 0;
}

void phys_move(struct phys *m, struct phys_page *page, uint32_t *slot, uint32_t capacity)
{
    assert(capacity >= m->count && (capacity & (capacity - 1)) == 0);
    if (m->count > 0)
        memcpy(page, m->page, m->count * sizeof *page);
    m->page = page;
    m->slot = slot;
    m->capacity = capacity;
    memset(slot, 0, phys_slot_bytes(capacity));
    for (uint32_t i = 0; i < m->count; i++)
        enter(m, i);
}

/* Returns the page that holds a PA, new if need be; NULL when there is no room. */
static struct phys_page *claim(struct phys *m, pa_t pa)
{
    uint64_t page_pa = align_down(pa.v, PHYS_PAGE_BITS);
    struct phys_page *page = find(m, page_pa);

    if (page || m->count == m->capacity)
        return page;
    page = &m->page[m->count];
    memset(page, 0, sizeof *page);
    page->pa = page_pa;
    enter(m, m->count++);
    return page;
}

bool phys_write64(struct phys *m, pa_t pa, uint64_t value)
{
    struct phys_page *page = claim(m, pa);

    if (page)
        page->word[pa.v >> 3 & (PHYS_PAGE_WORDS - 1)] = value;
    return page != NULL;
}

bool phys_write_page(struct phys *m, pa_t pa, const uint64_t word[PHYS_PAGE_WORDS])
{
    struct phys_page *page = claim(m, pa);

    if (page)
        memcpy(page->word, word, sizeof page->word);
    return page != NULL;
}

static void zero_in_page(struct phys_page *page, uint64_t from, uint64_t to)
{
    memset(&page->word[from >> 3], 0, to - from);
}

void phys_zero(struct phys *m, pa_t pa, uint64_t bytes)
{
    uint64_t end = pa.v + bytes;

    /* over the pages there are, not over the range: that may be the whole address space */
    for (uint32_t i = 0; i < m->count; i++) {
        uint64_t base = m->page[i].pa, last = base + (1u << PHYS_PAGE_BITS);
        uint64_t from = pa.v > base ? pa.v : base, to = end < last ? end : last;

        if (from < to)
            zero_in_page(&m->page[i], from - base, to - base);
    }
}

bool phys_add_ram(struct phys *m, uint64_t base, uint64_t bytes)
{
    if (m->ram_count == PHYS_RAM_MAX)
        return false;
    m->ram[m->ram_count++] = (struct phys_range){ base, bytes };
    return true;
}

bool phys_holds(const struct phys *m, pa_t pa)
{
    return find(m, align_down(pa.v, PHYS_PAGE_BITS)) != NULL;
}

static bool in_ram(const struct phys *m, uint64_t pa)
{
    for (uint32_t i = 0; i < m->ram_count; i++) {
        if (pa >= m->ram[i].base && pa - m->ram[i].base < m->ram[i].bytes)
            return true;
    }
    return m->ram_count == 0;
}

bool phys_read64(void *phys, pa_t pa, uint64_t *value)
{
    struct phys *m = phys;
    struct phys_page *page = find(m, align_down(pa.v, PHYS_PAGE_BITS));

    if (m->ram_count != 0 && !in_ram(m, pa.v))
        return false;
    if (!page && m->absent_reads++ == 0)
        m->first_absent = pa;
    *value = page ? page->word[pa.v >> 3 & (PHYS_PAGE_WORDS - 1)] : 0;
    return true;
}
