/* The lines of an xl configuration file, kept so that a complaint about a value can show where it came from. */
#include "platforms/xen/xl_token.h"

#include "traces/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool keep_line(struct xl_text *t, const char *line)
{
    if (t->count == t->capacity) {
        size_t capacity = t->capacity ? 2 * t->capacity : 64;
        char **more = realloc(t->line, capacity * sizeof *more);

        if (!more)
            return false;
        t->line = more;
        t->capacity = capacity;
    }
    t->line[t->count] = strdup(line);
    return t->line[t->count] && ++t->count;
}

static bool read_lines(struct xl_text *t, struct lines *l, struct trace_error *err)
{
    size_t bytes = 0;
    int got;

    while ((got = lines_next(l, err)) > 0) {
        bytes += strlen(l->text) + 1;
        if (bytes > XL_FILE_BYTES_MAX)
            return lines_fail(l, l->text, err, "more than 1 MB: not a domain's configuration");
        if (!keep_line(t, l->text))
            return error_set(err, "%s: out of memory", t->path);
    }
    return got == 0;
}

bool xl_text_read(struct xl_text *t, const char *path, struct trace_error *err)
{
    struct lines *l = malloc(sizeof *l);
    bool ok;

    memset(t, 0, sizeof *t);
    if (!l)
        return error_set(err, "%s: out of memory", path);
    if (!lines_open(l, path, err)) {
        free(l);
        return false;
    }
    t->path = strdup(l->path);
    ok = t->path ? read_lines(t, l, err) : error_set(err, "%s: out of memory", path);
    lines_close(l);
    free(l);
    return ok;
}

void xl_text_free(struct xl_text *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->line[i]);
    free(t->line);
    free(t->path);
    memset(t, 0, sizeof *t);
}

bool xl_text_fail(const struct xl_text *t, struct xl_place at, struct trace_error *err, const char *format, ...)
{
    struct lines l = { .path = t->path, .number = at.line + 1 };
    char message[256];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (at.line < t->count)
        snprintf(l.text, sizeof l.text, "%s", t->line[at.line]);
    return lines_fail(&l, l.text + at.column, err, "%s", message);
}
