/* Parsing and naming of attributes. */
#include "sim/merge/merge_text.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define BYTE_MAX 0xffu
#define MEMATTR_MAX 0xfu
#define SH_MAX 3u
#define NIBBLE_WB_RA_WA 0xfu
#define NIBBLE_WT_RA_WA 0xbu
#define NIBBLE_NC 0x4u

struct memattr merge_result(struct merge_inputs in)
{
    return attr_combine(attr_decode_mair(in.mair, in.s1_sh), attr_decode_stage2(in.memattr, in.s2_sh));
}

/* ---- Numbers ---- */

/* Returns the value of a digit up to 'f', or 16. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

/* Digits of a base, at least one, to the end of the text. Returns false as well when the value is over max. */
static bool parse_digits(const char *text, unsigned base, unsigned max, unsigned *value)
{
    unsigned v = 0;

    if (*text == '\0')
        return false;
    for (; *text; text++) {
        if (digit_value(*text) >= base)
            return false;
        v = v * base + digit_value(*text);
        if (v > max)
            return false;
    }
    *value = v;
    return true;
}

/* A number up to max: 0x.., 0b.., as many binary digits as the field has bits, or decimal. Decimal without leading
 * zeros: who writes 04 may mean any base. */
static bool parse_number(const char *text, size_t field_bits, unsigned max, unsigned *value)
{
    if (strncasecmp(text, "0x", 2) == 0)
        return parse_digits(text + 2, 16, max, value);
    if (strncasecmp(text, "0b", 2) == 0)
        return parse_digits(text + 2, 2, max, value);
    if (strlen(text) == field_bits)
        return parse_digits(text, 2, max, value);
    return (text[0] != '0' || text[1] == '\0') && parse_digits(text, 10, max, value);
}

/* ---- Names ---- */

bool merge_parse_cacheability(const char *text, enum cacheability *c)
{
    for (int i = CACHE_NC; i <= CACHE_WB; i++) {
        if (strcasecmp(text, merge_cacheability_name((enum cacheability)i)) == 0) {
            *c = (enum cacheability)i;
            return true;
        }
    }
    return false;
}

bool merge_parse_name(const char *text, struct memattr *a)
{
    static const uint8_t nibbles[] = {
        [CACHE_NC] = NIBBLE_NC, [CACHE_WT] = NIBBLE_WT_RA_WA, [CACHE_WB] = NIBBLE_WB_RA_WA
    };
    bool normal = strncasecmp(text, "Normal-", 7) == 0;
    bool device = strncasecmp(text, "Device-", 7) == 0;
    const char *rest = normal || device ? text + 7 : text;
    enum cacheability inner, outer;
    char half[3] = "";

    for (unsigned d = DEVICE_nGnRnE; d <= DEVICE_GRE && !normal; d++) {
        *a = (struct memattr){ .attr = (uint8_t)(d << 2) };
        if (strcasecmp(rest, merge_short_name(*a)) == 0)
            return true;
    }
    if (device)
        return false;
    if (strlen(rest) == 7 && (rest[0] | 0x20) == 'i' && rest[3] == '-' && (rest[4] | 0x20) == 'o') {
        memcpy(half, rest + 1, 2);
        if (!merge_parse_cacheability(half, &inner) || !merge_parse_cacheability(rest + 5, &outer))
            return false;
    } else if (merge_parse_cacheability(rest, &inner)) {
        outer = inner;
    } else {
        return false;
    }
    *a = (struct memattr){ .attr = (uint8_t)(nibbles[outer] << 4 | nibbles[inner]) };
    return true;
}

bool merge_parse_mair(const char *text, uint8_t *mair)
{
    unsigned value;
    struct memattr a;

    if (parse_number(text, 8, BYTE_MAX, &value)) {
        *mair = (uint8_t)value;
        return true;
    }
    if (!merge_parse_name(text, &a))
        return false;
    *mair = a.attr;
    return true;
}

