/* Points replayed by the ranks that mpirun has started: rank 0 deals them out as ranks become free, and it alone reads
 * and writes the results. Who was not started by mpirun pays for nothing, not even for the library: it is loaded when
 * it is needed. */
#pragma once

#include "sim/explore/explore.h"
#include "sim/explore/tally.h"

/* How many ranks mpirun has started, as the environment says; 1 without it. */
int explore_mpi_size(void);

/* Joins the other ranks. Returns this one's number, 0 without any others; -1 with *err when the library is missing. */
int explore_mpi_begin(struct trace_error *err);

/* Rank 0: has the points replayed. Returns false with *err. */
bool explore_mpi_run(struct explore *e, const size_t *todo, size_t count, struct tally *tally, struct trace_error *err);

/* The other ranks: replays what rank 0 deals out, until it has no more. */
void explore_mpi_serve(struct explore *e);

/* Leaves. Rank 0 sends the others home first. */
void explore_mpi_end(void);
