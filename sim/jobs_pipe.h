/* What a child of jobs_run sends through its pipe: frames. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum frame_kind { FRAME_RESULT, FRAME_OUT, FRAME_ERR, FRAME_STATE, FRAME_END, FRAME_KIND_COUNT };

#define FRAME_BYTES_MAX 32768

/* Goes before `bytes` bytes. */
struct frame {
    uint32_t kind, bytes;
};

/* The content of FRAME_STATE. */
struct frame_state {
    double share;
    uint64_t units;
};

/* ---- In the child ---- */

/* From now on stdout and stderr are frames, and exit() ends the process without flushing anything. */
bool jobs_pipe_begin(int fd);

/* A stream whose bytes are FRAME_RESULT. NULL: no memory. */
FILE *jobs_pipe_result(void);

/* Sends what is left, and FRAME_END with the status, and ends the process. */
_Noreturn void jobs_pipe_leave(FILE *result, int status);

/* ---- In the parent ---- */

/* Bytes on their way to whole frames. */
struct jobs_inbox {
    size_t count;
    char bytes[2 * (FRAME_BYTES_MAX + sizeof(struct frame))];
};

/* Reads once what there is. Returns what read does. */
long jobs_inbox_read(struct jobs_inbox *in, int fd);

/* The next whole frame behind *at bytes, which moves behind it. Returns NULL when there is none, with what is left
 * moved to the front and *at 0; its content follows it. */
const char *jobs_inbox_next(struct jobs_inbox *in, size_t *at, struct frame *frame);
