/* One stage's tables as a whole: every leaf, in the order of input addresses, neighbours that are alike joined to runs;
 * and on the way what is wrong with single descriptors.
 *
 * What a descriptor means models/arch says; nothing is decoded here. A table may lead to itself, or one table to
 * another five hundred times: the work is bounded by the descriptors that are read. */
#pragma once

#include "models/arch/ttw.h"
#include "models/mem/port.h"
#include "sim/lint/finding.h"

#define STAGE_DESCRIPTORS_MAX (1u << 23) /* 16 GB in 4 KB pages, twice; a second's work: of a machine, or a domain */
#define STAGE_RUNS_MAX (1u << 20)

enum {
    RUN_NO_AF = 1,         /* AF = 0 */
    RUN_RESERVED_TYPE = 2, /* of the memory type */
    RUN_RESERVED_SH = 4,
};

struct stage_run {
    uint64_t ia, oa, bytes;
    struct memattr attr; /* of this stage alone */
    uint8_t perm;        /* PERM_S1_* or PERM_S2_*, with the tables' bits */
    uint8_t flags;       /* RUN_* */
    uint8_t code;        /* as in the descriptor: AttrIndx or MemAttr */
};

struct stage {
    /* to be filled in by the caller */
    struct ttw_params params;
    bool el10;                 /* stage 1: of EL1&0, else of EL2 */
    bool ptw;                  /* HCR_EL2.PTW */
    bool upper;                /* stage 1: the half of TTBR1_EL1, whose addresses are printed from bit 63 */
    uint64_t mair;             /* stage 1 */
    struct mem_port mem;       /* by PA */
    const struct stage *under; /* the stage 2 under a stage 1: what it reads of tables are IPAs; NULL: PAs */
    uint32_t descriptors_max;  /* how many are read at most */
    const char *owner;         /* for places: "dom0", "core 0 EL1&0" */
    struct lint_report *report;

    /* filled in by stage_read */
    struct stage_run *run;
    size_t count, capacity;
    uint32_t descriptors; /* that have been read */
    bool cut;             /* there was more; a finding says so */
};

/* Reads all tables. A stage whose registers cannot be walked has no run. stage_free in any case. */
void stage_read(struct stage *s);
void stage_free(struct stage *s);

/* Returns the first run that reaches beyond an input address: it has it, or begins behind it. NULL: none does. */
const struct stage_run *stage_find(const struct stage *s, uint64_t ia);

/* Writes "dom0 IPA 0xff0e0000 (4 KB)", "core 0 EL1&0 VA 0xffff... (2 MB)": `bytes` 0 leaves the size away. Returns
 * text. */
const char *stage_place(const struct stage *s, uint64_t ia, uint64_t bytes, char text[LINT_PLACE_BYTES]);

/* Tells of what the runs' own encodings show: reserved ones, AF = 0. */
void stage_check_runs(const struct stage *s);
