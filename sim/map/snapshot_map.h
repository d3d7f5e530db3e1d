/* `map SNAPSHOT`: what the tables in a snapshot's memory map. */
#pragma once

#include "sim/snapshot/snapshot_state.h"

struct snapshot_map {
    const char *path;
    const struct world_request *world;        /* the domain whose memory it is; NULL: of none */
    const char *regs[SNAPSHOT_WORDS_MAX + 1]; /* of --reg, up to a NULL */
    uint64_t core, el;
    bool leaves;      /* each leaf by itself, with its descriptors */
    const char *json; /* with html NULL: text on standard output */
    const char *html; /* the page of that */
};

/* Returns the exit status, after any message. */
int snapshot_map_tell(const struct snapshot_map *s);
