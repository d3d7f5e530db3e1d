/* Results that outlive a run. While it goes on, each finished point is a line at the end of FILE.partial, there for
 * good before the next one; at the end all become FILE, in the order of points, and FILE.partial goes. Whoever begins
 * takes what both hold, and a line that was being written when the program was killed is none. */
#pragma once

#include "sim/explore/rows.h"

struct keep {
    const struct space *space;
    struct rows_head head;
    const char *path;
    char *side;   /* the name of FILE.partial */
    FILE *stream; /* it, at its end; NULL: nothing is kept, FILE is written at the end alone */
    size_t taken; /* points whose results were there */
};

/* Reads what is there into the results, all of them POINT_OPEN before; those that have failed remain so, to be tried
 * again. What is no regular file keeps nothing. Returns false with *err: a file is not of these points, or another run
 * works on it. */
bool keep_open(struct keep *k, struct point_result *results, struct trace_error *err);

/* Keeps a point. Returns false with *err. */
bool keep_add(struct keep *k, size_t point, const struct point_result *result, struct trace_error *err);

/* Makes FILE of all points that are not open. Returns false with *err. */
bool keep_finish(struct keep *k, const struct point_result *results, struct trace_error *err);

/* Closes; what is kept stays. */
void keep_close(struct keep *k);

/* Reads one file of results, as keep_open does: r->in is open. Returns false with *err. */
bool keep_read(const struct keep *k, struct rows_reader *r, struct point_result *results, struct trace_error *err);
