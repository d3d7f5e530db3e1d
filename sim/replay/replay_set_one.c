/* A replay and what is told of it. */
#include "sim/replay/replay_set_one.h"

#include "sim/replay/report.h"
#include "sim/replay/report_detail.h"
#include "sim/say.h"
#include "traces/error.h"

#include <inttypes.h>

/* Where the report for people goes. */
static FILE *people(const struct replay_set *set)
{
    return set->people_apart ? stderr : stdout;
}

/* How many mismatches --show has left out. */
static void tell_more(const struct replay *r)
{
    const struct verify *v = &r->verify;
    uint64_t all = v->pa_mismatched + v->types_mismatched + v->faults_mismatched + v->at_mismatched;

    if (r->mismatches_told > 0 && all > r->mismatches_told)
        say_error("%s: and %" PRIu64 " more", r->request->path, all - r->mismatches_told);
}

/* Rows could not be written: *err is to say why. */
static void find_reason(struct replay_set *set, struct trace_error *err)
{
    static const enum replay_output rows[] = { OUT_RECORDS, OUT_TARMAC };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct out_file *out = &set->out[rows[i]];

        if (out->stream && ferror(out->stream)) {
            out_file_commit(out, err);
            return;
        }
    }
}

static bool wants_json(const struct replay_set *set)
{
    return set->path[OUT_JSON] || set->path[OUT_HTML];
}

/* Returns NULL when there is no memory. */
static json_t *all_json(const struct replay_set *set, const struct replay *r)
{
    json_t *report = report_json(r);

    if (set->path[OUT_HTML])
        return json_pack("{s:o, s:o}", "report", report, "detail", report_detail_json(r));
    return json_pack("{s:o}", "report", report);
}

int replay_set_one(struct replay_set *set, size_t index, FILE *csv, json_t **json, struct trace_error *err)
{
    struct replay *r;
    int status;

    if (index > 0 && !set->quiet)
        fputc('\n', people(set));
    set->request.path = set->trace[index];
    r = replay_trace(&set->request, err);
    if (!r) {
        find_reason(set, err);
        return 2;
    }
    tell_more(r);
    if (r->interrupted) {
        set->interrupted = true;
        say_error("%s: interrupted after %" PRIu64 " records", r->request->path, r->record);
    }
    status = replay_agrees(r) ? 0 : 1;
    if (!set->quiet)
        report_text(people(set), r);
    else if (status != 0)
        report_mismatches(people(set), r);
    if (csv)
        report_csv(csv, r);
    *json = wants_json(set) ? all_json(set, r) : NULL;
    if (wants_json(set) && !*json) {
        error_set(err, "%s: out of memory", r->request->path);
        status = 2;
    }
    replay_free(r);
    return status;
}
