/* Words to layouts and back. */
#include "sim/explore/layout.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct name {
    const char *name;
    uint8_t value;
};

static const struct name leaves1[] = { { "as-captured", LAYOUT_AS_CAPTURED },
                                       { "pages", LAYOUT_PAGES },
                                       { "blocks", LAYOUT_BLOCKS },
                                       { "linear-blocks", LAYOUT_LINEAR },
                                       { NULL, 0 } };
static const struct name leaves2[] = { { "as-captured", LAYOUT_AS_CAPTURED },
                                       { "pages", LAYOUT_PAGES },
                                       { "2M", LAYOUT_2M },
                                       { "blocks", LAYOUT_BLOCKS },
                                       { "xen", LAYOUT_XEN },
                                       { "4K", LAYOUT_PAGES },
                                       { "1G", LAYOUT_BLOCKS },
                                       { NULL, 0 } };
static const struct name granules[] = { { "as-captured", 0 }, { "4K", 12 }, { "64K", 16 }, { "16K", 14 }, { NULL, 0 } };
static const struct name answers[] = { { "no", 0 }, { "yes", 1 }, { NULL, 0 } };
static const struct name holes[] = { { "strict", 0 }, { "cover", 1 }, { NULL, 0 } };
static const struct name walks[] = { { "as-captured", LAYOUT_WALKS_AS_CAPTURED },
                                     { "cached", LAYOUT_WALKS_CACHED },
                                     { "uncached", LAYOUT_WALKS_UNCACHED },
                                     { NULL, 0 } };

void layout_default(struct layout *l)
{
    *l = (struct layout){ 0 };
}

/* One key: either the names of its values, or the numbers it may have, of which `bias` more is kept. */
struct key {
    const char *key;
    const struct name *names;
    size_t offset;
    uint8_t low, high, bias;
};

static const struct key keys[] = {
    { "stage1", leaves1, offsetof(struct layout, stage1.leaves), 0, 0, 0 },
    { "granule1", granules, offsetof(struct layout, stage1.granule_bits), 0, 0, 0 },
    { "contiguous1", answers, offsetof(struct layout, stage1.contiguous), 0, 0, 0 },
    { "va_bits", NULL, offsetof(struct layout, stage1.ia_bits), 25, 48, 0 },
    { "stage2", leaves2, offsetof(struct layout, stage2.leaves), 0, 0, 0 },
    { "granule2", granules, offsetof(struct layout, stage2.granule_bits), 0, 0, 0 },
    { "contiguous2", answers, offsetof(struct layout, stage2.contiguous), 0, 0, 0 },
    { "ipa_bits", NULL, offsetof(struct layout, stage2.ia_bits), 25, PA_BITS, 0 },
    { "start2", NULL, offsetof(struct layout, start2), 0, 3, 1 },
    { "holes", holes, offsetof(struct layout, cover_holes), 0, 0, 0 },
    { "ahead", answers, offsetof(struct layout, ahead), 0, 0, 0 },
    { "walks", walks, offsetof(struct layout, walks), 0, 0, 0 },
};
#define KEY_COUNT (sizeof keys / sizeof *keys)

static bool refuse(char why[LAYOUT_WHY_BYTES], const char *word, const char *what)
{
    snprintf(why, LAYOUT_WHY_BYTES, "%.60s: %s", word, what);
    return false;
}

/* Reads a number that ends the text. */
static bool number(const char *text, uint64_t *value)
{
    char *end;

    if (*text < '0' || *text > '9' || strlen(text) > 20)
        return false;
    *value = strtoull(text, &end, 0);
    return *end == '\0';
}

static bool read_tables(struct layout *l, const char *word, const char *value, char why[LAYOUT_WHY_BYTES])
{
    l->tables_at = 0;
    if (strcmp(value, "ddr") == 0)
        l->tables = LAYOUT_DDR;
    else if (strcmp(value, "ocm") == 0)
        l->tables = LAYOUT_OCM;
    else if (number(value, &l->tables_at))
        l->tables = LAYOUT_AT;
    else
        return refuse(why, word, "wants ddr, ocm or an address");
    return true;
}

/* "wants stage1=pages, blocks or ..." of a key. */
static bool refuse_value(const struct key *k, const char *word, char why[LAYOUT_WHY_BYTES])
{
    char text[LAYOUT_WHY_BYTES] = "wants one of";
    size_t n = strlen(text);

    if (!k->names)
        snprintf(text, sizeof text, "wants a number from %u to %u", k->low, k->high);
    for (const struct name *at = k->names; at && at->name && n < sizeof text; at++)
        n += (size_t)snprintf(text + n, sizeof text - n, " %s", at->name);
    snprintf(why, LAYOUT_WHY_BYTES, "%.40s: %.110s", word, text);
    return false;
}

