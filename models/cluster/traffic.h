/* What an access moves beyond the L1 that it hits: the lines and single accesses that there is to price and to time.
 *
 * The caches write it down in the order in which it comes about. A descriptor's own line is not among it: where that
 * was found stands in its step. */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum traffic_kind {
    TRAFFIC_FILL,       /* a line for the access, from where `found` says */
    TRAFFIC_UNCACHED,   /* the access itself, past the caches */
    TRAFFIC_CLAIM,      /* a shared line becomes this core's own: the others are told */
    TRAFFIC_EVICT,      /* a dirty line goes from an L1 to the L2 */
    TRAFFIC_WRITE_BACK, /* a dirty line goes from the L2 to memory */
};

struct traffic_item {
    uint64_t pa;
    uint8_t kind;  /* enum traffic_kind */
    uint8_t found; /* FILL: enum mem_level, not L1 */
    bool waits;    /* the core goes on only when it is there; else a buffer holds it */
};

/* An access makes two translations of up to 19 fetches and touches four lines; each is one item and may push five
 * out: dirty ones from another L1 and its own, and from the L2 for each of the three that it takes in. */
#define TRAFFIC_MAX ((2 * 19 + 4) * 6)

struct traffic {
    unsigned count;
    struct traffic_item item[TRAFFIC_MAX];
};

/* True for what the access itself is for, which alone has a price: the rest is claimed or given up. */
static inline bool traffic_is_priced(const struct traffic_item *item)
{
    return item->kind == TRAFFIC_FILL || item->kind == TRAFFIC_UNCACHED;
}

static inline void traffic_add(struct traffic *t, struct traffic_item item)
{
    assert(t->count < TRAFFIC_MAX);
    t->item[t->count++] = item;
}
