/* The door between the C of the program and the SystemC of this folder: what the models have decided goes in, what it
 * took comes out.
 *
 * Function came first: every work handed in here is decided, and nothing in here decides again. Time is carried by the
 * SystemC kernel: each core's works follow each other, the cores' run side by side and meet where the machine is
 * shared. There is one engine in a process, since SystemC elaborates once; it is started afresh for each machine. */
#pragma once

#ifdef __cplusplus
#include "sim/tlm/models.h"
#else
#include "models/cluster/charge.h"
#include "models/cluster/waits.h"
#endif
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENGINE_QUANTUM_MAX 1000000 /* ns */
#define ENGINE_WORKS_MAX 16384     /* of one core, waiting to be timed */
#define ENGINE_STARVED_MAX 2048    /* calls of engine_run for which a core without works is waited for */

struct engine_options {
    uint64_t quantum_ns;  /* how far a core may run ahead of the kernel: 0 is exact, more is faster */
    bool trace_order;     /* a work begins once all that came before it, of any core, has ended */
    uint32_t core_mask;   /* bit c: core c may get works; 0: unknown */
    FILE *vcd, *timeline; /* NULL: none */
    bool own_thread; /* works are timed on a thread of the engine's, as they would be at once, while the caller goes
                             on; it tells on that thread. Without one to be had: at once */
};

enum work_kind {
    WORK_ACCESS, /* an access or cache maintenance */
    WORK_REFILL, /* an access whose page the main TLB grants, and whose lines are there: nothing leaves the core */
    WORK_AT,
    WORK_TLBI, /* the core goes on at once */
    WORK_DSB,  /* the core waits until its broadcasts are acknowledged */
    WORK_RUN,  /* nothing but the instructions before it */
    WORK_SYNC, /* ISB, exception entry and return: the front end starts again */
};

/* What one record leaves to be timed. Pointers need to live for the call only. */
struct engine_work {
    uint8_t kind;   /* enum work_kind */
    uint8_t access; /* ACCESS, REFILL: enum access_kind */
    uint8_t core;
    uint8_t probes;                /* REFILL: sizes that the main TLB looked up */
    bool broadcast, all;           /* TLBI: to the other cores as well; looks at every entry */
    uint64_t before;               /* cycles the core worked since its last work */
    uint64_t token;                /* comes back with the charge */
    const struct outcome *outcome; /* ACCESS: NULL for one that its micro-TLB granted; AT: not NULL */
    const struct traffic *traffic; /* ACCESS, AT: its lines */
};

/* Told once for each ACCESS, REFILL, AT and DSB, in the order of time; never again after engine_stop. */
typedef void engine_told(void *context, unsigned core, uint64_t token, const struct charge *charge);

struct engine;

/* Starts over with a machine at rest. Returns the engine, or NULL with the reason in `why`. Until engine_stop the
 * configuration must stay where it is. */
struct engine *engine_start(const struct config *config, const struct engine_options *options, char *why,
                            size_t why_bytes);

/* Sets whom to tell: behind engine_start, before the first work. */
void engine_tell(struct engine *e, engine_told *told, void *context);

/* Takes a work; in trace order it is timed at once. False: see engine_failure; with own_thread, that of a work
 * before. */
bool engine_post(struct engine *e, const struct engine_work *work);

/* Times what can be timed by now: as long as every core that may get works has some, or so much has been handed in that
 * those without are taken to be idle. To be called after each batch of records. `since`: the cycles that each of
 * CORES_MAX cores has worked since the work that it was handed last, so that one that works without a miss is not taken
 * for idle; NULL: none. */
bool engine_run(struct engine *e, const uint64_t *since);

/* Times all that is left, on the caller's thread in the end, and ends the outputs. */
bool engine_stop(struct engine *e);

/* Gives up what is left. A replay that does not come to engine_stop is to call this before it goes. */
void engine_leave(struct engine *e);

/* Why a call returned false: a phrase for the user. */
const char *engine_failure(const struct engine *e);

/* Who waited for whom since the start. With own_thread: after engine_stop. */
const struct waits *engine_waits(const struct engine *e);

#ifdef __cplusplus
}
#endif
