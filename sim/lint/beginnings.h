/* How the cores of a trace begin: each with its registers, and the tables as they are when it does something for the
 * first time. */
#pragma once

#include "models/cluster/config.h"
#include "sim/machine.h"
#include "traces/reader.h"

struct beginnings_request {
    const char *path; /* a file: it is read more than once when cores begin in another order than theirs */
    const struct config *config;
    bool progress; /* a bar on standard error */
    /* A core begins: the machine has the registers and the tables, its TLBs and counters say nothing. */
    void (*begins)(void *context, const struct machine *m, unsigned core);
    void *context;
};

/* Tells of each core that does something, by ascending core, and reads no further than it has to. Returns false and
 * fills *err when the file cannot be read so far or makes no sense; true as well when interrupt_asked() ends it
 * early. */
bool beginnings_visit(const struct beginnings_request *q, struct trace_error *err);
