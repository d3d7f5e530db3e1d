/* What kind of file a user has named. */
#pragma once

#include <stdbool.h>

/* True for a packed trace, by its first bytes, or by its name when it has not even those; "-" is a script. */
bool input_is_trace(const char *path);
