/* A sweep along physical addresses: of each class of attributes, the piece that reaches furthest. */
#include "sim/lint/alias.h"

#include "sim/map/map_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES_MAX 64 /* 4 of Device, 9 of Normal with 3 shareabilities each */

static bool goes_on(const struct alias_piece *a, const struct alias_piece *b)
{
    return a->pa + a->bytes == b->pa && a->ia + a->bytes == b->ia && a->space == b->space && a->most == b->most &&
           a->regime == b->regime && a->attr.attr == b->attr.attr && a->attr.sh == b->attr.sh;
}

void aliases_add(struct aliases *a, const struct alias_piece *piece)
{
    if (piece->bytes == 0)
        return;
    if (a->count > 0 && goes_on(&a->piece[a->count - 1], piece)) {
        a->piece[a->count - 1].bytes += piece->bytes;
        return;
    }
    if (a->count == a->capacity) {
        size_t capacity = a->capacity ? 2 * a->capacity : 256;
        struct alias_piece *larger = capacity > ALIAS_PIECES_MAX ? NULL : realloc(a->piece, capacity * sizeof *larger);

        if (!larger) {
            a->lost = true;
            return;
        }
        a->piece = larger;
        a->capacity = capacity;
    }
    a->piece[a->count++] = *piece;
}

void aliases_free(struct aliases *a)
{
    free(a->piece);
    *a = (struct aliases){ NULL };
}

static int by_pa(const void *x, const void *y)
{
    const struct alias_piece *a = x, *b = y;

    if (a->pa != b->pa)
        return a->pa < b->pa ? -1 : 1;
    if (a->space != b->space)
        return strcmp(a->space, b->space);
    return a->ia < b->ia ? -1 : a->ia > b->ia;
}

/* Hints do not count: what differs in them alone is one type [Arm: B2, Mismatched memory attributes]. */
static bool same_type(struct memattr a, struct memattr b)
{
    if (memattr_is_device(a) || memattr_is_device(b))
        return a.attr == b.attr;
    return attr_inner(a) == attr_inner(b) && attr_outer(a) == attr_outer(b);
}

static bool same_class(struct memattr a, struct memattr b)
{
    return same_type(a, b) && a.sh == b.sh;
}

/* Two Device types differ in ordering alone. What EL2 maps of a guest it uses for copies, if at all. */
static enum lint_severity severity_of(enum lint_code code, const struct alias_piece *a, const struct alias_piece *b)
{
    enum lint_severity most = a->most < b->most ? a->most : b->most, of_rule = lint_rule(code)->severity;

    if ((memattr_is_device(a->attr) && memattr_is_device(b->attr)) || a->regime != b->regime)
        return LINT_NOTE;
    return most < of_rule ? most : of_rule;
}

static void say(const struct aliases *all, struct lint_report *r, const struct alias_piece *a,
                const struct alias_piece *b)
{
    enum lint_code code = same_type(a->attr, b->attr) ? LINT_MISMATCHED_SHAREABILITY : LINT_MISMATCHED_TYPE;
    uint64_t from = b->pa, end = a->pa + a->bytes < b->pa + b->bytes ? a->pa + a->bytes : b->pa + b->bytes;
    char place[LINT_PLACE_BYTES], detail[LINT_DETAIL_BYTES], size[MAP_TEXT_BYTES];

    snprintf(place, sizeof place, "%.120s%sPA 0x%" PRIx64 " (%s)", all->source ? all->source : "",
             all->source ? " " : "", from, map_size_text(end - from, size));
    snprintf(detail, sizeof detail, "%s 0x%" PRIx64 " is %s %s, %s 0x%" PRIx64 " is %s %s", a->space,
             a->ia + (from - a->pa), attr_name(a->attr), attr_sh_name(a->attr.sh), b->space, b->ia, attr_name(b->attr),
             attr_sh_name(b->attr.sh));
    lint_find_as(r, code, severity_of(code, a, b), place, detail);
}

void aliases_check(struct aliases *a, struct lint_report *r)
{
    const struct alias_piece *furthest[CLASSES_MAX];
    size_t classes = 0;

    if (a->count > 0)
        qsort(a->piece, a->count, sizeof *a->piece, by_pa);
    for (size_t i = 0; i < a->count; i++) {
        const struct alias_piece *p = &a->piece[i];
        size_t own = classes;

        for (size_t k = 0; k < classes; k++) {
            if (same_class(furthest[k]->attr, p->attr))
                own = k;
            else if (furthest[k]->pa + furthest[k]->bytes > p->pa)
                say(a, r, furthest[k], p);
        }
        if (own == classes && classes < CLASSES_MAX)
            furthest[classes++] = p;
        else if (own < classes && furthest[own]->pa + furthest[own]->bytes < p->pa + p->bytes)
            furthest[own] = p;
    }
    if (a->lost)
        lint_find(r, LINT_LIMIT, "aliases", "more than two million mappings, or no memory: not all were compared");
}
