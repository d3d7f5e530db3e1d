/* The pool: who is at work, who has ended, whose turn it is. */
#include "sim/jobs.h"

#include "sim/interrupt.h"
#include "sim/jobs_piece.h"
#include "sim/say.h"
#include "traces/error.h"
#include "traces/processors.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define TEXT_HELD_MAX (1u << 20) /* of a piece whose turn has not come; it waits when it has more */

struct pool {
    const struct jobs *jobs;
    struct jobs_piece **piece; /* by number; NULL: not begun, or handed over */
    size_t begun, turn;        /* the next to begin; the first that has not been handed over */
    size_t ended, running;
    size_t held; /* bytes of results that wait for their turn */
    uint64_t units_handed;
    bool stopped;     /* no more are begun, and those at work have been told */
    sigset_t signals; /* as the caller has them */
    struct pollfd *fds;
    struct jobs_piece **polled; /* whose they are */
};

static size_t result_max(const struct pool *p)
{
    return p->jobs->result_max > 0 ? p->jobs->result_max : JOBS_RESULT_MAX;
}

/* ---- In the child ---- */

static void work(const struct pool *p, size_t number, int fd, pid_t parent)
{
    FILE *result;
    int status;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before */
        raise(SIGKILL);
    for (size_t i = p->turn; i < p->begun; i++) {
        if (p->piece[i] && p->piece[i]->fd >= 0)
            close(p->piece[i]->fd);
    }
    interrupt_become_worker();
    interrupt_release(&p->signals);
    result = jobs_pipe_begin(fd) ? jobs_pipe_result() : NULL;
    status = result ? p->jobs->work(p->jobs->context, number, result) : JOBS_NO_MEMORY;
    jobs_pipe_leave(result, status);
}

/* ---- Beginning ---- */

/* Returns 0 or errno. */
static int start(struct pool *p, struct jobs_piece *piece)
{
    int ends[2], reason;
    pid_t parent = getpid();

    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    piece->pid = fork();
    if (piece->pid == 0) {
        close(ends[0]);
        work(p, piece->number, ends[1], parent);
    }
    reason = errno;
    close(ends[1]);
    if (piece->pid < 0) {
        close(ends[0]);
        return reason;
    }
    piece->fd = ends[0];
    p->running++;
    return 0;
}

/* Begins the next piece. Returns false when it must wait until another one has ended. */
static bool begin(struct pool *p)
{
    struct jobs_piece *piece = calloc(1, sizeof *piece);
    int reason;

    if (!piece)
        return false;
    piece->number = p->begun;
    piece->result_max = result_max(p);
    piece->may_print = p->jobs->as_they_come;
    piece->fd = -1;
    interrupt_hold(&p->signals);
    reason = start(p, piece);
    interrupt_release(&p->signals);
    if (reason != 0 && p->running > 0) {
        free(piece);
        return false;
    }
    if (reason != 0) {
        piece->killed_here = true;
        piece->end = JOB_NOT_STARTED;
        piece->status = reason;
        p->ended++;
    }
    p->piece[p->begun++] = piece;
    return true;
}

static void begin_some(struct pool *p)
{
    while (!p->stopped && p->begun < p->jobs->count && p->running < p->jobs->at_once &&
           (p->running == 0 || p->held <= result_max(p))) {
        if (!begin(p))
            return;
    }
}

/* Its process has closed the pipe, by ending. */
static void reap(struct pool *p, struct jobs_piece *piece)
{
    jobs_piece_reap(piece);
    p->running--;
    p->ended++;
    p->held += piece->result.count;
}

/* ---- Handing over ---- */

static void tell_progress(const struct pool *p)
{
    struct jobs_state state = { .ended = p->ended, .count = p->jobs->count, .units = p->units_handed };
    double share = (double)p->turn;

    if (!p->jobs->progress)
        return;
    for (size_t i = p->turn; i < p->begun; i++) {
        const struct jobs_piece *piece = p->piece[i];

        share += !piece || piece->fd < 0 ? 1 : piece->state.share;
        state.units += piece ? piece->state.units : 0;
    }
    state.share = share / (double)state.count;
    p->jobs->progress(p->jobs->context, &state);
}

static double seconds(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec * 1e-6;
}

/* Returns what `take` does. */
static bool hand_over(struct pool *p, size_t number)
{
    struct jobs_piece *piece = p->piece[number];
    struct job_result r = { .piece = number, .end = JOB_NOT_WANTED, .bytes = "" };
    bool more;

    if (piece) {
        jobs_piece_print_held(piece);
        r.end = piece->end;
        r.status = piece->status;
        r.cpu_s = seconds(&piece->usage.ru_utime) + seconds(&piece->usage.ru_stime);
        r.peak_rss_kib = piece->usage.ru_maxrss;
        p->held -= piece->result.count;
        p->units_handed += piece->state.units;
        if (r.end == JOB_RETURNED && piece->result.count > 0) {
            r.bytes = piece->result.bytes;
            r.count = piece->result.count;
        }
    }
    more = p->jobs->take(p->jobs->context, &r);
    jobs_piece_free(piece);
    p->piece[number] = NULL;
    return more;
}

