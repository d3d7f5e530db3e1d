/* Several traces at once: a child gives back its rows of counters, then its report as JSON; or why it has failed. */
#include "sim/replay/replay_set_one.h"

#include "sim/jobs.h"
#include "sim/progress.h"
#include "traces/error.h"

#include <stdlib.h>
#include <string.h>

/* In front of a child's result. */
struct head {
    uint64_t csv_bytes;
    bool interrupted;
};

struct gather {
    struct replay_set *set;
    struct trace_error *err;
    int status;
    struct progress bar;
};

/* ---- In the child ---- */

static bool give(const struct head *head, const char *csv, json_t *json, FILE *result)
{
    return fwrite(head, sizeof *head, 1, result) == 1 && fwrite(csv, 1, head->csv_bytes, result) == head->csv_bytes &&
           (!json || json_dumpf(json, result, JSON_COMPACT) == 0);
}

static int work(void *context, size_t piece, FILE *result)
{
    struct replay_set *set = ((struct gather *)context)->set;
    struct head head = { 0 };
    struct trace_error err = { "" };
    json_t *json = NULL;
    char *csv = NULL;
    size_t csv_bytes = 0;
    FILE *rows = open_memstream(&csv, &csv_bytes);
    int status;

    if (!rows)
        return JOBS_NO_MEMORY;
    set->interrupted = false;
    status = replay_set_one(set, piece, set->path[OUT_CSV] ? rows : NULL, &json, &err);
    if (fclose(rows) != 0)
        return JOBS_NO_MEMORY;
    head.csv_bytes = csv_bytes;
    head.interrupted = set->interrupted;
    if (status == 2)
        fputs(err.text, result);
    else if (!give(&head, csv, json, result))
        status = JOBS_NO_MEMORY;
    free(csv);
    json_decref(json);
    return status;
}

/* ---- In the parent ---- */

/* Returns false with *err. */
static bool keep(struct gather *g, const struct job_result *r)
{
    struct replay_set *set = g->set;
    struct head head;
    const char *csv = r->bytes + sizeof head, *text;
    json_t *json;
    bool kept;

    memcpy(&head, r->bytes, sizeof head);
    text = csv + head.csv_bytes;
    set->interrupted |= head.interrupted;
    if (set->path[OUT_CSV] && !out_file_write(&set->out[OUT_CSV], csv, head.csv_bytes, g->err))
        return false;
    if (*text == '\0')
        return true;
    json = json_loads(text, 0, NULL);
    kept = json && replay_set_keep(set, json);
    json_decref(json);
    return kept || error_set(g->err, "%s: out of memory", set->trace[r->piece]);
}

static bool take(void *context, const struct job_result *r)
{
    struct gather *g = context;
    char reason[JOBS_REASON_BYTES];

    if (r->end == JOB_NOT_WANTED)
        return true;
    g->set->replayed++;
    if (r->end != JOB_RETURNED) {
        error_set(g->err, "%s: its replay %s", g->set->trace[r->piece], job_reason(r, reason));
        g->status = 2;
    } else if (r->status == 2) {
        error_set(g->err, "%s", r->bytes);
        g->status = 2;
    } else if (!keep(g, r)) {
        g->status = 2;
    } else if (r->status > g->status) {
        g->status = r->status;
    }
    return g->status != 2;
}

static void show(void *context, const struct jobs_state *state)
{
    struct gather *g = context;

    progress_step(&g->bar, (uint64_t)(state->share * 1e6), 1000000, state->units);
}

int replay_set_jobs(struct replay_set *set, size_t count, struct trace_error *err)
{
    struct gather g = { .set = set, .err = err };
    const struct jobs jobs = {
        .count = count, .at_once = set->at_once, .context = &g, .work = work, .take = take, .progress = show
    };
    char what[32];

    snprintf(what, sizeof what, "%zu traces", count);
    progress_begin(&g.bar, set->request.progress, what);
    if (!jobs_run(&jobs, err))
        g.status = 2;
    progress_end(&g.bar);
    return g.status;
}
