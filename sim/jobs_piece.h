/* One piece that jobs_run has begun: what its process sends, and how it ends. */
#pragma once

#include "sim/jobs.h"
#include "sim/jobs_pipe.h"

#include <sys/resource.h>
#include <sys/types.h>

/* Bytes that grow. */
struct store {
    char *bytes;
    size_t count, room;
};

/* A piece that has been begun and not been handed over yet. */
struct jobs_piece {
    size_t number;
    size_t result_max;
    bool may_print; /* its turn has come */
    pid_t pid;
    int fd; /* -1: it has ended */
    bool returned;
    bool killed_here; /* end says why */
    enum job_end end;
    int status;
    struct store result, text; /* text: frames of what it has printed before its turn */
    struct frame_state state;
    struct rusage usage;
    struct jobs_inbox inbox;
};

/* Takes what there is to be read. Returns false when it has ended: it is to be reaped. */
bool jobs_piece_receive(struct jobs_piece *piece);

/* Prints what was held back; from now on it may print. */
void jobs_piece_print_held(struct jobs_piece *piece);

/* Waits for its process, which has ended or is about to, and finds how it did. */
void jobs_piece_reap(struct jobs_piece *piece);

/* Ends its process, unless it has ended: `end` says why. */
void jobs_piece_kill(struct jobs_piece *piece, enum job_end end);

/* NULL is allowed. */
void jobs_piece_free(struct jobs_piece *piece);
