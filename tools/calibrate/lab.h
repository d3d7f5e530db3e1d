/* Scenes run through the simulator: what one more round costs once caches and TLBs are as full as they get.
 *
 * A scene runs twice, over a first part and over that and a second one. The difference of the two is the second part,
 * without the warm-up, exactly. */
#pragma once

#include "models/cluster/config.h"
#include "models/mmu/count.h"
#include "sim/replay/replay.h"
#include "tools/calibrate/scene.h"

#define LAB_KEPT 64

enum lab_board {
    LAB_ZYNQMP, /* the defaults */
    LAB_IMX8MQ, /* the defaults at the clock and with the memory of the board that the published rows are of */
    LAB_BOARDS
};

struct lab_result {
    double loads;              /* of the second part */
    double xlat;               /* their translation cycles, as --records would tell them */
    double count[COUNT_COUNT]; /* counters of the second part */
};

struct lab_run {
    struct scene scene;
    uint8_t board;  /* enum lab_board */
    uint8_t engine; /* enum replay_engine */
    struct lab_result result;
};

struct lab {
    struct config config[LAB_BOARDS];
    char path[256]; /* of the trace at work */
    char dir[200];
    unsigned kept; /* runs: none is made twice */
    struct lab_run run[LAB_KEPT];
    struct trace_error err; /* why a run could not be had */
};

/* Makes a directory for traces. Returns false with lab->err. */
bool lab_open(struct lab *lab);
void lab_close(struct lab *lab);

/* Returns what a scene's rounds cost, or NULL with lab->err: also when an address came out other than the scene
 * knows it. */
const struct lab_result *lab_run(struct lab *lab, enum lab_board board, enum replay_engine engine,
                                 const struct scene *scene);

/* Returns the cycles that the core waits for each load, beyond those of an L1D hit. */
double lab_stall(const struct lab_result *r);
