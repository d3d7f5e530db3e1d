/* The patterns as steps: each adds some records, and at least one access of the pattern now and then. */
#pragma once

#include "sim/generate/play.h"

struct asids;

/* A pattern at work. */
struct generator {
    struct words words;
    struct play play;
    struct thread thread[PLAY_THREADS_MAX];
    unsigned threads;
    uint8_t core;                      /* whose turn it is */
    uint64_t since[SCENE_CORES_MAX];   /* accesses of the core since it was interrupted last */
    unsigned running[SCENE_CORES_MAX]; /* its thread */
    struct asids *asids;
    uint8_t vcpu_before[SCENE_GUESTS_MAX][SCENE_CORES_MAX]; /* worlds: the guest's vCPU that ran last there, + 1 */
    struct dma_pair {
        bool of_backend;   /* the flag says so */
        uint64_t done;     /* bytes of the buffer, this time */
        uint64_t waited;   /* runs since who waits has looked at the flag */
        uint64_t rounds;   /* since the grant was mapped */
        uint64_t remapped; /* pages of the grant that are unmapped, or mapped again */
        uint8_t state;     /* of the grant */
        struct thread side[2];
    } pair[SCENE_CORES_MAX / 2];
    unsigned turn; /* dma: whose pair */
    uint64_t done; /* accesses that have been read */
    size_t burst[SCENE_CORES_MAX];
};

/* Each of them: registers of all cores at the start; one step. */
void plain_begin(struct generator *g);
void plain_step(struct generator *g);
void interrupts_step(struct generator *g);

/* Returns false for want of memory. */
bool contexts_begin(struct generator *g);
void contexts_step(struct generator *g);
void contexts_end(struct generator *g);

void worlds_begin(struct generator *g);
void worlds_step(struct generator *g);

void dma_begin(struct generator *g);
void dma_step(struct generator *g);

/* Starts `count` threads of what walks, the i-th in its part of the footprint. */
void pattern_thread(struct generator *g, unsigned i, unsigned count, const struct process *process);

/* One run of the thread that the core whose turn it is runs. Returns true when so many accesses lie behind the last
 * interruption as `every=` says, which then counts anew. */
bool pattern_run(struct generator *g);

/* The turn goes to the next core. */
void pattern_turn(struct generator *g);
