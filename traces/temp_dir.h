/* A directory for files that nobody needs after the program: one at a time, gone with all that is in it when the
 * program says so or a signal ends it. */
#pragma once

#include "traces/reader.h"

/* Returns what temporary files are made in: $TMPDIR, /tmp when it is not set or empty. */
const char *temp_dir_base(void);

/* Makes it there. Returns its name, which is valid until it is removed, or NULL with *err. */
const char *temp_dir_make(struct trace_error *err);

/* Removes it with its files, if there is one. */
void temp_dir_remove(void);

/* The same for the handler of a signal that ends the program: async-signal-safe. */
void temp_dir_remove_in_handler(void);
