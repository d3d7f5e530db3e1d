/* What a sampled replay has to say: estimates, each with its 95 % interval, and what was counted all the same. */
#pragma once

#include "sim/replay/report.h"
#include "sim/replay/sample.h"

/* What is estimated: a sum over another. */
struct sample_rate {
    const char *name; /* as JSON has it: "latency.load" */
    const char *text; /* as people read it */
    const char *unit; /* "cycles", "misses" or "fetches" */
    uint16_t of[2];   /* enum sample_field: first and number of the fields summed up; */
    uint16_t by[2];   /* by these */
    bool first;       /* it begins a paragraph */
};

/* Returns the i-th, NULL behind the last. */
const struct sample_rate *report_sample_rate(size_t i);

enum sample_basis {
    SAMPLE_COUNTED, /* of all records: no estimate */
    SAMPLE_TIMED, /* what is dear is timed, the rest is priced as if each core were alone; how much longer that takes is
                     estimated */
    SAMPLE_DRAWN, /* estimated from the windows alone */
};

struct sample_result {
    struct estimate rate;
    struct estimate total; /* of what is summed up, in all of the trace */
    enum sample_basis basis;
};

/* Returns a rate of a replay with r->sample. */
struct sample_result report_sample_result(const struct replay *r, const struct sample_rate *rate);

void report_sample_text(FILE *out, const struct replay *r);
json_t *report_sample_json(const struct replay *r);
