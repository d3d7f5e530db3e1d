/* The domains that a board's device tree describes, for a world. */
#pragma once

#include "platforms/xen/dom0less.h"
#include "platforms/zynqmp/board.h"
#include "sim/map/world.h"

/* One of them, before it is built. */
struct world_dom0less_domain {
    struct domu_config config;
    bool lacks_devices; /* it has a module of devices, and nobody said which */
};

struct world_dom0less {
    struct world_dom0less_domain domain[WORLD_DOMUS_MAX];
    size_t count;
};

/* Reads the domains of the request's device tree, in the order in which Xen builds them, with the devices that the
 * request passes to them, and takes the RAM that is of one alone (xen,static-mem) from the board. No tree: no domains.
 * Returns false and fills *err; world_dom0less_free in any case, of a struct that was zeroed. */
bool world_dom0less_read(struct world_dom0less *d, const struct world_request *q, struct board *b,
                         struct trace_error *err);
void world_dom0less_free(struct world_dom0less *d);
