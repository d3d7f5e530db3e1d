/* Text to values, each by its row. */
#include "sim/generate/words_table.h"

#include "platforms/xen/preset.h"
#include "sim/suggest.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *words_size_text(uint64_t bytes, char text[24])
{
    static const char letters[] = " KMGT";
    unsigned i = 0;

    while (i < 4 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        i++;
    }
    snprintf(text, 24, "%" PRIu64 "%.*s", bytes, i > 0, &letters[i]);
    return text;
}

/* Digits of base 10 at *at. Returns false when there is none, or too many. */
static bool take_digits(const char **at, uint64_t *value)
{
    const char *from = *at;

    for (*value = 0; **at >= '0' && **at <= '9'; (*at)++) {
        unsigned digit = (unsigned)(**at - '0');

        if (*value > (UINT64_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    return *at != from;
}

static bool read_size(const char *at, uint64_t *value)
{
    static const char letters[] = "KMGT";
    const char *letter;

    if (!take_digits(&at, value))
        return false;
    letter = *at ? strchr(letters, *at) : NULL;
    if (letter) {
        unsigned shift = 10 * (unsigned)(letter - letters + 1);

        if (*value > UINT64_MAX >> shift)
            return false;
        *value <<= shift;
        at++;
    }
    return *at == '\0';
}

/* "0.99" as 990. */
static bool read_fraction(const char *at, uint64_t *value)
{
    uint64_t unit = 100;

    if (!take_digits(&at, value) || *value > UINT32_MAX)
        return false;
    *value *= 1000;
    if (*at == '.' && at[1] != '\0')
        for (at++; *at >= '0' && *at <= '9' && unit > 0; at++, unit /= 10)
            *value += unit * (uint64_t)(*at - '0');
    return *at == '\0';
}

static bool read_choice(const struct word_row *row, const char *text, uint64_t *value)
{
    for (size_t i = 0; i < WORD_CHOICES_MAX && row->choice[i].name; i++) {
        if (strcmp(row->choice[i].name, text) == 0) {
            *value = row->choice[i].value;
            return true;
        }
    }
    return false;
}

void words_range_text(const struct word_row *row, char *text, size_t bytes)
{
    char least[24], most[24];
    int used = 0;

    *text = '\0';
    switch ((enum word_kind)row->kind) {
    case WORD_NUMBER:
        snprintf(text, bytes, "%" PRIu64 " to %" PRIu64, row->least, row->most);
        break;
    case WORD_SIZE:
        snprintf(text, bytes, "%s to %s", words_size_text(row->least, least), words_size_text(row->most, most));
        break;
    case WORD_TENTH:
        snprintf(text, bytes, "%" PRIu64 " to %" PRIu64, row->least / 1000, row->most / 1000);
        break;
    case WORD_CHOICE:
        for (size_t i = 0; i < WORD_CHOICES_MAX && row->choice[i].name; i++)
            used += snprintf(text + used, bytes - (size_t)used, "%s%s", i ? "|" : "", row->choice[i].name);
        break;
    }
}

static bool refuse_value(const struct word_row *row, const char *text, struct trace_error *err)
{
    char range[96], unit[24];
    struct suggest near;
    char hint[64];

    suggest_init(&near, text);
    for (size_t i = 0; i < WORD_CHOICES_MAX && row->choice[i].name; i++)
        suggest_offer(&near, row->choice[i].name);
    words_range_text(row, range, sizeof range);
    if (row->kind == WORD_SIZE && row->unit_of > 1)
        return error_set(err, "%s=%s: wants %s, a multiple of %s", row->name, text, range,
                         words_size_text(row->unit_of, unit));
    return error_set(err, "%s=%s: wants %s%s", row->name, text, range,
                     row->kind == WORD_CHOICE ? suggest_text(&near, hint, sizeof hint) : "");
}

static bool read_xen(const char *text, uint64_t *value, struct trace_error *err)
{
    const struct xen_preset *preset;
    struct suggest near;
    char hint[64];

    *value = XEN_NONE;
    if (strcmp(text, "none") == 0)
        return true;
    suggest_init(&near, text);
    suggest_offer(&near, "none");
    for (size_t i = 0; (preset = xen_preset_at(i)); i++) {
        if (strcmp(preset->name, text) == 0) {
            *value = i;
            return true;
        }
        suggest_offer(&near, preset->name);
    }
    return error_set(err, "xen=%s: unknown preset%s; `stagewalk map --xen list` lists them, `none` is without", text,
                     suggest_text(&near, hint, sizeof hint));
}

bool words_read_value(enum word_key key, const char *text, uint64_t *value, struct trace_error *err)
{
    const struct word_row *row = &words_rows[key];
    bool good = false;

    if (key == KEY_XEN)
        return read_xen(text, value, err);
    switch ((enum word_kind)row->kind) {
    case WORD_NUMBER: {
        const char *at = text;

        good = take_digits(&at, value) && *at == '\0';
        break;
    }
    case WORD_SIZE:
        good = read_size(text, value) && *value % row->unit_of == 0;
        break;
    case WORD_TENTH:
        good = read_fraction(text, value);
        break;
    case WORD_CHOICE:
        return read_choice(row, text, value) || refuse_value(row, text, err);
    }
    return (good && *value >= row->least && *value <= row->most) || refuse_value(row, text, err);
}
