/* A domain's map as something to print: what each stretch of IPA space leads to, and where two maps differ. */
#pragma once

#include "models/arch/attr.h"
#include "models/arch/perm.h"
#include "platforms/xen/p2m.h"

/* What a stretch of IPA space is, by the tables alone. */
struct map_stretch {
    uint64_t ipa, bytes;
    uint64_t pa; /* of its first byte; no meaning where nothing is mapped */
    bool mapped;
    enum p2m_type type;
    struct memattr attr; /* of stage 2 alone */
    uint8_t perm;        /* PERM_S2_* */
    size_t leaves[4];    /* by level, 1 to 3 */
};

/* Returns the stretch that begins at `ipa` and goes on as long as all but the leaves' sizes is the same, PAs following
 * each other, up to `end`. */
struct map_stretch map_stretch_at(const struct p2m *p, uint64_t ipa, uint64_t end);

/* True when both lead to the same place with the same attributes and permissions; the software type does not matter. */
bool map_stretch_same(const struct map_stretch *a, const struct map_stretch *b);

/* The leaves of a region, by level. */
void map_count_leaves(const struct p2m *p, uint64_t ipa, uint64_t bytes, size_t leaves[4]);

/* Writes "Normal-WB ish RW" or "Device-nGnRE osh RW-", a '-' for what is not executable. Returns text. */
#define MAP_TEXT_BYTES 48
const char *map_attr_text(const struct map_stretch *s, char text[MAP_TEXT_BYTES]);

/* Writes a size as people do: "1 GB", "64 KB", "516 KB". Returns text. */
const char *map_size_text(uint64_t bytes, char text[MAP_TEXT_BYTES]);
