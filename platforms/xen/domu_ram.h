/* A guest's RAM: which banks, and in pieces of which size, as these decide how large its mappings are. */
#pragma once

#include "platforms/xen/domu.h"

/* Appends the RAM of a guest. Returns false and fills *err when there is not enough. */
bool domu_ram_add(struct xen_domain *d, const struct domu_config *c, struct ram_pool *pool, struct trace_error *err);
