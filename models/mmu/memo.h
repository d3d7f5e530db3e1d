/* What is known of micro-TLB and L1: the host's short cut past both, no part of the model.
 *
 * A page is known in a lane (exception level and kind of access) when the micro-TLB holds it and grants such an access,
 * in memory that the caches keep. A line is known when the L1 holds it, as readers or as writers want it. Where both
 * are, an access changes nothing but counters. Where accesses leave the caches alone, memory makes no difference and
 * nobody asks for lines: each page may be known. Whoever changes one of these drops what was known: the micro-TLB when
 * an entry goes, in the lanes that it keeps with the entry; the L1 when a line goes or is no longer the core's own.
 * Dropping too much is always right, and so is a line that is known of an L1 that no access asks.
 *
 * A page whose entry has gone is left: the next access there is a refill from the same place of the main TLB, which the
 * owner keeps, and then the page is known as before. So it is until the main TLB gives up that entry. An era ends, and
 * nothing is left, when it loses anything but one entry of 4 KB to another, when two of its entries come to answer for
 * one address, or when a register changes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MEMO_LANES 12  /* of a core: exception level 0..2 and kind; the order is the owner's */
#define MEMO_PAGES 256 /* places of a lane, by the lowest bits of the VA's page */
#define MEMO_ROWS 32   /* places of a page's lines, by the lowest bits of the PA's page */

#define MEMO_NO_PAGE UINT64_MAX
#define MEMO_LEFT (1ull << 63)     /* in a key: the page is left, since an era that counts */
#define MEMO_ERA (1ull << 52)      /* from this bit on */
#define MEMO_VA ((1ull << 44) - 1) /* VA[55:12], of a key: what TBI ignores may differ */
#define MEMO_NO_LINE UINT32_MAX    /* the page of no PA */

/* Lines of an L1 that are there for a purpose, by their number in their page: each the page of the PA. */
struct memo_row {
    uint32_t page[64];
};

struct memo_page {
    uint64_t key;  /* VA[63:12], with MEMO_LEFT and the era where it is left; or MEMO_NO_PAGE */
    uint32_t page; /* PA >> 12 */
    uint16_t note; /* the owner's, */
    uint16_t row;  /* too: where it finds the lines */
};

/* Of one micro-TLB and its L1. */
struct memo {
    struct memo_page (*lane)[MEMO_PAGES]; /* of MEMO_LANES, the core's; others of them may be another memo's */
    uint32_t lanes;                       /* bit i: lane i is this one's */
    struct memo_row *read, *write; /* MEMO_ROWS each; write: unique and dirty; the same where nothing is written */
};

/* Starts with nothing known, on the owner's storage: m->lane, lanes, read, write. */
void memo_init(struct memo *m);

/* Forgets all pages, those that are left among them. */
void memo_drop_pages(struct memo *m);

/* A VA's page is left no longer. */
void memo_forget_left(struct memo *m, uint64_t va);

/* What ties a micro-TLB's entry to what is known of its page. */
struct memo_tie {
    uint64_t left;  /* MEMO_LEFT and the era in which it was filled; MEMO_NO_PAGE where nothing will be left */
    uint32_t place; /* in the main TLB, from where it was filled */
    uint32_t lanes; /* bit i: the page may be known in lane i */
};

/* A line goes from the L1, or is no longer what it was. */
void memo_drop_line(struct memo *m, uint64_t pa);

/* Returns the number of an address's line in its page, and the row of a page's lines. */
static inline unsigned memo_line(uint64_t address)
{
    return (unsigned)(address >> 6) & 63;
}

static inline unsigned memo_row(uint32_t page)
{
    return page & (MEMO_ROWS - 1);
}

/* True when a line is known, in its page's row, and so many more behind it, none or one, in the same page. */
static inline bool memo_has_lines(const struct memo_row *row, uint32_t page, uint64_t address, uint32_t more)
{
    const uint32_t *first = &row->page[memo_line(address)];

    __asm__("" : "+r"(first)); /* one address, not one for each of the two [measured: 3 of 50 instructions] */
    return ((first[0] ^ page) | (first[more] ^ page)) == 0;
}

/* Returns the place of a VA's page. */
static inline unsigned memo_page_place(uint64_t va)
{
    return (unsigned)(va >> 12) & (MEMO_PAGES - 1);
}

/* In one lane: the entry of a VA's page goes. By a mask, as it cannot be guessed whether the page is known. */
static inline void memo_leave(struct memo_page *p, uint64_t va, uint64_t left)
{
    const uint64_t known = 0 - (uint64_t)(((p->key ^ va >> 12) & (MEMO_LEFT | MEMO_VA)) == 0); /* all ones, or none */

    p->key |= left & known;
}

/* The same in so many lanes, a bit each. */
void memo_drop_page_in(struct memo *m, uint64_t va, uint32_t lanes, uint64_t left);

/* The entry of a VA's page goes: where the page was known, it is left. The lowest and the highest of its lanes at once,
 * which are all nearly always. m: may be NULL where there are no lanes. */
static inline void memo_drop_page(struct memo *m, uint64_t va, struct memo_tie tie)
{
    const unsigned place = memo_page_place(va);
    uint32_t first, last;

    if (tie.lanes == 0)
        return;
    first = (uint32_t)__builtin_ctz(tie.lanes);
    last = 31 - (uint32_t)__builtin_clz(tie.lanes);
    memo_leave(&m->lane[first][place], va, tie.left);
    memo_leave(&m->lane[last][place], va, tie.left);
    if (__builtin_expect((tie.lanes & ~(1u << first | 1u << last)) != 0, 0))
        memo_drop_page_in(m, va, tie.lanes, tie.left);
}
