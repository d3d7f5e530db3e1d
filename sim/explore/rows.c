/* Rows as text. */
#include "sim/explore/rows.h"

#include "sim/version.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define FNV_PRIME 0x100000001b3ULL
#define SCHEMA "# stagewalk/explore/1 version=" STAGEWALK_VERSION

uint64_t rows_hash(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < count; i++)
        hash = (hash ^ at[i]) * FNV_PRIME;
    return hash;
}

void rows_head_of(struct rows_head *head, const struct space *s)
{
    head->space = ROWS_HASH;
    for (size_t p = 0; p < s->points; p++) {
        for (size_t i = 0; i < s->knob_count; i++) {
            const char *value = space_value(s, p, i);

            head->space = rows_hash(head->space, value, strlen(value) + 1);
        }
    }
    head->first = space_number(s, 0);
    head->last = space_number(s, s->points - 1);
}

void rows_head_write(const struct rows_head *head, FILE *out)
{
    fprintf(out, SCHEMA " fingerprint=%016" PRIx64 " space=%016" PRIx64 " numbers=%zu..%zu\n", head->fingerprint,
            head->space, head->first, head->last);
}

/* Reads the number behind a name, from *at on; what else stands there is seen when all is written again. */
static bool read_field(const char **at, const char *name, int base, unsigned long long *number)
{
    const char *found = strstr(*at, name);
    char *end;

    if (!found)
        return false;
    *number = strtoull(found + strlen(name), &end, base);
    *at = end;
    return true;
}

bool rows_head_read(struct rows_head *head, const char *line)
{
    char again[ROWS_HEAD_BYTES];
    unsigned long long number[4];
    const char *at = line;
    FILE *out;

    if (!read_field(&at, " fingerprint=", 16, &number[0]) || !read_field(&at, " space=", 16, &number[1]) ||
        !read_field(&at, " numbers=", 10, &number[2]) || !read_field(&at, "..", 10, &number[3]))
        return false;
    *head = (struct rows_head){ number[0], number[1], number[2], number[3] };
    if (head->first > 1 || head->last < head->first || head->last > SPACE_POINTS_MAX + 1)
        return false;
    out = fmemopen(again, sizeof again, "w");
    if (!out)
        return false;
    rows_head_write(head, out);
    if (fclose(out) != 0)
        return false;
    again[strcspn(again, "\n")] = '\0';
    return strcmp(again, line) == 0;
}

void rows_write_names(const struct space *s, FILE *out)
{
    fprintf(out, "number");
    for (size_t i = 0; i < s->knob_count; i++)
        fprintf(out, ",%s", s->knob[i].key);
    putc(',', out);
    point_result_write_names(out);
    putc('\n', out);
}

void rows_write(const struct space *s, size_t point, const struct point_result *r, FILE *out)
{
    fprintf(out, "%zu", space_number(s, point));
    for (size_t i = 0; i < s->knob_count; i++)
        fprintf(out, ",%s", space_value(s, point, i));
    putc(',', out);
    point_result_write(r, out);
    putc('\n', out);
}

bool rows_refuse(const struct rows_reader *r, struct trace_error *err, const char *format, ...)
{
    char what[300];
    va_list ap;

    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    return error_set(err, "%.150s:%lu: %s", r->name, r->line, what);
}

int rows_next_line(struct rows_reader *r, struct trace_error *err)
{
    size_t length = 0;
    int c;

    while ((c = getc(r->in)) != EOF && c != '\n') {
        if (c == '\0' || length == ROWS_LINE_MAX - 1) {
            r->line++;
            rows_refuse(r, err, c == '\0' ? "a NUL byte: this is no result of explore" : "the line is too long");
            return -1;
        }
        r->text[length++] = (char)c;
    }
    r->text[length] = '\0';
    if (ferror(r->in)) {
        error_set(err, "%.150s: cannot be read", r->name);
        return -1;
    }
    if (c == EOF && (length == 0 || r->torn_ends))
        return 0;
    r->line++;
    if (c == EOF) {
        rows_refuse(r, err, "the line is cut off");
        return -1;
    }
    r->whole += length + 1;
    return 1;
}

/* Takes a quoted cell, which a comma or the end follows. Returns its end, or NULL. */
static char *end_of_quoted(char *cell)
{
    char *end = strchr(cell + 1, '"');

    if (!end || (end[1] != ',' && end[1] != '\0'))
        return NULL;
    memmove(cell, cell + 1, (size_t)(end - cell - 1));
    end[-1] = '\0';
    return end + 1;
}

bool rows_split(struct rows_reader *r, struct trace_error *err)
{
    char *at = r->text;

    r->cells = 0;
    while (at) {
        char *end = *at == '"' ? end_of_quoted(at) : at + strcspn(at, ",");

        if (!end)
            return rows_refuse(r, err, "a quote without its end in column %zu", r->cells + 1);
        if (r->cells == ROWS_CELLS_MAX)
            return rows_refuse(r, err, "more than %d columns", (int)ROWS_CELLS_MAX);
        r->cell[r->cells++] = at;
        at = *end == ',' ? end + 1 : NULL;
        *end = '\0';
    }
    return true;
}

bool rows_number(const char *text, uint64_t *number)
{
    size_t length = strlen(text);

    if (length == 0 || length > 18 || strspn(text, "0123456789") != length || (length > 1 && *text == '0'))
        return false;
    *number = strtoull(text, NULL, 10);
    return true;
}
