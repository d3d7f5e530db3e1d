/* Checking a table of expected outcomes against the rules of models/arch/attr.h. */
#pragma once

#include "traces/reader.h"
#include <stdint.h>
#include <stdio.h>

struct merge_totals {
    uint64_t rows;
    uint64_t cells; /* compared */
    uint64_t mismatches;
};

/* A CSV table with a header row: the inputs s1_attr (or s1_mair_attr), s1_sh, s2_memattr, s2_sh, at least one column
 * that merge_field_find knows, and perhaps `note`. Expected cells that are empty or UNPREDICTABLE are not compared. */
struct merge_table {
    FILE *in;
    const char *name; /* for messages */
};

/* Compares every cell; prints a line for each mismatch to `out`. Returns false and fills *err when the table cannot be
 * read to its end, is not such a table, or has no row; *totals then tells how far it came. */
bool merge_check(const struct merge_table *table, FILE *out, struct merge_totals *totals, struct trace_error *err);
