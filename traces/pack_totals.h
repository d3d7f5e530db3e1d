/* What a trace says of itself: counted while records pass, written in the end block. */
#pragma once

#include "traces/pack_format.h"

/* Counts a record. */
void pack_totals_count(struct trace_info *info, const struct trace_rec *rec);

/* Adds the numbers of `more`. */
void pack_totals_add(struct trace_info *info, const struct trace_info *more);

/* True when `whole` may have all that `part` has, which knows of some records nothing but their number: pages and
 * records are the same, of nothing else there is less, and the operations make up the records. */
bool pack_totals_within(const struct trace_info *part, const struct trace_info *whole);

/* True when both have the same numbers. */
bool pack_totals_same(const struct trace_info *a, const struct trace_info *b);

/* The payload of the end block. */
void pack_totals_put(const struct trace_info *info, uint8_t out[PACK_END_BYTES]);
void pack_totals_get(struct trace_info *info, const uint8_t in[PACK_END_BYTES]);
