/* The table that the files of words read by and print: patterns, and keys with what they take. */
#pragma once

#include "sim/generate/words.h"

enum word_kind {
    WORD_NUMBER,
    WORD_SIZE,  /* with K, M, G or T; a multiple of .unit_of */
    WORD_TENTH, /* a decimal fraction, in thousandths */
    WORD_CHOICE /* a name of .choice */
};

#define WORD_CHOICES_MAX 8
#define WORD_MAX 40 /* letters of one key or value */

struct word_choice {
    const char *name;
    uint64_t value;
};

struct word_row {
    const char *name, *unit, *what;
    uint8_t kind; /* enum word_kind */
    uint64_t least, most, fallback, unit_of;
    struct word_choice choice[WORD_CHOICES_MAX];
};

struct pattern_row {
    const char *name, *what;
    uint32_t keys;      /* bit k: it knows key k */
    uint64_t footprint; /* default */
};

extern const struct word_row words_rows[KEY_COUNT];
extern const struct pattern_row words_patterns[PATTERN_COUNT];

/* Room for the largest footprint of all tables together. */
#define WORDS_FOOTPRINT_MAX (16ULL << 40)

/* Writes a number of bytes as words have it: 64M. Returns text. */
const char *words_size_text(uint64_t bytes, char text[24]);

/* Reads a value of at most WORD_MAX letters. Returns false with *err. */
bool words_read_value(enum word_key key, const char *text, uint64_t *value, struct trace_error *err);

/* Writes which values a row takes: "1 to 4". */
void words_range_text(const struct word_row *row, char *text, size_t bytes);

/* Fills in what follows from the words that were given, and sees that they fit together. Returns false with *err. */
bool words_fit(struct words *w, struct trace_error *err);
