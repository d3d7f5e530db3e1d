/* The list of regions of a domain. */
#include "platforms/xen/domain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *region_kind_name(enum region_kind kind)
{
    static const char *const names[REGION_KIND_COUNT] = { "RAM",    "device",   "GICC",  "iomem",
                                                          "shared", "emulated", "hidden" };
    return names[kind];
}

void domain_init(struct xen_domain *d, const struct xen_preset *preset, const char *name, unsigned vmid)
{
    memset(d, 0, sizeof *d);
    d->preset = preset;
    d->vmid = vmid;
    snprintf(d->name, sizeof d->name, "%s", name);
}

void domain_free(struct xen_domain *d)
{
    free(d->region);
    d->region = NULL;
    d->count = d->capacity = 0;
}

struct domain_region *domain_add(struct xen_domain *d, const struct domain_region *region)
{
    if (d->count == DOMAIN_REGIONS_MAX)
        return NULL;
    if (d->count == d->capacity) {
        size_t capacity = d->capacity ? 2 * d->capacity : 64;
        struct domain_region *more = realloc(d->region, capacity * sizeof *more);

        if (!more)
            return NULL;
        d->region = more;
        d->capacity = capacity;
    }
    d->region[d->count] = *region;
    return &d->region[d->count++];
}

void domain_text(char *to, size_t bytes, const char *from)
{
    size_t i = strlen(to);

    for (; i + 1 < bytes && *from; from++)
        to[i++] = (unsigned char)*from < ' ' || *from == 0x7f ? '?' : *from;
    to[i] = '\0';
}

const struct domain_region *domain_find(const struct xen_domain *d, uint64_t ipa)
{
    for (size_t i = d->count; i-- > 0;) {
        if (ipa - d->region[i].ipa < d->region[i].bytes)
            return &d->region[i];
    }
    return NULL;
}
