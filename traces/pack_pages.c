/* Page words as varints: the zigzag difference from the last word that was not zero; or 0 and then either the number
 * of zero words that follow here, or 0 for that last word once more. */
#include "traces/pack_pages.h"

#include <string.h>

#define PAGE_WORDS (TRACE_PAGE_BYTES / 8)

static uint8_t *put_varint(uint8_t *out, uint64_t v)
{
    for (; v > 0x7f; v >>= 7)
        *out++ = (uint8_t)((v & 0x7f) | 0x80);
    *out++ = (uint8_t)v;
    return out;
}

static bool get_varint(const uint8_t **at, const uint8_t *end, uint64_t *v)
{
    *v = 0;
    for (unsigned shift = 0; shift < 70 && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;

        *v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return shift < 63 || byte <= 1;
    }
    return false;
}

static int zero_words(const uint8_t *page, int from)
{
    int i = from;

    while (i < PAGE_WORDS && pack_get64(page + 8 * i) == 0)
        i++;
    return i - from;
}

size_t pack_pages_encode(struct pack_pages *p, uint64_t pa, const uint8_t page[TRACE_PAGE_BYTES], uint8_t *out)
{
    uint8_t *const start = out;
    uint64_t before = 0;

    out = put_varint(out, pack_zigzag(pa / TRACE_PAGE_BYTES - p->page_before));
    p->page_before = pa / TRACE_PAGE_BYTES;
    for (int i = 0; i < PAGE_WORDS; i++) {
        uint64_t word = pack_get64(page + 8 * i);
        int zeros = zero_words(page, i);

        if (zeros) {
            *out++ = 0;
            out = put_varint(out, (uint64_t)zeros);
            i += zeros - 1;
            continue;
        }
        out = put_varint(out, pack_zigzag(word - before));
        if (word == before)
            *out++ = 0;
        before = word;
    }
    return (size_t)(out - start);
}

bool pack_pages_decode(struct pack_pages *p, const uint8_t **at, const uint8_t *end, uint64_t *pa,
                       uint8_t page[TRACE_PAGE_BYTES])
{
    uint64_t before = 0, v;

    if (!get_varint(at, end, &v))
        return false;
    p->page_before = (p->page_before + pack_unzigzag(v)) & (~0ull >> 12);
    *pa = p->page_before * TRACE_PAGE_BYTES;
    memset(page, 0, TRACE_PAGE_BYTES);
    for (uint64_t i = 0; i < PAGE_WORDS; i++) {
        uint64_t zeros = 0;

        if (!get_varint(at, end, &v) || (v == 0 && !get_varint(at, end, &zeros)) || zeros > PAGE_WORDS - i)
            return false;
        if (zeros) {
            i += zeros - 1;
            continue;
        }
        before += pack_unzigzag(v);
        pack_put64(page + 8 * i, before);
    }
    return true;
}
