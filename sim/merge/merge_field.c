/* Fields as text, and compared with text. */
#include "sim/merge/merge_field.h"

#include "sim/merge/merge_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *second_name;
    const char *wants;
} fields[MERGE_FIELD_COUNT] = {
    [MERGE_TYPE] = { "type", "memory_type", "a type such as Device-nGnRE, Normal-WB, Normal-iWB-oWT or Normal" },
    [MERGE_INNER] = { "inner", NULL, "NC, WT, WB or -" },
    [MERGE_OUTER] = { "outer", NULL, "NC, WT, WB or -" },
    [MERGE_INNER_ALLOC] = { "inner_alloc", NULL, "RA+WA, RA, WA or none" },
    [MERGE_OUTER_ALLOC] = { "outer_alloc", NULL, "RA+WA, RA, WA or none" },
    [MERGE_TRANSIENT] = { "transient", NULL, "T, N or - for inner and outer, such as T/N" },
    [MERGE_SH] = { "sh", "shareability", "nsh, ish or osh" },
    [MERGE_ATTR] = { "attr", "par_attr", "a byte such as 0xff" },
    [MERGE_PAR_SH] = { "par_sh", NULL, "nsh, ish or osh" },
    [MERGE_CACHED] = { "cached", NULL, "yes or no" },
};

enum merge_field merge_field_find(const char *name)
{
    /* "expected_type" and "result_type" are what "type" is */
    if (strncmp(name, "expected_", 9) == 0)
        name += 9;
    else if (strncmp(name, "result_", 7) == 0)
        name += 7;
    for (int i = 0; i < MERGE_FIELD_COUNT; i++) {
        if (strcmp(name, fields[i].name) == 0 || (fields[i].second_name && strcmp(name, fields[i].second_name) == 0))
            return (enum merge_field)i;
    }
    return MERGE_FIELD_COUNT;
}

const char *merge_field_name(enum merge_field field)
{
    return fields[field].name;
}

const char *merge_field_wants(enum merge_field field)
{
    return fields[field].wants;
}

static bool is_outer(enum merge_field field)
{
    return field == MERGE_OUTER || field == MERGE_OUTER_ALLOC;
}

/* The half that a field speaks of, or an uncacheable one of Device. */
static struct merge_half half_of(enum merge_field field, struct memattr a)
{
    if (memattr_is_device(a))
        return (struct merge_half){ .cacheability = CACHE_NC };
    return is_outer(field) ? merge_outer(a) : merge_inner(a);
}

static char transient_letter(struct merge_half half)
{
    if (half.cacheability == CACHE_NC)
        return '-';
    return half.transient ? 'T' : 'N';
}

const char *merge_field_text(enum merge_field field, struct memattr a, char text[MERGE_TEXT_BYTES])
{
    struct merge_half half = half_of(field, a);
    const char *word = "";

    switch (field) {
    case MERGE_TYPE:
        word = attr_name(a);
        break;
    case MERGE_INNER:
    case MERGE_OUTER:
        word = memattr_is_device(a) ? "-" : merge_cacheability_name(half.cacheability);
        break;
    case MERGE_INNER_ALLOC:
    case MERGE_OUTER_ALLOC:
        word = merge_hints_name(half.hints);
        break;
    case MERGE_TRANSIENT:
        snprintf(text, MERGE_TEXT_BYTES, "%c/%c", transient_letter(half_of(MERGE_INNER, a)),
                 transient_letter(half_of(MERGE_OUTER, a)));
        return text;
    case MERGE_SH:
    case MERGE_PAR_SH:
        word = attr_sh_name(a.sh);
        break;
    case MERGE_ATTR:
        snprintf(text, MERGE_TEXT_BYTES, "0x%02x", a.attr);
        return text;
    case MERGE_CACHED:
        word = attr_is_cached(a) ? "yes" : "no";
        break;
    case MERGE_FIELD_COUNT:
        break;
    }
    snprintf(text, MERGE_TEXT_BYTES, "%s", word);
    return text;
}

static enum merge_verdict verdict(bool agrees)
{
    return agrees ? MERGE_AGREES : MERGE_DIFFERS;
}

static enum merge_verdict compare_type(const char *expected, struct memattr a)
{
    struct memattr named;

    if (strcasecmp(expected, "Normal") == 0)
        return verdict(!memattr_is_device(a));
    if (strcasecmp(expected, "Device") == 0)
        return verdict(memattr_is_device(a));
    if (!merge_parse_name(expected, &named))
        return MERGE_UNREADABLE;
    return verdict(strcmp(attr_name(named), attr_name(a)) == 0);
}

static enum merge_verdict compare_cacheability(enum merge_field field, const char *expected, struct memattr a)
{
    enum cacheability c;

    if (strcmp(expected, "-") == 0)
        return verdict(memattr_is_device(a));
    if (!merge_parse_cacheability(expected, &c))
        return MERGE_UNREADABLE;
    return verdict(!memattr_is_device(a) && half_of(field, a).cacheability == c);
}

static bool transient_agrees(char expected, char actual)
{
    return expected == actual || (expected == 'N' && actual == '-');
}

/* "T/N", or "-" for both halves. */
static enum merge_verdict compare_transient(const char *expected, struct memattr a)
{
    const char *both = strcmp(expected, "-") == 0 ? "-/-" : expected;
    char actual[MERGE_TEXT_BYTES];

    if (strlen(both) != 3 || both[1] != '/' || !strchr("TN-", both[0]) || !strchr("TN-", both[2]))
        return MERGE_UNREADABLE;
    merge_field_text(MERGE_TRANSIENT, a, actual);
    return verdict(transient_agrees(both[0], actual[0]) && transient_agrees(both[2], actual[2]));
}

static enum merge_verdict compare_cached(const char *expected, struct memattr a)
{
    if (strcasecmp(expected, "yes") == 0)
        return verdict(attr_is_cached(a));
    return strcasecmp(expected, "no") == 0 ? verdict(!attr_is_cached(a)) : MERGE_UNREADABLE;
}

enum merge_verdict merge_field_compare(enum merge_field field, const char *expected, struct memattr a)
{
    unsigned hints;
    uint8_t number;

    switch (field) {
    case MERGE_TYPE:
        return compare_type(expected, a);
    case MERGE_INNER:
    case MERGE_OUTER:
        return compare_cacheability(field, expected, a);
    case MERGE_INNER_ALLOC:
    case MERGE_OUTER_ALLOC:
        return merge_parse_hints(expected, &hints) ? verdict(half_of(field, a).hints == hints) : MERGE_UNREADABLE;
    case MERGE_TRANSIENT:
        return compare_transient(expected, a);
    case MERGE_SH:
    case MERGE_PAR_SH:
        return merge_parse_sh(expected, &number) ? verdict(number == a.sh) : MERGE_UNREADABLE;
    case MERGE_ATTR:
        return merge_parse_mair(expected, &number) ? verdict(number == a.attr) : MERGE_UNREADABLE;
    case MERGE_CACHED:
        return compare_cached(expected, a);
    case MERGE_FIELD_COUNT:
        break;
    }
    return MERGE_UNREADABLE;
}
