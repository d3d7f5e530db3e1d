/* Notes, appended. */
#include "sim/explain/explain_note.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 0))) static void append(struct explain_note *note, const char *format, va_list args)
{
    size_t used = strlen(note->text);
    int bytes = vsnprintf(note->text + used, sizeof note->text - used, format, args);

    assert(bytes >= 0 && used + (size_t)bytes < sizeof note->text);
    (void)bytes;
}

void explain_bare(struct explain_notes *n, const char *name, const char *value)
{
    struct explain_note *note = &n->note[n->count++];

    assert(n->count <= EXPLAIN_NOTES_MAX && strlen(name) < sizeof note->name && strlen(value) < sizeof note->value);
    snprintf(note->name, sizeof note->name, "%s", name);
    snprintf(note->value, sizeof note->value, "%s", value);
    note->text[0] = '\0';
}

void explain_note(struct explain_notes *n, const char *name, const char *value, const char *format, ...)
{
    va_list args;

    explain_bare(n, name, value);
    va_start(args, format);
    append(&n->note[n->count - 1], format, args);
    va_end(args);
}

void explain_more(struct explain_notes *n, const char *format, ...)
{
    va_list args;

    assert(n->count > 0);
    va_start(args, format);
    append(&n->note[n->count - 1], format, args);
    va_end(args);
}

struct explain_value explain_hex(uint64_t value)
{
    struct explain_value v;

    snprintf(v.text, sizeof v.text, "0x%" PRIx64, value);
    return v;
}

struct explain_value explain_bits(uint64_t value, unsigned width)
{
    struct explain_value v = { "0b" };
    char *at = width == 1 ? v.text : v.text + 2;

    assert(width < sizeof v.text - 2);
    for (unsigned i = width; i-- > 0;)
        *at++ = value >> i & 1 ? '1' : '0';
    *at = '\0';
    return v;
}

struct explain_value explain_decimal(uint64_t value)
{
    struct explain_value v;

    snprintf(v.text, sizeof v.text, "%" PRIu64, value);
    return v;
}
