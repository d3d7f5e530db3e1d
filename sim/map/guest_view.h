/* A guest's stage 1 as something to print: stretches of VA space with what both stages make of each. */
#pragma once

#include "sim/map/guest.h"
#include "sim/map/map_view.h"

struct guest_stretch {
    uint64_t va, ipa, bytes;
    uint64_t pa; /* no meaning where stage 2 maps nothing */
    bool mapped; /* at stage 2 */
    struct memattr stage1, result;
    uint8_t rights;   /* RIGHT_* of what is left by both stages; of stage 1 where stage 2 maps nothing */
    size_t leaves[4]; /* of stage 1, by level: those that begin in the stretch */
};

/* Returns the stretch of a region that begins `offset` bytes into it and goes on as long as stage 2 is the same. */
struct guest_stretch guest_stretch_at(const struct guest *g, const struct world *w, const struct vmap_region *r,
                                      uint64_t offset);

/* Writes "r-- rwx": what EL0 and EL1 may. Returns text. */
#define GUEST_RIGHTS_BYTES 8
const char *guest_rights_text(unsigned rights, char text[GUEST_RIGHTS_BYTES]);
