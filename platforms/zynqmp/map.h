/* The ZynqMP's global address map: which memory answers where. */
#pragma once

#include "models/cost/price.h"

/* The map of 40 bits, sorted by base; *count is set to its length. */
const struct region *zynqmp_map(uint32_t *count);
