/* A result in the file that --json or --csv names: whole or not at all. "-" is standard output, whose failures main
 * looks after. */
#pragma once

#include "traces/reader.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Prints a result to the stream. Returns false when it cannot be told, for want of memory; failures of the stream
 * itself need not be looked at. */
typedef bool result_printer(FILE *stream, const void *context);

/* Makes the file from what `print` prints. Returns 0, or 2 after a message. */
int result_file_print(const char *path, result_printer *print, const void *context);

/* Makes the file from a JSON value, indented and with a newline at the end. Releases the value in any case; NULL means
 * that there was no memory for it. Returns 0, or 2 after a message. */
int result_file_json(const char *path, json_t *value);

/* Prints a json_t, indented and with a newline at the end: a result_printer. */
bool result_file_print_json(FILE *stream, const void *value);

/* Returns the text as a JSON string, NULL when out of memory. Each byte that is not part of UTF-8 comes out as '?'. */
json_t *result_file_text(const char *text);

/* Returns 0, or 2 after a message: that the output would replace what is read as `input`. NULL: no output. */
int result_file_check_input(const char *output, const char *input);

/* Returns 2, after the message; without one when standard output has failed, for main tells of that. */
int result_file_refuse(const struct trace_error *err);
