/* A replay's accesses on their way to detail.h, when a page is to show them. Private to replay. */
#pragma once

#include "sim/replay/replay.h"

/* An access that is no plain micro-TLB hit; the core's registers are still those it was made with. */
void replay_detail_access(struct replay *r, const struct trace_rec *rec, const struct access *a,
                          const struct outcome *o);
