/* Pages and trees. */
#include "tools/calibrate/image.h"

#include <assert.h>
#include <string.h>

#define DESC_TABLE 3 /* [Arm: D8.3.1] */
#define TABLE_ADDRESS 0x0000FFFFFFFFF000ULL

void image_init(struct image *image)
{
    image->count = 0;
}

unsigned image_level_bits(unsigned level)
{
    return 12 + 9 * (3 - level);
}

static uint64_t *word_at(struct image *image, uint64_t pa)
{
    struct image_page *page = image->page, *end = page + image->count;

    while (page < end && page->pa != (pa & ~0xFFFULL))
        page++;
    if (page == end) {
        assert(image->count < IMAGE_PAGES);
        memset(page, 0, sizeof *page);
        page->pa = pa & ~0xFFFULL;
        image->count++;
    }
    return &page->word[(pa & 0xFFF) / 8];
}

/* The descriptor for an address; concatenated tables at the first level are as one. */
static uint64_t *slot(struct tree *t, uint64_t table, unsigned level, uint64_t from)
{
    uint64_t index = from >> image_level_bits(level);

    if (level != t->start_level)
        index &= IMAGE_PAGE_WORDS - 1;
    return word_at(t->in, table + t->pa_offset + 8 * index);
}

void image_map(struct tree *t, uint64_t from, unsigned level, uint64_t leaf)
{
    uint64_t table = t->root;

    for (unsigned l = t->start_level; l < level; l++) {
        uint64_t *desc = slot(t, table, l, from);

        if (*desc == 0) {
            *desc = t->next | DESC_TABLE;
            t->next += 0x1000;
        }
        table = *desc & TABLE_ADDRESS;
    }
    *slot(t, table, level, from) = leaf;
}
