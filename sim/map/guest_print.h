/* A guest's stage 1 in print: regions, leaves, differences, JSON. */
#pragma once

#include "sim/map/guest.h"

#include <jansson.h>
#include <stdio.h>

/* One row for each stretch of a region that stage 2 maps alike, and the registers. */
void guest_print_regions(FILE *out, const struct guest *g, const struct world *w);

/* One row a leaf of stage 1. */
void guest_print_leaves(FILE *out, const struct guest *g, const struct world *w);

/* One row for each stretch of the first guest's that under the other Xen leads elsewhere or otherwise, or that its
 * guest does not map. */
struct guest_world {
    const struct guest *guest;
    const struct world *world;
};
void guest_print_diff(FILE *out, const struct guest_world *a, const struct guest_world *b);

/* The rows as a JSON object ("stagewalk/map-stage1/1"), NULL when out of memory. The caller owns it. */
json_t *guest_json(const struct guest *g, const struct world *w);
