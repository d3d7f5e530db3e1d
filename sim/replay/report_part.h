/* Parts that the reports of whole and of sampled replays share. Private to the reports. */
#pragma once

#include "sim/replay/report.h"

json_t *report_part_number(uint64_t n);
json_t *report_part_params(const struct config *config);
json_t *report_part_trace(const struct replay *r);
json_t *report_part_verify(const struct replay *r);
json_t *report_part_faults(const struct replay *r);
json_t *report_part_run(const struct replay *r);

/* The text's first lines, its faults, what was compared, and its last line. */
void report_part_print_trace(FILE *out, const struct replay *r);
void report_part_print_faults(FILE *out, const struct replay *r);
void report_part_print_verify(FILE *out, const struct replay *r);
void report_part_print_run(FILE *out, const struct replay *r);
