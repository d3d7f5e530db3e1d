/* Translation tables as pages of a trace: descriptors put where the book's arithmetic says, not the models'. */
#pragma once

#include <stdint.h>

#define IMAGE_PAGES 160
#define IMAGE_PAGE_WORDS 512

struct image_page {
    uint64_t pa;
    uint64_t word[IMAGE_PAGE_WORDS];
};

struct image {
    unsigned count;
    struct image_page page[IMAGE_PAGES];
};

/* One tree of 4 KB tables. Addresses of tables are what descriptors hold: IPAs in a guest's. */
struct tree {
    struct image *in;
    unsigned start_level;
    uint64_t root, next; /* the first table, and where the next one goes */
    uint64_t pa_offset;  /* PA of a table less its address */
};

/* Starts with no page. */
void image_init(struct image *image);

/* Returns log2 of what a descriptor of a level maps. */
unsigned image_level_bits(unsigned level);

/* Puts a leaf for `from` at a level, with all its bits in `leaf`, and the tables above that are missing. */
void image_map(struct tree *t, uint64_t from, unsigned level, uint64_t leaf);
