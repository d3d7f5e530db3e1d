/* What has been published of the A53's MMU and caches and what is predicted, each with the scene that shows it. */
#pragma once

#include "tools/calibrate/lab.h"

enum row_kind {
    ROW_MEASURED,   /* published; what is found here has to lie in [low, high] */
    ROW_FITTED,     /* the same, but a price of the board was set by it */
    ROW_OPEN,       /* published, and not explained: shown, not judged */
    ROW_PREDICTION, /* nobody has published it */
    ROW_CHECK,      /* of the simulator itself */
    ROW_KINDS
};

enum row_value {
    VALUE_XLAT,         /* translation cycles of a load */
    VALUE_WALK,         /* cycles of a translation that walks, beyond those of a main TLB hit */
    VALUE_L1D,          /* load-to-use cycles, all in L1D */
    VALUE_LINE,         /* cycles a load waits for its line, of those that miss the L1D */
    VALUE_L2,           /* load-to-use cycles of those */
    VALUE_STALL,        /* ns beyond an L1D hit, of a load, translation and line: what tinymembench prints */
    VALUE_PAGES_DIFFER, /* VALUE_STALL less that of the same buffer in pages of 2 MB */
    VALUE_PER_MISS,     /* VALUE_PAGES_DIFFER in cycles, divided by the main TLB's miss ratio, 1 - 2 MB / size */
    VALUE_LEVEL,        /* VALUE_XLAT less that of the same scene with VAs of 39 bits */
    VALUE_ENGINES,      /* cycles a load waits in the tlm engine less those in the fast one */
};

struct row {
    const char *name, *unit;
    uint8_t kind;  /* enum row_kind */
    uint8_t value; /* enum row_value */
    uint8_t board; /* enum lab_board */
    struct scene scene;
    double published, low, high; /* where the kind has them */
    const char *source;
};

/* A group of rows under a heading. */
struct row_group {
    const char *heading;
    const struct row *row;
    size_t count;
};

const struct row_group *rows_groups(size_t *count);

/* Finds a row's value. Returns false with lab->err when it cannot be had. */
bool rows_measure(struct lab *lab, const struct row *row, double *value);
