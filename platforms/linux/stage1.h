/* The stage-1 tables that a guest builds, as pages of descriptors in its own memory: addresses in them are IPAs.
 *
 * 4 KB granule. A leaf is as large as the caller allows and the alignment of both addresses gives: unlike Xen's rule
 * for stage 2 this looks ahead, so that pages lead up to the first block [Linux: mmu.c@6.1:248, mmu.c@4.14]. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE1_PAGE_WORDS 512
#define STAGE1_PAGES_MAX 65536 /* 256 MB of tables */

/* Where tables come from: pages in a row, which the trees of one guest share. */
struct stage1_pool {
    uint64_t base;                       /* IPA, 4 KB aligned; page i is at base + 4 KB * i */
    size_t limit;                        /* pages */
    uint64_t (*page)[STAGE1_PAGE_WORDS]; /* the first `count` are in use: to be copied to where stage 2 puts them */
    size_t count, capacity;
};

/* One tree of tables: what one TTBR points to. */
struct stage1 {
    struct stage1_pool *pool;
    size_t root;     /* its page in the pool */
    uint8_t va_bits; /* 64 - TxSZ: 25 to 48 */
    bool upper;      /* of TTBR1: VAs begin with ones */
};

enum stage1_result {
    STAGE1_OK,
    STAGE1_NO_MEMORY, /* of this program */
    STAGE1_POOL_FULL, /* no page is left for a table */
    STAGE1_OVERLAP,   /* something is mapped there already */
    STAGE1_OUTSIDE,   /* VAs of another half, or of none */
};

/* Sizes of leaves that are allowed; 4 KB always are. */
enum {
    STAGE1_2M = 1,
    STAGE1_1G = 2,
    STAGE1_CONTIGUOUS = 4, /* the hint on whole groups of 16 pages, or of 16 blocks of 2 MB [Arm: Table D8-104] */
    STAGE1_BLOCKS = STAGE1_2M | STAGE1_1G,
};

struct stage1_mapping {
    uint64_t va, ipa, bytes; /* multiples of 4 KB; the VA whole, as a program has it */
    uint64_t leaf;           /* attributes of the leaves: AttrIndx, AP, SH, AF, nG, PXN, UXN and software bits */
    uint64_t table;          /* attributes of tables that have to be made: APTable, UXNTable, PXNTable */
    uint8_t sizes;           /* STAGE1_* allowed */
};

/* A leaf, or a hole between two. */
struct stage1_leaf {
    uint64_t va, bytes;
    uint64_t desc;  /* 0: nothing is mapped */
    unsigned level; /* 0 to 3; a leaf: 1 to 3 */
};

/* Returns "ok", "out of memory", "no room for tables", "mapped already" or "outside the tree's half". */
const char *stage1_result_name(enum stage1_result result);

/* Starts with no page in use; stage1_pool_free releases them. `bytes` is a multiple of 4 KB. */
void stage1_pool_init(struct stage1_pool *pool, uint64_t base, uint64_t bytes);
void stage1_pool_free(struct stage1_pool *pool);

/* Starts a tree with an empty root, of a lower or an upper half of `va_bits`. The pool outlives it. */
enum stage1_result stage1_init_lower(struct stage1 *s, struct stage1_pool *pool, unsigned va_bits);
enum stage1_result stage1_init_upper(struct stage1 *s, struct stage1_pool *pool, unsigned va_bits);

/* Returns the IPA of the root, for TTBRn_EL1.BADDR. */
uint64_t stage1_root(const struct stage1 *s);

/* True when the VAs of [va, va + bytes) belong to the tree. */
bool stage1_holds(const struct stage1 *s, uint64_t va, uint64_t bytes);

/* Maps [va, va + bytes) to ipa; IPAs are below 2^48. What is not STAGE1_OK may have mapped a part. */
enum stage1_result stage1_map(struct stage1 *s, const struct stage1_mapping *m);

/* Finds what a VA that the tree holds is mapped by, or the hole around it as far as one invalid entry reaches. */
struct stage1_leaf stage1_find(const struct stage1 *s, uint64_t va);
