/* Findings with their places. */
#include "sim/lint/upkeep_report.h"

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

bool upkeep_report_trace(const char *path, const struct config *config, struct lint_report *r, struct trace_error *err)
{
    struct reporter reporter = { r, path };
    struct upkeep_request q = { .path = path, .config = config, .tell = tell, .context = &reporter };
    struct upkeep_result result;

    return upkeep_trace(&q, &result, err);
}

bool upkeep_report_script(const char *path, const struct config *config, struct lint_report *r,
                          struct machine **machine, struct trace_error *err)
{
    struct reporter reporter = { r, path };
    struct upkeep_request q = { .path = path, .config = config, .keep = machine, .tell = tell, .context = &reporter };
    struct upkeep_result result;

    if (!upkeep_script(&q, &result, err))
        return false;
    if (machine)
        *machine = result.machine;
    return true;
}
