/* Runs a script on a machine, statement by statement, and compares its answers. */
#pragma once

#include "sim/machine.h"
#include "traces/reader.h"
#include <stdio.h>

struct run_result {
    uint64_t statements, answers, differences;
    bool interrupted;        /* by interrupt_asked(): there is more of the script */
    struct machine *machine; /* with `keep`: as the script leaves it, for the caller to free; else NULL */
};

struct script_stmt;
struct progress;

/* Somebody who sees each statement before the machine does what it says. */
struct run_watch {
    /* Returns NULL, or why the script cannot go on: a phrase for the user. */
    const char *(*statement)(void *context, const struct script_stmt *stmt, unsigned cpu, struct machine *machine);
    void *context;
};

struct run_request {
    const char *path;            /* the script; "-" is standard input */
    const struct config *config; /* of the first machine and after each `set` */
    bool tlm;                    /* cycles come from the tlm engine, in trace order */
    FILE *report;                /* differences go here, one a line; NULL: nowhere */
    FILE *annotated;             /* the script with its answers as they are; NULL: nowhere */
    bool in_place;               /* `annotated` is to replace the script: a gzipped one is refused */
    bool keep;                   /* the machine outlives the script */
    struct progress *bar;        /* moved on as far as bar_done of bar_total, for each statement; NULL: there is none */
    uint64_t bar_done, bar_total;  /* scripts */
    uint64_t bar_before;           /* statements of those that are done */
    const struct run_watch *watch; /* NULL: nobody */
};

/* Returns false and fills *err when the script cannot be read or a statement makes no sense. */
bool run_script(const struct run_request *request, struct run_result *result, struct trace_error *err);
