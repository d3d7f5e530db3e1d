/* What a translation did, step by step, for whoever prices, counts or explains it.
 *
 * The models decide first; these are the facts that the price is made of. */
#pragma once

#include "models/arch/attr.h"

enum step_kind {
    STEP_TLB,        /* main TLB: `probes` sizes looked up */
    STEP_WALK_CACHE, /* walk cache: `probes` sizes looked up */
    STEP_IPA_CACHE,  /* IPA cache, for the stage-2 translation of `address` */
    STEP_FETCH,      /* a descriptor fetch of `stage` and `level` at `address` (a PA) */
};

struct step {
    uint8_t kind; /* enum step_kind */
    bool hit;     /* lookups: found; a fetch: answered (no external abort) */
    uint8_t stage;
    uint8_t level;
    uint8_t probes;
    uint8_t found;       /* STEP_FETCH: where, told by the caches (enum mem_level) */
    struct memattr attr; /* STEP_FETCH: effective attribute of the fetch */
    uint64_t address;    /* STEP_IPA_CACHE: IPA; STEP_FETCH: PA */
    uint64_t desc;       /* STEP_FETCH: the descriptor */
};

/* A nested walk makes at most 4 * (3 + 1) + 3 = 19 fetches, since a 40-bit stage 2 has 3 levels, and 5 + 2 look-ups. */
#define STEPS_MAX 40

struct steps {
    unsigned count;
    struct step step[STEPS_MAX];
};
