/* Lines to words. */
#include "traces/script_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool script_text_fail(struct script *s, unsigned index, const char *what)
{
    size_t column = index < s->count ? (size_t)(s->word[index] - s->text) : strlen(s->lines.text);

    return lines_fail(&s->lines, s->lines.text + column, s->err, "%s", what);
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

int script_text_line(struct script *s)
{
    int got = lines_next(&s->lines, s->err);

    s->count = 0;
    if (got != 1)
        return got;
    memcpy(s->text, s->lines.text, strlen(s->lines.text) + 1);
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
