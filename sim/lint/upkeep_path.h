/* A fresh walk as the words it read: which descriptor, of which stage and level, for which input address. */
#pragma once

#include "models/mmu/walk.h"

/* A descriptor that a walk read. */
struct path_word {
    uint8_t stage, level;
    bool last;   /* a leaf */
    uint64_t ia; /* canonical VA, or of stage 2 the IPA: what was looked up */
    uint64_t pa, desc;
};

struct path {
    struct fault fault;     /* what the walk and the permissions say to the access */
    struct tlb_entry entry; /* without fault: what a TLB may keep */
    unsigned count;
    struct path_word word[STEPS_MAX];
    unsigned asked; /* look-ups that need tables: the VA of stage 1, each IPA of stage 2 */
    struct {
        uint8_t stage;
        uint64_t ia;
    } ask[8];
    int s1, s2; /* index of the stage-1 leaf, and of the leaf of the output's stage 2; -1: none was read */
};

/* Walks for an access that stays in its page, at least one stage on: asks no TLB, fills none. */
void path_walk(struct path *p, const struct regime *r, const struct mem_port *mem, const struct access *a);

/* Returns log2 of what a word's descriptor maps. */
unsigned path_span(const struct regime *r, const struct path_word *w);

/* Returns the walk parameters that a word was read by. */
const struct ttw_params *path_params(const struct regime *r, const struct path_word *w);

/* Returns a word of memory as a walk reads it from a table of that byte order. */
static inline uint64_t path_read(uint64_t word, bool big_endian)
{
    return big_endian ? __builtin_bswap64(word) : word;
}

/* Returns how tables of a stage are read, by the registers, as one number to be compared. */
static inline uint32_t path_shape(const struct ttw_params *p)
{
    return (uint32_t)p->big_endian << 28 | (uint32_t)p->refused << 24 | (uint32_t)p->ia_bits << 16 |
           (uint32_t)p->granule_bits << 8 | p->start_level;
}
