/* The nearest name, by edit distance. */
#include "sim/suggest.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64

static unsigned min2(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits from a to b, an exchange of neighbours being one; both at most WORD_MAX long. */
static unsigned edits(const char *a, const char *b)
{
    unsigned rows[3][WORD_MAX + 1]; /* the row before the last, the last, this one */
    unsigned *older = rows[0], *old = rows[1], *row = rows[2];
    size_t a_count = strlen(a), b_count = strlen(b);

    for (unsigned j = 0; j <= b_count; j++)
        old[j] = older[j] = j;
    for (size_t i = 1; i <= a_count; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_count; j++) {
            row[j] = min2(old[j], row[j - 1]) + 1;
            row[j] = min2(row[j], old[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min2(row[j], older[j - 2] + 1);
        }
        unsigned *spare = older;
        older = old;
        old = row;
        row = spare;
    }
    return old[b_count];
}

/* The word is the beginning of the name, or its end after a dot. */
static int is_part(const char *word, const char *name)
{
    size_t word_count = strlen(word), name_count = strlen(name);

    if (word_count < 2 || word_count >= name_count)
        return 0;
    return strncmp(word, name, word_count) == 0 ||
           (name[name_count - word_count - 1] == '.' && strcmp(name + name_count - word_count, word) == 0);
}

void suggest_init(struct suggest *s, const char *word)
{
    *s = (struct suggest){ .word = word };
}

void suggest_offer(struct suggest *s, const char *name)
{
    unsigned distance;

    if (strlen(s->word) > WORD_MAX || strlen(name) > WORD_MAX)
        return;
    distance = is_part(s->word, name) ? 1 : edits(s->word, name);
    if (distance > 1 + strlen(s->word) / 4 || distance >= strlen(name) || (s->best && distance >= s->distance))
        return;
    s->best = name;
    s->distance = distance;
}

const char *suggest_text(const struct suggest *s, char *text, unsigned text_bytes)
{
    text[0] = '\0';
    if (s->best)
        snprintf(text, text_bytes, "; did you mean '%s'?", s->best);
    return text;
}
