/* What Xen maps for a guest, in its order: the GIC, RAM, the toolstack's pages, what is passed through. */
#include "platforms/xen/domu.h"

#include "platforms/xen/domu_ram.h"
#include "traces/error.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096ULL
#define IPA_END (1ULL << 40)

void domu_host_zynqmp(struct domu_host *host)
{
    memset(host, 0, sizeof *host);
    host->gicd = 0xF9010000;
    host->gicc = 0xF9020000;
    /* The GIC-400's pages stand 16 times each: the last of the first and the first of the second are neighbours
     * [Xen: gic-v2.c@4.8.0:1181]. */
    host->gicv = 0xF906F000;
    host->uart = 0xFF000000;
}

void domu_config_init(struct domu_config *c, const struct xen_preset *preset, enum domu_builder builder)
{
    memset(c, 0, sizeof *c);
    c->preset = preset;
    c->builder = builder;
    c->vcpus = 1;
    snprintf(c->name, sizeof c->name, "domU");
}

void domu_config_free(struct domu_config *c)
{
    free(c->static_mem);
    free(c->passthrough);
    c->static_mem = NULL;
    c->passthrough = NULL;
    c->static_count = c->passthrough_count = c->passthrough_capacity = 0;
}

struct domu_passthrough *domu_pass(struct domu_config *c, uint64_t ipa, uint64_t pa, uint64_t bytes)
{
    assert(((ipa | pa | bytes) & (PAGE - 1)) == 0 && bytes <= IPA_END);
    assert(ipa <= IPA_END - bytes && pa <= IPA_END - bytes);
    if (c->passthrough_count == DOMU_PASSTHROUGH_MAX)
        return NULL;
    if (c->passthrough_count == c->passthrough_capacity) {
        size_t capacity = c->passthrough_capacity ? 2 * c->passthrough_capacity : 8;
        struct domu_passthrough *more = realloc(c->passthrough, capacity * sizeof *more);

        if (!more)
            return NULL;
        c->passthrough = more;
        c->passthrough_capacity = capacity;
    }
    c->passthrough[c->passthrough_count] =
        (struct domu_passthrough){ .ipa = ipa, .pa = pa, .bytes = bytes, .type = P2M_MMIO_DIRECT_DEV };
    return &c->passthrough[c->passthrough_count++];
}

/* The CPU interface leads to the real GICV; the distributor is emulated and never mapped [Xen: vgic-v2.c@4.8.0:648,
 * vgic-v2.c@4.17.0:654]. */
static bool add_gic(struct xen_domain *d, const struct domu_config *c, const struct domu_host *host)
{
    const struct xen_layout *layout = xen_layout(c->preset);
    const struct layout_range *gicc = &layout->window[LAYOUT_GICC], *gicd = &layout->window[LAYOUT_GICD];
    struct domain_region cpu = { .ipa = c->direct_map ? host->gicc : gicc->base,
                                 .pa = host->gicv,
                                 .bytes = gicc->bytes,
                                 .kind = REGION_GICC,
                                 .type = P2M_MMIO_DIRECT_DEV,
                                 .name = "GICC, which is the GICV",
                                 .source = "GUEST_GICC_BASE" };
    struct domain_region distributor = { .ipa = c->direct_map ? host->gicd : gicd->base,
                                         .bytes = gicd->bytes,
                                         .kind = REGION_EMULATED,
                                         .name = "GICD",
                                         .source = "GUEST_GICD_BASE" };

    if (c->direct_map) {
        snprintf(cpu.source, sizeof cpu.source, "direct-map: where the machine has it");
        snprintf(distributor.source, sizeof distributor.source, "direct-map: where the machine has it");
    }
    return domain_add(d, &cpu) && domain_add(d, &distributor);
}

/* Pages through which toolstack and guest talk: ordinary RAM [Xen: xc_dom_arm.c@4.8.0:70, xg_dom_arm.c@4.17.0:50].
 * Without a toolstack there are none. */
