/* A trace for another page-table layout: the same accesses with the same effective mapping, through other tables.
 *
 * The output is an ordinary trace. VAs, PAs and faults of all accesses are those of the input; the table pages of
 * EL1&0, the changes of their words, and TTBR0_EL1, TTBR1_EL1, TCR_EL1, VTTBR_EL2 and VTCR_EL2 are those of the new
 * layout. EL2's own tables stay. The input is read twice, and only tables are kept in memory.
 *
 * What a trace does not carry is not known: a table page that no walk has read maps nothing here. A region that changes
 * in the course of the trace keeps leaves no larger than what changes [choice: as an operating system does that means
 * to change it, so that no block has to be split]. The TLB maintenance of the input stays. */
#pragma once

#include "sim/explore/layout.h"
#include "sim/trace/trace_input.h"
#include "traces/reader.h"

struct relayout_request {
    const char *path;                /* of the trace; not "-", as it is read twice */
    const struct trace_input *input; /* NULL: nothing was said */
    const char *output;
    bool progress; /* a bar on standard error */
    struct layout layout;
};

#define RELAYOUT_LEVELS 4
#define RELAYOUT_WHY_BYTES 200

/* One set of tables of the new layout. */
struct relayout_context {
    uint8_t stage;
    uint8_t vmid;                                                  /* of the first use */
    bool upper;                                                    /* stage 1: of TTBR1_EL1 */
    uint64_t old_root;                                             /* TTBR or VTTBR's address in the input, */
    uint64_t root;                                                 /* and in the output */
    uint64_t old_tables, tables;                                   /* bytes of tables, in all */
    uint64_t old_leaves[RELAYOUT_LEVELS], leaves[RELAYOUT_LEVELS]; /* by level, at the first use */
    uint64_t contiguous;                                           /* groups with the contiguous bit */
    uint64_t mapped;                                               /* bytes */
    uint64_t ahead;                                                /* bytes of them that the trace maps only later */
    uint64_t covered; /* bytes of them that nothing was mapped to: holes=cover */
    uint64_t unknown; /* tables that the trace does not carry */
};

struct relayout_result {
    struct relayout_context *context; /* NULL with a refusal */
    size_t count;
    uint64_t records;              /* of the output */
    uint64_t changes, old_changes; /* of table words */
    uint64_t levels_rewritten;     /* recorded faults whose level is another in the new geometry */
    uint64_t registers_added;      /* writes in front of a use that came of a register written in another order */
    uint64_t unsupported;          /* things that are left as they are, */
    char unsupported_first[RELAYOUT_WHY_BYTES]; /* the first of them */
};

enum relayout_status {
    RELAYOUT_DONE,
    RELAYOUT_REFUSED, /* the layout is impossible for this trace: why is in the text; there is no output */
    RELAYOUT_FAILED,  /* the trace cannot be read, the output not be written, or interrupt_asked() */
};

/* Rewrites. With RELAYOUT_REFUSED err->text is the reason, a phrase; with RELAYOUT_FAILED a message. relayout_free in
 * any case. */
enum relayout_status relayout_trace(const struct relayout_request *q, struct relayout_result *result,
                                    struct trace_error *err);
void relayout_free(struct relayout_result *result);
