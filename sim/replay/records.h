/* --records: one CSV row for each access of a replay. */
#pragma once

#include "models/cluster/cluster.h"
#include "traces/out_file.h"

/* What a row says: an access, what became of it, and, once known, its cycles. */
struct records_row {
    uint64_t record;
    uint8_t core;
    struct access access;
    struct mem_type type;
    struct fault fault;
    uint8_t hit; /* enum xlat_hit */
    pa_t pa;
    ipa_t ipa;
    uint32_t fetches, cycles;
};

/* Fills in all but core and cycles. */
void records_fill(struct records_row *row, uint64_t record, const struct access *a, const struct outcome *o);

/* Writes the header; a row. Failures are the stream's. */
void records_begin(struct out_file *out);
void records_write(struct out_file *out, const struct records_row *row);
