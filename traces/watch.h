/* Somebody who is told how far long work on an input is: now and then, a batch at a time. Knows nothing of how it is
 * shown. */
#pragma once

#include <stdint.h>
#include <zlib.h>

struct trace_watch {
    /* `done` bytes of the input's `total` (0: unknown), and how many records that is. */
    void (*step)(void *context, uint64_t done, uint64_t total, uint64_t records);
    void *context;
};

/* Tells how far a file, plain or gzipped, has been read by now; of what is not a regular file, records alone. `path` is
 * its name. NULL, nobody watches, is allowed. A few system calls: for each thousand of records. */
void trace_watch_file(const struct trace_watch *w, gzFile file, const char *path, uint64_t records);
