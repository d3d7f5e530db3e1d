/* Frames become texts and results. */
#include "sim/jobs_piece.h"

#include "sim/progress.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool store_add(struct store *s, const void *bytes, size_t count)
{
    if (s->room - s->count <= count) {
        size_t room = 2 * (s->count + count) + 256;
        char *bigger = realloc(s->bytes, room);

        if (!bigger)
            return false;
        s->bytes = bigger;
        s->room = room;
    }
    memcpy(s->bytes + s->count, bytes, count);
    s->count += count;
    s->bytes[s->count] = '\0'; /* a result can be read as a text */
    return true;
}

void jobs_piece_kill(struct jobs_piece *piece, enum job_end end)
{
    if (piece->killed_here || piece->fd < 0)
        return;
    piece->killed_here = true;
    piece->end = end;
    kill(piece->pid, SIGKILL);
}

static void print(enum frame_kind kind, const char *bytes, size_t count)
{
    progress_hide();
    if (kind == FRAME_ERR)
        fflush(stdout); /* what it has printed before also stands before */
    fwrite(bytes, 1, count, kind == FRAME_ERR ? stderr : stdout);
}

void jobs_piece_print_held(struct jobs_piece *piece)
{
    for (size_t at = 0; at < piece->text.count;) {
        struct frame frame;

        memcpy(&frame, piece->text.bytes + at, sizeof frame);
        at += sizeof frame;
        print((enum frame_kind)frame.kind, piece->text.bytes + at, frame.bytes);
        at += frame.bytes;
    }
    free(piece->text.bytes);
    piece->text = (struct store){ NULL };
    piece->may_print = true;
}

static bool take_text(struct jobs_piece *piece, const struct frame *frame, const char *content)
{
    if (!piece->may_print)
        return store_add(&piece->text, frame, sizeof *frame) && store_add(&piece->text, content, frame->bytes);
    print((enum frame_kind)frame->kind, content, frame->bytes);
    return true;
}

static void take_frame(struct jobs_piece *piece, const struct frame *frame, const char *content)
{
    switch ((enum frame_kind)frame->kind) {
    case FRAME_RESULT:
        if (piece->result.count + frame->bytes > piece->result_max)
            jobs_piece_kill(piece, JOB_TOO_MUCH);
        else if (!store_add(&piece->result, content, frame->bytes))
            jobs_piece_kill(piece, JOB_OUT_OF_MEMORY);
        break;
    case FRAME_OUT:
    case FRAME_ERR:
        if (!take_text(piece, frame, content))
            jobs_piece_kill(piece, JOB_OUT_OF_MEMORY);
        break;
    case FRAME_STATE:
        memcpy(&piece->state, content, sizeof piece->state);
        break;
    case FRAME_END:
        piece->returned = true;
        memcpy(&piece->status, content, sizeof piece->status);
        break;
    case FRAME_KIND_COUNT:
        break;
    }
}

static void find_end(struct jobs_piece *piece, int status)
{
    if (piece->killed_here)
        return;
    if (piece->returned && piece->status == JOBS_NO_MEMORY) {
        piece->end = JOB_OUT_OF_MEMORY;
    } else if (piece->returned) {
        piece->end = JOB_RETURNED;
    } else if (WIFSIGNALED(status)) {
        piece->end = JOB_KILLED;
        piece->status = WTERMSIG(status);
    } else {
        piece->end = JOB_EXITED;
        piece->status = WEXITSTATUS(status);
    }
}

void jobs_piece_reap(struct jobs_piece *piece)
{
    int status = 0;

    close(piece->fd);
    piece->fd = -1;
    while (wait4(piece->pid, &status, 0, &piece->usage) < 0 && errno == EINTR)
        ;
    find_end(piece, status);
}

bool jobs_piece_receive(struct jobs_piece *piece)
{
    long got = jobs_inbox_read(&piece->inbox, piece->fd);
    size_t at = 0;
    struct frame frame;
    const char *content;

    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (got <= 0)
        return false;
    while ((content = jobs_inbox_next(&piece->inbox, &at, &frame))) {
        if (!piece->killed_here)
            take_frame(piece, &frame, content);
    }
    if (piece->inbox.count == sizeof piece->inbox.bytes) /* no frame of ours is so long */
        jobs_piece_kill(piece, JOB_TOO_MUCH);
    return true;
}

void jobs_piece_free(struct jobs_piece *piece)
{
    if (!piece)
        return;
    free(piece->result.bytes);
    free(piece->text.bytes);
    free(piece);
}
