/* Table pages as bytes: a page table is mostly zero words and descriptors that differ little from the one before. */
#pragma once

#include "traces/pack_format.h"

#define PACK_PAGE_CODED_MAX (10 * (1 + TRACE_PAGE_BYTES / 8)) /* no page codes longer */

struct pack_pages {
    uint64_t page_before; /* number of the page coded last */
};

/* Codes a page to `out`, which has PACK_PAGE_CODED_MAX bytes. Returns the length. */
size_t pack_pages_encode(struct pack_pages *p, uint64_t pa, const uint8_t page[TRACE_PAGE_BYTES], uint8_t *out);

/* Decodes a page from [*at, end), and moves *at past it. Returns false when the bytes make no page. */
bool pack_pages_decode(struct pack_pages *p, const uint8_t **at, const uint8_t *end, uint64_t *pa,
                       uint8_t page[TRACE_PAGE_BYTES]);
