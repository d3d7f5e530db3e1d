/* Replays a trace on a machine: trace -> record -> access -> translation -> cost -> report, and compares what the trace
 * knows of the answers. */
#pragma once

#include "models/cluster/waits.h"
#include "sim/machine.h"
#include "sim/replay/detail.h"
#include "sim/replay/hot.h"
#include "sim/replay/sample.h"
#include "sim/replay/stats.h"
#include "sim/replay/tarmac_out.h"
#include "sim/trace/trace_input.h"
#include "traces/ahead.h"
#include "traces/out_file.h"
#include "traces/reader.h"

/* What is compared with the trace, and how it came out. */
struct verify {
    uint64_t pa_compared, pa_mismatched;
    uint64_t faults_compared, faults_mismatched;
    uint64_t at_compared, at_mismatched;
    uint64_t types_compared, types_mismatched; /* of accesses whose trace has the memory type */
    uint64_t at_attributes_differ;             /* of successful ones: memory type or shareability; no mismatch */
    uint64_t faults_injected;      /* aborts a hypervisor made up for its guest: no access caused them, none compared */
    uint64_t unprivileged_guessed; /* aborts explained only as an LDTR's or STTR's */
};

/* What a core has done that a later record of it may refer to. */
struct replay_core {
    struct domain *domain[3]; /* whom it works for at each EL; into stats.domain */
    bool at_pending;          /* an AT whose PAR has not been read yet */
    struct at_result at;
    bool maintained;                /* its last system instruction was an AT or cache maintenance by address, */
    bool aborted;                   /* and aborted: an exception record is to follow, */
    struct exception abort;         /* of this */
    bool returned;                  /* its last system instruction was an ERET at EL2, */
    uint64_t returned_instructions; /* when it had fetched so many instructions */
    uint64_t posted;                /* instructions that the engine knows of */
    struct pending_row *first_row, *last_row; /* of --records and --tarmac, waiting for their cycles */
};

/* Who finds the cycles. */
enum replay_engine {
    REPLAY_AUTO, /* tlm for a trace of several cores, else fast */
    REPLAY_FAST, /* each core as if it had the machine to itself */
    REPLAY_TLM,  /* SystemC: cores meet */
};

/* How far a trace is replayed. */
enum replay_part {
    REPLAY_WHOLE,
    REPLAY_START, /* until `start_core` has its registers and does something: the record of that is not replayed */
    REPLAY_FIRST, /* the first `records_max` records, fewer when it has no more */
};

enum {
    REPLAY_IGNORE_TLBI = 1, /* TLB maintenance is not carried out */
    REPLAY_IGNORE_TABW = 2, /* table words keep their first content */
};

struct replay_request {
    const char *path;                /* the trace; "-" is standard input */
    const struct trace_input *input; /* what it is read as; NULL: nothing was said */
    const char *memory;              /* a snapshot, beneath the pages that the trace carries; NULL: none */
    const struct config *config;
    bool verify;
    enum replay_part part;
    uint64_t records_max;      /* of REPLAY_FIRST */
    unsigned start_core;       /* of REPLAY_START */
    unsigned ignore;           /* REPLAY_IGNORE_*: what a negative control leaves out */
    bool recover;              /* a damaged trace is replayed up to the damage */
    bool progress;             /* a bar on standard error */
    unsigned threads;          /* 2 or more: the trace is read by threads of their own, and tlm has one */
    struct out_file *records;  /* one row an access; NULL: none */
    struct out_file *tarmac;   /* lines of a Tarmac trace; NULL: none */
    unsigned mismatches_shown; /* of each replay, on standard error */
    enum replay_engine engine;
    uint64_t quantum_ns;           /* tlm: how far a core runs ahead */
    bool trace_order;              /* tlm: one record after the other, nothing at a time */
    FILE *vcd, *timeline;          /* tlm: what happened when; NULL: none */
    unsigned top;                  /* so many places of code and data are told of in each domain; 0: none are counted */
    const struct symbols *symbols; /* their names; NULL: pages alone */
    bool detail;                   /* what a page shows is gathered, too */
    const struct sample_plan
        *sample; /* what is measured; NULL: all. Without records, tarmac, vcd, timeline, top, detail */
};

