/* The lines of a walk: descriptors read, and what the TLB RAM was filled with. Private to tarmac_out. */
#pragma once

#include "models/mmu/fill.h"
#include "models/mmu/step.h"
#include "sim/replay/tarmac_text.h"

/* Whose walk, and when. */
struct tarmac_walk {
    const struct regime *regime;
    unsigned half; /* of the VA, as regime_half has it */
    bool fetch;    /* of an instruction */
    unsigned core;
    uint64_t at;
};

/* TTW lines of the descriptors among the steps. */
void tarmac_walk_steps(struct tarmac_text *t, const struct tarmac_walk *w, const struct steps *steps);

/* TLB and WALKCACHE lines. */
void tarmac_walk_fills(struct tarmac_text *t, const struct tarmac_walk *w, const struct fills *fills);
