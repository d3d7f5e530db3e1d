/* Stage 1 by region, stage 2 by stretch. */
#include "sim/map/guest_view.h"

#include "models/arch/perm.h"

#include <string.h>

static void count_leaves(const struct stage1 *s, struct guest_stretch *out)
{
    for (uint64_t at = out->va; at - out->va < out->bytes;) {
        struct stage1_leaf leaf = stage1_find(s, at);

        if (leaf.va >= out->va)
            out->leaves[leaf.level]++;
        at = leaf.va + leaf.bytes;
    }
}

struct guest_stretch guest_stretch_at(const struct guest *g, const struct world *w, const struct vmap_region *r,
                                      uint64_t offset)
{
    struct guest_stretch s = { .va = r->va + offset, .ipa = r->ipa + offset };
    struct map_stretch below = guest_stage2(w, s.ipa, r->bytes - offset);
    unsigned rights = vmap_rights(&g->map.vmap, r);

    s.bytes = below.bytes;
    s.pa = below.pa;
    s.mapped = below.mapped;
    s.stage1 = s.result = vmap_attr(&g->map.vmap, r);
    if (w->asked && below.mapped) {
        s.result = attr_combine(s.stage1, below.attr);
        rights &= perm_rights_stage2(below.perm);
    }
    if (memattr_is_device(s.result)) /* fetches from Device memory are refused [choice: models/mmu/check.h] */
        rights &= ~(unsigned)(RIGHT_X0 | RIGHT_X1);
    s.rights = (uint8_t)rights;
    count_leaves(&g->tables.tree[r->tree], &s);
    return s;
}

const char *guest_rights_text(unsigned rights, char text[GUEST_RIGHTS_BYTES])
{
    memcpy(text, "--- ---", GUEST_RIGHTS_BYTES);
    for (unsigned i = 0; i < 3; i++) {
        if (rights & (unsigned)RIGHT_R0 << i)
            text[i] = "rwx"[i];
        if (rights & (unsigned)RIGHT_R1 << i)
            text[4 + i] = "rwx"[i];
    }
    return text;
}
