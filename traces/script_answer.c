/* What stands after the arrow of a statement. */
#include "traces/script_text.h"

#include <string.h>

struct key_row {
    const char *name;
    bool is_word;
};

static const struct key_row keys[KEY_COUNT] = {
    [KEY_OK] = { "ok", true },
    [KEY_PAR] = { "par", false },
    [KEY_PA] = { "pa", false },
    [KEY_IPA] = { "ipa", false },
    [KEY_ATTR] = { "attr", false },
    [KEY_SH] = { "sh", true },
    [KEY_TYPE] = { "type", true },
    [KEY_ESR] = { "esr", false },
    [KEY_FAR] = { "far", false },
    [KEY_HPFAR] = { "hpfar", false },
    [KEY_EL] = { "el", false },
    [KEY_HIT] = { "hit", true },
    [KEY_FETCHES] = { "fetches", false },
    [KEY_CYCLES] = { "cycles", false },
};

const char *script_key_name(enum script_key key)
{
    return keys[key].name;
}

bool script_key_is_word(enum script_key key)
{
    return keys[key].is_word;
}

/* One `key=value` after the arrow, or `ok`. The word is cut at its '='. */
static bool parse_answer(struct script *s, unsigned index, struct script_expect *e)
{
    char *equals = strchr(s->word[index], '=');

    if (equals)
        *equals = '\0';
    for (unsigned k = 0; k < KEY_COUNT; k++) {
        if (strcmp(s->word[index], keys[k].name) != 0 || (k == KEY_OK) != !equals)
            continue;
        if (e->keys & 1u << k)
            return script_text_fail(s, index, "this answer is given twice");
        e->keys |= 1u << k;
        if (!equals)
            return true;
        s->word[index] = equals + 1;
        e->word[k] = equals + 1;
        return keys[k].is_word || script_text_number(s, index, keys[k].name, &e->number[k]);
    }
    return script_text_fail(s, index,
                            "an answer is ok or one of par= pa= ipa= attr= sh= type= esr= far= hpfar= el= hit= "
                            "fetches= cycles=");
}

/* Takes `=> ...` off the end of the words. */
bool script_parse_answers(struct script *s, struct script_stmt *stmt)
{
    unsigned arrow = 0;

    while (arrow < s->count && strncmp(s->word[arrow], "=>", 2) != 0)
        arrow++;
    if (arrow < s->count && s->word[arrow][2] != '\0')
        return script_text_fail(s, arrow, "a blank is wanted after =>");
    stmt->answers = arrow < s->count;
    if (stmt->answers && stmt->op != SCRIPT_AT && stmt->op != SCRIPT_ACCESS)
        return script_text_fail(s, arrow, "only at, fetch, load and store have answers");
    for (unsigned i = arrow + 1; i < s->count; i++) {
        if (!parse_answer(s, i, &stmt->expect))
            return false;
    }
    s->count = arrow;
    return true;
}
