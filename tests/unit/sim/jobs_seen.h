/* Running a pool, and remembering what it handed over. */
#pragma once

#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"

#include "sim/jobs.h"

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

#define PIECES_MAX 64

static inline int descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

/* Fails when a child is left, running or not. */
static inline void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* What was handed over. */
struct seen {
    size_t order[PIECES_MAX], count, stop_at; /* stop_at: take says false at so many; 0: never */
    enum job_end end[PIECES_MAX];
    int status[PIECES_MAX];
    char text[PIECES_MAX][64];
    size_t bytes[PIECES_MAX];
    unsigned told; /* calls of progress */
    struct jobs_state state;
};

static inline bool take(void *context, const struct job_result *r)
{
    struct seen *s = context;

    assert_true(s->count < PIECES_MAX && r->piece < PIECES_MAX);
    s->order[s->count++] = r->piece;
    s->end[r->piece] = r->end;
    s->status[r->piece] = r->status;
    s->bytes[r->piece] = r->count;
    assert_int_equal(r->bytes[r->count], '\0');
    snprintf(s->text[r->piece], sizeof s->text[0], "%s", r->bytes);
    return s->count != s->stop_at;
}

static inline void progress(void *context, const struct jobs_state *state)
{
    struct seen *s = context;

    assert_true(state->share >= 0 && state->share <= 1 && state->ended <= state->count);
    s->told++;
    s->state = *state;
}

/* Runs it, and sees to it that nothing is left behind. */
static inline void jobs_seen_run(const struct jobs *jobs)
{
    int before = descriptors();

    assert_true(jobs_run(jobs, NULL));
    assert_no_child();
    assert_int_equal(descriptors(), before);
}
