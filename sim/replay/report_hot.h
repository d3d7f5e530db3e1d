/* The part of the report that says which code and which data make translation slow: with --top or --elf. */
#pragma once

#include "sim/replay/replay.h"
#include <jansson.h>
#include <stdio.h>

void report_hot_text(FILE *out, const struct replay *r);

/* The first `top` of each domain. Returns NULL when out of memory. */
json_t *report_hot_json(const struct replay *r, unsigned top);
