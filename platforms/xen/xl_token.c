/* xl's words, one at a time. */
#include "platforms/xen/xl_token.h"

#include "traces/error.h"

#include <stdlib.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

const char *xl_kind_name(enum xl_kind kind)
{
    static const char *const names[] = { "the end of the file",
                                         "the end of the line",
                                         "a name",
                                         "a number",
                                         "a string",
                                         "`['",
                                         "`]'",
                                         "`,'",
                                         "`;'",
                                         "`='",
                                         "`+='" };
    return names[kind];
}

/* Returns the length of the string that begins at `text`, its quotes included, or 0 when it does not end. */
static size_t string_length(const char *text)
{
    size_t i = 1;

    while (text[i] && text[i] != text[0])
        i += text[i] == '\\' && text[i + 1] ? 2 : 1;
    return text[i] ? i + 1 : 0;
}

static bool not_a_token(const struct xl_text *t, struct xl_place at, struct trace_error *err)
{
    char c = t->line[at.line][at.column];

    if (c == '"' || c == '\'')
        return xl_text_fail(t, at, err, "this string does not end on its line");
    if (c != '\0' && strchr("+-.():", c))
        return xl_text_fail(t, at, err, "xl knows no `%c' outside of a string: its files are not Python", c);
    if (c >= 'A' && c <= 'Z' && at.column > 0 && strchr(DIGITS, t->line[at.line][at.column - 1]))
        return xl_text_fail(t, at, err, "xl's numbers have no units, and hexadecimal digits are small letters");
    if (c >= 'A' && c <= 'Z')
        return xl_text_fail(t, at, err, "xl's names are of small letters, digits, `_' and `.'");
    return xl_text_fail(t, at, err, "neither a name, a number, a string nor one of = += [ ] , ; #");
}

/* Returns the kind of the token at `text`, or XL_END for none, and its length. */
static enum xl_kind recognise(const char *text, size_t *length)
{
    static const char marks[] = "[],;=";
    static const enum xl_kind kinds[] = { XL_OPEN, XL_CLOSE, XL_COMMA, XL_SEMICOLON, XL_ASSIGN };
    const char *mark;

    *length = 1;
    if (*text == '\0' || *text == '#')
        return XL_NEWLINE;
    mark = strchr(marks, *text);
    if (mark)
        return kinds[mark - marks];
    if (text[0] == '+' && text[1] == '=') {
        *length = 2;
        return XL_ADD;
    }
    if (*text >= 'a' && *text <= 'z') {
        *length = strspn(text, LOWER DIGITS "_.");
        return XL_IDENT;
    }
    if (*text >= '0' && *text <= '9') {
        *length = strspn(text, DIGITS "abcdefx");
        return XL_NUMBER;
    }
    *length = *text == '"' || *text == '\'' ? string_length(text) : 0;
    return *length ? XL_STRING : XL_END;
}

bool xl_token_next(const struct xl_text *t, struct xl_place *next, struct xl_token *token, struct trace_error *err)
{
    const char *line;

    if (next->line >= t->count) {
        /* Complaints about the end point behind the last line, not below it. */
        token->kind = XL_END;
        token->at.line = t->count ? t->count - 1 : 0;
        token->at.column = t->count ? strlen(t->line[t->count - 1]) : 0;
        token->length = 0;
        return true;
    }
    line = t->line[next->line];
    next->column += strspn(line + next->column, " \t");
    token->at = *next;
    token->kind = recognise(line + next->column, &token->length);
    if (token->kind == XL_END)
        return not_a_token(t, *next, err);
    next->column += token->length;
    if (token->kind == XL_NEWLINE)
        *next = (struct xl_place){ next->line + 1, 0 };
    return true;
}

/* Returns what stands for a backslash and `c`, or 0 when xl knows no such escape. */
static char unescape(char c)
{
    static const char from[] = "\"'\\abfnrtv", to[] = "\"'\\\a\b\f\n\r\t\v";
    const char *at = c ? strchr(from, c) : NULL;

    return at ? to[at - from] : '\0';
}

/* Numeric escapes are refused: xl refuses \x.. of any digits, and of \101 it loses the character
 * [Xen: xlu__cfgl_dequote, libxlu_cfg.c@4.17.0] [choice]. */
char *xl_token_value(const struct xl_text *t, const struct xl_token *token, struct trace_error *err)
{
    const char *line = t->line[token->at.line], *from = line + token->at.column, *end = from + token->length;
    char *value = malloc(token->length + 1), *to = value;

    if (!value) {
        error_set(err, "%s: out of memory", t->path);
        return NULL;
    }
    if (token->kind == XL_STRING) {
        from++;
        end--;
    }
    while (from < end) {
        *to = *from++;
        if (token->kind == XL_STRING && *to == '\\') {
            *to = unescape(*from++);
            if (*to == '\0') {
                xl_text_fail(t, (struct xl_place){ token->at.line, (size_t)(from - 2 - line) }, err,
                             "xl does not read this escape");
                free(value);
                return NULL;
            }
        }
        to++;
    }
    *to = '\0';
    return value;
}
