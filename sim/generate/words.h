/* What is to be generated, as words: `zipf,footprint=64M,seed=7`. Which patterns and keys there are, with their ranges
 * and defaults, is one table here. */
#pragma once

#include "traces/reader.h"

enum pattern {
    PATTERN_SEQUENTIAL,
    PATTERN_STRIDED,
    PATTERN_RANDOM,
    PATTERN_CHASE,
    PATTERN_ZIPF,
    PATTERN_STENCIL, /* up to here: walks over data, which `main=` may name */
    PATTERN_INTERRUPTS,
    PATTERN_CONTEXTS,
    PATTERN_WORLDS,
    PATTERN_DMA,
    PATTERN_COUNT
};

#define PATTERN_MAINS (PATTERN_STENCIL + 1)

enum word_key {
    KEY_FOOTPRINT,
    KEY_ACCESSES,
    KEY_SEED,
    KEY_SIZE,
    KEY_WRITE,
    KEY_INSTRUCTIONS,
    KEY_CODE,
    KEY_CORES,
    KEY_EL,
    KEY_STAGE,
    KEY_XEN,
    KEY_VA,
    KEY_MAP,
    KEY_S2MAP, /* up to here: of most patterns */
    KEY_STRIDE,
    KEY_STEP,
    KEY_ALPHA,
    KEY_DIMS,
    KEY_N,
    KEY_MAIN, /* the patterns that are made of another and something */
    KEY_EVERY,
    KEY_BURST,
    KEY_PROCESSES,
    KEY_ASIDS,
    KEY_GUESTS,
    KEY_VCPUS,
    KEY_POLL,
    KEY_REMAP,
    KEY_COUNT
};

/* value[KEY_STAGE] */
enum { STAGE_1 = 1, STAGE_2 = 2, STAGE_BOTH = 3 };

/* value[KEY_XEN] without Xen; else the number of a preset, from 0 */
#define XEN_NONE UINT64_MAX

struct words {
    char text[TRACE_PAGE_BYTES / 8]; /* as they were given */
    uint8_t pattern;                 /* enum pattern */
    uint8_t main;                    /* what walks over data: the pattern itself, or that of main= */
    uint32_t given;                  /* bit k: key k was given */
    uint64_t value[KEY_COUNT]; /* sizes in bytes, alpha in thousandths, KEY_MAP and KEY_S2MAP as bytes of a leaf */
};

/* Reads PATTERN[,KEY=VALUE...] and sees that all fits together. Returns false with *err, which names the word and the
 * remedy. */
bool words_parse(struct words *w, const char *text, struct trace_error *err);

/* Returns "zipf", ... and what a pattern is for. */
const char *words_pattern(enum pattern pattern, const char **what);

/* A key of a pattern as a person is told of it. */
struct words_key {
    const char *name, *what, *unit;
    char range[96], fallback[32]; /* texts: "1 to 4", "64M" */
};

/* Gives the i-th key that a pattern knows. Returns false behind the last. */
bool words_key(enum pattern pattern, size_t i, struct words_key *key);
