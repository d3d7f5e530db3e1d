/* What a guest is given of the machine: does it exist, whose is it, who else has it? */
#include "models/arch/addr.h"
#include "platforms/zynqmp/map.h"
#include "sim/lint/domains.h"
#include "sim/map/map_view.h"

#include <inttypes.h>

/* A region of a domain under check, and where a finding about it is. */
struct given {
    const struct lint_domain *d;
    const struct domain_region *r;
    char place[LINT_PLACE_BYTES];
};

static bool meets(const struct given *g, uint64_t pa, uint64_t bytes)
{
    return lint_ranges_meet(g->r->pa, g->r->bytes, pa, bytes);
}

/* ---- Whose it is ---- */

/* Another domain's RAM; dom0's banks tell one finding, not one a chunk. Returns whether it is. */
static bool check_foreign(const struct given *g)
{
    const struct world *w = g->d->world;
    bool foreign = false;

    for (size_t i = 0; i < w->count; i++) {
        const struct xen_domain *x = &w->domain[i].map;

        if (&w->domain[i] == g->d->domain)
            continue;
        for (size_t k = 0; k < x->count; k++) {
            const struct domain_region *other = &x->region[k];

            if (other->kind != REGION_RAM || !meets(g, other->pa, other->bytes))
                continue;
            lint_find(g->d->report, LINT_FOREIGN_RAM, g->place, "PA 0x%" PRIx64 " is of %s: %.80s", g->r->pa, x->name,
                      other->name);
            foreign = true;
            break;
        }
    }
    return foreign;
}

/* Returns what of Xen's own it is: the GIC but for GICV, its image, an SMMU, the console; NULL for none. */
static const char *owned_by_xen(const struct given *g)
{
    const struct board *b = &g->d->world->board;

    if (meets(g, b->gicd.base, b->gicd.bytes))
        return "the GIC's distributor";
    if (meets(g, b->gicc.base, b->gicc.bytes))
        return "the GIC's CPU interface";
    if (meets(g, b->gich.base, b->gich.bytes))
        return "the GIC's hypervisor interface";
    if (meets(g, g->d->world->ram.xen_pa, DOM0_XEN_BYTES))
        return "Xen's image";
    for (size_t i = 0; i < b->count; i++) {
        const struct board_region *n = &b->region[i];

        if ((n->flags & (BOARD_IOMMU | BOARD_CONSOLE)) && meets(g, n->base, n->bytes))
            return n->node;
    }
    return NULL;
}

static void check_shared(const struct given *g)
{
    const struct xen_domain *dom0 = &g->d->world->domain[0].map;

    for (size_t k = 0; k < dom0->count; k++) {
        const struct domain_region *other = &dom0->region[k];

        if (other->kind != REGION_DEVICE || other->type == P2M_INVALID || !meets(g, other->pa, other->bytes))
            continue;
        lint_find(g->d->report, LINT_DEVICE_SHARED, g->place, "PA 0x%" PRIx64 " is dom0's %.80s as well", g->r->pa,
                  other->name);
        return;
    }
}

/* ---- What it is ---- */

static bool is_ram(const struct given *g)
{
    const struct board *b = &g->d->world->board;

    for (size_t i = 0; i < b->ram_count; i++) {
        if (meets(g, b->ram[i].base, b->ram[i].bytes))
            return true;
    }
    return false;
}

/* Returns where what is there at a PA ends: RAM, a node's pages, on-chip memory; the PA itself when nothing is. */
static uint64_t there_until(const struct board *b, uint64_t pa)
{
    uint32_t count;
    const struct region *map = zynqmp_map(&count), *part = price_region_of(map, count, pa);

    if (part && part->mem_class == MEM_OCM)
        return part->base + part->bytes;
    for (size_t i = 0; i < b->ram_count; i++) {
        if (pa - b->ram[i].base < b->ram[i].bytes)
            return b->ram[i].base + b->ram[i].bytes;
    }
    for (size_t i = 0; i < b->count; i++) {
        uint64_t first = align_down(b->region[i].base, 12);
        uint64_t bytes = align_down(b->region[i].base - first + b->region[i].bytes + low_mask(12), 12);

        if (pa >= first && pa - first < bytes)
            return first + bytes;
    }
    return pa;
}

/* Logic that is loaded later need not stand in the tree that Xen starts with; elsewhere what has no node is not
 * there. */
static void check_exists(const struct given *g)
{
    uint64_t at = g->r->pa, next, end = at + g->r->bytes;
    uint32_t count;
    const struct region *map = zynqmp_map(&count), *part;
    char detail[LINT_DETAIL_BYTES];

    while (at < end && (next = there_until(&g->d->world->board, at)) > at)
        at = next;
    if (at >= end)
        return;
    part = price_region_of(map, count, at);
    snprintf(detail, sizeof detail, "no node of the device tree is at PA 0x%" PRIx64 " (%s)", at,
             part ? part->name : "beyond 40 bits");
    lint_find_as(g->d->report, LINT_NOTHING_THERE, part && part->mem_class == MEM_PL ? LINT_NOTE : LINT_WARNING,
                 g->place, detail);
}

static void check_given(const struct lint_domain *d, const struct domain_region *r)
{
    struct given g = { .d = d, .r = r };
    const char *xen = owned_by_xen(&g);

    lint_region_place(d, r, g.place);
    if (check_foreign(&g))
        return;
    if (xen) {
        lint_find(d->report, LINT_XEN_OWNED, g.place, "PA 0x%" PRIx64 " is of %s", r->pa, xen);
        return;
    }
    check_shared(&g);
    check_exists(&g);
    if (is_ram(&g) && r->type == P2M_MMIO_DIRECT_DEV)
        lint_find(d->report, LINT_RAM_AS_DEVICE, g.place, "PA 0x%" PRIx64 " is RAM of the board", r->pa);
}

void lint_passthrough(const struct lint_domain *d)
{
    const struct xen_domain *x = &d->domain->map;

    for (size_t i = 0; i < x->count; i++) {
        if (x->region[i].kind == REGION_IOMEM)
            check_given(d, &x->region[i]);
    }
}
