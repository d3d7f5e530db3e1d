/* The script language (.sw): one statement a line, with the answers expected of it.
 *
 * Reading only: a statement is a value; what it does to a machine is `run`'s affair. Plain or gzipped text,
 * untrusted. */
#pragma once

#include "models/arch/access.h"
#include "models/arch/at.h"
#include "models/arch/sysreg.h"
#include "models/arch/tlbi.h"
#include "traces/reader.h"

#define SCRIPT_WORDS_MAX 512

enum script_op {
    SCRIPT_NONE, /* an empty line or a comment */
    SCRIPT_SET,
    SCRIPT_PLATFORM,
    SCRIPT_PARAM,
    SCRIPT_CPU,
    SCRIPT_REG,
    SCRIPT_MEM,
    SCRIPT_MEMORY,
    SCRIPT_ZERO,
    SCRIPT_AT,
    SCRIPT_ACCESS,
    SCRIPT_TLBI,
    SCRIPT_BARRIER, /* dsb, isb */
};

/* The keys that may stand after `=>`. */
enum script_key {
    KEY_OK,
    KEY_PAR,
    KEY_PA,
    KEY_IPA,
    KEY_ATTR,
    KEY_SH,
    KEY_TYPE,
    KEY_ESR,
    KEY_FAR,
    KEY_HPFAR,
    KEY_EL,
    KEY_HIT,
    KEY_FETCHES,
    KEY_CYCLES,
    KEY_COUNT
};

/* Returns the key as it is written: "par", "ok". */
const char *script_key_name(enum script_key key);

/* True for keys whose value is a word (sh, type, hit) and not a number. */
bool script_key_is_word(enum script_key key);

struct script_expect {
    uint32_t keys; /* 1 << enum script_key for each one given */
    uint64_t number[KEY_COUNT];
    const char *word[KEY_COUNT];
};

struct script_stmt {
    enum script_op op;
    unsigned line;        /* from 1 */
    const char *name;     /* SET, PLATFORM: the name; PARAM: the key; MEMORY: the file */
    const char *text;     /* PARAM: the value; PLATFORM: the rest of the line or NULL */
    unsigned cpu;         /* CPU */
    enum sysreg reg;      /* REG */
    enum at_op at;        /* AT */
    enum tlbi_op tlbi;    /* TLBI */
    bool broadcast;       /* TLBI */
    uint32_t opcode;      /* BARRIER: of the A64 instruction */
    struct access access; /* ACCESS; AT uses va */
    uint64_t address;     /* MEM, ZERO: a PA */
    uint64_t value;       /* REG, TLBI's Xt, ZERO's byte count */
    unsigned words;       /* MEM */
    const uint64_t *word; /* MEM */
    bool answers;         /* a `=>` is there, perhaps with nothing after it */
    struct script_expect expect;
};

struct script;

/* Opens a script; "-" is standard input. Returns NULL and fills *err when it cannot be read. */
struct script *script_open(const char *path, struct trace_error *err);

/* Reads the next line. Returns 1 with *stmt, whose pointers hold until the next call; 0 at the end; -1 with *err, which
 * names file, line and column and shows the line with a caret. */
int script_next(struct script *s, struct script_stmt *stmt, struct trace_error *err);

/* Returns the line read last, as it stands in the file, without its newline. */
const char *script_line(const struct script *s);

/* True when the script is gzipped; to be asked once a line has been read. */
bool script_is_gzipped(const struct script *s);

/* Fills *err with a message about word `word` (from 0) of the line read last, for what only the runner can find wrong
 * with it. */
void script_complain(struct script *s, unsigned word, const char *what, struct trace_error *err);

void script_close(struct script *s);
