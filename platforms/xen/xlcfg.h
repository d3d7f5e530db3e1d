/* The settings of an xl configuration file: names with strings and lists, where they stand, and nothing of what they
 * mean.
 *
 * A parser of our own [choice]: xl's library brings sixteen others with it, changes with each release of Xen, and says
 * of an error only its line. It is the judge in the tests. */
#pragma once

#include "platforms/xen/xl_token.h"

#define XLCFG_SETTINGS_MAX 1024
#define XLCFG_VALUES_MAX 65536 /* in all */
#define XLCFG_DEPTH_MAX 32     /* lists in lists */
#define XLCFG_STRING_MAX LINES_BYTES_MAX

struct xlcfg_value {
    char *text; /* a string or number; NULL: a list within a list, which no key that is read here has */
    struct xl_token token;
};

struct xlcfg_setting {
    char *key;
    struct xl_place at;        /* of the name */
    struct xlcfg_value *value; /* a list's, or the one */
    size_t count, capacity;
    bool is_list;
    bool added; /* by += : xl does not take it for a number then */
};

struct xlcfg {
    struct xl_text text;
    struct xlcfg_setting *setting; /* in the order of their first assignment; a later one has replaced an earlier */
    size_t count;
    size_t values;
};

/* Reads a file, as xl_text_read. Returns false and fills *err; xlcfg_free in any case. */
bool xlcfg_read(struct xlcfg *c, const char *path, struct trace_error *err);
void xlcfg_free(struct xlcfg *c);

/* Returns the setting of a name, or NULL. */
const struct xlcfg_setting *xlcfg_find(const struct xlcfg *c, const char *key);

/* What xl makes of a setting that is to be a single value, a list, a number: strtol's, base 0, so that 010 is 8
 * [Xen: xlu_cfg_get_long, libxlu_cfg.c@4.17.0]. Where xl warns and goes on without, these return false and fill *err
 * [choice]. */
bool xlcfg_check_single(const struct xlcfg *c, const struct xlcfg_setting *s, struct trace_error *err);
bool xlcfg_check_list(const struct xlcfg *c, const struct xlcfg_setting *s, struct trace_error *err);
bool xlcfg_long(const struct xlcfg *c, const struct xlcfg_setting *s, long *value, struct trace_error *err);

/* Complains of a value at `offset` in its text. Returns false. */
bool xlcfg_fail(const struct xlcfg *c, const struct xlcfg_value *v, size_t offset, struct trace_error *err,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
