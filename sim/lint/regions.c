/* The regions of one domain: do they keep out of each other's way, and is RAM where there is some? */
#include "sim/lint/domains.h"
#include "sim/map/map_view.h"

#include <inttypes.h>

/* What is mapped, or answered for by Xen: the one hides the other. Elsewhere a guest may put what it likes. */
static bool has_place(const struct domain_region *r)
{
    return r->type != P2M_INVALID || r->kind == REGION_EMULATED;
}

/* Nodes that share a page are one mapping. */
static bool same_mapping(const struct domain_region *a, const struct domain_region *b)
{
    return a->type == b->type && (a->type == P2M_INVALID || a->pa - a->ipa == b->pa - b->ipa);
}

static void check_pair(const struct lint_domain *d, const struct domain_region *early, const struct domain_region *late)
{
    char place[LINT_PLACE_BYTES], detail[LINT_DETAIL_BYTES];
    bool ram = (early->kind == REGION_RAM) != (late->kind == REGION_RAM);
    const char *how = "replaces part of";

    if (!lint_ranges_meet(early->ipa, early->bytes, late->ipa, late->bytes) || same_mapping(early, late))
        return;
    if (early->kind == REGION_EMULATED || late->kind == REGION_EMULATED)
        how = "hides, or is hidden by,";
    snprintf(detail, sizeof detail, "%s %.80s at IPA 0x%" PRIx64 " [%.80s]", how, early->name, early->ipa,
             early->source);
    lint_find_as(d->report, LINT_REGION_OVERLAP, ram ? LINT_ERROR : LINT_WARNING, lint_region_place(d, late, place),
                 detail);
}

/* Returns how much of [pa, pa + bytes) from its start is RAM of the board, taking banks that touch as one. */
static uint64_t ram_from(const struct board *b, uint64_t pa, uint64_t bytes)
{
    uint64_t at = pa;

    for (size_t i = 0; i < b->ram_count && at - pa < bytes; i++) {
        if (at - b->ram[i].base < b->ram[i].bytes) {
            at = b->ram[i].base + b->ram[i].bytes;
            i = (size_t)-1; /* from the first again: they need not be sorted */
        }
    }
    return at - pa < bytes ? at - pa : bytes;
}

static void check_ram(const struct lint_domain *d, const struct domain_region *r)
{
    uint64_t there = ram_from(&d->world->board, r->pa, r->bytes);
    char place[LINT_PLACE_BYTES];

    if (there < r->bytes)
        lint_find(d->report, LINT_RAM_OUTSIDE_BOARD, lint_region_place(d, r, place), "no RAM at PA 0x%" PRIx64,
                  r->pa + there);
}

void lint_regions(const struct lint_domain *d)
{
    const struct xen_domain *x = &d->domain->map;

    for (size_t i = 0; i < x->count; i++) {
        if (!has_place(&x->region[i]))
            continue;
        if (x->region[i].kind == REGION_RAM)
            check_ram(d, &x->region[i]);
        for (size_t k = 0; k < i; k++) {
            if (has_place(&x->region[k]))
                check_pair(d, &x->region[k], &x->region[i]);
        }
    }
}
