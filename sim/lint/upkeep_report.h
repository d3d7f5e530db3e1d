/* What the watcher of TLBs finds, for the report of lint. */
#pragma once

#include "sim/lint/upkeep_trace.h"

/* Judge the course of a trace (.swt), of a script (.sw), and add what is found to the report, at "guest.swt record 17
 * core 1". Return false and fill *err when the file cannot be read to its end or makes no sense. *machine is the
 * script's as it leaves it, for the caller to free; NULL: not wanted. What is interrupted says so by a message and in
 * the report. Of a trace's request path, config and progress are looked at. */
bool upkeep_report_trace(const struct upkeep_request *asked, struct lint_report *r, struct trace_error *err);
bool upkeep_report_script(const char *path, const struct config *config, struct lint_report *r,
                          struct machine **machine, struct trace_error *err);
