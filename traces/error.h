/* How every reader and writer of this folder fills a struct trace_error. */
#pragma once

#include "traces/reader.h"

/* Formats into err. Returns false, so that a failure is `return error_set(err, ...)`. A NULL err is allowed. */
bool error_set(struct trace_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
