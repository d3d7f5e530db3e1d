/* Finding the name that somebody meant who wrote another. Knows nothing of what the names name. */
#pragma once

struct suggest {
    const char *word;
    const char *best; /* NULL as long as nothing comes near */
    unsigned distance;
};

/* Starts with what was written, which must outlive the search. */
void suggest_init(struct suggest *s, const char *word);

/* Offers a name that exists; it is kept, not copied. Near is a name at few edits (a letter more, less, another, or two
 * exchanged), one that begins with the word, or one that ends with it after a dot. */
void suggest_offer(struct suggest *s, const char *name);

/* Writes "; did you mean 'NAME'?" to text, or nothing when no name is near. Returns text. */
const char *suggest_text(const struct suggest *s, char *text, unsigned text_bytes);
