/* A result in the file that --json or --csv names: whole or not at all. "-" is standard output, whose failures main
 * looks after. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Prints a result to the stream. Returns false when it cannot be told, for want of memory; failures of the stream itself
 * need not be looked at. */
typedef bool result_printer(FILE *stream, const void *context);

/* Makes the file from what `print` prints. Returns 0, or 2 after a message. */
int result_file_print(const char *path, result_printer *print, const void *context);

/* Makes the file from a JSON value, indented and with a newline at the end. Releases the value in any case; NULL means
 * that there was no memory for it. Returns 0, or 2 after a message. */
int result_file_json(const char *path, json_t *value);
