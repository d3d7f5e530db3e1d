/* The words of one script line and what they say of themselves. Private to script. */
#pragma once

#include "traces/lines.h"
#include "traces/script.h"

struct script {
    struct lines lines;
    char text[LINES_BYTES_MAX + 1]; /* the line cut into words, its comment gone */
    unsigned count;
    char *word[SCRIPT_WORDS_MAX]; /* into text */
    uint64_t number[SCRIPT_WORDS_MAX];
    struct trace_error *err;
};

/* Reads the next line and cuts it into words. Returns 1, 0 at the end, -1 with *s->err. */
int script_text_line(struct script *s);

/* Fills *s->err: place, what, the line, a caret under word `index` (or at the end of the line). Returns false. */
bool script_text_fail(struct script *s, unsigned index, const char *what);

/* Reads word `index` as a C number (or reports it missing or wrong). */
bool script_text_number(struct script *s, unsigned index, const char *meaning, uint64_t *value);

/* Takes `=> ...` off the end of the words and into the statement. */
bool script_parse_answers(struct script *s, struct script_stmt *stmt);