/* Hands over what can be. Returns false when no more is wanted. */
static bool hand_over_some(struct pool *p)
{
    for (size_t i = p->turn; i < p->begun; i++) {
        struct jobs_piece *piece = p->piece[i];

        if (!p->jobs->as_they_come && i != p->turn)
            break;
        if (piece && piece->fd < 0 && !hand_over(p, i))
            return false;
        while (p->turn < p->begun && !p->piece[p->turn])
            p->turn++;
    }
    if (p->turn < p->begun)
        jobs_piece_print_held(p->piece[p->turn]);
    for (; p->stopped && p->turn == p->begun && p->turn < p->jobs->count; p->begun++, p->turn++) {
        if (!hand_over(p, p->turn))
            return false;
    }
    return true;
}

/* ---- The whole ---- */

static void stop(struct pool *p)
{
    p->stopped = true;
    for (size_t i = p->turn; i < p->begun; i++) {
        if (p->piece[i] && p->piece[i]->fd >= 0)
            kill(p->piece[i]->pid, SIGTERM);
    }
}

static void wait_for_some(struct pool *p)
{
    nfds_t count = 0;
    sigset_t old;
    int ready;

    for (size_t i = p->turn; i < p->begun; i++) {
        struct jobs_piece *piece = p->piece[i];

        if (piece && piece->fd >= 0 && (piece->may_print || piece->text.count < TEXT_HELD_MAX)) {
            p->fds[count] = (struct pollfd){ .fd = piece->fd, .events = POLLIN };
            p->polled[count++] = piece;
        }
    }
    interrupt_hold(&old);
    if (interrupt_asked() && !p->stopped)
        stop(p);
    ready = count > 0 ? ppoll(p->fds, count, NULL, &old) : 0;
    interrupt_release(&old);
    for (nfds_t i = 0; ready > 0 && i < count; i++) {
        if (p->fds[i].revents && !jobs_piece_receive(p->polled[i]))
            reap(p, p->polled[i]);
    }
}

static void end_all(struct pool *p)
{
    for (size_t i = p->turn; i < p->begun; i++) {
        struct jobs_piece *piece = p->piece[i];

        if (piece && piece->fd >= 0) {
            jobs_piece_kill(piece, JOB_NOT_WANTED);
            reap(p, piece);
        }
        jobs_piece_free(piece);
    }
    free(p->piece);
    free(p->fds);
    free(p->polled);
}

static bool run(struct pool *p)
{
    while (p->turn < p->jobs->count) {
        begin_some(p);
        if (p->running > 0)
            wait_for_some(p);
        else if (p->turn == p->begun && !p->stopped && !interrupt_asked())
            return false;
        else if (interrupt_asked() && !p->stopped)
            stop(p);
        if (!hand_over_some(p))
            return true;
        tell_progress(p);
    }
    return true;
}

bool jobs_run(const struct jobs *jobs, struct trace_error *err)
{
    struct pool p = { .jobs = jobs };
    struct sigaction old, action = { .sa_handler = SIG_DFL };
    bool good;

    assert(jobs->at_once >= 1 && jobs->at_once <= JOBS_AT_ONCE_MAX);
    p.piece = calloc(jobs->count + 1, sizeof(void *));
    p.fds = calloc(jobs->at_once, sizeof *p.fds);
    p.polled = calloc(jobs->at_once, sizeof(void *));
    sigaction(SIGCHLD, &action, &old); /* were it ignored, nobody could be waited for */
    good = p.piece && p.fds && p.polled && run(&p);
    end_all(&p);
    sigaction(SIGCHLD, &old, NULL);
    return good || error_set(err, "out of memory");
}

/* ---- Words ---- */

const char *job_reason(const struct job_result *r, char text[JOBS_REASON_BYTES])
{
    switch (r->end) {
    case JOB_RETURNED:
        snprintf(text, JOBS_REASON_BYTES, "has ended with status %d", r->status);
        break;
    case JOB_EXITED:
        snprintf(text, JOBS_REASON_BYTES, "has left with exit status %d before its end", r->status);
        break;
    case JOB_KILLED:
        snprintf(text, JOBS_REASON_BYTES, "has been killed by signal %d (%s)%s", r->status, strsignal(r->status),
                 r->status == SIGKILL ? ", as happens when the machine is out of memory" : "");
        break;
    case JOB_OUT_OF_MEMORY:
        snprintf(text, JOBS_REASON_BYTES, "is out of memory");
        break;
    case JOB_TOO_MUCH:
        snprintf(text, JOBS_REASON_BYTES, "has a larger result than there is room for");
        break;
    case JOB_NOT_STARTED:
        snprintf(text, JOBS_REASON_BYTES, "cannot be begun: %s", strerror(r->status));
        break;
    case JOB_NOT_WANTED:
        snprintf(text, JOBS_REASON_BYTES, "has not been begun: interrupted");
        break;
    }
    return text;
}

unsigned jobs_at_once(uint64_t asked, size_t pieces)
{
    uint64_t n = asked > 0 ? asked : processors_count();

    if (asked > JOBS_AT_ONCE_MAX) {
        say_error("-j wants 0 to %d, not %" PRIu64, JOBS_AT_ONCE_MAX, asked);
        return 0;
    }
    if (n > JOBS_AT_ONCE_MAX)
        n = JOBS_AT_ONCE_MAX;
    if (n > pieces)
        n = pieces;
    return n > 0 ? (unsigned)n : 1;
}
