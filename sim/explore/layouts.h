/* The traces that points are replayed from: the one that was captured, and it rewritten for each other layout. */
#pragma once

#include "sim/explore/metric.h"
#include "sim/explore/space.h"
#include "sim/trace/trace_input.h"

struct laid_out {
    char text[LAYOUT_TEXT_BYTES]; /* its words */
    struct layout layout;
    bool made;                    /* the rest is known: */
    char *path;                   /* the trace; NULL: impossible */
    char why[POINT_REASON_BYTES]; /* then the reason */
    double tables;                /* bytes; NAN: unknown, and so is what follows */
    double leaves[2][3];          /* of a stage, at levels 1 to 3 */
    double mapped[2];             /* bytes that they map */
    bool temporary;               /* the file is to be removed */
    bool failed;                  /* it has no path because the rewriting has failed, not for being impossible */
};

struct layouts {
    const char *trace;
    const struct trace_input *input;
    const char *directory;      /* where rewritten traces are kept; NULL: in a temporary one */
    const char *made_directory; /* that one, once there */
    struct laid_out *row;
    size_t count;
    size_t *of; /* each point's row */
};

/* Finds which layouts the points have. Returns false with *err. */
bool layouts_find(struct layouts *l, const struct space *s, struct trace_error *err);

/* Rewrites the trace for the layouts of those points that `wanted` says true for, some at once. What a single one
 * cannot have is in its row. Returns false with *err. */
bool layouts_make(struct layouts *l, const bool *wanted, size_t points, unsigned at_once, struct trace_error *err);

/* Sets what a point's tables are measured by. */
void layouts_measure(const struct layouts *l, size_t point, uint32_t main_tlb_entries, struct point_result *r);

/* Removes what is temporary. */
void layouts_free(struct layouts *l);
