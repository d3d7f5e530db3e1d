/* One point: a replay of a trace on a machine, and what it is measured by. */
#pragma once

#include "sim/explore/metric.h"
#include "sim/replay/replay.h"

/* Replays as the request says, with verification, and measures. *p is to be freed in any case. */
void measure_point(const struct replay_request *request, struct point_result *p);
