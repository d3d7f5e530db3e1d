/* Reading ahead: threads of their own read and decode while the caller is at work on what came before.
 *
 * Records come in the same order, and in the same blocks, as trace_read_dense delivers them, and so does damage. Of a
 * packed trace each thread has a block of the file at work; a trace in another format is read by one thread. A caller
 * who would have to wait for a single thread inflates the next block for it meanwhile, of what is no pipe. Memory is
 * bounded: a thread that has decoded a block of the file, or 16 of records, waits until half of that is taken. */
#pragma once

#include "traces/reader.h"

#define AHEAD_THREADS_MAX 8

struct ahead;

/* Starts to read records with up to so many threads, at least one; table pages that have not been read are passed over.
 * From then on the reader is the threads', and only its path and length may be asked for; after ahead_stop its info and
 * error. Returns NULL when there is no memory or no thread to be had. */
struct ahead *ahead_start(struct trace_reader *r, unsigned threads);

/* Gives the next block, valid until the next call. Returns as trace_read_dense; the reader's error tells after
 * ahead_stop. *bytes_done is trace_bytes_done behind it. */
int ahead_next(struct ahead *a, const struct dense_block **block, uint64_t *bytes_done);

/* Ends the threads, wherever they are, and gives the reader back: nothing more is read of it. NULL is allowed. */
void ahead_stop(struct ahead *a);
