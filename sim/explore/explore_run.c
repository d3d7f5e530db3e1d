/* From points to results: who replays which, and what is kept. */
#include "sim/explore/explore.h"

#include "sim/explore/explore_mpi.h"
#include "sim/explore/measure.h"
#include "sim/explore/tally.h"
#include "sim/interrupt.h"
#include "sim/jobs.h"
#include "traces/error.h"

#include <stdlib.h>
#include <string.h>

/* One run over those that are open. */
struct run {
    struct explore *e;
    size_t *todo; /* points */
    size_t count;
    struct tally tally;
    struct trace_error *err;
};

bool explore_wants(const struct explore *e, size_t point)
{
    return point == e->space.baseline || point % e->parts == e->part - 1;
}

int explore_replay(const struct explore *e, size_t point, const char *path, FILE *result)
{
    struct replay_request request = e->request;
    struct config config;
    char why[POINT_REASON_BYTES];
    struct point_result r;

    request.path = path;
    request.config = &config;
    space_config(&e->space, point, &config, why, sizeof why);
    measure_point(&request, &r);
    point_result_write(&r, result);
    point_result_free(&r);
    return interrupt_asked() ? EXPLORE_INTERRUPTED : 0;
}

/* A point is done: *r is the explorer's from now on. */
static bool settle(struct explore *e, size_t point, struct point_result *r, struct trace_error *err)
{
    struct config config;
    char why[POINT_REASON_BYTES];

    space_config(&e->space, point, &config, why, sizeof why);
    layouts_measure(&e->layouts, point, config.mmu.main_tlb.entries, r);
    point_result_round(r);
    e->results[point] = *r;
    return !e->keeping || keep_add(&e->keep, point, r, err);
}

bool explore_take_failure(struct explore *e, size_t point, const char *reason, struct trace_error *err)
{
    struct point_result r;

    point_result_init(&r, POINT_FAILED);
    point_result_explain(&r, reason);
    return settle(e, point, &r, err);
}

bool explore_take(struct explore *e, size_t point, const char *text, struct trace_error *err)
{
    struct rows_reader *row = calloc(1, sizeof *row);
    struct trace_error why = { "" };
    struct point_result r;
    bool good = false;

    if (!row)
        return error_set(err, "out of memory");
    point_result_init(&r, POINT_FAILED);
    row->name = "result";
    snprintf(row->text, sizeof row->text, "%s", text);
    if (rows_split(row, &why) && row->cells == POINT_RESULT_CELLS)
        good = point_result_read(&r, (const char *const *)row->cell, &why);
    free(row);
    if (good)
        return settle(e, point, &r, err);
    point_result_free(&r);
    return explore_take_failure(e, point, why.text[0] ? why.text : "the result is cut off", err);
}

/* Those that are impossible need no replay. */
static bool check_points(struct run *run)
{
    struct explore *e = run->e;

    for (size_t p = 0; p < e->space.points; p++) {
        const struct laid_out *l = &e->layouts.row[e->layouts.of[p]];
        char why[POINT_REASON_BYTES];
        const char *reason = NULL;
        struct config config;
        struct point_result r;

        if (e->results[p].status != POINT_OPEN || !explore_wants(e, p))
            continue;
        reason = space_config(&e->space, p, &config, why, sizeof why);
        if (!reason && !l->path)
            reason = l->why;
        if (!reason) {
            run->todo[run->count++] = p;
            continue;
        }
        point_result_init(&r, reason == l->why && l->failed ? POINT_FAILED : POINT_IMPOSSIBLE);
        point_result_explain(&r, reason);
        if (!settle(e, p, &r, run->err))
            return false;
    }
    return true;
}

static int work(void *context, size_t piece, FILE *result)
{
    const struct run *run = context;
    size_t p = run->todo[piece];

    return explore_replay(run->e, p, run->e->layouts.row[run->e->layouts.of[p]].path, result);
}

static bool take(void *context, const struct job_result *result)
{
    struct run *run = context;
    size_t p = run->todo[result->piece];
    char text[JOBS_REASON_BYTES];

    if (result->end == JOB_NOT_WANTED || (result->end == JOB_RETURNED && result->status == EXPLORE_INTERRUPTED)) {
        run->e->interrupted = true;
        return true;
    }
    tally_step(&run->tally);
    if (result->end == JOB_RETURNED)
        return explore_take(run->e, p, result->bytes, run->err);
    return explore_take_failure(run->e, p, job_reason(result, text), run->err);
}

static bool replay_all(struct run *run)
{
    struct jobs jobs = { .count = run->count,
                         .at_once = run->e->at_once,
                         .as_they_come = true,
                         .result_max = ROWS_LINE_MAX,
                         .context = run,
                         .work = work,
                         .take = take };
    bool good;

    run->err->text[0] = '\0';
    tally_begin(&run->tally, run->e->progress, run->count);
    if (explore_mpi_size() > 1)
        good = explore_mpi_run(run->e, run->todo, run->count, &run->tally, run->err);
    else
        good = jobs_run(&jobs, run->err) && !run->err->text[0];
    tally_end(&run->tally);
    return good;
}

/* Which points still want their traces. */
static bool make_layouts(struct explore *e, struct trace_error *err)
{
    bool *wanted = calloc(e->space.points, sizeof *wanted);
    bool good;

    if (!wanted)
        return error_set(err, "out of memory");
    for (size_t p = 0; p < e->space.points; p++)
        wanted[p] = e->results[p].status == POINT_OPEN && explore_wants(e, p);
    good = layouts_make(&e->layouts, wanted, e->space.points, e->at_once, err);
    free(wanted);
    return good;
}

bool explore_run(struct explore *e, struct trace_error *err)
{
    struct run run = { .e = e, .err = err };
    bool good;

    run.todo = calloc(e->space.points, sizeof *run.todo);
    if (!run.todo)
        return error_set(err, "out of memory");
    good = make_layouts(e, err) && check_points(&run) && replay_all(&run);
    free(run.todo);
    return good;
}
