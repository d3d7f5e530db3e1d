/* What `stagewalk lint` can find, and what it has found: a catalogue of rules, and a report that collects findings.
 *
 * Whoever looks for mistakes knows this file alone; it knows nothing of worlds, tables and traces. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum lint_severity { LINT_NOTE, LINT_WARNING, LINT_ERROR, LINT_SEVERITY_COUNT };

/* In the order in which findings of one severity are told. */
enum lint_code {
    /* of one address, whoever maps it */
    LINT_MISMATCHED_TYPE,
    LINT_MISMATCHED_SHAREABILITY,
    /* of a world: regions, who has them, and what the board has there */
    LINT_REGION_OVERLAP,
    LINT_RAM_OUTSIDE_BOARD,
    LINT_NOTHING_THERE,
    LINT_FOREIGN_RAM,
    LINT_XEN_OWNED,
    LINT_DEVICE_SHARED,
    LINT_RAM_AS_DEVICE,
    LINT_SETTING_IGNORED,
    /* of descriptors */
    LINT_EXECUTABLE_DEVICE,
    LINT_WRITABLE_EXECUTABLE,
    LINT_EL0_EXECUTES_KERNEL,
    LINT_BLOCK_LEVEL,
    LINT_ADDRESS_SIZE,
    LINT_CONTIGUOUS,
    LINT_RESERVED_ENCODING,
    LINT_ACCESS_FLAG,
    /* of both stages together */
    LINT_TABLE_IN_DEVICE,
    LINT_TABLE_NOT_THERE,
    LINT_OVERRULED,
    /* of registers */
    LINT_RESERVED_REGISTER,
    /* of what a machine does in time: its TLBs and its tables */
    LINT_BREAK_BEFORE_MAKE,
    LINT_TLBI_MISSING,
    LINT_TLBI_LATE,
    LINT_TLBI_NO_DSB_BEFORE,
    LINT_TLBI_NO_DSB_AFTER,
    LINT_ASID_REUSED,
    LINT_VMID_REUSED,
    LINT_REGISTER_NO_TLBI,
    LINT_REGISTER_NO_ISB,
    LINT_SPURIOUS_FAULT,
    /* of lint itself */
    LINT_LIMIT,
    LINT_CODE_COUNT
};

struct lint_rule {
    const char *name;            /* "mismatched-type": never changes its meaning */
    enum lint_severity severity; /* of its findings, where none is told as a milder one */
    const char *title;           /* one line: what is wrong */
    const char *reason;          /* why that is bad, with its source */
    const char *remedy;
};

/* Returns the rule of a code. */
const struct lint_rule *lint_rule(enum lint_code code);

/* Returns the code of a rule's name, or LINT_CODE_COUNT. */
enum lint_code lint_code_by_name(const char *name);

/* Returns "note", "warning", "error"; the severity of such a name, or LINT_SEVERITY_COUNT. */
const char *lint_severity_name(enum lint_severity severity);
enum lint_severity lint_severity_by_name(const char *name);

#define LINT_PLACE_BYTES 256
#define LINT_DETAIL_BYTES 1024

struct lint_finding {
    uint8_t code, severity; /* enum lint_code, enum lint_severity */
    char *place, *detail;
};

struct lint_report {
    size_t kept_max;                                      /* of each rule and severity, the first */
    bool silent[LINT_CODE_COUNT];                         /* findings of these are dropped, and not counted */
    uint64_t found[LINT_CODE_COUNT][LINT_SEVERITY_COUNT]; /* all */
    struct lint_finding *finding;                         /* those that are kept, in the order in which they came */
    size_t count, capacity;
    bool lost;        /* for want of memory: not all that should be kept is */
    bool interrupted; /* by the user: not all has been looked at */
};

#define LINT_KEPT 20
#define LINT_KEPT_MAX 100000

/* Starts with nothing found; lint_report_free in any case. */
void lint_report_init(struct lint_report *r, size_t kept_max);
void lint_report_free(struct lint_report *r);

/* Adds a finding: where, as short as it goes ("dom0 IPA 0xff0e0000", "guest.swt record 17"), and what is there.
 * Texts are copied, and cut when they are long; control characters become '?'. */
void lint_find(struct lint_report *r, enum lint_code code, const char *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same with a severity other than the rule's. */
void lint_find_as(struct lint_report *r, enum lint_code code, enum lint_severity severity, const char *place,
                  const char *detail);

/* Returns how many were found of a severity, of all rules. */
uint64_t lint_report_count(const struct lint_report *r, enum lint_severity severity);

/* Prints the findings by severity and rule, worst first, each rule with reason and remedy, and a last line that
 * counts. */
void lint_report_print(FILE *out, const struct lint_report *r);

/* Returns the same as JSON ("stagewalk/lint/1"), or NULL for want of memory. */
json_t *lint_report_json(const struct lint_report *r);

/* Prints the catalogue. */
void lint_catalogue_print(FILE *out);
