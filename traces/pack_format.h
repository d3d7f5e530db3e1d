/* The bytes of a packed trace that are not records: magic, block headers, sizes. FORMAT.md is the specification; this
 * is its one copy in code. */
#pragma once

#include "traces/reader.h"

#define PACK_MAGIC "\x89SWT\r\n\x1a\n"
#define PACK_MAGIC_BYTES 8
#define PACK_VERSION 1
#define PACK_SOURCE_MAX 127
#define PACK_HEAD_BYTES 16 /* magic, version, length of the source text */

/* Four letters, as they stand in the file. */
#define PACK_FOURCC(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define PACK_PAGES PACK_FOURCC('P', 'A', 'G', 'E')
#define PACK_RECORDS PACK_FOURCC('R', 'E', 'C', 'S')
#define PACK_END PACK_FOURCC('E', 'N', 'D', '.')

#define PACK_BLOCK_HEAD_BYTES 24
#define PACK_RAW_MAX (4u << 20) /* largest payload once inflated */
#define PACK_PAGE_ENTRY_BYTES (8 + TRACE_PAGE_BYTES)
#define PACK_BLOCK_PAGES 512       /* pages in a block, at most */
#define PACK_BLOCK_RECORDS 262144u /* records in a block, at most */
#define PACK_END_BYTES (8 * (4 + REC_OP_COUNT))

static inline uint32_t pack_get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t pack_get64(const uint8_t *p)
{
    return pack_get32(p) | (uint64_t)pack_get32(p + 4) << 32;
}

static inline void pack_put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static inline void pack_put64(uint8_t *p, uint64_t v)
{
    pack_put32(p, (uint32_t)v);
    pack_put32(p + 4, (uint32_t)(v >> 32));
}

/* The strings of bytes that the payload of a block of records holds, in this order. */
enum pack_column {
    PACK_CONTROL, /* one byte per record or per stretch of expected records */
    PACK_ADDRESS, /* how far a data address was from its guess */
    PACK_FLOW,    /* runs that no guess gave */
    PACK_KIND,    /* data accesses that the slot did not expect */
    PACK_PAGE,    /* page translations */
    PACK_REST,    /* everything rare */
    PACK_COLUMN_COUNT
};

/* Values of a control byte. */
enum {
    PACK_DATA = 0x00,          /* 0x00..0x3f */
    PACK_DATA_NEW_KIND = 0x10, /* kind and n stand in PACK_KIND */
    PACK_DATA_NEW_PAGE = 0x20, /* the page stands in PACK_PAGE */
    PACK_RUN = 0x40,           /* 0x40..0x47; bits 1:0: 0, 1 the guess of that order, 2 stands in PACK_FLOW */
    PACK_RUN_NEW_PAGE = 0x04,
    PACK_OTHER = 0x50,   /* + op, REC_SYS..REC_TABW */
    PACK_SWITCH = 0x60,  /* not a record: core << 2 | el of what follows stands in PACK_REST */
    PACK_LITERAL = 0x61, /* an access in full, in PACK_REST */
    PACK_EXPECTED = 0x80 /* 0x80..0xff: + (how many - 1) records are all as expected */
};

#define PACK_DATA_WIDTHS 7 /* address codes 2..8: from the last address, 9..15: from the access before */

/* Bytes of an address difference, by its width code. */
static const uint8_t pack_data_bytes[PACK_DATA_WIDTHS] = { 1, 2, 3, 4, 5, 6, 8 };

static inline uint64_t pack_zigzag(uint64_t difference)
{
    return difference << 1 ^ (uint64_t)((int64_t)difference >> 63);
}

static inline uint64_t pack_unzigzag(uint64_t v)
{
    return v >> 1 ^ (0 - (v & 1));
}
