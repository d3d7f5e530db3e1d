/* What a page shows of a replay beside its report. */
#pragma once

#include "sim/replay/replay.h"
#include <jansson.h>

/* Returns an object, once, of a replay with request->detail, or NULL when out of memory; the caller owns it:
 *
 *   latency    rows core, vmid (null: EL2), kind, accesses, bins [[least cycles, accesses]...]; accesses_left_off
 *   cycles     what the translation cycles went to: main_tlb, walk, ... and fetches by stage, level and where found.
 *              They add up to the latencies of the report. Memory's part is what is left of them, shared out by fetches
 *   time       every: records between samples; records: where each ends; cores: of each the counters' growth
 *   spaces     piece: bytes; types; rows va, ipa, pa, vmid, asid, type (index of types), leaves of stages 1 and 2 as
 *              sets of levels, misses of fetches and of data, walks; the most missed first, others counted in left_off
 *   tables     pages of tables, by descriptor fetches
 *   hot        as in the report */
json_t *report_detail_json(const struct replay *r);
