/* What the watcher of TLBs finds, for the report of lint. */
#pragma once

#include "sim/lint/upkeep.h"

struct upkeep_reporter {
    struct lint_report *report;
    const char *path; /* of the trace or script */
};

/* upkeep's `tell`: adds a finding to the reporter's report, at "guest.swt record 17 core 1". */
void upkeep_report(void *reporter, const struct upkeep_finding *f);
