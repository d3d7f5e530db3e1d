/* Everything about a machine that is a number: one struct, filled by the platform's parameter table. */
#pragma once

#include "models/cost/cache.h"
#include "models/cost/price.h"
#include "models/mmu/mmu.h"

#define CORES_MAX 4
#define L1_LINES_MAX 2048 /* 128 KB, either L1 */

struct config {
    uint32_t cores;
    struct mmu_config mmu;
    struct cache_config l1i, l1d, l2;
    uint32_t data_accesses; /* 0: no access goes to them but descriptor fetches */
    struct prices price;
    struct occupancy busy;
    struct ddr_config ddr;
    uint32_t clock_mhz;       /* of the cores */
    uint32_t fetch_ahead;     /* instructions that the front end is ahead of the oldest one not done */
    const struct region *map; /* sorted by base */
    uint32_t map_count;
};
