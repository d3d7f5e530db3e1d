/* Sampled replay: of each period of records one window is measured; of what lies between, as much goes through TLBs and
 * caches as is asked for, and of the rest only the events are carried out: registers, maintenance, table words,
 * exceptions.
 *
 * Where all goes through TLBs and caches, the tlm engine's time goes on between the windows, too, and what is dear is
 * timed wherever it is: a walk, and what goes beyond the L2. That is a record in fifty, and nearly all that accesses
 * wait is waited by it or for it [choice: a stratum of which all is taken, as is done with what is few and large;
 * Cochran: 5]. What is left, micro-TLB misses that end at the main TLB and lines that come from the L2, is timed in the
 * windows alone. Between them the engine does not know of it and the cores go on without its stalls, so that what is
 * dear meets less, but sooner [choice: with the stalls added walks are 0.2 to 0.3 % too short, without them at most
 * 0.1, in 3 million records].
 *
 * A period consists of slots of a window's length, and which one is measured is drawn anew for each: every record has
 * the same chance, and no rhythm of the guest meets one of ours. */
#pragma once

#include "models/cluster/charge.h"
#include "sim/replay/estimate.h"
#include "sim/tlm/engine.h"
#include <stdint.h>

struct replay;
struct trace_error;
struct trace_rec;

#define SAMPLE_PERIOD_MAX 1000000000000ull

struct sample_plan {
    uint64_t period, window; /* records; the period is a multiple of the window, and longer */
    uint64_t warmup;         /* records before a window that are warmed; period or more: all there are */
    uint64_t seed;
};

/* Reads "PERIOD,WINDOW[,WARMUP]", each a number with K (1000), M or nothing behind it. Returns NULL, or what is wrong
 * with it: a phrase for the user. */
const char *sample_parse(const char *text, struct sample_plan *plan);

enum sample_mode {
    SAMPLE_SKIP,    /* events alone */
    SAMPLE_WARM,    /* accesses go through TLBs and caches, and are not measured, nor timed unless they are dear */
    SAMPLE_LEAD,    /* the same, but timed, so that a window finds the walkers and queues as busy as they are where time
                       does not go on between windows */
    SAMPLE_MEASURE, /* all as without sampling */
    SAMPLE_MODE_COUNT,
};

/* What is gathered of each window, and of the whole. */
enum sample_field {
    SAMPLE_FETCHES, /* accesses by kind, as enum latency_kind */
    SAMPLE_LOADS,
    SAMPLE_STORES,
    SAMPLE_ALONE, /* translation cycles beyond a micro-TLB hit, by kind, as if the core were alone; */
    SAMPLE_ALONE_WALKS = SAMPLE_ALONE + 3, /* those of translations that walked */
    SAMPLE_CYCLES,                         /* the same four as the engine timed them: of windows alone */
    SAMPLE_CYCLES_WALKS = SAMPLE_CYCLES + 3,
    SAMPLE_DEAR_ALONE, /* all eight of what is dear, which is in none of those above, between windows, too; */
    SAMPLE_DEAR = SAMPLE_DEAR_ALONE + 4, /* without waits for the core's own walker */
    SAMPLE_DATA = SAMPLE_DEAR + 4,       /* translations of data asked for */
    SAMPLE_COUNTERS,
    SAMPLE_FIELDS = SAMPLE_COUNTERS + COUNT_COUNT,
};

#define SAMPLE_LEAD_RECORDS 100 /* as long as a walk that reads memory, at one cycle an instruction [choice] */

#define SAMPLE_GROUPS                                                                                                  \
    2048 /* windows, or groups of neighbours when there are more: memory does not grow with the trace */

struct sample {
    const struct sample_plan *plan;
    enum sample_mode mode;
    bool goes_on;                  /* time does, between the windows: what is dear is timed everywhere */
    uint64_t until;                /* the first record that the mode is not for */
    uint64_t stratum, window_from; /* of the window at work or to come */
    uint64_t windows;              /* begun */
    uint64_t records[SAMPLE_MODE_COUNT];
    uint64_t accesses_skipped;
    uint64_t dear;                   /* works that were timed because of that */
    uint64_t alone[4];               /* of all that is not skipped: SAMPLE_ALONE and SAMPLE_ALONE_WALKS */
    uint64_t own_walker[4];          /* what SAMPLE_DEAR leaves out */
    uint64_t walker_told[CORES_MAX]; /* the engine's count of it, as of the last work told */
    uint64_t begun[SAMPLE_FIELDS];   /* the totals when the window began */
    uint64_t worked[CORES_MAX];      /* instructions of windows that the engine does not know of yet */
    uint64_t total[SAMPLE_FIELDS];   /* when the trace has ended */
    unsigned shift;                  /* 2^shift windows are a group */
    double group[SAMPLE_FIELDS][SAMPLE_GROUPS];
};

/* Returns a sample to begin, or NULL for want of memory. sample_free takes NULL. */
struct sample *sample_new(const struct sample_plan *plan);
void sample_free(struct sample *s);

/* To be called once, when it is known which engine r has. */
void sample_begin(struct replay *r);

/* Does what the first `count` records of r->block say, each as its mode has it. Returns false with *err. */
bool sample_block(struct replay *r, uint32_t count, struct trace_error *err);

/* The trace has ended. */
void sample_end(struct replay *r);

#define SAMPLE_NOT_GATHERED UINT32_MAX

/* Prices a work that has been decided, of a core. Returns true when the engine is to time it as well, with what
 * sample_told wants to know of it; latency: enum latency_kind, LATENCY_KIND_COUNT of what is in none. */
bool sample_price(struct replay *r, unsigned core, const struct engine_work *work, unsigned latency, uint32_t *note);

/* A work has been timed. */
void sample_told(struct replay *r, unsigned core, uint32_t note, unsigned latency, const struct charge *charge);

/* True when the engine is to know of what is done. */
static inline bool sample_is_timed(const struct sample *s)
{
    return s->mode >= SAMPLE_LEAD || s->goes_on;
}

/* Carries out the events among records [from, to) of r->block, and counts the accesses. Returns NULL, or why the trace
 * cannot go on: at record r->record. */
const char *sample_skip(struct replay *r, uint32_t from, uint32_t to);

/* Fills in what has been gathered so far of all records: zero at SAMPLE_CYCLES, and with accesses skipped that of the
 * others alone, but for the accesses. */
void sample_totals(struct replay *r, uint64_t total[SAMPLE_FIELDS]);

/* True when nothing was skipped: all but the cycles is counted, not estimated. */
bool sample_is_counted(const struct sample *s);

/* The fraction of the records that was measured. */
double sample_drawn(const struct replay *r);

/* How many groups there are. */
size_t sample_groups(const struct sample *s);
