/* Does whoever owns the tables keep the TLBs right? What a machine does, event by event, held against what its TLBs
 * may still hold: live descriptors changed without break-before-make, maintenance that is missing, of the wrong
 * scope, or without its barriers, identifiers used again, registers used before they are synchronised [Arm: D8.17].
 *
 * It watches a machine that somebody else runs: each event is told before the machine does it. It says what it can
 * prove: a TLB may hold what a walk of that core has read and no completed maintenance has taken since. Of a trace
 * it does not know when a table word was written, only that it had changed when a walk came by [traces/TEXT.md:
 * tabw]: words in between are lost, so there is at least what is told. In a script it knows. */
#pragma once

#include "models/arch/tlbi.h"
#include "sim/lint/finding.h"
#include "sim/machine.h"

struct upkeep_finding {
    enum lint_code code;
    enum lint_severity severity;
    uint64_t at; /* the place of the event that shows it */
    unsigned core;
    const char *place; /* what `at` counts */
    const char *text;  /* one line, without a newline */
};

struct upkeep_options {
    struct machine *machine; /* watched, never written */
    const char *place;       /* what places count: "record", "line" */
    bool exact;              /* words are told when they are written */
    void (*tell)(void *context, const struct upkeep_finding *finding);
    void *context;
};

struct upkeep;

/* Returns a watcher of a machine at reset, NULL when out of memory. */
struct upkeep *upkeep_new(const struct upkeep_options *options);

/* NULL is allowed. Tells nothing more: upkeep_end does. */
void upkeep_free(struct upkeep *u);

/* Where the following events happen. */
void upkeep_at(struct upkeep *u, uint64_t place);

/* Cores are below the machine's number of cores. */

/* An access, cache maintenance by address too, whatever becomes of it. */
void upkeep_access(struct upkeep *u, unsigned core, const struct access *a);

/* A register is about to get a value. */
void upkeep_register(struct upkeep *u, unsigned core, enum sysreg reg, uint64_t value);

/* A core stores to [pa, pa + bytes): what, is not known. */
void upkeep_store(struct upkeep *u, unsigned core, pa_t pa, uint64_t bytes);

/* The word at pa is about to become `value`, whoever wrote it. */
void upkeep_word(struct upkeep *u, pa_t pa, uint64_t value);

void upkeep_tlbi(struct upkeep *u, unsigned core, const struct tlbi *t);

/* A DSB, by its opcode; a context synchronization: ISB, exception entry, exception return. */
void upkeep_dsb(struct upkeep *u, unsigned core, uint32_t opcode);
void upkeep_isb(struct upkeep *u, unsigned core);
void upkeep_exception(struct upkeep *u, unsigned core);
void upkeep_return(struct upkeep *u, unsigned core);

/* The end, of all or of a machine that another follows: tells what only the end proves, forgets all. */
void upkeep_end(struct upkeep *u);

/* Accesses looked at beyond a first glance; the most copies at any time: what the work was. */
uint64_t upkeep_judged(const struct upkeep *u);
uint32_t upkeep_most_copies(const struct upkeep *u);
