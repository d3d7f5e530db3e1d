/* A world's domains: what their configurations ask for, against the board, against each other, and as Xen's tables
 * have it. / */
#pragma once

#include "sim/lint/finding.h"
#include "sim/map/world.h"

/* Tells what is wrong with a world: each domain's regions and settings, its tables, and aliases among all. Returns
 * false when out of memory. */
bool lint_domains(const struct world *w, struct lint_report *r);

/* Its parts: what the regions of one domain show. `label` is its name, unique among the domains. */
struct lint_domain {
    const struct world *world;
    const struct world_domain *domain;
    const char *label;
    struct lint_report *report;
};

void lint_regions(const struct lint_domain *d);     /* overlaps within the domain; RAM that the board has not */
void lint_passthrough(const struct lint_domain *d); /* what it is given of the machine */

/* Writes "guest IPA 0x38070000 (4 KB), iomem 0x70000,1@0x38070 [guest.cfg:3: iomem]". Returns text. */
const char *lint_region_place(const struct lint_domain *d, const struct domain_region *region,
                              char text[LINT_PLACE_BYTES]);

static inline bool lint_ranges_meet(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}
