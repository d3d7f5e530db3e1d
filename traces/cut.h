/* A piece of a trace that stands on its own: registers and tables as they were where it begins. */
#pragma once

#include "traces/reader.h"

/* Copies records [from, to) of r, counted from 0, to w. Before them come the table pages with all changes up to the cut
 * made, and a REC_MSR for each register that was written before it. r must be freshly opened. Returns false and fills
 * *err on damage, on a write error, and when the trace has no record `from`. */
bool cut_records(struct trace_reader *r, struct trace_writer *w, uint64_t from, uint64_t to, struct trace_error *err);
