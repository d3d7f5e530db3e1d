/* Reads what the columns of a block hold, each from front to back. For pack_decode.c and its rare records. */
#pragma once

#include "traces/pack_decode.h"

/* Returns false, with the first problem told. */
static inline bool pack_fail(struct pack_decoder *d, const char *problem)
{
    if (!d->problem)
        d->problem = problem;
    return false;
}

static inline bool pack_need(struct pack_decoder *d, enum pack_column column, size_t bytes)
{
    const struct pack_cursor *c = &d->columns[column];

    return __builtin_expect((size_t)(c->end - c->at) >= bytes, 1) || pack_fail(d, "column ends too early");
}

static inline bool pack_byte(struct pack_decoder *d, enum pack_column column, uint8_t *v)
{
    if (!pack_need(d, column, 1))
        return false;
    *v = *d->columns[column].at++;
    return true;
}

/* Any varint. */
bool pack_long_varint(struct pack_decoder *d, enum pack_column column, uint64_t *v);

/* Likewise, of a number that is kept in a register. */
static inline bool pack_any_varint(struct pack_decoder *d, enum pack_column column, uint64_t *v)
{
    uint64_t any;
    const bool ok = pack_long_varint(d, column, &any);

    *v = any;
    return ok;
}

/* A varint that is one byte nearly always. */
static inline bool pack_varint(struct pack_decoder *d, enum pack_column column, uint64_t *v)
{
    struct pack_cursor *c = &d->columns[column];

    if (__builtin_expect(c->at == c->end || *c->at >= 0x80, 0))
        return pack_any_varint(d, column, v);
    *v = *c->at++;
    return true;
}

/* A varint of a length that cannot be foreseen: no branch up to 8 bytes. */
static inline bool pack_wide_varint(struct pack_decoder *d, enum pack_column column, uint64_t *v)
{
    struct pack_cursor *c = &d->columns[column];
    uint64_t w = pack_get64(c->at);
    const uint64_t last = ~w & 0x8080808080808080u; /* the lowest bit here is the top of the last byte */
    const unsigned bytes = last ? ((unsigned)__builtin_ctzll(last) + 1) / 8 : 9;

    if (__builtin_expect(bytes > (size_t)(c->end - c->at) || bytes > 8, 0))
        return pack_any_varint(d, column, v);
    c->at += bytes;
    w &= last ^ (last - 1);
    w = (w & 0x007f007f007f007f) | (w & 0x7f007f007f007f00) >> 1;
    w = (w & 0x00003fff00003fff) | (w & 0x3fff00003fff0000) >> 2;
    *v = (w & 0x0fffffff) | (w & 0x0fffffff00000000) >> 4;
    return true;
}
