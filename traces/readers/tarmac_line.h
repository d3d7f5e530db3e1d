/* One line of Tarmac text, in the dialects of Fast Models, of RTL and Cycle Models, and of gem5 [Tarmac, TTU, gem5]:
 * what it says, without what lines before it said. */
#pragma once

#include "traces/record.h"
#include <stdbool.h>

enum tarmac_kind {
    TARMAC_BAD,         /* not as its kind has to be: why, at */
    TARMAC_UNKNOWN,     /* of no kind known here */
    TARMAC_NOTE,        /* known, and of no matter: caches, branches, signals, what a TLB was filled with */
    TARMAC_INSTRUCTION, /* va, pa, el, a64, opcode; not executed when its condition failed, but fetched */
    TARMAC_FETCH_FAILED,
    TARMAC_MOVE,       /* va, pa, bytes, writes, unprivileged, aborted */
    TARMAC_WINDOW,     /* 16 bytes at va, pa: those in mask moved, with a memory type */
    TARMAC_REGISTER,   /* name, value */
    TARMAC_OPERATION,  /* TLBI, AT, DC, IC: name, value */
    TARMAC_DESCRIPTOR, /* read by a walk: pa, value */
    TARMAC_EXCEPTION,  /* value: number of the vector, where `told` */
};

#define TARMAC_EL_UNKNOWN 0xFF
#define TARMAC_NAME_BYTES 32
#define TARMAC_WINDOW_BYTES 16

struct tarmac_line {
    enum tarmac_kind kind;
    const char *why, *at; /* TARMAC_BAD: a message, and where in the line */
    int core;             /* -1: the line names none */
    bool timed;           /* it begins with a time and its unit */
    uint64_t va, pa, value;
    bool pa_known, told;
    bool a64, opcode_known;
    uint8_t el; /* TARMAC_EL_UNKNOWN */
    uint32_t opcode;
    uint32_t bytes;
    bool writes, continued, unprivileged, aborted; /* continued: a window of the same direction as the line before */
    uint16_t mask;                                 /* bit i: the byte at va + i */
    uint16_t type;                                 /* REC_TYPE_*; 0: not told */
    char name[TARMAC_NAME_BYTES];                  /* upper case */
};

/* Reads a line. */
void tarmac_line_read(struct tarmac_line *l, const char *line);

/* ---- What reads the rest of a line by its first word, at `at`: tarmac_move.c, tarmac_kinds.c --------------------- */

/* MR, MW. */
void tarmac_line_move(struct tarmac_line *l, const char *at);

/* LD, ST, or with `continued` a window alone. */
void tarmac_line_window(struct tarmac_line *l, const char *at);

/* IT, IS, IF; ES. */
void tarmac_line_it(struct tarmac_line *l, const char *at);
void tarmac_line_es(struct tarmac_line *l, const char *at);

/* R; TTW. */
void tarmac_line_register(struct tarmac_line *l, const char *at);
void tarmac_line_descriptor(struct tarmac_line *l, const char *at);

/* E; EXC. */
void tarmac_line_event(struct tarmac_line *l, const char *at);
void tarmac_line_exception(struct tarmac_line *l, const char *at);

/* ---- What they read words by ------------------------------------------------------------------------------------- */

/* The line is wrong at a place. */
void tarmac_line_bad(struct tarmac_line *l, const char *at, const char *why);

/* Moves past white space, a word, a word and white space. */
const char *tarmac_line_skip(const char *at);
const char *tarmac_line_past(const char *at);
const char *tarmac_line_next(const char *at);

/* True when the word at hand is exactly this one. */
bool tarmac_line_is(const char *at, const char *word);

/* Returns the value of a hexadecimal digit, -1 for another character. */
int tarmac_line_digit(char c);

/* Reads hexadecimal digits, at most 16 that count, and moves past them. Returns how many there were, 0 when they do not
 * fit 64 bits. */
unsigned tarmac_line_hex(const char **at, uint64_t *value);

/* Reads `va[:pa[_NS]][,...]`. Returns false when it is none. */
bool tarmac_line_address(struct tarmac_line *l, const char **at);
