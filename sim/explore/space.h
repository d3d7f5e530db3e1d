/* The space that is explored: knobs with their values, and the points that these make.
 *
 * A knob is a parameter of -C or a word of the layout of page tables (layout.h). A parameter with one value alone is no
 * knob: it is of the base, which all points share. Points lie in the order of the knobs, the last one changing first,
 * or as a file lists them, and have numbers from 1; the baseline, the base as captured, is number 0 unless it is one of
 * them. Everything read is untrusted. */
#pragma once

#include "models/cluster/config.h"
#include "platforms/zynqmp/params.h"
#include "sim/explore/layout.h"
#include "traces/reader.h"

#include <stdio.h>

#define SPACE_KNOBS_MAX 32
#define SPACE_VALUES_MAX 1024        /* of a knob */
#define SPACE_POINTS_MAX 1000000     /* [choice] some 64 MB of choices */
#define SPACE_CAPTURED "as-captured" /* the value of a word of the layout that is not said */

struct knob {
    char *key;
    const struct param *param; /* NULL: of the layout */
    char **value;              /* as -C or --layout takes it, one spelling for each value */
    size_t count;
    size_t listed; /* the first of them are asked for; those behind are the baseline's */
};

struct space {
    struct config base;
    struct knob knob[SPACE_KNOBS_MAX];
    size_t knob_count;
    uint16_t *choice; /* of each point, of each knob: which value; points * SPACE_KNOBS_MAX while a file is read */
    size_t points;
    size_t room;
    bool listed;     /* the points are those of a file */
    bool outside;    /* the first point is the baseline, none of those asked for */
    size_t baseline; /* index of its point */
};

/* Starts without knobs. */
void space_init(struct space *s, const struct config *base);

/* Adds what "KEY=VALUES" says: values separated by commas, each one value or a range LO..HI, LO..HI*FACTOR or
 * LO..HI+STEP. Of sizes a range without either doubles, of other numbers it counts. Returns false with *err. */
bool space_add(struct space *s, const char *word, struct trace_error *err);

/* The same for each line of a file; # begins a comment. `name` is for messages. */
bool space_read(struct space *s, FILE *in, const char *name, struct trace_error *err);

/* Takes the points of a file: CSV, the keys in its first row, or KEY=VALUE words, a point a line. A key that a line
 * does not name has the base's value. The space has no knobs before. */
bool space_read_points(struct space *s, FILE *in, const char *name, struct trace_error *err);

/* Makes the points, at most `max` of them. Returns false with *err: no knobs, too many points, the same point twice. */
bool space_close(struct space *s, size_t max, struct trace_error *err);

/* The number of a point, by which users know it. */
size_t space_number(const struct space *s, size_t point);

/* A point's value of a knob. */
const char *space_value(const struct space *s, size_t point, size_t knob);

/* Returns the point with these values, one for each knob; s->points when there is none. It is looked for at `hint`
 * first. */
size_t space_find(const struct space *s, const char *const *values, size_t hint);

/* The parameters of a point. Returns NULL, or in `why` why no machine has these together: a phrase for the user. */
const char *space_config(const struct space *s, size_t point, struct config *config, char *why, size_t why_bytes);

/* The layout of a point. Returns NULL, or why no A53 can have it: as space_config. */
const char *space_layout(const struct space *s, size_t point, struct layout *layout, char why[LAYOUT_WHY_BYTES]);

/* Prints KEY=VALUE of each knob, separated by blanks. */
void space_print_point(const struct space *s, size_t point, FILE *out);

void space_free(struct space *s);

/* ---- For the files of this space alone ---- */

#define SPACE_BASE UINT16_MAX /* a choice not made: the base's value */

/* Finds or adds a knob. Returns NULL with *err: the key is unknown, there are too many. */
struct knob *space_knob(struct space *s, const char *key, struct trace_error *err);

/* Finds or adds a value, which is checked first. Returns its index, or -1 with *err. */
int space_value_index(struct space *s, struct knob *k, const char *text, struct trace_error *err);
