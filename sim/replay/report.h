/* What a replay has to say, for people and for scripts. */
#pragma once

#include "platforms/zynqmp/params.h"
#include "sim/replay/replay.h"
#include <jansson.h>
#include <stdio.h>

/* Prints the report that a person reads. */
void report_text(FILE *out, const struct replay *r);

/* Prints the one line that -q leaves of a replay with mismatches. */
void report_mismatches(FILE *out, const struct replay *r);

/* Returns the report as a JSON object ("stagewalk/replay/1"), or NULL when out of memory. The caller owns it. */
json_t *report_json(const struct replay *r);

/* Returns a parameter's value as -C takes it: a number, or the name of a policy. */
json_t *report_param(const struct param *p, uint32_t value);

/* Writes the counters as CSV rows trace,core,counter,number,value, without a header. */
void report_csv(FILE *out, const struct replay *r);
