/* What both outputs of a watched replay tell, in a form in which they can be compared. Times in cycles. */
#pragma once

#include "models/cluster/config.h"
#include "models/cluster/waits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_DATA, SIDE_INSTRUCTION, SIDE_COUNT };

/* The time in which a descriptor of a stage and level was being fetched, and the sum of its addresses, each times so
 * long. */
struct fetching {
    uint64_t cycles[3][4];
    uint64_t pa_cycles;
};

struct watched {
    struct fetching fetching[CORES_MAX][SIDE_COUNT];
    uint64_t misses[3];               /* main TLB, walk cache, IPA cache */
    uint64_t changes[RESOURCE_COUNT]; /* of the number of requests there */
};

static inline int resource_by_name(const char *name)
{
    for (int i = RESOURCE_L2; i < RESOURCE_COUNT; i++) {
        if (strcmp(name, waits_resource_name((enum resource)i)) == 0)
            return i;
    }
    return -1;
}
