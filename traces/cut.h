/* A piece of a trace that stands on its own: registers and tables as they were where it begins. */
#pragma once

#include "traces/cut_filter.h"
#include "traces/reader.h"
#include "traces/watch.h"

#define CUT_NO_MARKER (-1)

/* What is cut out. */
struct cut_request {
    uint64_t from, to;        /* records [from, to), counted from 0, */
    int marker_from;          /* not before the first HINT of this number, 0 to CUT_MARKER_MAX, or CUT_NO_MARKER, */
    int marker_to;            /* and not from the next HINT of this number on; */
    struct cut_filter filter; /* of them only these */
    const struct trace_watch *watch; /* NULL: nobody */
};

/* Copies records of r to w. Before them come the table pages with all changes up to the cut made, and a REC_MSR for
 * each register that was written before it. r must be freshly opened. Returns false and fills *err on damage, on a
 * write error, and when the trace has no record to begin with. The request's filter is used up. */
bool cut_records(struct trace_reader *r, struct trace_writer *w, struct cut_request *request, struct trace_error *err);
