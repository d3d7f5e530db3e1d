/* Frames: written in the child, found again in the parent. */
#include "sim/jobs_pipe.h"

#include "sim/jobs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TELL_EVERY_S 0.05

static int channel = -1; /* where a child sends to */
static double told_at;

static bool send_all(const void *bytes, size_t count)
{
    const char *at = bytes;

    while (count > 0) {
        ssize_t sent = write(channel, at, count);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        count -= (size_t)sent;
    }
    return true;
}

static bool send_frame(enum frame_kind kind, const void *content, size_t count)
{
    char whole[sizeof(struct frame) + FRAME_BYTES_MAX];
    struct frame frame = { .kind = (uint32_t)kind, .bytes = (uint32_t)count };

    memcpy(whole, &frame, sizeof frame);
    memcpy(whole + sizeof frame, content, count);
    return send_all(whole, sizeof frame + count);
}

/* ---- Streams of frames ---- */

static const enum frame_kind kind_result = FRAME_RESULT, kind_out = FRAME_OUT, kind_err = FRAME_ERR;

static ssize_t send_text(void *cookie, const char *bytes, size_t count)
{
    const enum frame_kind *kind = cookie;
    size_t part = count < FRAME_BYTES_MAX ? count : FRAME_BYTES_MAX;

    return send_frame(*kind, bytes, part) ? (ssize_t)part : -1;
}

static FILE *open_stream(const enum frame_kind *kind)
{
    return fopencookie((void *)(uintptr_t)kind, "w", (cookie_io_functions_t){ .write = send_text });
}

static void leave(int status, void *unused)
{
    (void)unused;
    _exit(status);
}

/* The streams that the caller has filled are left behind unflushed: what is in them is the caller's to print. */
bool jobs_pipe_begin(int fd)
{
    FILE *out, *err;

    channel = fd;
    if (on_exit(leave, NULL) != 0)
        return false;
    out = open_stream(&kind_out);
    err = open_stream(&kind_err);
    if (!out || !err)
        return false;
    setvbuf(err, NULL, _IONBF, 0);
    stdout = out;
    stderr = err;
    return true;
}

FILE *jobs_pipe_result(void)
{
    return open_stream(&kind_result);
}

_Noreturn void jobs_pipe_leave(FILE *result, int status)
{
    if (!result || (fflush(result) == 0 && fflush(stdout) == 0))
        send_frame(FRAME_END, &status, sizeof status);
    _exit(0);
}

bool jobs_is_child(void)
{
    return channel >= 0;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void jobs_tell(uint64_t done, uint64_t total, uint64_t units)
{
    struct frame_state state = { .units = units };
    double t;

    if (channel < 0)
        return;
    t = now();
    if (t - told_at < TELL_EVERY_S)
        return;
    told_at = t;
    if (total > 0)
        state.share = done < total ? (double)done / (double)total : 1;
    send_frame(FRAME_STATE, &state, sizeof state);
}

/* ---- In the parent ---- */

long jobs_inbox_read(struct jobs_inbox *in, int fd)
{
    ssize_t got = read(fd, in->bytes + in->count, sizeof in->bytes - in->count);

    if (got > 0)
        in->count += (size_t)got;
    return got;
}

const char *jobs_inbox_next(struct jobs_inbox *in, size_t *at, struct frame *frame)
{
    size_t left = in->count - *at;
    const char *content = in->bytes + *at + sizeof *frame;

    if (left >= sizeof *frame) {
        memcpy(frame, in->bytes + *at, sizeof *frame);
        if (left - sizeof *frame >= frame->bytes) {
            *at += sizeof *frame + frame->bytes;
            return content;
        }
    }
    memmove(in->bytes, in->bytes + *at, left);
    in->count = left;
    *at = 0;
    return NULL;
}
