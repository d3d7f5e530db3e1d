/* Independent pieces of work, some at once, each in a process of its own: SystemC allows one kernel a process, and the
 * crash of one piece does not end the others.
 *
 * A piece is a call of `work` in a forked child, which has all that the caller had when it called, and whose changes
 * nobody else sees. What it gives back is the bytes that it writes to a stream, and a status. What it prints to stdout
 * and stderr is printed by the caller's process. Nothing depends on how many run at once but the time that it takes.
 *
 * The child may do whatever the program may, but it
 * - must return rather than exit (should it exit all the same, that is a failure, and no buffer is flushed twice);
 * - leaves open files of the caller alone: neither writes, nor commits, nor discards them;
 * - prints by stdout and stderr, not by their descriptors, and by one thread at a time.
 * The caller has one thread when it calls jobs_run. Children die with the process that called, whatever ends it. */
#pragma once

#include "traces/reader.h"

#include <stdio.h>

#define JOBS_AT_ONCE_MAX 256
#define JOBS_RESULT_MAX (64u << 20) /* bytes, unless the caller says otherwise [choice] */
#define JOBS_REASON_BYTES 128
#define JOBS_NO_MEMORY 0x4d454d /* what `work` returns for want of memory */

enum job_end {
    JOB_RETURNED,      /* the work has returned: status is what, bytes are its result */
    JOB_EXITED,        /* it has ended its process: status is the exit status */
    JOB_KILLED,        /* it was ended by signal number `status` */
    JOB_OUT_OF_MEMORY, /* the work says so, or its result has no room here */
    JOB_TOO_MUCH,      /* its result has more than result_max bytes */
    JOB_NOT_STARTED,   /* no process or pipe to be had: status is errno */
    JOB_NOT_WANTED,    /* interrupt_asked() before its turn came */
};

/* How a piece has ended. But for JOB_RETURNED no result: count is 0. */
struct job_result {
    size_t piece;
    enum job_end end;
    int status;
    const char *bytes; /* count of them and a NUL; valid during the call */
    size_t count;
    double cpu_s;      /* user and system time of its process */
    long peak_rss_kib; /* of its process */
};

/* How far all of them are. */
struct jobs_state {
    size_t ended; /* pieces, of */
    size_t count;
    double share;   /* 0 to 1: of the whole work, pieces being taken for equally long */
    uint64_t units; /* sum of what the pieces have told by jobs_tell */
};

struct jobs {
    size_t count;      /* pieces; 0 is allowed */
    unsigned at_once;  /* processes, 1 to JOBS_AT_ONCE_MAX */
    bool as_they_come; /* results are handed over, and texts printed, as they come; else in the order of the pieces */
    size_t result_max; /* bytes of one result; 0: JOBS_RESULT_MAX */
    void *context;

    /* In the child: does piece `piece`. Returns a status, or JOBS_NO_MEMORY. */
    int (*work)(void *context, size_t piece, FILE *result);

    /* In the caller's process, once for each piece, after all that the piece has printed. Returns false when no more
     * are wanted: those at work are killed, the others are not begun, and none of them is taken. */
    bool (*take)(void *context, const struct job_result *result);

    /* In the caller's process, whenever a piece has told how far it is, or ended. NULL: nobody wants to know. */
    void (*progress)(void *context, const struct jobs_state *state);
};

/* Runs all pieces; when it returns no child is left. Ends early when `take` says so. After interrupt_asked() no piece
 * is begun; those at work are asked for an end, too, and taken when they give one. Memory is bounded by the results of
 * at_once pieces and as much again: who is far ahead of its turn waits. Returns false with *err when nothing could be
 * begun for want of memory. */
bool jobs_run(const struct jobs *jobs, struct trace_error *err);

/* In a child: tells how far the piece is, `done` of `total` (0: unknown), and how many units (of the caller's choice)
 * it has done. Cheap enough for each block of records: most calls send nothing. Elsewhere it does nothing. */
void jobs_tell(uint64_t done, uint64_t total, uint64_t units);

/* True in a child of jobs_run. */
bool jobs_is_child(void);

/* Why a piece has failed, as the end of a sentence that begins with what it was: "has been killed by signal 11
 * (Segmentation fault)". Returns text. */
const char *job_reason(const struct job_result *result, char text[JOBS_REASON_BYTES]);

/* What `-j N` means: N at once, for 0 as many as there are processors for this process, never more than pieces, at
 * least one. Returns 0 after a message when N is more than JOBS_AT_ONCE_MAX. */
unsigned jobs_at_once(uint64_t asked, size_t pieces);
