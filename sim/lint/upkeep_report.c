/* Findings with their places. */
#include "sim/lint/upkeep_report.h"

#include "sim/say.h"

#include <inttypes.h>

struct reporter {
    struct lint_report *report;
    const char *path;
};

static void tell(void *context, const struct upkeep_finding *f)
{
    const struct reporter *r = context;
    char place[LINT_PLACE_BYTES];

    snprintf(place, sizeof place, "%.180s %s %" PRIu64 " core %u", r->path, f->place, f->at, f->core);
    lint_find_as(r->report, f->code, f->severity, place, f->text);
}

static void note_end(const struct reporter *r, const struct upkeep_result *result, const char *what)
{
    if (!result->interrupted)
        return;
    r->report->interrupted = true;
    say_error("%s: interrupted after %" PRIu64 " %s", r->path, result->records, what);
}

bool upkeep_report_trace(const struct upkeep_request *asked, struct lint_report *r, struct trace_error *err)
{
    struct reporter reporter = { r, asked->path };
    struct upkeep_request q = *asked;
    struct upkeep_result result;

    q.tell = tell;
    q.context = &reporter;
    if (!upkeep_trace(&q, &result, err))
        return false;
    note_end(&reporter, &result, "records");
    return true;
}

bool upkeep_report_script(const char *path, const struct config *config, struct lint_report *r,
                          struct machine **machine, struct trace_error *err)
{
    struct reporter reporter = { r, path };
    struct upkeep_request q = { .path = path, .config = config, .keep = machine, .tell = tell, .context = &reporter };
    struct upkeep_result result;

    if (!upkeep_script(&q, &result, err))
        return false;
    note_end(&reporter, &result, "statements");
    if (machine)
        *machine = result.machine;
    return true;
}
