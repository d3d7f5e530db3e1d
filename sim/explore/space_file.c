/* Spaces and lists of points in files: text, a line after the other. */
#include "sim/explore/space.h"
#include "traces/error.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 8192
#define CELL_BYTES 64

struct text {
    FILE *in;
    const char *name;
    unsigned long line;
    char bytes[LINE_BYTES];
};

/* Puts the place in front of a message. Returns false. */
static bool at_line(const struct text *t, struct trace_error *err)
{
    struct trace_error why = *err;

    return error_set(err, "%.150s:%lu: %.300s", t->name, t->line, why.text);
}

/* Reads a line without its end. Returns 1, 0 at the end, -1 with *err. */
static int read_line(struct text *t, struct trace_error *err)
{
    size_t length = 0;
    int c;

    t->line++;
    err->text[0] = '\0';
    while ((c = getc(t->in)) != EOF && c != '\n' && c != '\0' && length < LINE_BYTES - 1)
        t->bytes[length++] = (char)c;
    t->bytes[length] = '\0';
    if (c == '\0')
        error_set(err, "a NUL byte: this is no text");
    else if (c != EOF && c != '\n')
        error_set(err, "the line has more than %d bytes", LINE_BYTES - 1);
    else if (ferror(t->in))
        error_set(err, "cannot be read");
    if (err->text[0] == '\0')
        return c != EOF || length > 0;
    at_line(t, err);
    return -1;
}

/* Reads the next line that says something, without its comment and outer blanks. Returns 1, 0 at the end, -1 with
 * *err. */
static int next_line(struct text *t, struct trace_error *err)
{
    int got;

    while ((got = read_line(t, err)) > 0) {
        size_t length, start;

        t->bytes[strcspn(t->bytes, "#\r")] = '\0';
        start = strspn(t->bytes, " \t");
        length = strlen(t->bytes);
        while (length > start && strchr(" \t", t->bytes[length - 1]))
            t->bytes[--length] = '\0';
        memmove(t->bytes, t->bytes + start, length - start + 1);
        if (t->bytes[0] != '\0')
            return 1;
    }
    return got;
}

static void remove_blanks(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (!isblank((unsigned char)*from))
            *to++ = *from;
    }
    *to = '\0';
}

bool space_read(struct space *s, FILE *in, const char *name, struct trace_error *err)
{
    struct text t = { .in = in, .name = name };
    int got;

    while ((got = next_line(&t, err)) > 0) {
        remove_blanks(t.bytes);
        if (!space_add(s, t.bytes, err))
            return at_line(&t, err);
    }
    return got == 0;
}

/* ---- Points ---- */

/* Room for one more point, of the base's values. Returns its choices, or NULL with *err. */
static uint16_t *add_point(struct space *s, struct trace_error *err)
{
    uint16_t *row;

    if (s->points == SPACE_POINTS_MAX) {
        error_set(err, "more than %d points", SPACE_POINTS_MAX);
        return NULL;
    }
    if (s->points == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        uint16_t *more = realloc(s->choice, room * SPACE_KNOBS_MAX * sizeof *more);

        if (!more) {
            error_set(err, "out of memory");
            return NULL;
        }
        s->choice = more;
        s->room = room;
    }
    row = &s->choice[s->points++ * SPACE_KNOBS_MAX];
    for (size_t i = 0; i < SPACE_KNOBS_MAX; i++)
        row[i] = SPACE_BASE;
    return row;
}

/* Gives a point one of its values. */
static bool choose(struct space *s, uint16_t *row, struct knob *k, const char *value, struct trace_error *err)
{
    int index = space_value_index(s, k, value, err);

    if (index < 0)
        return false;
    if (row[k - s->knob] != SPACE_BASE)
        return error_set(err, "%s is there twice", k->key);
    row[k - s->knob] = (uint16_t)index;
    return true;
}

static bool words_point(struct space *s, char *line, struct trace_error *err)
{
    uint16_t *row = add_point(s, err);
    char *rest = NULL;

    for (char *word = row ? strtok_r(line, " \t", &rest) : NULL; word; word = strtok_r(NULL, " \t", &rest)) {
        char *equals = strchr(word, '=');
        struct knob *k;

        if (!equals)
            return error_set(err, "'%.*s' wants KEY=VALUE", CELL_BYTES, word);
        *equals = '\0';
        k = space_knob(s, word, err);
        if (!k || !choose(s, row, k, equals + 1, err))
            return false;
    }
    return row != NULL;
}

/* Splits a row at its commas, in place. Returns how many cells there are, more than SPACE_KNOBS_MAX if too many. */
static size_t split(char *line, char *cell[SPACE_KNOBS_MAX])
{
    size_t count = 0;

    remove_blanks(line);
    for (char *at = line; at; count++) {
        char *comma = strchr(at, ',');

        if (comma)
            *comma = '\0';
        if (count < SPACE_KNOBS_MAX)
            cell[count] = at;
        at = comma ? comma + 1 : NULL;
    }
    return count;
}

static bool header(struct space *s, char *line, struct trace_error *err)
{
    char *cell[SPACE_KNOBS_MAX];
    size_t count = split(line, cell);

    if (count > SPACE_KNOBS_MAX)
        return error_set(err, "%zu columns are more knobs than %d", count, SPACE_KNOBS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!space_knob(s, cell[i], err))
            return false;
        if (s->knob_count != i + 1)
            return error_set(err, "two columns are '%.*s'", CELL_BYTES, cell[i]);
    }
    return true;
}

static bool cells_point(struct space *s, char *line, struct trace_error *err)
{
    char *cell[SPACE_KNOBS_MAX];
    size_t count = split(line, cell);
    uint16_t *row;

    if (count != s->knob_count)
        return error_set(err, "%zu cells, not %zu as in the first row", count, s->knob_count);
    row = add_point(s, err);
    for (size_t i = 0; row && i < count; i++) {
        if (!choose(s, row, &s->knob[i], cell[i], err))
            return false;
    }
    return row != NULL;
}

bool space_read_points(struct space *s, FILE *in, const char *name, struct trace_error *err)
{
    struct text t = { .in = in, .name = name };
    int got = next_line(&t, err);
    bool words = got > 0 && strchr(t.bytes, '=');

    s->listed = true;
    if (got > 0 && !words) {
        if (!header(s, t.bytes, err))
            return at_line(&t, err);
        got = next_line(&t, err);
    }
    for (; got > 0; got = next_line(&t, err)) {
        if (words ? !words_point(s, t.bytes, err) : !cells_point(s, t.bytes, err))
            return at_line(&t, err);
    }
    for (size_t i = 0; i < s->knob_count; i++)
        s->knob[i].listed = s->knob[i].count;
    if (got == 0 && s->points == 0)
        return error_set(err, "%.150s: no points in it", name);
    return got == 0;
}
