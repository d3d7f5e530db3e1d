/* Accesses one by one, as other programs write them, become runs of fetches with their data accesses behind them.
 *
 * One run is open at a time, so that records leave in the order of the input. */
#pragma once

#include "traces/readers/foreign.h"

#define RUNS_DATA_MAX 256 /* data accesses that wait behind an open run; more close it */

/* Records that wait to be read. */
struct record_queue {
    struct trace_rec *rec;
    size_t at, count, room; /* rec[at..count) */
};

struct runs {
    struct record_queue queue;
    bool open;
    struct trace_rec run;
    uint64_t end; /* where the run's last instruction ends, to the byte */
    size_t data_count;
    struct trace_rec data[RUNS_DATA_MAX];
    uint32_t word[TRACE_CORES_MAX]; /* byte offset of the core's last instruction in its last run */
};

/* Adds a fetch or data access. Each returns false for want of memory. */
bool runs_fetch(struct runs *r, const struct foreign_access *a);
bool runs_data(struct runs *r, const struct foreign_access *a);

/* Adds a record as it stands. */
bool runs_record(struct runs *r, const struct trace_rec *rec);

/* Ends the open run: all that was added is in the queue then. */
bool runs_flush(struct runs *r);

/* Takes up to cap records from the queue. Returns how many. */
int runs_take(struct runs *r, struct trace_rec *recs, int cap);

void runs_free(struct runs *r);
