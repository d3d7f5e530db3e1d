/* From a raw capture to a packed trace: which pages do walks read, what was in them at the start, which words of them
 * changed when a walk next read them. */
#pragma once

#include "traces/reader.h"

struct convert_result {
    uint64_t pages;   /* that walks read */
    uint64_t changes; /* words of them that had changed when read */
    uint64_t records;
    uint64_t accesses; /* loads, stores, DC ZVA */
};

/* Reads dir/raw.bin and dir/ram.img and writes pages and records to w, not yet committed. Returns false and fills *err,
 * which names the file and the byte offset. */
bool convert_capture(const char *dir, struct trace_writer *w, struct convert_result *result, struct trace_error *err);
