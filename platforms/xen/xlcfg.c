/* xl's grammar [Xen: libxlu_cfg_y.y@4.17.0]. */
#include "platforms/xen/xlcfg.h"

#include "traces/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct xlcfg *c;
    struct xl_place next;
    struct xl_token token; /* the one at hand */
    struct trace_error *err;
};

static bool advance(struct parser *p)
{
    return xl_token_next(&p->c->text, &p->next, &p->token, p->err);
}

static bool unexpected(struct parser *p, const char *expected)
{
    return xl_text_fail(&p->c->text, p->token.at, p->err, "expected %s, not %s", expected, xl_kind_name(p->token.kind));
}

static bool skip_newlines(struct parser *p)
{
    while (p->token.kind == XL_NEWLINE) {
        if (!advance(p))
            return false;
    }
    return true;
}

static void free_values(struct xlcfg_setting *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->value[i].text);
    free(s->value);
    s->value = NULL;
    s->count = s->capacity = 0;
}

static bool out_of_memory(struct parser *p)
{
    return error_set(p->err, "%s: out of memory", p->c->text.path);
}

static bool append(struct parser *p, struct xlcfg_setting *s, struct xlcfg_value v)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 1;
        struct xlcfg_value *more = realloc(s->value, capacity * sizeof *more);

        if (!more)
            return out_of_memory(p);
        s->value = more;
        s->capacity = capacity;
    }
    s->value[s->count++] = v;
    return true;
}

/* Takes the string or number at hand. */
static bool parse_atom(struct parser *p, struct xlcfg_setting *s)
{
    struct xlcfg_value v = { .token = p->token };

    if (p->c->values++ == XLCFG_VALUES_MAX)
        return xl_text_fail(&p->c->text, p->token.at, p->err, "more than %d values", XLCFG_VALUES_MAX);
    v.text = xl_token_value(&p->c->text, &p->token, p->err);
    if (!v.text)
        return false;
    if (append(p, s, v))
        return true;
    free(v.text);
    return false;
}

static bool parse_list(struct parser *p, struct xlcfg_setting *s, unsigned depth);

/* A list within a list: it is read, and dropped. */
static bool parse_nested(struct parser *p, struct xlcfg_setting *s, unsigned depth)
{
    struct xlcfg_value v = { .token = p->token };
    struct xlcfg_setting inner = { 0 };
    bool ok;

    if (depth == XLCFG_DEPTH_MAX)
        return xl_text_fail(&p->c->text, p->token.at, p->err, "lists in lists, more than %d deep", XLCFG_DEPTH_MAX);
    ok = parse_list(p, &inner, depth + 1) && append(p, s, v);
    free_values(&inner);
    return ok;
}

static bool parse_element(struct parser *p, struct xlcfg_setting *s, unsigned depth)
{
    if (p->token.kind == XL_OPEN)
        return parse_nested(p, s, depth);
    if (p->token.kind == XL_STRING || p->token.kind == XL_NUMBER)
        return parse_atom(p, s);
    return unexpected(p, "a value or `]'");
}

/* The values of a list; `[' is at hand, and in the end `]'. Newlines may stand anywhere in it, a comma at its end. */
static bool parse_list(struct parser *p, struct xlcfg_setting *s, unsigned depth)
{
    do {
        if (!advance(p) || !skip_newlines(p))
            return false;
        if (p->token.kind == XL_CLOSE)
            return true;
        if (!parse_element(p, s, depth) || !advance(p) || !skip_newlines(p))
            return false;
    } while (p->token.kind == XL_COMMA);
    return p->token.kind == XL_CLOSE || unexpected(p, "`,' or `]'");
}

static bool parse_value(struct parser *p, struct xlcfg_setting *s)
{
    s->is_list = p->token.kind == XL_OPEN;
    if (s->is_list)
        return parse_list(p, s, 0);
    if (p->token.kind == XL_STRING || p->token.kind == XL_NUMBER)
        return parse_atom(p, s);
    return unexpected(p, "a string, a number or `['");
}

/* Puts the new values behind those that are there; of two strings it makes one. */
static bool add_to(struct parser *p, struct xlcfg_setting *s, struct xlcfg_setting *more)
{
    if (s->is_list) {
        for (size_t i = 0; i < more->count; i++) {
            if (!append(p, s, more->value[i]))
                return false;
            more->value[i].text = NULL;
        }
    } else {
        size_t length = strlen(s->value->text), added = strlen(more->value->text);
        char *text = length + added > XLCFG_STRING_MAX ? NULL : realloc(s->value->text, length + added + 1);

        if (!text)
            return xl_text_fail(&p->c->text, more->value->token.at, p->err, "the string becomes too long");
        memcpy(text + length, more->value->text, added + 1);
        s->value->text = text;
        s->value->token = more->value->token;
    }
    s->at = more->at;
    s->added = true;
    return true;
}

static struct xlcfg_setting *find(const struct xlcfg *c, const char *key)
{
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->setting[i].key, key) == 0)
            return &c->setting[i];
    }
    return NULL;
}

