/* KEY=VALUES: which knob, and which values. */
#include "sim/explore/space.h"
#include "sim/suggest.h"
#include "traces/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORD_BYTES 64
#define WHY_BYTES 256

static const char *const layout_keys[] = { "stage1",  "stage2",   "granule1", "granule2", "contiguous1", "contiguous2",
                                           "va_bits", "ipa_bits", "start2",   "holes",    "tables",      "walks" };

#define LAYOUT_KEYS (sizeof layout_keys / sizeof *layout_keys)

void space_init(struct space *s, const struct config *base)
{
    memset(s, 0, sizeof *s);
    s->base = *base;
}

static const struct param *find_param(const char *key)
{
    size_t count;
    const struct param *params = params_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(params[i].key, key) == 0)
            return &params[i];
    }
    return NULL;
}

static bool of_layout(const char *key)
{
    for (size_t i = 0; i < LAYOUT_KEYS; i++) {
        if (strcmp(layout_keys[i], key) == 0)
            return true;
    }
    return false;
}

static bool unknown_key(const char *key, struct trace_error *err)
{
    struct suggest near;
    char hint[WHY_BYTES];
    size_t count;
    const struct param *params = params_table(&count);

    suggest_init(&near, key);
    for (size_t i = 0; i < count; i++)
        suggest_offer(&near, params[i].key);
    for (size_t i = 0; i < LAYOUT_KEYS; i++)
        suggest_offer(&near, layout_keys[i]);
    if (near.best)
        suggest_text(&near, hint, sizeof hint);
    else
        snprintf(hint, sizeof hint, "; `stagewalk params` and `explore --help` list them");
    return error_set(err, "unknown knob '%.*s'%s", WORD_BYTES, key, hint);
}

struct knob *space_knob(struct space *s, const char *key, struct trace_error *err)
{
    const struct param *param = find_param(key);
    struct knob *k = &s->knob[s->knob_count];

    for (size_t i = 0; i < s->knob_count; i++) {
        if (strcmp(s->knob[i].key, key) == 0)
            return &s->knob[i];
    }
    if (!param && !of_layout(key)) {
        unknown_key(key, err);
        return NULL;
    }
    if (s->knob_count == SPACE_KNOBS_MAX) {
        error_set(err, "'%s' is one knob more than %d", key, SPACE_KNOBS_MAX);
        return NULL;
    }
    *k = (struct knob){ .key = strdup(key), .param = param };
    if (!k->key) {
        error_set(err, "out of memory");
        return NULL;
    }
    s->knob_count++;
    return k;
}

/* Reads a number; of bytes also with K or M behind it. Returns what follows it, or NULL. */
static const char *parse_number(const struct param *p, const char *text, uint64_t *value)
{
    char *end;
    unsigned shift;

    if (*text < '0' || *text > '9')
        return NULL;
    errno = 0;
    *value = strtoull(text, &end, 0);
    shift = strcmp(p->unit, "bytes") != 0 ? 0 : *end == 'K' ? 10 : *end == 'M' ? 20 : 0;
    if (errno != 0 || *value > UINT32_MAX)
        return NULL;
    *value <<= shift;
    return end + (shift > 0);
}

/* The same of a word of the layout: some values have two names, some are what the layout is without them. */
static bool spell_layout(const struct knob *k, const char *text, char spelt[WORD_BYTES], struct trace_error *err)
{
    struct layout layout;
    char word[2 * WORD_BYTES], why[LAYOUT_WHY_BYTES], said[LAYOUT_TEXT_BYTES];
    const char *equals;

    snprintf(spelt, WORD_BYTES, "%s", SPACE_CAPTURED);
    if (strcmp(text, SPACE_CAPTURED) == 0)
        return true;
    layout_default(&layout);
    snprintf(word, sizeof word, "%s=%s", k->key, text);
    if (!layout_word(&layout, word, why))
        return error_set(err, "%s", why);
    equals = strchr(layout_text(&layout, said), '=');
    if (equals)
        snprintf(spelt, WORD_BYTES, "%.*s", WORD_BYTES - 1, equals + 1);
    return true;
}

/* Writes the one spelling of a value. Returns false with *err when it is none. */
static bool spell(const struct space *s, const struct knob *k, const char *text, char spelt[WORD_BYTES],
                  struct trace_error *err)
{
    struct config trial = s->base;
    char why[WHY_BYTES];
    uint64_t number;
    const char *end = k->param ? parse_number(k->param, text, &number) : NULL;

    if (strlen(text) >= WORD_BYTES)
        return error_set(err, "%s: '%.*s...' is too long for a value", k->key, WORD_BYTES / 2, text);
    snprintf(spelt, WORD_BYTES, "%s", text);
    if (!k->param)
        return spell_layout(k, text, spelt, err);
    if (end && *end == '\0')
        snprintf(spelt, WORD_BYTES, "%llu", (unsigned long long)number);
    if (params_set(&trial, k->key, spelt, why, sizeof why))
        return error_set(err, "%s", why);
    return true;
}