#define REPLAY_CELLS 16 /* [choice] memory types that are counted where they are known */
#define REPLAY_LINES 3  /* [choice] lines of one access, all from the L2, that are priced in bulk */

struct replay_cell {
    struct mem_type type;
    uint32_t number; /* below REPLAY_CELLS */
};

/* What is counted of every access of one lane. */
struct replay_lane {
    uint64_t *retired; /* the counter of its instructions */
    uint64_t accesses; /* not yet in the domain's */
};

struct replay {
    const struct replay_request *request;
    struct machine *machine;
    struct trace_reader *reader;
    struct ahead *ahead; /* it reads while this replays; NULL: it is read in between */
    struct trace_info info;
    struct stats stats;
    struct verify verify;
    uint64_t record;     /* number of the record at work, from 0 */
    bool started;        /* REPLAY_START: the core does something in this trace */
    uint64_t exceptions; /* entries of any kind */
    struct replay_core core[CORES_MAX];
    struct replay_lane lane[LANES];          /* as the cluster's */
    uint64_t cell[2 * LANES * REPLAY_CELLS]; /* accesses that were known, by lane, type, and whether in one line or in
                                                two: not yet counted elsewhere; */
    uint64_t run_units[LANES];               /* and the instructions of theirs, in lanes of fetches, */
    uint64_t lines_beyond[LANES];            /* and the lines of runs behind their second */
    uint32_t cells, cell_row[REPLAY_CELLS];  /* cells of each lane in use, and of each the row of its memory type */
    struct replay_cell cell_last[2];         /* found last, of data and fetches */
    uint64_t bulk[LANES][TLB_SIZES + 1][REPLAY_LINES + 1]; /* of replay_bulk.h: by probes of the main TLB and lines from
                                                              the L2, not yet priced */
    bool cycles_alone;                   /* of an access nobody wants to know more than what it takes */
    bool rows;                           /* each access has one, so that none may be known */
    const struct dense_block *block;     /* of records at work */
    struct dense_block part;             /* it, when nobody reads ahead */
    uint64_t block_start;                /* number of its first record */
    uint64_t hits[LATENCY_KIND_COUNT];   /* accesses; those in lanes are still to come */
    uint64_t longer[LATENCY_KIND_COUNT]; /* of them, those that are in stats.latency: no plain micro-TLB hits */
    uint64_t pa_unknown;                 /* accesses whose PA the trace does not know */
    bool tlm;                            /* the engine is: */
    struct engine *engine;               /* NULL without, and when it has stopped */
    struct replay_aside *aside;          /* of what the engine tells on a thread of its own; NULL: it tells on this */
    struct tarmac_out lines;             /* with request->tarmac */
    bool engine_failed, rows_lost;
    struct waits waits;    /* who waited for whom; all zero without tlm */
    struct hot *hot;       /* NULL: not asked for */
    struct detail *detail; /* NULL: not asked for */
    struct sample *sample; /* the same */
    uint64_t
        last_run[CORES_MAX]; /* with hot: the VA of what each core fetched last before record run_seen of the block */
    uint32_t run_seen[CORES_MAX];
    bool recovered;   /* the trace was damaged and this is what came before */
    bool interrupted; /* by interrupt_asked(): there is more of the trace */
    unsigned mismatches_told;
    double wall_s;
    long peak_rss_kib;
};

/* Replays a trace, or a part. Returns a replay to report from and to free, or NULL with *err. */
struct replay *replay_trace(const struct replay_request *request, struct trace_error *err);

/* NULL is allowed. */
void replay_free(struct replay *r);

/* The kind of latency that an access of the trace has, REC_FETCH to REC_ZVA. */
enum latency_kind replay_latency_kind(enum rec_op op);

/* True when nothing compared has mismatched. */
bool replay_agrees(const struct replay *r);
