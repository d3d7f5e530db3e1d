/* What a map's rows leave unsaid: RAM that was not to be had, settings of a file that the map does not depend on. */
#pragma once

#include "sim/map/world.h"

#define MAP_NOTE_BYTES 384

/* Writes the i-th note on the domain that is asked about. Returns false when there are not so many. */
bool map_note(const struct world *w, size_t i, char text[MAP_NOTE_BYTES]);
