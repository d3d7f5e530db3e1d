/* One combination told in words: who decided what. The outcome is that of models/arch/attr.h; here it is only read. */
#pragma once

#include "sim/merge/merge_text.h"

#include <jansson.h>
#include <stdio.h>

#define MERGE_REASONS_MAX 10 /* six rules of a Normal result, four reserved inputs */
#define MERGE_REASON_BYTES 160

struct merge_reason {
    const char *rule; /* "type", "shareability", ... */
    char text[MERGE_REASON_BYTES];
};

/* Fills in why the inputs make what they make, a line for each rule, reserved encodings last. Returns how many. */
size_t merge_explain(struct merge_inputs in, struct merge_reason reasons[MERGE_REASONS_MAX]);

/* The same of a MAIR byte and SH[1:0] where no second stage has a word. */
size_t merge_explain_alone(uint8_t mair, uint8_t sh, struct merge_reason reasons[MERGE_REASONS_MAX]);

/* Prints inputs, result and reasons for people. */
void merge_explain_print(FILE *stream, struct merge_inputs in);

/* Returns the same as JSON, or NULL for want of memory. */
json_t *merge_explain_json(struct merge_inputs in);
