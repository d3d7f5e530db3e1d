/* An exploration: each point of a space replayed, what is done kept, and what came out told. */
#pragma once

#include "sim/explore/keep.h"
#include "sim/explore/layouts.h"
#include "sim/replay/replay.h"

#include <jansson.h>

struct explore {
    struct space space;
    struct replay_request request; /* of every point, but for its trace and configuration */
    const char *engine_name;
    struct layouts layouts;
    struct point_result *results; /* of each point */
    struct keep keep;
    bool keeping;       /* keep is open */
    bool progress;      /* a line on standard error */
    unsigned at_once;   /* processes */
    size_t part, parts; /* of the points, part 1 to `parts`; the baseline is in each */
    enum metric sort;
    size_t rows_shown;
    bool interrupted; /* not all points have been replayed */
};

/* Replays the points of the part that are open. Returns false with *err when it cannot go on. What single points cannot
 * do is in their results. */
bool explore_run(struct explore *e, struct trace_error *err);

/* True when the part at hand has the point. */
bool explore_wants(const struct explore *e, size_t point);

/* Finds a number for all that a point's result depends on beside its knobs: what is in the trace, the base, the engine,
 * the columns. Returns false with *err. */
bool explore_fingerprint(const struct explore *e, uint64_t *hash, struct trace_error *err);

/* ---- For those who replay points elsewhere ---- */

#define EXPLORE_INTERRUPTED 1 /* the user has asked for an end: the result may be of a part of the trace */

/* Replays one point of a trace of its layout, in this process, and writes its result. Returns 0 or
 * EXPLORE_INTERRUPTED. */
int explore_replay(const struct explore *e, size_t point, const char *path, FILE *result);

/* Takes what explore_replay has written, or why it has failed. Returns false with *err: it cannot be kept. */
bool explore_take(struct explore *e, size_t point, const char *text, struct trace_error *err);
bool explore_take_failure(struct explore *e, size_t point, const char *reason, struct trace_error *err);

/* ---- What is told ---- */

/* Prints the table, fronts, effects and the advice. */
void explore_print(const struct explore *e, FILE *out);

/* Returns the same as data, "stagewalk/explore/1"; NULL for want of memory. */
json_t *explore_json(const struct explore *e);

/* Prints in a sentence or two which point is the best and why, and which is the cheapest that is nearly so. */
void explore_advise(const struct explore *e, FILE *out);
