/* A device tree blob that nobody vouches for. */
#pragma once

#include "traces/reader.h"

#include <stddef.h>

#define DTREE_BYTES_MAX (16u << 20)
#define DTREE_DEPTH_MAX 32
#define DTREE_NAME_MAX 1023 /* of nodes and properties; the specification has 31 */

/* A blob in memory, 8-byte aligned. */
struct dtree {
    const char *name; /* for messages */
    const void *blob;
    size_t bytes;
    void *own; /* of dtree_read: the blob, to be freed */
};

/* Checks that a blob is whole, of version 17, and can be read by libfdt in bounded time: once, before libfdt is asked
 * anything of it. Returns false and fills *err. */
bool dtree_check(const struct dtree *t, struct trace_error *err);

/* Reads a file, and checks it so. `path` stays the caller's. Returns false and fills *err; dtree_free in any case. */
bool dtree_read(struct dtree *t, const char *path, struct trace_error *err);
void dtree_free(struct dtree *t);
