/* The table pages that a trace carries, laid into a machine's memory. */
#pragma once

#include "sim/machine.h"
#include "traces/reader.h"

/* Reads all pages of a freshly opened trace and writes them. Returns false and fills *err, with the trace's path, when
 * one cannot be read or has no room. */
bool trace_pages_load(struct trace_reader *r, struct machine *m, struct trace_error *err);
