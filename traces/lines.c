/* Text lines with carets. */
#include "traces/lines.h"
#include "traces/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX 100 /* of a longer line, only the part around the caret is shown */
#define SHOWN_BEFORE 60

bool lines_open(struct lines *l, const char *path, struct trace_error *err)
{
    bool standard = strcmp(path, "-") == 0;

    l->number = 0;
    l->text[0] = '\0';
    l->path = strdup(standard ? "standard input" : path);
    errno = 0;
    l->file = standard ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
    if (l->path && l->file) {
        gzbuffer(l->file, 1u << 16);
        return true;
    }
    error_set(err, "%s: cannot open: %s", path, strerror(errno ? errno : ENOMEM));
    lines_close(l);
    return false;
}

static int read_error(const struct lines *l, struct trace_error *err)
{
    int code;
    const char *message = gzerror(l->file, &code);

    if (code == Z_OK || code == Z_STREAM_END)
        return 0;
    error_set(err, "%s:%" PRIu64 ": cannot read: %s", l->path, l->number, code == Z_ERRNO ? strerror(errno) : message);
    return -1;
}

bool lines_is_gzipped(const struct lines *l)
{
    return !gzdirect(l->file);
}

/* U+FEFF in UTF-8, which some editors put before a text. */
static void skip_mark(struct lines *l)
{
    static const char mark[] = { '\xef', '\xbb', '\xbf' };

    if (strncmp(l->text, mark, sizeof mark) == 0)
        memmove(l->text, l->text + sizeof mark, strlen(l->text + sizeof mark) + 1);
}

int lines_next(struct lines *l, struct trace_error *err)
{
    size_t length = 0;
    int c;

    l->number++;
    while ((c = gzgetc(l->file)) >= 0 && c != '\n') {
        l->text[length] = '\0';
        if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f)
            return lines_fail(l, l->text + length, err, "control character: not a text file") - 1;
        if (length == LINES_BYTES_MAX)
            return lines_fail(l, l->text, err, "line of more than %d bytes", LINES_BYTES_MAX) - 1;
        l->text[length++] = (char)c;
    }
    if (c < 0 && read_error(l, err))
        return -1;
    if (length && l->text[length - 1] == '\r')
        length--;
    l->text[length] = '\0';
    if (l->number == 1)
        skip_mark(l);
    return c == '\n' || length > 0;
}

bool lines_point(const struct lines_place *place, const char *at, struct trace_error *err, const char *message)
{
    size_t column = (size_t)(at - place->text), from = column > SHOWN_BEFORE ? column - SHOWN_BEFORE : 0;
    size_t before = column - from, word = strcspn(at, " \t=");
    char under[SHOWN_MAX + 1];

    if (word > SHOWN_MAX - before)
        word = SHOWN_MAX - before;
    /* A tab above is a tab below, however wide the terminal makes it. */
    for (size_t i = 0; i < before; i++)
        under[i] = place->text[from + i] == '\t' ? '\t' : ' ';
    memset(under + before, '~', word);
    under[before] = '^';
    under[before + (word ? word : 1)] = '\0';
    return error_set(err, "%s:%" PRIu64 ":%zu: %s\n  %.*s\n  %s", place->path, place->number, column + 1, message,
                     SHOWN_MAX, place->text + from, under);
}

bool lines_fail(const struct lines *l, const char *at, struct trace_error *err, const char *format, ...)
{
    struct lines_place place = { l->path, l->number, l->text };
    char message[160];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return lines_point(&place, at, err, message);
}

void lines_close(struct lines *l)
{
    if (l->file)
        gzclose(l->file);
    free(l->path);
    l->file = NULL;
    l->path = NULL;
}
