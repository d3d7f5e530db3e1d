/* Which accesses a cut keeps: those of some cores, VMIDs, exception levels, addresses.
 *
 * What steers a translation stays whoever did it: registers, changes of tables, system instructions. What a dropped
 * core did that no other core can see goes: its exceptions, AT results. */
#pragma once

#include "traces/record.h"
#include <stdbool.h>

/* Zero in `cores`, `els` and `by_vmid` and an empty range mean: all. */
struct cut_filter {
    uint32_t cores;           /* bit c: core c */
    uint32_t els;             /* bit e: accesses made at exception level e */
    bool by_vmid;             /* only EL0 and EL1 of these VMIDs: */
    uint8_t vmids[32];        /* bit v % 8 of byte v / 8: VMID v */
    uint64_t va_from, va_end; /* only accesses to bytes in [va_from, va_end) and the runs that made them */

    /* kept from record to record, zero at the start */
    uint8_t vmid[TRACE_CORES_MAX];
    struct trace_rec run[TRACE_CORES_MAX]; /* the run fetched last, while it has not been kept */
    bool has_run[TRACE_CORES_MAX];
};

enum cut_keeps {
    CUT_DROP,
    CUT_KEEP,
    CUT_KEEP_WITH_RUN, /* a data access, and before it *run, which was dropped when it came */
};

/* Looks at a record that does not get into the cut in any case: what it changes counts for those that follow. */
void cut_filter_pass(struct cut_filter *f, const struct trace_rec *rec);

/* Says what becomes of a record. */
enum cut_keeps cut_filter_keeps(struct cut_filter *f, const struct trace_rec *rec, struct trace_rec *run);

/* The A64 opcode of HINT #n, which does nothing: a guest marks a place in its trace with it [Arm: C6.2.110, HINT]. */
#define CUT_MARKER(n) (0xD503201Fu | (uint32_t)(n) << 5)
#define CUT_MARKER_MAX 127
