/* What translations put into the TLB RAM and what had to go for it, for whoever lists it.
 *
 * A fact told by value, as the steps are; nobody listens in an ordinary run, and nothing is kept then. */
#pragma once

#include "models/mmu/tlb.h"

enum fill_array { FILL_MAIN_TLB, FILL_WALK_CACHE, FILL_IPA_CACHE };

struct fill {
    uint8_t array; /* enum fill_array */
    struct tlb_entry entry;
    struct tlb_tag replaced; /* not valid: the place was free, or held the same */
};

/* Of an access that crosses a page: for each translation a main TLB entry, a table pointer, and a stage-2 translation
 * for each of 4 stage-1 tables and the output. */
#define FILLS_MAX 14

struct fills {
    unsigned count; /* to be set to 0 by the listener, before each access */
    struct fill fill[FILLS_MAX];
};

/* Fills and tells it; `fills` may be NULL. Returns as tlb_fill does. */
static inline struct tlb_tag fill_put(struct tlb *t, const struct tlb_entry *entry, struct fills *fills,
                                      enum fill_array array)
{
    struct tlb_tag replaced = tlb_fill(t, entry);

    if (fills && fills->count < FILLS_MAX)
        fills->fill[fills->count++] = (struct fill){ .array = (uint8_t)array, .entry = *entry, .replaced = replaced };
    return replaced;
}
