/* A micro-TLB: ten fully associative entries of 4 KB, each with its answer ready [A53: 5.2.1].
 *
 * An entry is tagged by regime and the whole VA above the page; ASID, VMID and controls need no tag, because a change
 * of any of them empties it [choice: A53 5.2.1 says so of TLB maintenance alone; the A5's manual also of writes to TTBR
 * and CONTEXTIDR, of which only those that change a translation do so here]. */
#pragma once

#include "models/mmu/memo.h"
#include "models/mmu/seen.h"

#define UTLB_ENTRIES_MAX 64
#define UTLB_HINTS 256

struct utlb_entry {
    struct tlb_leaf leaf; /* of the 4 KB page */
    struct mem_type type;
    uint8_t rights; /* RIGHT_* that both stages give, MMU_NORMAL */
};

struct utlb {
    uint64_t key[UTLB_ENTRIES_MAX]; /* 0: empty; the first `used` are not */
    struct utlb_entry entry[UTLB_ENTRIES_MAX];
    uint8_t hint[UTLB_HINTS]; /* the host's short cut, no part of the model: of the keys with a hash one's index, */
    uint8_t held[UTLB_HINTS]; /* and how many keys have it */
    struct memo_tie tie[UTLB_ENTRIES_MAX]; /* as it was when the entry came, but for `lanes` */
    uint64_t left;                         /* what keys of pages have that are left now: MEMO_LEFT and the era */
    uint16_t entries;
    uint16_t used; /* filled since it was last emptied */
    struct repl repl;
    uint64_t use[UTLB_ENTRIES_MAX];
    struct memo *memo; /* to be told which entries go; NULL: nobody has said anything of them */
};

/* Starts empty. */
void utlb_init(struct utlb *u, const struct tlb_config *config);

/* What entries of a VA's page were filled from has gone: it is not left, nor will it be. */
void utlb_forget(struct utlb *u, uint64_t va);

/* More than that has changed: of pages that are left none stands. */
void utlb_turn(struct utlb *u);

/* Empties it; the replacement state stays. */
void utlb_flush(struct utlb *u);

/* Returns the key of a page: the VA as tags have it (canonical where TBI ignores the top byte) and the regime. */
static inline uint64_t utlb_key(uint64_t va, unsigned regime)
{
    return va >> 12 | (uint64_t)regime << 52 | 1ULL << 63;
}

static inline unsigned utlb_hash(uint64_t key)
{
    return (unsigned)(key ^ key >> 8) & (UTLB_HINTS - 1);
}

/* Searches the used entries; utlb_find's second half. Returns the index or -1. */
int utlb_search(struct utlb *u, uint64_t key);

/* Returns the entry of a key, or NULL. */
static inline const struct utlb_entry *utlb_find(struct utlb *u, uint64_t key)
{
    unsigned hash = utlb_hash(key), i = u->hint[hash];

    if (__builtin_expect(u->key[i] != key, 0)) {
        int found = u->held[hash] > 1 ? utlb_search(u, key) : -1;

        if (found < 0)
            return NULL;
        i = (unsigned)found;
    }
    repl_touch(&u->repl, 0, i);
    return &u->entry[i];
}

/* Makes room for a key that is not there and returns its entry, for the caller to fill; tie: where that is from. */
struct utlb_entry *utlb_claim(struct utlb *u, uint64_t key, struct memo_tie tie);