int space_value_index(struct space *s, struct knob *k, const char *text, struct trace_error *err)
{
    char spelt[WORD_BYTES];
    char **more;

    if (!spell(s, k, text, spelt, err))
        return -1;
    for (size_t i = 0; i < k->count; i++) {
        if (strcmp(k->value[i], spelt) == 0)
            return (int)i;
    }
    if (k->count == SPACE_VALUES_MAX) {
        error_set(err, "%s: more than %d values", k->key, SPACE_VALUES_MAX);
        return -1;
    }
    more = realloc(k->value, (k->count + 1) * sizeof *more);
    if (more)
        k->value = more;
    if (!more || !(k->value[k->count] = strdup(spelt))) {
        error_set(err, "out of memory");
        return -1;
    }
    return (int)k->count++;
}

/* Adds a value of a list, where none may stand twice. */
static bool add_value(struct space *s, struct knob *k, const char *text, struct trace_error *err)
{
    size_t before = k->count;

    if (space_value_index(s, k, text, err) < 0)
        return false;
    return k->count > before || error_set(err, "%s: the value %.*s is there twice", k->key, WORD_BYTES, text);
}

/* What is counted in powers of two. */
static bool doubles(const struct param *p)
{
    static const char *const units[] = { "entries", "ways", "bytes", "banks" };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(p->unit, units[i]) == 0)
            return true;
    }
    return false;
}

struct range {
    uint64_t low, high, by;
    bool times; /* by is a factor, else a step */
};

/* Reads LO..HI, LO..HI*BY or LO..HI+BY. Returns false with *err. */
static bool parse_range(const struct knob *k, const char *text, struct range *r, struct trace_error *err)
{
    const char *at = k->param ? parse_number(k->param, text, &r->low) : NULL;

    at = at && strncmp(at, "..", 2) == 0 ? parse_number(k->param, at + 2, &r->high) : NULL;
    if (!at)
        return error_set(err, "%s: '%.*s' is no range; it wants two numbers, as in 64..1024 or 64..1024*4", k->key,
                         WORD_BYTES, text);
    r->times = *at == '*' || (*at == '\0' && doubles(k->param));
    r->by = r->times ? 2 : 1;
    if (*at == '*' || *at == '+') {
        at = parse_number(k->param, at + 1, &r->by);
        if (!at)
            return error_set(err, "%s: '%.*s': a number is to follow * or +", k->key, WORD_BYTES, text);
    }
    if (*at != '\0')
        return error_set(err, "%s: '%.*s': nothing is to follow '%.*s'", k->key, WORD_BYTES, text, (int)(at - text),
                         text);
    if (r->low > r->high)
        return error_set(err, "%s: '%.*s' ends before it begins", k->key, WORD_BYTES, text);
    if (r->by < 1 + (uint64_t)r->times || (r->times && r->low == 0))
        return error_set(err, "%s: '%.*s' stays where it begins", k->key, WORD_BYTES, text);
    return true;
}

static bool add_range(struct space *s, struct knob *k, const char *text, struct trace_error *err)
{
    struct range r = { 0 };

    if (!parse_range(k, text, &r, err))
        return false;
    for (uint64_t v = r.low, next; v <= r.high; v = next) {
        char number[WORD_BYTES];

        next = !r.times ? v + r.by : v > r.high / r.by ? r.high + 1 : v * r.by;
        snprintf(number, sizeof number, "%llu", (unsigned long long)v);
        if (!add_value(s, k, number, err))
            return false;
    }
    return true;
}

static bool add_values(struct space *s, struct knob *k, char *list, struct trace_error *err)
{
    for (char *item = list, *next; item; item = next) {
        next = strchr(item, ',');
        if (next)
            *next++ = '\0';
        if (*item == '\0')
            return error_set(err, "%s: a value is missing beside a comma, or behind =", k->key);
        if (strstr(item, "..") ? !add_range(s, k, item, err) : !add_value(s, k, item, err))
            return false;
    }
    return true;
}

/* A parameter with one value is of the base. */
static void settle(struct space *s, struct knob *k)
{
    char why[WHY_BYTES];

    k->listed = k->count;
    if (k->count != 1 || !k->param)
        return;
    params_set(&s->base, k->key, k->value[k->count - 1], why, sizeof why);
    free(k->value[k->count - 1]);
    free(k->value);
    free(k->key);
    s->knob_count--;
}

bool space_add(struct space *s, const char *word, struct trace_error *err)
{
    const char *equals = strchr(word, '=');
    char key[WORD_BYTES];
    size_t knobs = s->knob_count;
    struct knob *k;
    char *list;
    bool good;

    if (!equals || equals == word)
        return error_set(err, "'%.*s' wants KEY=VALUES, as in mmu.main_tlb.entries=128,512", WORD_BYTES, word);
    snprintf(key, sizeof key, "%.*s", (int)(equals - word), word);
    k = space_knob(s, key, err);
    if (!k)
        return false;
    if (s->knob_count == knobs)
        return error_set(err, "'%s' is given twice; put all its values into one list", key);
    list = strdup(equals + 1);
    good = list ? add_values(s, k, list, err) : error_set(err, "out of memory");
    free(list);
    if (good)
        settle(s, k);
    return good;
}

void space_free(struct space *s)
{
    for (size_t i = 0; i < s->knob_count; i++) {
        for (size_t v = 0; v < s->knob[i].count; v++)
            free(s->knob[i].value[v]);
        free(s->knob[i].value);
        free(s->knob[i].key);
    }
    free(s->choice);
    memset(s, 0, sizeof *s);
}
