/* Files that appear whole or not at all: written beside their place under another name, renamed when complete.
 *
 * Knows nothing of traces. What is not a regular file (a pipe, /dev/null) is written to directly, and "-" is standard
 * output: there is nothing to take back there. A file that replaces another takes over its permissions and, where
 * allowed, its owner; a link stays a link. */
#pragma once

#include "traces/reader.h"
#include <stdio.h>

struct out_file {
    FILE *stream;
    char *path;      /* as the user gave it, for messages */
    char *target;    /* what to rename to; NULL when written to directly */
    char *temporary; /* what is being written; NULL when written to directly */
    int reason;      /* errno of the first write that failed, as far as known */
};

/* Returns false and fills *err when the file cannot be created, or replaces one that may not be written to; *out then
 * needs no further call. */
bool out_file_open(struct out_file *out, const char *path, struct trace_error *err);

/* Returns false and fills *err when not all bytes could be written. */
bool out_file_write(struct out_file *out, const void *bytes, size_t count, struct trace_error *err);

/* Appends a suffix to the name that the file is going to have; what is written to directly keeps its own. Returns false
 * with *err for want of memory. */
bool out_file_rename(struct out_file *out, const char *suffix, struct trace_error *err);

/* Gives the file its name. False: some write has failed, nothing was left behind. Frees in any case. */
bool out_file_commit(struct out_file *out, struct trace_error *err);

/* Gives all of them their names once every one is complete; those that are all zero are passed over. False: some write
 * has failed, none has its name. Frees all in any case. */
bool out_file_commit_all(struct out_file *outs, size_t count, struct trace_error *err);

/* Removes what was written, of standard output what has not left the program yet, and frees. All zero is allowed. */
void out_file_discard(struct out_file *out);

/* True when both names lead to the same file, one that exists or one that would be created. "-" is standard output. */
bool out_file_same(const char *a, const char *b);

/* True when the output would replace the regular file that is read under the name `input`, "-" being standard input. */
bool out_file_replaces(const char *output, const char *input);

/* Returns errno of the first failure of standard output that was met here, 0 when there was none. */
int out_file_stdout_reason(void);

/* Removes all unfinished files of the process, and tells of each by the name that the user gave it; `tell` may be NULL.
 * For a signal handler that ends the process: async-signal-safe, as `tell` must be. */
void out_file_remove_unfinished(void (*tell)(const char *path));
