/* A micro-benchmark as a trace: tables, registers and a loop of one load each time round.
 *
 * The loop is in one page and one line, so that after its first round its fetches cost nothing: what the core waits for
 * is the load's translation and the load's line. */
#pragma once

#include "traces/reader.h"

enum scene_pattern {
    SCENE_RANDOM,   /* a random byte of the buffer */
    SCENE_PAGES,    /* 32 pages in turn, a line of each: too many for the micro-TLB, few enough for all else */
    SCENE_SET,      /* 16 pages of one set of the main TLB in turn: each misses unless it was kept by chance */
    SCENE_SET_COLD, /* the same, and 256 KB read between the rounds: no descriptor stays in the L1D */
    SCENE_FLUSHED,  /* one page, after maintenance that leaves no translation of either stage */
};

enum scene_memory {
    SCENE_DDR,
    SCENE_OCM, /* Non-cacheable */
    SCENE_PL,  /* Device-nGnRE */
};

struct scene {
    uint8_t pattern;   /* enum scene_pattern */
    uint8_t memory;    /* enum scene_memory; SCENE_RANDOM without stage 2 only */
    uint8_t page_bits; /* log2 of stage 1's leaves: 12 or 21; SCENE_RANDOM only, the others have pages of 4 KB */
    uint8_t s2_bits;   /* log2 of stage 2's leaves: 12 or 21; 0: no stage 2 */
    uint8_t va_bits;   /* 39: levels 1 to 3; 48: levels 0 to 3 */
    uint32_t bytes;    /* SCENE_RANDOM: of the buffer; a power of two, no less than a page */
};

/* Writes the trace of so many rounds. A longer one begins with all that a shorter one has. */
bool scene_write(const struct scene *scene, uint32_t rounds, const char *path, struct trace_error *err);
