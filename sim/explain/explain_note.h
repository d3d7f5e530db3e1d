/* What an explanation consists of: a name, its value as it is written, and what that means. One form for people and for
 * programs. */
#pragma once

#include <stdint.h>

#define EXPLAIN_NOTES_MAX 24
#define EXPLAIN_TEXT_BYTES 512

struct explain_note {
    char name[32];
    char value[32];                /* "" when there is none */
    char text[EXPLAIN_TEXT_BYTES]; /* "" when the value says it all */
};

struct explain_notes {
    unsigned count;
    struct explain_note note[EXPLAIN_NOTES_MAX];
};

/* Appends a note: explain_note(&notes, "AP", explain_bits(ap, 2).text, "read-only"). */
void explain_note(struct explain_notes *n, const char *name, const char *value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Appends one whose value says it all. */
void explain_bare(struct explain_notes *n, const char *name, const char *value);

/* Continues the text of the note appended last. */
void explain_more(struct explain_notes *n, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number as it is written: "0x4f", "0b01" (a single bit: "1"), "24". */
struct explain_value {
    char text[32];
};

struct explain_value explain_hex(uint64_t value);
struct explain_value explain_bits(uint64_t value, unsigned width);
struct explain_value explain_decimal(uint64_t value);
