/* Reading ahead: a thread of its own reads and decodes while the caller is at work on what came before.
 *
 * Records come in the same order as trace_read_dense delivers them. Memory is bounded: when all blocks are full the thread
 * waits. */
#pragma once

#include "traces/reader.h"

struct ahead;

/* Starts to read records; the table pages must have been read. Until ahead_stop the reader is the thread's, and only its
 * path may be asked for. Returns NULL when there is no memory or no thread to be had. */
struct ahead *ahead_start(struct trace_reader *r);

/* Gives the next block, valid until the next call. Returns as trace_read_dense; the reader's error tells after ahead_stop.
 * *bytes_done is trace_bytes_done behind it. */
int ahead_next(struct ahead *a, const struct dense_block **block, uint64_t *bytes_done);

/* Ends the thread, wherever it is, and gives the reader back. NULL is allowed. */
void ahead_stop(struct ahead *a);
