/* On which core a thread of a drmemtrace was last: both forms of the format say so in markers. */
#pragma once

#include "traces/readers/foreign.h"

#define DRMEMTRACE_THREADS 64

struct drmemtrace_threads {
    struct {
        uint64_t tid;
        uint8_t core;
    } slot[DRMEMTRACE_THREADS]; /* by tid modulo their number: of two that share one, the later [choice] */
};

static inline void drmemtrace_threads_set(struct drmemtrace_threads *t, uint64_t tid, uint64_t cpu)
{
    t->slot[tid % DRMEMTRACE_THREADS].tid = tid;
    t->slot[tid % DRMEMTRACE_THREADS].core = foreign_core(cpu & 0xFFF); /* above: the socket's number */
}

/* Core 0 when nothing was said of the thread. */
static inline uint8_t drmemtrace_threads_core(const struct drmemtrace_threads *t, uint64_t tid)
{
    return t->slot[tid % DRMEMTRACE_THREADS].tid == tid ? t->slot[tid % DRMEMTRACE_THREADS].core : 0;
}
