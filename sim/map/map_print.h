/* A world's map in print: regions, leaves, differences. */
#pragma once

#include "sim/map/world.h"

#include <jansson.h>
#include <stdio.h>

/* One row a region, with its leaves by size, and what the tables take. */
void map_print_regions(FILE *out, const struct world *w);

/* One row a leaf. */
void map_print_leaves(FILE *out, const struct world *w);

/* One row for each stretch that the two lead elsewhere, or otherwise. */
void map_print_diff(FILE *out, const struct world *a, const struct world *b);

/* One row a domain of the world; the same as a JSON object ("stagewalk/map-domains/1"). */
void map_print_domains(FILE *out, const struct world *w);
json_t *map_domains_json(const struct world *w);

/* Regions as a JSON object ("stagewalk/map/1"), NULL when out of memory. The caller owns it. */
json_t *map_json(const struct world *w);
