/* The errata of the oracle files: recorded answers that are not the architecture's, and what is. See data/README.md.
 * Only for the judge's programs; it allocates and exits when it cannot. */
#pragma once

#include <stdbool.h>

enum errata_class { ERRATA_DEPARTS, ERRATA_LATE, ERRATA_CLASSES };

struct erratum {
    unsigned long line;
    enum errata_class kind;
    char answer[40]; /* KEY=VALUE, to be read for the answer with that key */
};

struct errata {
    struct erratum *list; /* by line; owned */
    unsigned long count, room;
};

/* Returns "departs" or "late". */
const char *errata_class_name(enum errata_class kind);

/* Reads the errata of an oracle script from ../errata.txt.gz, as seen from its folder. A script without such a file
 * beside it has none. Returns false when the file is damaged; *line is where. */
bool errata_load(struct errata *errata, const char *script_path, unsigned long *line);

/* Returns the erratum of a line of the script, or NULL. */
const struct erratum *errata_of_line(const struct errata *errata, unsigned long line);

void errata_free(struct errata *errata);
