/* Lines to words, with messages that point at them. */
#include "traces/script_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Of a long line, the caret message shows this much. */
#define SHOWN_COLUMNS 120

bool script_text_fail(struct script *s, unsigned index, const char *what)
{
    size_t column = index < s->count ? (size_t)(s->word[index] - s->text) : strlen(s->raw);
    size_t from = column > SHOWN_COLUMNS / 2 ? column - SHOWN_COLUMNS / 2 : 0;

    snprintf(s->err->text, sizeof s->err->text, "%.150s:%u:%zu: %s\n  %.*s\n  %*s^", s->path, s->line, column + 1, what,
             SHOWN_COLUMNS, s->raw + from, (int)(column - from), "");
    return false;
}

static void cut_words(struct script *s)
{
    char *p = s->text;

    s->count = 0;
    p[strcspn(p, "#")] = '\0';
    while (s->count < SCRIPT_WORDS_MAX) {
        p += strspn(p, " \t\r");
        if (*p == '\0')
            return;
        s->word[s->count++] = p;
        p += strcspn(p, " \t\r");
        if (*p != '\0')
            *p++ = '\0';
    }
}

/* A line holds printable text; anything else is another kind of file. */
static bool is_text(const char *line)
{
    for (; *line; line++) {
        if (iscntrl((unsigned char)*line) && *line != '\t' && *line != '\r')
            return false;
    }
    return true;
}

static int read_failed(struct script *s)
{
    int code;
    const char *what = gzerror(s->file, &code);

    if (code == Z_OK)
        return 0;
    if (code == Z_ERRNO)
        what = strerror(errno);
    snprintf(s->err->text, sizeof s->err->text, "%.150s: line %u: cannot be read on: %.150s", s->path, s->line + 1,
             what);
    return -1;
}

int script_text_line(struct script *s)
{
    size_t n;
    z_off_t before = gztell(s->file), after;

    if (!gzgets(s->file, s->raw, sizeof s->raw)) {
        s->raw[0] = '\0';
        return read_failed(s);
    }
    after = gztell(s->file);
    s->line++;
    s->count = 0;
    n = strlen(s->raw);
    if ((z_off_t)n != after - before) {
        snprintf(s->err->text, sizeof s->err->text, "%.150s:%u: a zero byte: this is not a script", s->path, s->line);
        return -1;
    }
    if (n > 0 && s->raw[n - 1] == '\n')
        s->raw[--n] = '\0';
    else if (n == sizeof s->raw - 1) {
        snprintf(s->err->text, sizeof s->err->text, "%.150s:%u: line longer than %u bytes", s->path, s->line,
                 SCRIPT_LINE_BYTES - 2u);
        return -1;
    }
    if (!is_text(s->raw)) {
        snprintf(s->err->text, sizeof s->err->text, "%.150s:%u: control characters: this is not a script", s->path,
                 s->line);
        return -1;
    }
    memcpy(s->text, s->raw, n + 1);
    cut_words(s);
    if (s->count == SCRIPT_WORDS_MAX) {
        script_text_fail(s, SCRIPT_WORDS_MAX - 1, "too many words in one line");
        return -1;
    }
    return 1;
}

bool script_text_number(struct script *s, unsigned index, const char *meaning, uint64_t *value)
{
    char what[128], *end;

    if (index >= s->count) {
        snprintf(what, sizeof what, "%s is missing", meaning);
        return script_text_fail(s, index, what);
    }
    errno = 0;
    *value = strtoull(s->word[index], &end, 0);
    if (!isdigit((unsigned char)*s->word[index]) || *end != '\0' || errno != 0) {
        snprintf(what, sizeof what, "%s: a number of 64 bits is wanted (0x.. or decimal)", meaning);
        return script_text_fail(s, index, what);
    }
    return true;
}
