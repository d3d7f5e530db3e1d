/* What the records cost: at once, each as if it had the machine to itself, or in time, where cores meet. Private to
 * replay.
 *
 * What is decided is handed in here; its cycles reach the statistics, the counters and the rows when they are known. An
 * engine that fails is told of by the next replay_cost_batch. */
#pragma once

#include "sim/replay/replay.h"

/* Starts the engine that the request asks for; the trace is open by then. Returns false with *err. */
bool replay_cost_begin(struct replay *r, struct trace_error *err);

/* An access that went through cluster_access, and is one of the trace's own. */
void replay_cost_access(struct replay *r, const struct trace_rec *rec, const struct access *a, const struct outcome *o);

/* So many accesses of a lane to each of which the same happened: an outcome, NULL when its micro-TLB granted it, and
 * the lines in memsys.traffic; with r->cycles_alone and without r->tlm. */
void replay_cost_same(struct replay *r, unsigned lane, const struct outcome *o, uint64_t times);

/* A record that was a micro-TLB refill from the main TLB, after so many probes, and moved no line;
 * with r->cycles_alone and with r->tlm. */
void replay_cost_refill(struct replay *r, const struct dense *d, unsigned probes);

/* replay_cost_access for one that is not in the latencies: cache maintenance, an access made again. */
void replay_cost_unlisted(struct replay *r, const struct trace_rec *rec, const struct access *a,
                          const struct outcome *o);

/* An access that its micro-TLB granted, when not all its lines were in the L1. */
void replay_cost_lines(struct replay *r, const struct dense *d);

/* An AT; `a` is the access it asks about. */
void replay_cost_at(struct replay *r, const struct trace_rec *rec, const struct access *a, const struct outcome *o);
void replay_cost_tlbi(struct replay *r, const struct trace_rec *rec, const struct tlbi *op);
void replay_cost_dsb(struct replay *r, const struct trace_rec *rec);

/* An ISB, exception entry or return. */
void replay_cost_sync(struct replay *r, const struct trace_rec *rec);

/* A record that is no access is done: its lines of --tarmac. */
void replay_cost_lines_of(struct replay *r, const struct trace_rec *rec);

/* A batch of records is done, or all are. Each returns false with *err. */
bool replay_cost_batch(struct replay *r, struct trace_error *err);
bool replay_cost_end(struct replay *r, struct trace_error *err);

/* Releases what is left; to be called before all else that r has. */
void replay_cost_free(struct replay *r);
