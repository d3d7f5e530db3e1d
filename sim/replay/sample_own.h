/* What a core does to itself in time: a fetch runs ahead of older accesses, and its walk waits while one of theirs has the
 * walker. Most of what an access waits for is that, and it is found for every record without the engine.
 *
 * It is what estimates are compared by, no result: what an engine finds differs, and how much is measured [choice: the
 * rules of sim/tlm/core.cpp and mmu.cpp for one core, without the other resources]. */
#pragma once

#include "models/cluster/charge.h"
#include <stdint.h>

struct sample_own {
    uint64_t done;               /* instructions */
    uint64_t now;                /* cycles */
    uint64_t fetch_free;         /* when the last fetch ended */
    uint64_t data_from, data_at; /* the last other access: when it began, and after how many instructions */
    uint64_t walker_free;
};

/* A work of the core, in their order, with its price alone. `done`: instructions before it; ahead: cluster.fetch_ahead.
 * Returns the cycles that it waits for the walker. */
uint32_t sample_own_wait(struct sample_own *o, const struct charge *charge, uint64_t done, uint32_t ahead);
