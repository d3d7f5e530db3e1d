/* What a report has to hold after a check: the findings of a row, no more and no less. */
#pragma once

#include "sim/lint/finding.h"
#include "tests/unit/models/rows.h"

/* One rule and severity, and how often; `count` 0 ends a list. */
struct found {
    enum lint_code code;
    enum lint_severity severity;
    uint64_t count;
};

#define FOUND_MAX 5

static inline void found_check(const struct lint_report *r, const struct found want[FOUND_MAX])
{
    struct sweep s = { 0, 0 };
    unsigned points = 0;

    for (int code = 0; code < LINT_CODE_COUNT; code++) {
        for (int severity = 0; severity < LINT_SEVERITY_COUNT; severity++, points++) {
            uint64_t n = 0;

            for (unsigned i = 0; i < FOUND_MAX && want[i].count > 0; i++) {
                if ((int)want[i].code == code && (int)want[i].severity == severity)
                    n = want[i].count;
            }
            sweep_point(&s, r->found[code][severity], n, "%s, %s", lint_rule((enum lint_code)code)->name,
                        lint_severity_name((enum lint_severity)severity));
        }
    }
    for (size_t i = 0; s.wrong && i < r->count; i++)
        print_error("%s: %s: %s\n", lint_rule((enum lint_code)r->finding[i].code)->name, r->finding[i].place,
                    r->finding[i].detail);
    sweep_end(&s, points);
}
