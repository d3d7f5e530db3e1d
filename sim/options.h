/* The options that several commands share, and how a command adds its own.
 *
 * All messages about a wrong command line come from here. Nothing is opened: of file names only this is checked, that
 * no two outputs are the same file. */
#pragma once

#include "models/cluster/config.h"

#include <stdio.h>

/* Which of the common options a command understands; --help is understood by all. */
enum {
    OPTION_MACHINE = 1, /* -p, --platform NAME and -C KEY=VALUE */
    OPTION_JSON = 2,    /* --json FILE */
    OPTION_CSV = 4,     /* --csv FILE */
    OPTION_RECORDS = 8, /* --records FILE */
    OPTION_QUIET = 16,  /* -q, --quiet */
    OPTION_HTML = 32,   /* --html FILE */
    OPTION_COMMON = 63, /* all of them */
};

/* What the common options say. Texts point into argv; NULL: not given; a file "-" is standard output. */
struct options {
    struct config config; /* the platform's defaults, changed by each -C */
    const char *json, *csv, *records, *html;
    bool quiet;
    bool help; /* the rest is not to be relied on: print the help and return 0 */
};

/* An option of one command. Exactly one of flag, text, number and list is not NULL, and keeps its value unless the
 * option is given: `{ "verify", .flag = &verify }`, `{ "limit", 'n', .number = &limit }`. The last of several wins, but
 * a list takes them all, behind what it has: up to list_max, in an array with room for a NULL at the end. */
struct option_spec {
    const char *name; /* the long one, without -- */
    char letter;      /* the short one, or 0 */
    bool *flag;       /* takes no value */
    const char **text;
    uint64_t *number; /* a C number: decimal, 0x.. */
    const char **list;
    size_t list_max;
};

#define OPTION_OWN_MAX 32

struct option_set {
    unsigned common; /* OPTION_... */
    const struct option_spec *own;
    size_t own_count; /* at most OPTION_OWN_MAX */
};

/* Parses the options of argv[1..]; argv[0] is the command's name. Operands may stand between options; argv is permuted
 * so that they come last. Returns the index of the first operand, or -1 when a message has been printed: the
 * caller then returns 2. */
int options_parse(struct options *o, int argc, char **argv, const struct option_set *set);

/* From now on each options_parse first writes to `out` what the command accepts: a line for each option with its names,
 * as in "-p, --platform VALUE" or "--verify", and an empty one. Manual, completions and tests compare it with the help
 * text. NULL: no more. */
void options_tell(FILE *out);

/* Prints the help lines of those common options to standard output. */
void options_print_help(unsigned common);
