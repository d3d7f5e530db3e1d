/* Findings, collected and bounded. */
#include "sim/lint/finding.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const severity_names[LINT_SEVERITY_COUNT] = { "note", "warning", "error" };

const char *lint_severity_name(enum lint_severity severity)
{
    return severity_names[severity];
}

enum lint_severity lint_severity_by_name(const char *name)
{
    int i = 0;

    while (i < LINT_SEVERITY_COUNT && strcmp(severity_names[i], name) != 0)
        i++;
    return (enum lint_severity)i;
}

enum lint_code lint_code_by_name(const char *name)
{
    int i = 0;

    while (i < LINT_CODE_COUNT && strcmp(lint_rule((enum lint_code)i)->name, name) != 0)
        i++;
    return (enum lint_code)i;
}

void lint_report_init(struct lint_report *r, size_t kept_max)
{
    memset(r, 0, sizeof *r);
    r->kept_max = kept_max;
}

void lint_report_free(struct lint_report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->finding[i].place);
        free(r->finding[i].detail);
    }
    free(r->finding);
    lint_report_init(r, r->kept_max);
}

/* Returns a copy fit to be shown, NULL when there is no memory. */
static char *copy_of(const char *text, size_t bytes)
{
    char *copy = strndup(text, bytes - 1);

    for (char *at = copy; at && *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            *at = '?';
    }
    return copy;
}

static bool make_room(struct lint_report *r)
{
    size_t capacity = r->capacity ? 2 * r->capacity : 64;
    struct lint_finding *larger;

    if (r->count < r->capacity)
        return true;
    larger = realloc(r->finding, capacity * sizeof *larger);
    if (!larger)
        return false;
    r->finding = larger;
    r->capacity = capacity;
    return true;
}

void lint_find_as(struct lint_report *r, enum lint_code code, enum lint_severity severity, const char *place,
                  const char *detail)
{
    struct lint_finding f = { .code = (uint8_t)code, .severity = (uint8_t)severity };

    assert(code < LINT_CODE_COUNT && severity < LINT_SEVERITY_COUNT);
    if (r->silent[code] || r->found[code][severity]++ >= r->kept_max)
        return;
    f.place = copy_of(place, LINT_PLACE_BYTES);
    f.detail = copy_of(detail, LINT_DETAIL_BYTES);
    if (f.place && f.detail && make_room(r)) {
        r->finding[r->count++] = f;
        return;
    }
    free(f.place);
    free(f.detail);
    r->lost = true;
}

void lint_find(struct lint_report *r, enum lint_code code, const char *place, const char *format, ...)
{
    char detail[LINT_DETAIL_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    lint_find_as(r, code, lint_rule(code)->severity, place, detail);
}

uint64_t lint_report_count(const struct lint_report *r, enum lint_severity severity)
{
    uint64_t n = 0;

    for (int i = 0; i < LINT_CODE_COUNT; i++)
        n += r->found[i][severity];
    return n;
}
