/* Xen's walk over the device tree for dom0, on a board's regions. */
#include "platforms/xen/dom0.h"

#include "traces/error.h"

#include <stdio.h>

#define PAGE 4096ULL

/* Why a node is not mapped, in the order in which Xen asks [Xen: domain_build.c@4.8.0:1177, domain_build.c@4.17.0:2522,
 * handle_node]. */
struct rule {
    uint32_t flag;
    const char *why;
};

/* clang-format off */
static const struct rule rules[] = {
    { BOARD_UNSHOWN, "not mapped: a node that Xen shows no domain [Xen: handle_node, skip_matches]" },
    { BOARD_GIC, "not mapped: the GIC is Xen's, dom0 has a virtual one [Xen: handle_node, make_gic_node]" },
    { BOARD_TIMER, "not mapped: the timer's node is replaced by Xen's own [Xen: handle_node, make_timer_node]" },
    { BOARD_CONSOLE, "not mapped: Xen's console, used_by DOMID_XEN [Xen: cadence-uart.c@4.8.0:201]" },
    { BOARD_IOMMU, "not mapped: an IOMMU is never dom0's [Xen: handle_node, DEVICE_IOMMU]" },
    /* 4.8 cannot route it and gives up [Xen: domain_build.c@4.8.0, map_irq_to_domain]. */
    { BOARD_PPI, "not mapped: uses a PPI, which no guest can be given [Xen: domain_build.c@4.17.0:2603]" },
    { BOARD_PASSTHROUGH, "not mapped: xen,passthrough, for another domain [Xen: domain_build.c@4.8.0:1013]" },
};
/* clang-format on */

struct build {
    struct xen_domain *d;
    const struct board *b;
    struct trace_error *err;
};

/* Returns the rule by which a region is not mapped, or NULL. The words of a preset with gic_1to1 are "all devices";
 * what is passed through is another domain's all the same [choice]. */
static const char *why_not(const struct xen_preset *x, uint32_t flags)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if ((flags & rules[i].flag) && (!x->gic_1to1 || rules[i].flag == BOARD_PASSTHROUGH))
            return rules[i].why;
    }
    return NULL;
}

static enum p2m_type type_of(const struct xen_preset *x, uint32_t flags)
{
    if (flags & BOARD_GIC)
        return x->use.dom0_gicc;
    /* [Xen: domain_build.c@4.8.0:51, dev_map_attrs] */
    return (flags & BOARD_SRAM) && !(flags & BOARD_NO_WC) ? x->use.dom0_sram : x->use.dom0_mmio;
}

static bool add(struct build *u, struct domain_region r, const char *name, const char *source)
{
    snprintf(r.name, sizeof r.name, "%s", name);
    snprintf(r.source, sizeof r.source, "%s", source);
    return domain_add(u->d, &r) ||
           error_set(u->err, "%s: no memory, or more than %d regions of dom0", u->b->name, DOMAIN_REGIONS_MAX);
}

/* [pfn(base), + ceil(bytes / 4 KB)), whatever lies in the first page before base [Xen: domain_build.c@4.8.0:993,
 * map_range_to_domain]. Returns false with a message when that is not in the 40 bits of IPA. */
static bool pages_of(struct build *u, const struct board_region *n, struct domain_region *r)
{
    uint64_t pages = n->bytes / PAGE + (n->bytes % PAGE != 0);

    r->ipa = r->pa = n->base / PAGE * PAGE;
    r->bytes = pages * PAGE;
    if (pages <= BOARD_ADDRESS_END / PAGE && r->ipa <= BOARD_ADDRESS_END - r->bytes)
        return true;
    return error_set(u->err, "%s: %s: 0x%llx bytes at 0x%llx lie beyond the 40 bits that Xen can map", u->b->name,
                     n->node, (unsigned long long)n->bytes, (unsigned long long)n->base);
}

static bool is_gicd(const struct board *b, const struct board_region *n)
{
    return (n->flags & BOARD_GIC) && n->base == b->gicd.base;
}

/* Xen answers for the first page of the distributor; nobody does for the others [Xen: vgic-v2.c@4.8.0:697]. */
static bool add_gicd(struct build *u, struct domain_region r, const char *node)
{
    struct domain_region rest = r;

    r.kind = REGION_EMULATED;
    r.bytes = r.bytes < PAGE ? r.bytes : PAGE;
    if (!add(u, r, node, "GICD: Xen answers for its first 4 KB [Xen: vgic-v2.c@4.8.0:697]"))
        return false;
    rest.ipa += r.bytes;
    rest.pa += r.bytes;
    rest.bytes -= r.bytes;
    return rest.bytes == 0 || add(u, rest, node, "GICD: not mapped, nor answered for beyond 4 KB");
}

