/* What one set of tables maps, as runs of leaves that are alike, and what has changed between two readings.
 *
 * Input addresses are offsets in the half of the VA space, or IPAs. A run's attributes are its leaves' descriptor bits
 * with what the tables above demand folded in, so that tables without demands map the same. */
#pragma once

#include "models/arch/ttw.h"
#include "models/mem/phys.h"

#include <stddef.h>

#define RUNS_MAX (1u << 20)         /* of one reading */
#define RUNS_DESCRIPTORS (1u << 23) /* that one pass reads: a second's work */

struct leaf_run {
    uint64_t ia, oa, bytes;
    uint64_t attr;     /* of a leaf descriptor, without address, type and contiguous bit */
    uint8_t leaf_bits; /* log2 of the size of each leaf */
};

struct leaf_runs {
    struct leaf_run *run; /* by ascending ia */
    size_t count, capacity;
};

/* A table page that was met: `at` as the descriptor above has it, and its PA. */
struct table_met {
    uint64_t at, pa;
    uint64_t ia; /* of the page's first entry */
    uint8_t level;
};

struct runs_reader {
    const struct ttw_params *params;
    const struct ttw_params *under; /* stage 2 of a stage 1; NULL: none */
    bool upper_regime;              /* EL1&0 */
    struct phys *phys;
    uint64_t *descriptors; /* left to be read */
    unsigned doubtful;     /* leaves from this level on may be what a page held before it was a table; 4: none */
    /* Takes a page of a table. Returns false to stop. NULL: nobody asks. */
    bool (*met)(void *context, const struct table_met *table);
    void *context;
    uint64_t unknown; /* counted: tables that are not carried */
};

enum runs_result { RUNS_OK, RUNS_NO_MEMORY, RUNS_TOO_MANY };

/* Appends what [from, to) is mapped to. A trace tells a word only before a walk reads it: where a page has become a
 * table, the other words are still those of its former use. So a block counts only without bits that are RES0, and a
 * doubtful page, or a block without AF, only if stage 2 maps its address [choice]. */
enum runs_result leaf_runs_read(struct runs_reader *r, uint64_t from, uint64_t to, struct leaf_runs *out);

/* Returns the run that has an address, or NULL. */
const struct leaf_run *leaf_runs_find(const struct leaf_runs *runs, uint64_t ia);

/* Appends a run, joined to the last where it goes on alike. */
enum runs_result leaf_runs_add(struct leaf_runs *runs, const struct leaf_run *run);

/* Moves runs that overlap no other, in any order, to their places among those of `into`. */
enum runs_result leaf_runs_merge(struct leaf_runs *into, struct leaf_runs *from);
void leaf_runs_free(struct leaf_runs *runs);

/* A stretch that two readings differ in; `now` NULL: nothing is mapped there now. */
struct runs_change {
    uint64_t ia, bytes;
    const struct leaf_run *now; /* it covers the stretch */
    bool was_mapped;
    uint8_t leaf_bits; /* of the smaller leaf there */
};

/* Hands each stretch to the handler, by ascending address; leaf sizes are no difference. Returns false when it did. */
bool leaf_runs_differ(const struct leaf_runs *before, const struct leaf_runs *after,
                      bool (*take)(void *context, const struct runs_change *c), void *context);
