/* Files of results that are parts of one exploration, as one. */
#pragma once

#include "traces/reader.h"

/* Writes the rows of all files, in the order of points, to `output`. They are of the same points, no result differs,
 * and none is missing. Returns false with *err. */
bool join_files(char *const *paths, size_t count, const char *output, struct trace_error *err);