static bool add_magic_pages(struct xen_domain *d, const struct domu_config *c, struct domu_host *host,
                            struct trace_error *err)
{
    const struct xen_layout *layout = xen_layout(c->preset);

    for (unsigned i = 0; i < LAYOUT_MAGIC_PAGES_MAX && layout->magic_page[i]; i++) {
        struct domain_region r = { .ipa = layout->window[LAYOUT_MAGIC].base + i * PAGE,
                                   .bytes = PAGE,
                                   .kind = REGION_RAM,
                                   .type = P2M_RAM_RW,
                                   .source = "GUEST_MAGIC_BASE" };

        if (!ram_pool_take(&host->pool, PAGE, &r.pa))
            return error_set(err, "%s: no host memory is left for the magic page of 4 KB, \"%s\"", c->name,
                             layout->magic_page[i]);
        snprintf(r.name, sizeof r.name, "magic page: %s", layout->magic_page[i]);
        if (!domain_add(d, &r))
            return error_set(err, "%s: too many regions", c->name);
    }
    return true;
}

/* Reserved, and mapped page by page when the guest asks for its grant table with XENMEM_add_to_physmap
 * [Xen: mm.c@4.8.0:1121]. */
static bool add_grant_table(struct xen_domain *d, const struct domu_config *c)
{
    const struct layout_range *w = &xen_layout(c->preset)->window[LAYOUT_GNTTAB];

    return domain_add(d, &(struct domain_region){ .ipa = w->base,
                                                  .bytes = w->bytes,
                                                  .kind = REGION_SHARED,
                                                  .type = P2M_INVALID,
                                                  .name = "grant table, until the guest maps it",
                                                  .source = "GUEST_GNTTAB_BASE" });
}

static bool add_vuart(struct xen_domain *d, const struct domu_config *c, const struct domu_host *host)
{
    const struct layout_range *w = &xen_layout(c->preset)->window[LAYOUT_PL011];

    if (!c->vuart || w->bytes == 0)
        return true;
    return domain_add(d, &(struct domain_region){ .ipa = c->direct_map ? host->uart : w->base,
                                                  .bytes = w->bytes,
                                                  .kind = REGION_EMULATED,
                                                  .name = "vPL011",
                                                  .source = "GUEST_PL011_BASE" });
}

static bool add_passthrough(struct xen_domain *d, const struct domu_config *c)
{
    for (size_t i = 0; i < c->passthrough_count; i++) {
        const struct domu_passthrough *p = &c->passthrough[i];
        struct domain_region r = { .ipa = p->ipa,
                                   .pa = p->pa,
                                   .bytes = p->bytes,
                                   .kind = REGION_IOMEM,
                                   .type = p->type,
                                   .batch = c->builder == DOMU_BY_XL ? BATCH_64_PAGES : BATCH_WHOLE };

        memcpy(r.name, p->name, sizeof r.name);
        memcpy(r.source, p->source, sizeof r.source);
        if (!domain_add(d, &r))
            return false;
    }
    return true;
}

bool domu_build(struct xen_domain *d, const struct domu_config *c, struct domu_host *host, unsigned vmid,
                struct trace_error *err)
{
    domain_init(d, c->preset, c->name, vmid);
    if (c->vcpus == 0 || c->vcpus > DOMU_VCPUS_MAX)
        return error_set(err, "%s: %u vCPUs: a GICv2 serves 1 to %d", c->name, c->vcpus, DOMU_VCPUS_MAX);
    if (!add_gic(d, c, host))
        return error_set(err, "%s: too many regions", c->name);
    if (!domu_ram_add(d, c, &host->pool, err))
        return false;
    if (c->builder == DOMU_BY_XL && !add_magic_pages(d, c, host, err))
        return false;
    if (!add_grant_table(d, c) || !add_vuart(d, c, host) || !add_passthrough(d, c))
        return error_set(err, "%s: too many regions", c->name);
    return true;
}