/* Takes over all that *s owns, or frees it. */
static bool store(struct parser *p, struct xlcfg_setting *s)
{
    struct xlcfg_setting *old = find(p->c, s->key);
    bool ok = true;

    if (!old && p->c->count < XLCFG_SETTINGS_MAX) {
        p->c->setting[p->c->count++] = *s;
        return true;
    }
    if (!old) {
        ok = xl_text_fail(&p->c->text, s->at, p->err, "more than %d names", XLCFG_SETTINGS_MAX);
    } else if (s->added && s->is_list != old->is_list) {
        ok = xl_text_fail(&p->c->text, s->at, p->err, "`%s' on line %zu is a %s: a %s cannot be added", s->key,
                          old->at.line + 1, old->is_list ? "list" : "string", s->is_list ? "list" : "string");
    } else if (s->added) {
        ok = add_to(p, old, s);
    } else {
        char *key = old->key;

        free_values(old);
        *old = *s;
        old->key = key;
        *s = (struct xlcfg_setting){ .key = s->key };
    }
    free_values(s);
    free(s->key);
    return ok;
}

/* NAME = VALUE; the name is at hand, and in the end what follows the value. */
static bool parse_assignment(struct parser *p, struct xlcfg_setting *s)
{
    s->at = p->token.at;
    s->key = xl_token_value(&p->c->text, &p->token, p->err);
    if (!s->key || !advance(p))
        return false;
    if (p->token.kind != XL_ASSIGN && p->token.kind != XL_ADD)
        return unexpected(p, "`=' or `+='");
    s->added = p->token.kind == XL_ADD;
    if (!advance(p) || !parse_value(p, s) || !advance(p))
        return false;
    return p->token.kind == XL_NEWLINE || p->token.kind == XL_SEMICOLON || p->token.kind == XL_END ||
           unexpected(p, "the end of the line or `;'");
}

static bool parse_statement(struct parser *p)
{
    struct xlcfg_setting s = { 0 };

    if (p->token.kind == XL_NEWLINE || p->token.kind == XL_SEMICOLON)
        return advance(p);
    if (p->token.kind != XL_IDENT)
        return unexpected(p, "a name");
    if (parse_assignment(p, &s))
        return store(p, &s);
    free_values(&s);
    free(s.key);
    return false;
}

bool xlcfg_read(struct xlcfg *c, const char *path, struct trace_error *err)
{
    struct parser p = { .c = c, .err = err };

    memset(c, 0, sizeof *c);
    if (!xl_text_read(&c->text, path, err))
        return false;
    c->setting = calloc(XLCFG_SETTINGS_MAX, sizeof *c->setting);
    if (!c->setting)
        return out_of_memory(&p);
    if (!advance(&p))
        return false;
    while (p.token.kind != XL_END) {
        if (!parse_statement(&p))
            return false;
    }
    return true;
}

void xlcfg_free(struct xlcfg *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free_values(&c->setting[i]);
        free(c->setting[i].key);
    }
    free(c->setting);
    xl_text_free(&c->text);
    memset(c, 0, sizeof *c);
}

const struct xlcfg_setting *xlcfg_find(const struct xlcfg *c, const char *key)
{
    return find(c, key);
}

bool xlcfg_check_single(const struct xlcfg *c, const struct xlcfg_setting *s, struct trace_error *err)
{
    return !s->is_list || xl_text_fail(&c->text, s->at, err, "`%s' is a list, but should be a single value", s->key);
}

bool xlcfg_check_list(const struct xlcfg *c, const struct xlcfg_setting *s, struct trace_error *err)
{
    if (!s->is_list)
        return xl_text_fail(&c->text, s->at, err, "`%s' is a single value, but should be a list: [ ... ]", s->key);
    for (size_t i = 0; i < s->count; i++) {
        if (!s->value[i].text)
            return xlcfg_fail(c, &s->value[i], 0, err, "`%s' is a list of strings, not of lists", s->key);
    }
    return true;
}

bool xlcfg_long(const struct xlcfg *c, const struct xlcfg_setting *s, long *value, struct trace_error *err)
{
    const char *text;
    char *end;

    if (!xlcfg_check_single(c, s, err))
        return false;
    if (s->added)
        return xl_text_fail(&c->text, s->at, err, "`%s' is a number, to which xl cannot add by +=", s->key);
    text = s->value->text;
    errno = 0;
    *value = strtol(text, &end, 0);
    if (errno)
        return xlcfg_fail(c, s->value, 0, err, "this number is out of range");
    if (end == text || *end != '\0')
        return xlcfg_fail(c, s->value, (size_t)(end - text), err,
                          "not a number: xl reads decimal, 0x hexadecimal, and octal after a leading 0");
    return true;
}

bool xlcfg_fail(const struct xlcfg *c, const struct xlcfg_value *v, size_t offset, struct trace_error *err,
                const char *format, ...)
{
    struct xl_place at = v->token.at;
    char message[256];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    /* Inside a string the caret is exact as long as there is nothing in it but itself. */
    if (v->token.kind == XL_NUMBER)
        at.column += offset;
    else if (v->token.kind == XL_STRING && strlen(v->text) + 2 == v->token.length)
        at.column += offset + 1;
    return xl_text_fail(&c->text, at, err, "%s", message);
}
