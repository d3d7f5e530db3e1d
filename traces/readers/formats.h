/* The formats of others that are known. */
#pragma once

#include "traces/readers/reader_format.h"

extern const struct reader_format csv_format, lackey_format, perf_script_format, drmemtrace_view_format,
    drmemtrace_format, champsim_format, tarmac_format, execlog_format;

/* Returns the format at a place of the list, NULL behind its end. */
const struct reader_format *formats_at(size_t i);

/* Returns NULL when there is none of that name. */
const struct reader_format *formats_by_name(const char *name);

/* Returns the format that the beginning of an input has, or NULL. */
const struct reader_format *formats_by_content(const char *head, size_t bytes);
