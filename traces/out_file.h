/* A file that appears whole or not at all: written beside its place under another name, renamed when complete.
 *
 * Knows nothing of traces. What is not a regular file (a pipe, /dev/null) is written to directly, and "-" is standard
 * output: there is nothing to take back there. */
#pragma once

#include "traces/reader.h"
#include <stdio.h>

struct out_file {
    FILE *stream;
    char *path;      /* as the user gave it, for messages */
    char *target;    /* what to rename to; NULL when written to directly */
    char *temporary; /* what is being written; NULL when written to directly */
};

/* Returns false and fills *err when the file cannot be created; *out then needs no further call. */
bool out_file_open(struct out_file *out, const char *path, struct trace_error *err);

/* Returns false and fills *err when not all bytes could be written. */
bool out_file_write(struct out_file *out, const void *bytes, size_t count, struct trace_error *err);

/* Gives the file its name. False: some write has failed, nothing was left behind. Frees in any case. */
bool out_file_commit(struct out_file *out, struct trace_error *err);

/* Removes what was written, of standard output what has not left the program yet, and frees. */
void out_file_discard(struct out_file *out);