/* What is not mapped. The physical memory's node is not dom0's at all; its RAM is its own. */
static bool add_hidden(struct build *u)
{
    for (size_t i = 0; i < u->b->count; i++) {
        const struct board_region *n = &u->b->region[i];
        const char *why = why_not(u->d->preset, n->flags);
        struct domain_region r = { .kind = REGION_HIDDEN, .type = P2M_INVALID };

        if (!why || (n->flags & BOARD_MEMORY) || n->bytes == 0)
            continue;
        if (!pages_of(u, n, &r))
            return false;
        if ((n->flags & BOARD_GIC) && n->base == u->b->gicc.base)
            continue;
        if (is_gicd(u->b, n) ? !add_gicd(u, r, n->node) : !add(u, r, n->node, why))
            return false;
    }
    return true;
}

/* What dom0 is told that it may use for its grant table: the IPA of Xen's own text, where it has no RAM
 * [Xen: domain_build.c@4.8.0:2102, find_gnttab_region]. */
static bool add_grant_table(struct build *u, uint64_t xen_pa)
{
    struct domain_region r = { .ipa = xen_pa / PAGE * PAGE,
                               .bytes = u->d->preset->start.grant_frames * PAGE,
                               .kind = REGION_SHARED,
                               .type = P2M_INVALID };

    return add(u, r, "grant table", "empty until dom0 asks for pages, then ram_rw [Xen: find_gnttab_region]");
}

/* dom0's GICC is the whole real GICV, by as many pages as GICC has [Xen: vgic-v2.c@4.8.0:658]. */
static bool add_gicc(struct build *u)
{
    const struct board_range *c = &u->b->gicc, *v = &u->b->gicv;
    struct domain_region r = { .ipa = c->base,
                               .pa = v->base,
                               .bytes = c->bytes,
                               .kind = REGION_GICC,
                               .type = (uint8_t)u->d->preset->use.dom0_gicc };

    if (u->d->preset->gic_1to1)
        return true;
    if (c->bytes != v->bytes || c->bytes == 0 || (c->base | v->base | c->bytes) % PAGE != 0 ||
        c->bytes > BOARD_ADDRESS_END || c->base > BOARD_ADDRESS_END - c->bytes ||
        v->base > BOARD_ADDRESS_END - c->bytes)
        return error_set(u->err,
                         "%s: GIC: GICC (0x%llx bytes at 0x%llx) and GICV (0x%llx at 0x%llx) are not whole pages, "
                         "as many of each",
                         u->b->name, (unsigned long long)c->bytes, (unsigned long long)c->base,
                         (unsigned long long)v->bytes, (unsigned long long)v->base);
    return add(u, r, "GICC", "leads to the real GICV [Xen: vgic-v2.c@4.8.0:691]");
}

static bool add_ram(struct build *u, const struct dom0_ram *ram)
{
    for (size_t i = 0; i < ram->chunk_count; i++) {
        const struct board_range *c = &ram->chunk[i];
        struct domain_region r = {
            .ipa = c->base, .pa = c->base, .bytes = c->bytes, .kind = REGION_RAM, .type = P2M_RAM_RW
        };
        char name[DOMAIN_NAME_BYTES];
        size_t bank = 0;

        while (bank + 1 < ram->bank_count && c->base - ram->bank[bank].base >= ram->bank[bank].bytes)
            bank++;
        snprintf(name, sizeof name, "RAM bank %zu", bank);
        if (!add(u, r, name, "dom0_mem: a chunk of 2^n pages, 1:1 [Xen: domain_build.c@4.8.0:140]"))
            return false;
    }
    return true;
}

static bool add_devices(struct build *u)
{
    const struct xen_preset *x = u->d->preset;

    for (size_t i = 0; i < u->b->count; i++) {
        const struct board_region *n = &u->b->region[i];
        struct domain_region r = { .kind = REGION_DEVICE, .type = (uint8_t)type_of(x, n->flags) };

        if ((n->flags & BOARD_MEMORY) || why_not(x, n->flags) || n->bytes == 0)
            continue;
        if (!pages_of(u, n, &r))
            return false;
        if (!add(u, r, n->node,
                 n->flags & BOARD_PCI_WINDOW ? "ranges of a PCI bridge, 1:1 [Xen: domain_build.c@4.8.0:1037]"
                 : x->gic_1to1               ? "a device, 1:1 by the page's words"
                                             : "reg of a node of the device tree, 1:1 [Xen: domain_build.c@4.8.0:993]"))
            return false;
    }
    return true;
}

bool dom0_build(struct xen_domain *d, const struct board *b, const struct dom0_options *o, struct dom0_ram *ram,
                struct trace_error *err)
{
    struct build u = { d, b, err };

    return dom0_ram_find(ram, d->preset, b, o, err) && add_hidden(&u) && add_grant_table(&u, ram->xen_pa) &&
           add_gicc(&u) && add_ram(&u, ram) && add_devices(&u);
}
