/* UTF-8, character by character. */
#include "traces/text_utf8.h"
#include "traces/pack_format.h"

#include <stdint.h>
#include <string.h>

/* The first byte of a character tells its length, and bounds the second so that each character has one code only and
 * none is a surrogate or beyond U+10FFFF. */
static const struct {
    uint8_t first, last, bytes, second_min, second_max;
} leads[] = {
    { 0x01, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
    { 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
    { 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

size_t text_utf8_bytes(const char *at)
{
    const uint8_t *b = (const uint8_t *)at;

    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        if (b[0] < leads[i].first || b[0] > leads[i].last)
            continue;
        if (leads[i].bytes > 1 && (b[1] < leads[i].second_min || b[1] > leads[i].second_max))
            return 0;
        for (size_t k = 2; k < leads[i].bytes; k++) {
            if ((b[k] & 0xc0) != 0x80)
                return 0;
        }
        return leads[i].bytes;
    }
    return 0;
}

/* C0, DEL and C1. */
static bool is_control(const char *at)
{
    uint8_t first = (uint8_t)at[0];

    return first < ' ' || first == 0x7f || (first == 0xc2 && (uint8_t)at[1] < 0xa0);
}

const char *text_utf8_source_problem(const char *text)
{
    if (strlen(text) > PACK_SOURCE_MAX)
        return "source text of more than 127 bytes";
    while (*text) {
        size_t bytes = text_utf8_bytes(text);

        if (bytes == 0)
            return "source text is not UTF-8";
        if (is_control(text))
            return "control character in the source text";
        text += bytes;
    }
    return NULL;
}
