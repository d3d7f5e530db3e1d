/* What is in a trace, at a glance: who runs, at which level, over how many pages, with how much maintenance.
 *
 * Counts what the records say and translates nothing. */
#pragma once

#include "models/arch/tlbi.h"
#include "traces/page_set.h"
#include "traces/record.h"

/* Who is counted together: a VMID's EL0 and EL1, the hypervisor at EL2, and EL3. */
#define SURVEY_EL2 256
#define SURVEY_EL3 257
#define SURVEY_WHO_COUNT 258

enum survey_size { SURVEY_4K, SURVEY_64K, SURVEY_2M, SURVEY_1G, SURVEY_SIZE_COUNT };

struct survey_who {
    uint64_t instructions[4]; /* by EL */
    uint64_t loads, stores;   /* a ZVA is a store */
    uint64_t tlbis, table_writes, exceptions;
    uint64_t touched[SURVEY_SIZE_COUNT]; /* pieces of VA space of that size, an address space (ASID) at a time */
    uint32_t cores;                      /* bit c: ran on core c */
};

/* What an exception was, by ESR's class where that is known. */
enum survey_exception {
    SURVEY_IRQ,
    SURVEY_FIQ,
    SURVEY_SERROR,
    SURVEY_FETCH_ABORT,
    SURVEY_DATA_ABORT,
    SURVEY_CALL, /* SVC, HVC, SMC */
    SURVEY_TRAP, /* WFI, a system register, floating point */
    SURVEY_OTHER,
    SURVEY_EXCEPTION_COUNT
};

/* Returns "IRQ", "data abort", ... */
const char *survey_exception_name(enum survey_exception e);

struct survey {
    struct survey_who who[SURVEY_WHO_COUNT];
    uint64_t tlbi[TLBI_OP_COUNT][2]; /* by operation; [1]: to all cores, as the instruction says */
    uint64_t at;
    uint64_t exception[SURVEY_EXCEPTION_COUNT];
    uint64_t fault[64]; /* aborts by status code (DFSC, IFSC) */
    bool at_least;      /* there were more pages than are kept: `touched` says too little */

    /* what the rest is found by */
    struct page_set pages[SURVEY_SIZE_COUNT];
    struct survey_core {
        uint64_t page[2]; /* key of the last fetch's and the last data access's page, and 1 */
        uint64_t vttbr, tcr, ttbr0, ttbr1;
    } core[TRACE_CORES_MAX];
};

void survey_init(struct survey *s);
void survey_free(struct survey *s);

/* Counts a record. */
void survey_add(struct survey *s, const struct trace_rec *rec);
