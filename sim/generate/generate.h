/* Traces without a capture: a pattern of accesses, by words, as a stream of pages and records that is made while it is
 * read, in memory that does not grow with it. The same words are the same bytes on every machine.
 *
 * Whoever opens traces by trace_input_open (sim/trace/trace_input.h) takes such a pattern in place of a file:
 * "generate:zipf,footprint=64M,seed=7". */
#pragma once

#include "traces/reader.h"

#define GENERATE_PREFIX "generate:"

/* True when a name of a trace is a pattern's. */
bool generate_is_named(const char *path);

/* Opens a pattern as a trace, "generate:PATTERN[,KEY=VALUE...]", which messages call it by, too. trace_bytes_total
 * counts its accesses. Returns NULL with *err, which names the word and the remedy. */
struct trace_reader *generate_open(const char *path, struct trace_error *err);

/* Writes patterns with their keys, for people, to standard output. */
void generate_list(void);
