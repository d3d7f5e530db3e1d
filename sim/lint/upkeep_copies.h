/* The descriptors that TLBs may still hold: of each core, whatever a walk of it has read and no maintenance has
 * taken since.
 *
 * An unbounded TLB, tagged as the architecture demands [Arm: R_NWYRD]: leaves of both stages combined, stage-1
 * tables, and stage 2 alone. A real one holds fewer, and any of these. Bounded all the same: what finds no room is
 * counted. */
#pragma once

#include "models/arch/tlbi.h"
#include "models/mmu/tlb.h"

#define COPIES_MAX (1u << 16)
#define COPIES_NONE UINT32_MAX
#define COPIES_CORES 8
#define COPIES_HOLDS 3 /* enum tlb_holds */

/* What is looked at in every search: kept apart and small. */
struct copy_key {
    struct tlb_tag tag; /* stage 2: tag.va is the IPA, tag.size_bits what the descriptor maps */
    uint8_t core;
    bool last;        /* the descriptor of the last level: a leaf */
    uint8_t going;    /* bit c: broadcast maintenance of core c takes it, not complete yet */
    bool going_local; /* its own core's does */
    uint32_t next;    /* with the same hash */
};

struct copy_word {
    uint64_t pa, desc;
    uint8_t stage, level, granule_bits;
    bool big_endian; /* the table is; `desc` is not */
    bool there;
};

struct copy {
    struct copy_word word[2];    /* stage 1, stage 2: those the copy was made of */
    uint64_t base[2];            /* first-level tables of both stages */
    uint32_t shape[2];           /* and how they are walked: path_shape */
    uint64_t mair;               /* of stage 1 */
    struct tlb_leaf leaf;        /* of TLB_HOLDS_LEAF */
    uint64_t made;               /* where: the place of the access that walked */
    uint64_t stored;             /* order of the last store to one of its words, 0: none since */
    uint64_t stored_at;          /* and its place */
    uint8_t stored_by;           /* and its core */
    bool doubted;                /* it was used though its descriptor had gone: */
    uint64_t doubt_at, doubt_va; /* where first, for what */
    unsigned doubt_changes;
    uint64_t doubts;      /* and how often */
    struct copy_word now; /* what the walk met instead */
};

struct copies {
    struct copy_key *key; /* `capacity` of both */
    struct copy *copy;
    uint32_t capacity, used;                        /* used: none beyond is valid */
    uint32_t free;                                  /* first of those to be used again, by key.next */
    uint32_t live, most;                            /* valid now; at any time */
    uint64_t no_room;                               /* what could not be kept */
    uint32_t *bucket;                               /* COPIES_MAX */
    uint32_t *words;                                /* COPIES_MAX counts by hash of a word's address */
    uint32_t sizes[COPIES_CORES][COPIES_HOLDS][64]; /* of each kind and size, how many */
    uint64_t present[COPIES_CORES][COPIES_HOLDS];   /* bit n: there are some of size n */
};

/* Returns false when out of memory. copies_free in any case. */
bool copies_init(struct copies *c);
void copies_free(struct copies *c);

/* Forgets all. */
void copies_clear(struct copies *c);

/* Returns the copy with just this key, COPIES_NONE when there is none. */
uint32_t copies_find(const struct copies *c, const struct copy_key *key);

/* Adds a copy with a key that is not there yet. Returns COPIES_NONE when there is no room. */
uint32_t copies_add(struct copies *c, const struct copy_key *key, const struct copy *copy);

void copies_drop(struct copies *c, uint32_t i);

/* True when a copy may be made of the word at a PA: false is certain, true worth a search. */
bool copies_may_hold(const struct copies *c, uint64_t pa);

/* True when the copy is made of the word at `pa`; *which tells by which stage. */
bool copies_made_of(const struct copies *c, uint32_t i, uint64_t pa, unsigned *which);

/* True when maintenance takes the copy from its core, whoever executes it. */
bool copies_matches(const struct copy_key *key, const struct tlbi *t);
