/* The seam for traces that other programs wrote: a format is a row of functions, told by its content, that turns lines
 * or binary entries into accesses and records.
 *
 * A format needs one file here, and a line each in formats.h and formats.c. It knows its syntax alone: files, gzip,
 * lines, the joining of fetches to runs, pieces of odd accesses, canonical addresses and the count of what was skipped
 * are foreign.c's. */
#pragma once

#include "traces/readers/foreign.h"

struct reader_format {
    const char *name;     /* as --format takes it: "lackey" */
    const char *what;     /* whose, one line: "Valgrind, --tool=lackey --trace-mem=yes" */
    const char *unknown;  /* what such a trace does not tell: "PA, EL, core" */
    uint32_t entry_bytes; /* of a binary entry; 0: lines of text */
    uint32_t state_bytes; /* of the format's own, zero at the start: foreign_state */
    bool system;          /* has registers and tables of its own; else they are made when a page is touched first */
    bool one_core;        /* all is of core 0 */

    /* True when the input looks like this format. `head` is its beginning, uncompressed, at most FOREIGN_HEAD_BYTES,
     * with a NUL behind it that is not counted; the last line or entry may be cut off. */
    bool (*likely)(const char *head, size_t bytes);

    /* Takes a line, without newline and NUL-terminated, free of control characters but tabs; or an entry. Says what it
     * holds by foreign_access, foreign_record or foreign_skip. Returns false after foreign_fail. One of the two is
     * NULL. */
    bool (*take_line)(struct foreign *f, const char *line);
    bool (*take_entry)(struct foreign *f, const uint8_t *entry);

    bool (*finish)(struct foreign *f); /* after the last one; NULL: nothing is to be done */
    void (*close)(void *state);        /* releases what the state holds; NULL: nothing */
};
