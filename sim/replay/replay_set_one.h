/* One trace of a set, here or in a process of its own. */
#pragma once

#include "sim/replay/replay_set.h"

/* Replays trace `index` and prints its report. Its rows of counters go to `csv`, unless NULL; with --json or --html
 * *json becomes an object with its "report" and, for a page, its "detail". Returns 0, 1 when something compared has
 * mismatched, or 2 with *err. */
int replay_set_one(struct replay_set *set, size_t index, FILE *csv, json_t **json, struct trace_error *err);

/* Keeps such an object for what is written in the end. Returns false for want of memory. */
bool replay_set_keep(struct replay_set *set, json_t *json);

/* Replays all traces, set->at_once at a time; what is printed and gathered is as it would be one after the other.
 * Returns as replay_set_one does. */
int replay_set_jobs(struct replay_set *set, size_t count, struct trace_error *err);
