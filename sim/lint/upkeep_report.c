/* Findings with their places. */
#include "sim/lint/upkeep_report.h"

#include <inttypes.h>

void upkeep_report(void *reporter, const struct upkeep_finding *f)
{
    const struct upkeep_reporter *r = reporter;
    char place[LINT_PLACE_BYTES];

    snprintf(place, sizeof place, "%.180s %s %" PRIu64 " core %u", r->path, f->place, f->at, f->core);
    lint_find_as(r->report, f->code, f->severity, place, f->text);
}
