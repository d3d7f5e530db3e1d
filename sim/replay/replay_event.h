/* What records other than accesses do to the machine: registers, maintenance, exceptions, table words. Private to
 * replay. */
#pragma once

#include "sim/replay/replay.h"

/* Carries out a record that is no access. Returns NULL, or why the trace cannot go on: a phrase for the user. */
const char *replay_event(struct replay *r, const struct trace_rec *rec);

/* Carries out an exception record: an abort of the MMU is made again, or held against the system instruction before
 * it. */
void replay_exception(struct replay *r, const struct trace_rec *rec);

/* Accounts for a system instruction that aborted here when the core's next record is no exception. */
void replay_abort_missing(struct replay *r, const struct trace_rec *rec);

/* Tells of a mismatch on standard error, as often as the request allows. */
void replay_tell(struct replay *r, const struct trace_rec *rec, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