static bool read_value(struct layout *l, const struct key *k, const char *word, const char *value,
                       char why[LAYOUT_WHY_BYTES])
{
    uint8_t *field = (uint8_t *)l + k->offset;
    uint64_t n;

    for (const struct name *at = k->names; at && at->name; at++) {
        if (strcmp(value, at->name) == 0) {
            *field = at->value;
            return true;
        }
    }
    if (k->names || !number(value, &n) || n < k->low || n > k->high)
        return refuse_value(k, word, why);
    *field = (uint8_t)(n + k->bias);
    return true;
}

bool layout_word(struct layout *l, const char *word, char why[LAYOUT_WHY_BYTES])
{
    const char *value = strchr(word, '=');
    size_t length = value ? (size_t)(value - word) : 0;

    if (strcmp(word, "as-captured") == 0)
        return true;
    if (strcmp(word, "stage2=off") == 0)
        return refuse(why, word, "what traps to the hypervisor, as emulated devices do, is a fault of stage 2 alone");
    if (value && length == 6 && strncmp(word, "tables", 6) == 0)
        return read_tables(l, word, value + 1, why);
    for (size_t i = 0; value && i < KEY_COUNT; i++) {
        if (strlen(keys[i].key) == length && strncmp(keys[i].key, word, length) == 0)
            return read_value(l, &keys[i], word, value + 1, why);
    }
    return refuse(why, word, "no word of a layout, as stage1=blocks and tables=ocm are");
}

bool layout_words(struct layout *l, const char *words, char why[LAYOUT_WHY_BYTES])
{
    char word[64];

    for (const char *at = words; *at;) {
        size_t length = strcspn(at, " ,");

        if (length >= sizeof word) {
            snprintf(why, LAYOUT_WHY_BYTES, "%.40s...: too long for a word of a layout", at);
            return false;
        }
        memcpy(word, at, length);
        word[length] = '\0';
        if (length > 0 && !layout_word(l, word, why))
            return false;
        at += length + (at[length] != '\0');
    }
    return true;
}

const char *layout_text(const struct layout *l, char text[LAYOUT_TEXT_BYTES])
{
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < KEY_COUNT; i++) {
        uint8_t value = ((const uint8_t *)l)[keys[i].offset];
        const struct name *at = keys[i].names;

        while (at && at->name && at->value != value)
            at++;
        if (value != 0 && at)
            n += (size_t)snprintf(text + n, LAYOUT_TEXT_BYTES - n, "%s%s=%s", n ? " " : "", keys[i].key, at->name);
        else if (value != 0)
            n += (size_t)snprintf(text + n, LAYOUT_TEXT_BYTES - n, "%s%s=%u", n ? " " : "", keys[i].key,
                                  value - keys[i].bias);
    }
    if (l->tables == LAYOUT_OCM)
        n += (size_t)snprintf(text + n, LAYOUT_TEXT_BYTES - n, "%stables=ocm", n ? " " : "");
    if (l->tables == LAYOUT_AT)
        n += (size_t)snprintf(text + n, LAYOUT_TEXT_BYTES - n, "%stables=0x%" PRIx64, n ? " " : "", l->tables_at);
    if (n == 0)
        snprintf(text, LAYOUT_TEXT_BYTES, "as-captured");
    return text;
}

bool layout_same(const struct layout *a, const struct layout *b)
{
    char text[2][LAYOUT_TEXT_BYTES];

    return strcmp(layout_text(a, text[0]), layout_text(b, text[1])) == 0;
}

bool layout_possible(const struct layout *l, char why[LAYOUT_WHY_BYTES])
{
    if (l->stage1.granule_bits == 14 || l->stage2.granule_bits == 14)
        return refuse(why, "granule=16K", "the A53 has no 16 KB granule: ID_AA64MMFR0_EL1.TGran16 is 0 [A53: 4.3.21]");
    if (l->stage2.granule_bits == 16 && l->stage2.leaves == LAYOUT_2M)
        return refuse(why, "stage2=2M", "the 64 KB granule has blocks of 512 MB only");
    if (l->stage2.granule_bits == 16 && l->stage2.leaves == LAYOUT_XEN)
        return refuse(why, "stage2=xen", "Xen has no tables of the 64 KB granule");
    if (l->start2 == 1 || (l->start2 == 2 && l->stage2.granule_bits == 16))
        return refuse(why, l->start2 == 1 ? "start2=0" : "start2=1",
                      "no first level of stage 2 for 40 bits of physical address [Arm: VTCR_EL2.SL0]");
    if (l->tables == LAYOUT_AT && (l->tables_at & low_mask(16)) != 0)
        return refuse(why, "tables", "the address is no multiple of 64 KB");
    if (l->tables == LAYOUT_AT && l->tables_at >> PA_BITS != 0)
        return refuse(why, "tables", "the address is outside the 40 bits of physical memory");
    return true;
}
