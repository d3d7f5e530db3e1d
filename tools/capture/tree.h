/* The device tree that Xen boots with: a board's own, told what Xen is to start. */
#pragma once

#include "traces/out_file.h"

/* What has been loaded where. */
struct tree_module {
    uint64_t pa, bytes;
};

struct tree_domain {
    const char *arguments; /* of its kernel; NULL: there is no such domain */
    struct tree_module kernel, initrd;
    uint64_t memory_kib; /* of a domU */
    uint64_t cpus;       /* of a domU */
};

struct tree_request {
    const char *xen_arguments;
    struct tree_domain dom0, domu;
};

/* Reads the blob at `path` and writes the changed one. The node of a GIC-400 is changed, too: see tree.c. Returns false
 * and fills *err. */
bool tree_write(struct out_file *out, const char *path, const struct tree_request *request, struct trace_error *err);
