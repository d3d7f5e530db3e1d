/* One physical address, two mappings: which of them differ in memory type or shareability [Arm: B2, Mismatched memory
 * attributes]. */
#pragma once

#include "models/arch/regime.h"
#include "sim/lint/finding.h"

/* A stretch of physical memory as somebody maps it. */
struct alias_piece {
    uint64_t pa, bytes;
    uint64_t ia;         /* where it is mapped */
    const char *space;   /* what `ia` is of: "dom0 IPA", "core 0 EL1&0 VA" */
    struct memattr attr; /* effective */
    uint8_t most;        /* enum lint_severity: a contradiction is at most this for it */
    uint8_t regime;      /* enum regime_id: EL2 maps all RAM, and leaves its guests' alone */
};

struct aliases {
    const char *source; /* in front of places; NULL: nothing */
    struct alias_piece *piece;
    size_t count, capacity;
    bool lost; /* for want of memory, or of more than ALIAS_PIECES_MAX */
};

#define ALIAS_PIECES_MAX (1u << 21)

/* Adds a piece; joined to the one before where it goes on. aliases_free in any case. Starts all zero but
 * for the source. */
void aliases_add(struct aliases *a, const struct alias_piece *piece);
void aliases_free(struct aliases *a);

/* Tells of each piece that another, of lower address or the same, contradicts: once for each way in which it does.
 * Pieces are sorted on the way. */
void aliases_check(struct aliases *a, struct lint_report *r);
