/* A trace or a script, event by event, to the watcher of its machine. */
#pragma once

#include "models/cluster/config.h"
#include "sim/lint/upkeep.h"
#include "traces/reader.h"

struct upkeep_request {
    const char *path; /* "-" is standard input */
    const struct config *config;
    unsigned ignore; /* REPLAY_IGNORE_TLBI: what a negative control leaves out */
    bool progress;   /* a bar on standard error */
    bool keep;       /* a script's machine outlives it */
    void (*tell)(void *context, const struct upkeep_finding *finding);
    void *context;
};

struct upkeep_result {
    uint64_t records;        /* or statements */
    bool interrupted;        /* by interrupt_asked(): there is more */
    uint64_t judged;         /* accesses looked at closely */
    uint32_t copies;         /* the most at any time */
    struct machine *machine; /* with `keep`, on success: as the script leaves it, for the caller to free; else NULL */
};

/* Return false and fill *err when the file cannot be read to its end or makes no sense; what was found until then
 * has been told. */
bool upkeep_trace(const struct upkeep_request *q, struct upkeep_result *result, struct trace_error *err);
bool upkeep_script(const struct upkeep_request *q, struct upkeep_result *result, struct trace_error *err);
