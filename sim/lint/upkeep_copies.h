/* The descriptors that TLBs may still hold: of each core, whatever a walk of it has read and no maintenance has
 * taken since.
 *
 * An unbounded TLB, tagged as the architecture demands [Arm: R_NWYRD]: leaves of both stages combined, stage-1
 * tables, and stage 2 alone. A real one holds fewer, and any of these. Bounded all the same: what finds no room is
 * counted.
 *
 * An event looks at the copies that it is about, by lists of those that have something in common; each search gathers
 * what it finds, and copies_next gives that out by ascending slot, in the order in which a look at all of them would
 * meet it. */
#pragma once

#include "models/arch/tlbi.h"
#include "models/mmu/tlb.h"
#include "sim/lint/upkeep_slots.h"

#define COPIES_MAX SLOTS_MAX
#define COPIES_NONE SLOTS_NONE
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

/* What the copies of a list have in common: all that is named, and perhaps more by chance. */
enum copies_list {
    COPIES_BY_PAGE_ASID, /* regime, VMID, ASID (0: global, or without one), the block that an address selects it by */
    COPIES_BY_PAGE,      /* regime, VMID, that block */
    COPIES_BY_ASID,      /* core, regime, VMID, ASID */
    COPIES_BY_VMID,      /* core, regime, VMID; stage 2 alone is apart, as in those above */
    COPIES_BY_REGIME,    /* core, regime */
    COPIES_BY_WORD,      /* the PA of a word that it is made of: each copy twice */
    COPIES_LISTS
};

#define COPIES_NODES (COPIES_LISTS + 1)

/* A copy in a list: node COPIES_NODES * slot + list, and one more for the second word. */
struct copy_link {
    uint32_t before, after; /* node + 1, 0: none; before the first: its list's head, with the top bit set */
};

/* Of COPIES_MAX copies no more than 20 MB: 14 MB of them, 3.5 MB of links, 2 MB of heads, buckets and sets. */
struct copies {
    struct copy_key *key; /* `capacity` of both, and COPIES_NODES times as many links */
    struct copy *copy;
    struct copy_link *link;
    uint32_t capacity, used;                        /* used: none beyond is valid */
    uint32_t free;                                  /* first of those to be used again, by key.next */
    uint32_t live, most;                            /* valid now; at any time */
    uint64_t no_room;                               /* what could not be kept */
    uint32_t *bucket;                               /* COPIES_MAX: slot + 1, 0: none */
    uint32_t *head;                                 /* COPIES_MAX of each list: node + 1, 0: none */
    uint32_t sizes[COPIES_CORES][COPIES_HOLDS][64]; /* of each kind and size, how many */
    uint64_t present[COPIES_CORES][COPIES_HOLDS];   /* bit n: there are some of size n */
    uint32_t spans[2][64];                  /* by log2 of the block that an address selects them by, how many: */
    uint64_t spanned[2];                    /* and whether there are some; [1]: of stage 2 alone */
    struct slots going[COPIES_CORES];       /* those with the core's bit in key.going */
    struct slots going_local[COPIES_CORES]; /* its own with key.going_local */
    struct slots found;                     /* what copies_next has not given out yet */
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

/* Puts another in the place of one with the same key: no maintenance takes it yet. */
void copies_renew(struct copies *c, uint32_t i, const struct copy_key *key, const struct copy *copy);

void copies_drop(struct copies *c, uint32_t i);

/* Maintenance of a core takes it, when it completes. */
void copies_go(struct copies *c, uint32_t i, unsigned core, bool broadcast);

/* True when the copy is made of the word at `pa`; *which tells by which stage. */
bool copies_made_of(const struct copies *c, uint32_t i, uint64_t pa, unsigned *which);

/* True when maintenance takes the copy from its core, whoever executes it. */
bool copies_matches(const struct copy_key *key, const struct tlbi *t);

/* ---- Searches: what they find is to be taken, all of it, before the next ---- */

/* Takes what was found, the lowest slot first. Returns COPIES_NONE when that is all. */
static inline uint32_t copies_next(struct copies *c)
{
    return slots_take(&c->found);
}

/* Those that maintenance takes from the cores of a mask. */
void copies_find_taken(struct copies *c, const struct tlbi *t, unsigned cores);

/* Those that a DSB of a core completes the maintenance of: of its own alone, or, when `wide`, of all. */
void copies_find_going(struct copies *c, unsigned core, bool wide);

/* Those made of a word in [pa, pa + bytes). */
void copies_find_made(struct copies *c, uint64_t pa, uint64_t bytes);

/* Those of a core, a regime, and a VMID; of EL2 all. */
void copies_find_world(struct copies *c, unsigned core, unsigned regime, unsigned vmid);
