/* A pattern and its words, and what a person is told of them. */
#include "sim/generate/words_table.h"

#include "platforms/xen/preset.h"
#include "sim/suggest.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIST "`stagewalk trace generate --list` lists them"
#define XEN_DEFAULT "xen-4.17"

/* One KEY=VALUE, cut out of the text. */
struct word {
    char key[WORD_MAX + 1], value[WORD_MAX + 1];
};

static bool read_pattern(struct words *w, const char *name, struct trace_error *err)
{
    struct suggest near;
    char hint[64];

    suggest_init(&near, name);
    for (unsigned i = 0; i < PATTERN_COUNT; i++) {
        if (strcmp(words_patterns[i].name, name) == 0) {
            w->pattern = (uint8_t)i;
            return true;
        }
        suggest_offer(&near, words_patterns[i].name);
    }
    return error_set(err, "%s: unknown pattern%s; " LIST, *name ? name : "(nothing)",
                     suggest_text(&near, hint, sizeof hint));
}

static bool read_word(struct words *w, const struct word *word, struct trace_error *err)
{
    const struct pattern_row *pattern = &words_patterns[w->pattern];
    struct suggest near;
    char hint[64];
    unsigned key = 0;

    while (key < KEY_COUNT && strcmp(words_rows[key].name, word->key) != 0)
        key++;
    suggest_init(&near, word->key);
    for (unsigned i = 0; key == KEY_COUNT && i < KEY_COUNT; i++)
        if (pattern->keys >> i & 1)
            suggest_offer(&near, words_rows[i].name);
    if (key == KEY_COUNT)
        return error_set(err, "%s=: unknown key%s; " LIST, word->key, suggest_text(&near, hint, sizeof hint));
    if (!(pattern->keys >> key & 1))
        return error_set(err, "%s=: nothing that %s knows; " LIST, word->key, pattern->name);
    if (w->given >> key & 1)
        return error_set(err, "%s=: given twice; leave one out", word->key);
    w->given |= 1u << key;
    return words_read_value((enum word_key)key, word->value, &w->value[key], err);
}

static void set_defaults(struct words *w)
{
    const struct xen_preset *preset;

    for (unsigned i = 0; i < KEY_COUNT; i++)
        w->value[i] = words_rows[i].fallback;
    w->value[KEY_FOOTPRINT] = words_patterns[w->pattern].footprint;
    for (size_t i = 0; (preset = xen_preset_at(i)); i++)
        if (strcmp(preset->name, XEN_DEFAULT) == 0)
            w->value[KEY_XEN] = i;
}

/* Copies up to one of `until` to `to`, of WORD_MAX + 1 bytes. Returns where it ends, NULL when there is no room, or a
 * character that no word has. */
static const char *cut(const char *at, const char *until, char *to)
{
    size_t length = strcspn(at, until);

    for (size_t i = 0; i < length; i++)
        if (at[i] <= ' ' || at[i] >= 0x7F)
            return NULL;
    if (length > WORD_MAX)
        return NULL;
    memcpy(to, at, length);
    to[length] = '\0';
    return at + length;
}

static bool read_words(struct words *w, const char *text, struct trace_error *err)
{
    struct word word;
    const char *at = cut(text, ",", word.key);

    if (!at)
        return error_set(err, "a pattern's name has at most %d letters, and no blanks; " LIST, WORD_MAX);
    if (!read_pattern(w, word.key, err))
        return false;
    set_defaults(w);
    while (*at == ',') {
        at = cut(at + 1, "=,", word.key);
        if (!at)
            return error_set(err, "a key has at most %d letters, and no blanks; " LIST, WORD_MAX);
        if (*at != '=')
            return error_set(err, "%s: wants KEY=VALUE behind a comma; " LIST, *word.key ? word.key : "(nothing)");
        at = cut(at + 1, ",", word.value);
        if (!at)
            return error_set(err, "%s=: a value has at most %d letters, and no blanks; " LIST, word.key, WORD_MAX);
        if (!read_word(w, &word, err))
            return false;
    }
    return true;
}

bool words_parse(struct words *w, const char *text, struct trace_error *err)
{
    memset(w, 0, sizeof *w);
    if (strlen(text) >= sizeof w->text)
        return error_set(err, "a pattern of more than %zu letters; " LIST, sizeof w->text - 1);
    memcpy(w->text, text, strlen(text));
    if (!read_words(w, text, err))
        return false;
    w->main = w->pattern < PATTERN_MAINS  ? w->pattern
              : w->pattern == PATTERN_DMA ? (uint8_t)PATTERN_SEQUENTIAL
                                          : (uint8_t)w->value[KEY_MAIN];
    return words_fit(w, err);
}

/* ---- For people -------------------------------------------------------------------------------------------------- */

const char *words_pattern(enum pattern pattern, const char **what)
{
    if (what)
        *what = words_patterns[pattern].what;
    return words_patterns[pattern].name;
}

static void fallback_text(enum pattern pattern, unsigned key, char text[32])
{
    const struct word_row *row = &words_rows[key];
    uint64_t value = key == KEY_FOOTPRINT ? words_patterns[pattern].footprint : row->fallback;
    char size[24];

    switch ((enum word_kind)row->kind) {
    case WORD_NUMBER:
        snprintf(text, 32, "%" PRIu64, value);
        break;
    case WORD_SIZE:
        snprintf(text, 32, "%s", words_size_text(value, size));
        break;
    case WORD_TENTH:
        snprintf(text, 32, "%" PRIu64 ".%03" PRIu64, value / 1000, value % 1000);
        break;
    case WORD_CHOICE:
        for (size_t i = 0; i < WORD_CHOICES_MAX && row->choice[i].name; i++)
            if (row->choice[i].value == value)
                snprintf(text, 32, "%s", row->choice[i].name);
        break;
    }
    if (key == KEY_XEN)
        snprintf(text, 32, "%s", XEN_DEFAULT);
    else if (key == KEY_VCPUS || (key == KEY_CORES && pattern == PATTERN_DMA))
        snprintf(text, 32, "%s", key == KEY_VCPUS ? "cores" : "2");
}

bool words_key(enum pattern pattern, size_t i, struct words_key *key)
{
    uint32_t keys = words_patterns[pattern].keys;

    for (unsigned k = 0; k < KEY_COUNT; k++) {
        if (!(keys >> k & 1) || i-- > 0)
            continue;
        *key = (struct words_key){ .name = words_rows[k].name, .what = words_rows[k].what, .unit = words_rows[k].unit };
        words_range_text(&words_rows[k], key->range, sizeof key->range);
        if (k == KEY_XEN)
            snprintf(key->range, sizeof key->range, "a preset|none");
        fallback_text(pattern, k, key->fallback);
        return true;
    }
    return false;
}
