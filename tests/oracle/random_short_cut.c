/* The way in that nearly all records take. */
#include "tests/oracle/random_short_cut.h"

#include "tests/oracle/random_compare.h"

/* True when all that an access asks for is known, at *page. */
static bool is_known(const struct cluster *c, unsigned lane, const struct access *a, uint32_t *page)
{
    const struct memo_page *p = cluster_known(c, lane, a->va.v);
    const bool aligned = a->kind == ACCESS_FETCH || (a->va.v & (a->size - 1)) == 0;

    *page = p->page;
    return aligned && !a->unpriv && (a->va.v & CACHE_LINE_MASK) + a->size <= CACHE_LINE_MASK + 1 &&
           p->key == cluster_key(a->va.v) && memo_has_line(p->lines, p->page, a->va.v);
}

const struct utlb_entry *random_short_cut(struct random_machine *m, unsigned core, const struct access *a)
{
    struct cluster *c = &m->model->cluster;
    const unsigned lane = LANE(core, a->el, a->kind);
    struct hit h;
    uint32_t page;
    bool known;

    if (a->kind >= LANE_KINDS || a->straddles)
        return NULL;
    known = is_known(c, lane, a, &page);
    h = cluster_hit(c, &c->lane[lane],
                    (struct plain){ .va = a->va.v,
                                    .size = a->size,
                                    .odd = a->kind == ACCESS_FETCH ? 0 : (uint16_t)((a->size >> a->pair) - 1),
                                    .unpriv = a->unpriv });
    if (known && !(h.entry && h.lasts && !h.moved && h.entry->pa >> 12 == page))
        random_fail(m, "what is known of an access is not so");
    m->tally->known += known;
    if (h.lasts && !a->unpriv)
        cluster_let_know(c, lane, h.entry, a->va.v, 0);
    return h.entry;
}
