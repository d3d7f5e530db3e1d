/* The words of an xl configuration file, over lines that are all in memory.
 *
 * xl's own lexer is the measure [Xen: libxlu_cfg_l.l@4.17.0:53]. It is kinder in two things that no file is written for
 * on purpose: a comment may end the file without a newline, and a line may end in a carriage return [choice]. */
#pragma once

#include "traces/lines.h"

#define XL_FILE_BYTES_MAX (1u << 20)

/* All lines of a file. */
struct xl_text {
    char *path;
    char **line;
    size_t count, capacity;
};

enum xl_kind {
    XL_END,
    XL_NEWLINE,
    XL_IDENT,
    XL_NUMBER,
    XL_STRING,
    XL_OPEN,
    XL_CLOSE,
    XL_COMMA,
    XL_SEMICOLON,
    XL_ASSIGN,
    XL_ADD
};

/* Where something stands; both count from 0. */
struct xl_place {
    size_t line, column;
};

struct xl_token {
    enum xl_kind kind;
    struct xl_place at;
    size_t length; /* with the quotes of a string */
};

/* Reads a file, plain or gzipped, "-" for standard input. Returns false and fills *err; xl_text_free in any case. */
bool xl_text_read(struct xl_text *t, const char *path, struct trace_error *err);
void xl_text_free(struct xl_text *t);

/* Fills *err with file, line, column, the message, the line and a caret. Returns false. */
bool xl_text_fail(const struct xl_text *t, struct xl_place at, struct trace_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Reads the token at *next, and moves *next behind it. Returns false and fills *err for what is no token. */
bool xl_token_next(const struct xl_text *t, struct xl_place *next, struct xl_token *token, struct trace_error *err);

/* Returns what a token stands for (a string without its quotes and escapes) in memory of its own, or NULL with *err. */
char *xl_token_value(const struct xl_text *t, const struct xl_token *token, struct trace_error *err);

/* Returns "a string", "`='", ... for a message. */
const char *xl_kind_name(enum xl_kind kind);
