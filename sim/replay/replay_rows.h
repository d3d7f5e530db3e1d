/* Rows of --records and lines of --tarmac that wait for the cycles of their accesses, or for a row before them. Private
 * to replay. */
#pragma once

#include "sim/replay/replay.h"

/* Keeps what a row says until its cycles are known, as the core's last. Returns false when there is no memory. */
bool replay_rows_keep(struct replay *r, const struct trace_rec *rec, const struct access *a, const struct outcome *o);

/* A row gets its cycles: it is written, when it is the core's first. */
void replay_rows_complete(struct replay *r, unsigned core, struct pending_row *row, uint32_t cycles);

/* Keeps the lines so far, which have no cycles to wait for, but a place among those that have. */
void replay_rows_lines(struct replay *r, unsigned core);

/* Releases what is left. */
void replay_rows_free(struct replay *r);
