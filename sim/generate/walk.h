/* Walks over data: which byte of the footprint comes next, and whether it is stored to.
 *
 * Offsets only; where they lie and who runs is the affair of others. A walk is as long as it is asked. */
#pragma once

#include "sim/generate/random.h"
#include "sim/generate/spread.h"
#include "sim/generate/words.h"
#include "sim/generate/zipf.h"

#define WALK_PAGE 4096

/* What the walks of all cores and processes share. */
struct walk_law {
    const struct words *words;
    uint64_t units;   /* what is chosen from: accesses, nodes, pages, points inside the grid */
    uint32_t *next;   /* chase: the node behind each; one cycle through all [Sattolo] */
    struct zipf zipf; /* zipf: of pages */
    struct spread spread;
};

struct walk {
    const struct walk_law *law;
    struct random random;
    uint64_t at;    /* sequential, strided: offset; chase: node; stencil: point inside */
    unsigned point; /* stencil: which neighbour comes next */
};

struct walk_step {
    uint64_t offset; /* in the footprint; a multiple of the access's size */
    bool store;
};

/* Returns false for want of memory. walk_law_free in any case. The words outlive it. */
bool walk_law_init(struct walk_law *law, const struct words *words);
void walk_law_free(struct walk_law *law);

/* Starts the i-th of `count` walks, which begin in different parts of the footprint and choose differently. */
void walk_init(struct walk *w, const struct walk_law *law, unsigned i, unsigned count);

struct walk_step walk_next(struct walk *w);
