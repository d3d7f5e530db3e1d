/* A call of `stagewalk replay`: its traces, each on a machine of its own, and its outputs. */
#pragma once

#include "sim/replay/replay.h"

#include <jansson.h>

enum replay_output { OUT_RECORDS, OUT_TARMAC, OUT_CSV, OUT_JSON, OUT_HTML, OUT_VCD, OUT_TIMELINE, OUT_COUNT };

struct replay_set {
    struct replay_request request;
    const char *path[OUT_COUNT]; /* NULL: not asked for */
    const char *const *elf;      /* files with symbols, up to a NULL */
    unsigned at_once;            /* traces; the reports are the same for any number */
    bool quiet;

    /* While it runs. */
    struct out_file out[OUT_COUNT]; /* all zero: not open */
    bool people_apart;              /* standard output is one of them: the report for people goes to standard error */
    struct symbols *symbols;
    json_t *reports;
    json_t *shown; /* of --html, one for each trace: its report and what else a page shows */
    char *const *trace;
    size_t replayed;  /* traces, whole or in part */
    bool interrupted; /* not all of them whole */
};

/* Replays the traces and writes what is asked for. After interrupt_asked() it reports what has been replayed until
 * then. Returns the exit status: 0, 1 when something compared has mismatched, or 2 after a message. */
int replay_set_run(struct replay_set *set, char *const trace[], int count);
