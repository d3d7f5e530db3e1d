/* What kind of file a user has named. */
#pragma once

#include <stdbool.h>

/* True for a pattern to be generated, by its prefix, and for a packed trace, by its first bytes, or by its name when it
 * has not even those; "-" is a script, and so is a pipe, of which nothing is read. */
bool input_is_trace(const char *path);
