/* What a trace says of itself: counted while records pass, written in the end block. */
#pragma once

#include "traces/pack_format.h"

/* Counts a record. */
void pack_totals_count(struct trace_info *info, const struct trace_rec *rec);

/* Counts the records of a block from `first` on. */
void pack_totals_count_block(struct trace_info *info, const struct dense_block *block, uint32_t first);

/* True when both have the same numbers. */
bool pack_totals_same(const struct trace_info *a, const struct trace_info *b);

/* The payload of the end block. */
void pack_totals_put(const struct trace_info *info, uint8_t out[PACK_END_BYTES]);
void pack_totals_get(struct trace_info *info, const uint8_t in[PACK_END_BYTES]);
