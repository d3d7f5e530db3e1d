/* Raw captures in: the files that the capture tool writes, turned into records. */
#pragma once

#include "traces/reader.h"
#include "traces/watch.h"

/* Reads dir/tables.bin and dir/trace.bin, each plain or with .gz behind its name, and writes their pages and records
 * to w. Returns false and fills *err, which names the file and the byte offset in its uncompressed content; a capture
 * without a record, or with a file in both forms, is refused. `watch` is told of the records' file; NULL: nobody is. */
bool import_capture(const char *dir, struct trace_writer *w, const struct trace_watch *watch, struct trace_error *err);