bool merge_parse_memattr(const char *text, uint8_t *memattr)
{
    unsigned value;
    struct memattr a;

    if (parse_number(text, 4, MEMATTR_MAX, &value) ||
        (text[0] && !text[1] && parse_digits(text, 16, MEMATTR_MAX, &value))) {
        *memattr = (uint8_t)value;
        return true;
    }
    if (!merge_parse_name(text, &a))
        return false;
    /* the encoding that decodes to it: there is one for each name */
    for (unsigned m = 0; m <= MEMATTR_MAX; m++) {
        struct memattr b = attr_decode_stage2(m, SH_NSH);

        if (attr_stage2_is_legal(m) && strcmp(attr_name(b), attr_name(a)) == 0)
            *memattr = (uint8_t)m;
    }
    return true;
}

bool merge_parse_sh(const char *text, uint8_t *sh)
{
    unsigned value;

    for (unsigned i = 0; i <= SH_MAX; i++) {
        if (strcasecmp(text, merge_sh_name(i)) == 0) {
            *sh = (uint8_t)i;
            return true;
        }
    }
    if (!parse_number(text, 2, SH_MAX, &value))
        return false;
    *sh = (uint8_t)value;
    return true;
}

/* ---- ATTRIBUTE/SH ---- */

#define ATTRIBUTE_BYTES 32

static const char *parse_stage(const char *text, bool (*parse)(const char *, uint8_t *), uint8_t *attribute,
                               uint8_t *sh)
{
    const char *slash = strchr(text, '/');
    size_t count = slash ? (size_t)(slash - text) : strlen(text);
    char head[ATTRIBUTE_BYTES];

    if (count >= sizeof head)
        return "attribute";
    memcpy(head, text, count);
    head[count] = '\0';
    if (!parse(head, attribute))
        return "attribute";
    *sh = SH_NSH;
    return slash && !merge_parse_sh(slash + 1, sh) ? "shareability" : NULL;
}

const char *merge_parse_stage1(const char *text, struct merge_inputs *in)
{
    return parse_stage(text, merge_parse_mair, &in->mair, &in->s1_sh);
}

const char *merge_parse_stage2(const char *text, struct merge_inputs *in)
{
    return parse_stage(text, merge_parse_memattr, &in->memattr, &in->s2_sh);
}

/* ---- Halves ---- */

bool merge_parse_hints(const char *text, unsigned *hints)
{
    static const struct {
        const char *text;
        unsigned hints;
    } spellings[] = {
        { "RA+WA", 3 }, { "RA/WA", 3 }, { "RAWA", 3 }, { "RW", 3 },   { "RA", 2 }, { "R", 2 }, { "R-", 2 },
        { "WA", 1 },    { "W", 1 },     { "-W", 1 },   { "none", 0 }, { "no", 0 }, { "-", 0 }, { "--", 0 },
    };

    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        if (strcasecmp(text, spellings[i].text) == 0) {
            *hints = spellings[i].hints;
            return true;
        }
    }
    return parse_number(text, 2, 3, hints);
}

const char *merge_sh_name(unsigned sh)
{
    return sh == SH_RESERVED ? "reserved" : attr_sh_name(sh);
}

const char *merge_cacheability_name(enum cacheability c)
{
    static const char *const names[] = { [CACHE_NC] = "NC", [CACHE_WT] = "WT", [CACHE_WB] = "WB" };

    return names[c];
}

const char *merge_hints_name(unsigned hints)
{
    static const char *const names[] = { "none", "WA", "RA", "RA+WA" };

    return names[hints & 3];
}

const char *merge_short_name(struct memattr a)
{
    return strchr(attr_name(a), '-') + 1;
}

static struct merge_half half(unsigned nibble, enum cacheability c)
{
    if (c == CACHE_NC)
        return (struct merge_half){ .cacheability = c };
    /* bit 3 says non-transient [Arm: MAIR_EL1, Attr<n>] */
    return (struct merge_half){ .cacheability = c, .hints = nibble & 3, .transient = !bit(nibble, 3) };
}

struct merge_half merge_inner(struct memattr a)
{
    assert(!memattr_is_device(a));
    return half(a.attr & 0xF, attr_inner(a));
}

struct merge_half merge_outer(struct memattr a)
{
    assert(!memattr_is_device(a));
    return half(a.attr >> 4, attr_outer(a));
}
