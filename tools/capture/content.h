/* A whole file in memory. */
#pragma once

#include "traces/reader.h"

/* Reads a file of at most so many bytes. Returns what the caller frees, or NULL with *err filled. */
void *content_read(const char *path, size_t bytes_max, size_t *bytes, struct trace_error *err);
