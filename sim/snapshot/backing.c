/* A direct-mapped cache of pages in front of a file. */
#include "sim/snapshot/backing.h"

#include <stdlib.h>

#define PAGE_BITS PHYS_PAGE_BITS
#define NOTHING UINT64_MAX

struct kept_page {
    uint64_t pa; /* NOTHING: nothing is kept here */
    bool there;  /* the snapshot has some of it */
    uint64_t word[PHYS_PAGE_WORDS];
};

struct move {
    uint64_t ipa, pa, bytes;
};

struct backing {
    struct snapshot *snapshot;
    bool failed;
    unsigned moves;
    struct move move[BACKING_MOVES_MAX];
    struct kept_page page[BACKING_PAGES];
};

struct backing *backing_new(struct snapshot *s)
{
    struct backing *b = malloc(sizeof *b);

    if (!b)
        return NULL;
    b->snapshot = s;
    b->failed = false;
    b->moves = 0;
    for (size_t i = 0; i < BACKING_PAGES; i++)
        b->page[i].pa = NOTHING;
    return b;
}

bool backing_move(struct backing *b, uint64_t ipa, uint64_t pa, uint64_t bytes)
{
    if (b->moves == BACKING_MOVES_MAX)
        return false;
    b->move[b->moves++] = (struct move){ ipa, pa, bytes };
    return true;
}

/* Finds where the snapshot has the page at a PA. */
static bool place_of(const struct backing *b, uint64_t pa, uint64_t *place)
{
    *place = pa;
    for (unsigned i = 0; i < b->moves; i++) {
        const struct move *m = &b->move[i];

        if (pa >= m->pa && pa - m->pa < m->bytes) {
            *place = m->ipa + (pa - m->pa);
            return true;
        }
    }
    return b->moves == 0;
}

static struct kept_page *fill(struct backing *b, struct kept_page *p, uint64_t pa)
{
    uint64_t place;
    int got = place_of(b, pa, &place) ? snapshot_read_page(b->snapshot, place, p->word) : 0;

    b->failed |= got < 0;
    p->pa = pa;
    p->there = got > 0;
    return p;
}

static const struct kept_page *find(struct backing *b, pa_t pa)
{
    uint64_t page = align_down(pa.v, PAGE_BITS);
    struct kept_page *p = &b->page[pa.v >> PAGE_BITS & (BACKING_PAGES - 1)];

    return p->pa == page ? p : fill(b, p, page);
}

const uint64_t *backing_page(struct backing *b, pa_t pa)
{
    const struct kept_page *p = find(b, pa);

    return p->there ? p->word : NULL;
}

bool backing_read64(struct backing *b, pa_t pa, uint64_t *value)
{
    const struct kept_page *p = find(b, pa);

    if (p->there)
        *value = p->word[pa.v >> 3 & (PHYS_PAGE_WORDS - 1)];
    return p->there;
}

const struct snapshot *backing_snapshot(const struct backing *b)
{
    return b->snapshot;
}

bool backing_failed(const struct backing *b)
{
    return b->failed;
}

void backing_free(struct backing *b)
{
    if (!b)
        return;
    snapshot_close(b->snapshot);
    free(b);
}
