/* A page-table layout as data: which granule, which leaves, which geometry, and where the tables lie.
 *
 * Read from words, printed back to the same words. What no A53 or no table can do is refused with the reason, as far as
 * the layout alone shows it; what only a trace shows (tables that do not fit, VAs in use) relayout.h refuses. */
#pragma once

#include "models/arch/ttw.h"

#define LAYOUT_TEXT_BYTES 256
#define LAYOUT_WHY_BYTES 160

/* Which leaves a stage has. */
enum layout_leaves {
    LAYOUT_AS_CAPTURED, /* each as large as it was */
    LAYOUT_PAGES,       /* pages alone */
    LAYOUT_BLOCKS,      /* the largest that addresses, attributes and permissions allow */
    LAYOUT_LINEAR, /* stage 1: the upper half, where a kernel has its linear map, as blocks; the lower as captured */
    LAYOUT_2M,     /* stage 2: as blocks, but none above 2 MB */
    LAYOUT_XEN,    /* stage 2: Xen's rule, which does not look ahead [Xen: p2m.c@4.8.0] */
};

struct layout_stage {
    uint8_t leaves;       /* enum layout_leaves */
    uint8_t granule_bits; /* 12, 16; 0: as captured */
    uint8_t ia_bits;      /* of VAs (both halves) or IPAs; 0: as captured */
    bool contiguous;      /* with the contiguous bit on each group that may have it */
};

enum layout_tables { LAYOUT_DDR, LAYOUT_OCM, LAYOUT_AT };
enum layout_walks { LAYOUT_WALKS_AS_CAPTURED, LAYOUT_WALKS_CACHED, LAYOUT_WALKS_UNCACHED };

struct layout {
    struct layout_stage stage1, stage2;
    uint8_t start2;     /* stage 2: the first level, plus 1; 0: the lowest with which all fits */
    bool cover_holes;   /* stage 2: blocks cover what is not mapped, as if the guest had been given whole ones */
    bool ahead;         /* what is mapped once, where no fault is recorded, is mapped from the start */
    uint8_t tables;     /* enum layout_tables */
    uint8_t walks;      /* enum layout_walks: IRGN, ORGN and SH of TCR_EL1 and VTCR_EL2 */
    uint64_t tables_at; /* LAYOUT_AT */
};

/* All as captured. */
void layout_default(struct layout *l);

/* Reads one word, KEY=VALUE:
 *
 *     stage1=as-captured|pages|blocks|linear-blocks    stage2=as-captured|pages|2M|blocks|xen   (4K, 1G: pages, blocks)
 *     granule1=4K|64K  granule2=4K|64K                 contiguous1=yes|no  contiguous2=yes|no
 *     va_bits=25..48   ipa_bits=25..40                 start2=0..3         holes=strict|cover
 *     tables=ddr|ocm|ADDRESS                           walks=as-captured|cached|uncached   ahead=yes|no
 *
 * Returns false with why, a phrase that names the word. */
bool layout_word(struct layout *l, const char *word, char why[LAYOUT_WHY_BYTES]);

/* Reads words parted by spaces or commas. Returns false with why. */
bool layout_words(struct layout *l, const char *words, char why[LAYOUT_WHY_BYTES]);

/* Prints the words that differ from the default, "as-captured" for none. Returns text. */
const char *layout_text(const struct layout *l, char text[LAYOUT_TEXT_BYTES]);

/* True when both have the same words. */
bool layout_same(const struct layout *a, const struct layout *b);

/* Returns false with why when no A53 can have it, whatever the trace. */
bool layout_possible(const struct layout *l, char why[LAYOUT_WHY_BYTES]);
