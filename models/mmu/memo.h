/* What is known of micro-TLB and L1: the host's short cut past both, no part of the model.
 *
 * A page is known in a lane (exception level and kind of access) when the micro-TLB holds it and grants such an
 * access, in memory that the caches keep. A line is known when the L1 holds it, as readers or as writers want it.
 * Where both are, an access changes nothing but counters. Where accesses leave the caches alone, memory makes no
 * difference and nobody asks for lines: each page may be known. Whoever changes one of these drops what was known: the micro-TLB
 * when an entry goes, in the lanes that it keeps with the entry; the L1 when a line goes or is no longer the core's
 * own. Dropping too much is always right, and so is a line that is known of an L1 that no access asks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MEMO_LANES 12   /* of a core: exception level 0..2 and kind; the order is the owner's */
#define MEMO_PAGES 256  /* places of a lane, by the lowest bits of the VA's page */
#define MEMO_LINES 2048 /* places, by the lowest bits of the line's number, of which PA and VA share six */

#define MEMO_NO_PAGE UINT64_MAX
#define MEMO_NO_LINE UINT32_MAX /* the page of no PA */

/* Lines of one L1 that are there for a purpose: each the PA's page, as the place tells where in it. */
struct memo_lines {
    uint32_t page[MEMO_LINES];
};

struct memo_page {
    uint64_t key;  /* the owner's, with VA[55:12] in bits 43:0; or MEMO_NO_PAGE */
    uint32_t page; /* PA >> 12 */
    uint32_t note; /* the owner's */
};

/* Of one micro-TLB and its L1. */
struct memo {
    struct memo_page (*lane)[MEMO_PAGES]; /* of MEMO_LANES, the core's; others of them may be another memo's */
    uint32_t lanes;                       /* bit i: lane i is this one's */
    struct memo_lines *read, *write;      /* write: unique and dirty; the same where nothing is written */
};

/* Starts with nothing known, on the owner's storage: m->lane, lanes, read, write. */
void memo_init(struct memo *m);

/* The entry of a VA's page goes, which was known in no other lanes than bit i: lane i. */
void memo_drop_page(struct memo *m, uint64_t va, uint32_t lanes);

/* A line goes from the L1, or is no longer what it was. */
void memo_drop_line(struct memo *m, uint64_t pa);

/* Returns the place of a line. `page`: PA >> 12. */
static inline unsigned memo_line_place(uint32_t page, uint64_t address)
{
    return (unsigned)(page << 6 | (address >> 6 & 63)) & (MEMO_LINES - 1);
}

/* True when a line is known. */
static inline bool memo_has_line(const struct memo_lines *l, uint32_t page, uint64_t address)
{
    return l->page[memo_line_place(page, address)] == page;
}

/* Returns the place of a VA's page. */
static inline unsigned memo_page_place(uint64_t va)
{
    return (unsigned)(va >> 12) & (MEMO_PAGES - 1);
}
