/* --tarmac: what a replay did, in the syntax of Arm's Fast Models [Tarmac]: IT, MR and MW, R, E, TTW, TLB and
 * WALKCACHE.
 *
 * No trace knows the instructions' opcodes and the data that was moved, for which the syntax demands digits: they are
 * zero. An EVICT is what a fill replaced; what TLB maintenance drops is not listed. Micro-TLBs are not told of. */
#pragma once

#include "models/cluster/cluster.h"
#include "sim/replay/tarmac_text.h"
#include "traces/record.h"

/* The run of instructions that a core is at: printed as far as its accesses have come. */
struct tarmac_run {
    uint64_t va, pa;
    bool pa_known;
    uint8_t el;
    uint32_t n, printed;
    uint64_t first; /* number of its first instruction */
};

/* What is to be written of one replay. The lines that something gives are in `text` until they are taken. */
struct tarmac_out {
    struct fills fills; /* told by the models */
    struct tarmac_text text;
    struct tarmac_run run[CORES_MAX];
};

/* Lets the cluster's cores tell their fills. `t` has to stay where it is. */
void tarmac_out_begin(struct tarmac_out *t, struct cluster *c);

/* An access of the trace, after it was made on the core. */
void tarmac_out_access(struct tarmac_out *t, const struct mmu *m, const struct trace_rec *rec, const struct access *a,
                       const struct outcome *o);

/* What a record that is no access translated: an AT, cache maintenance, an access that aborted. Its own lines
 * follow. */
void tarmac_out_walk(struct tarmac_out *t, const struct mmu *m, const struct trace_rec *rec, const struct access *a,
                     const struct outcome *o);

/* A record that is no access. */
void tarmac_out_event(struct tarmac_out *t, const struct trace_rec *rec);

/* Nothing more comes of the core. */
void tarmac_out_end(struct tarmac_out *t, unsigned core);

/* Hands over the lines so far; the caller frees them. */
struct tarmac_text tarmac_out_take(struct tarmac_out *t);
