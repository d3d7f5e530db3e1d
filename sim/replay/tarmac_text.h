/* Lines of a Tarmac trace that wait for their time: what a core does is decided before its cycles are known. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct tarmac_text {
    char *bytes; /* NULL: no line */
    size_t length, room;
    bool lost; /* there was no memory for all of them */
};

/* Adds a line, without time and core. `at` is the core's instruction that it belongs to, counted from 0. */
void tarmac_text_add(struct tarmac_text *t, uint64_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Writes the lines: time is the instruction's number and the cycles that the core has stalled. Failures are the
 * stream's. */
void tarmac_text_write(const struct tarmac_text *t, FILE *out, unsigned core, uint64_t stalled);

void tarmac_text_free(struct tarmac_text *t);
