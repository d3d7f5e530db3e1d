/* A survey of a trace as text and as JSON. */
#pragma once

#include "traces/survey.h"

#include <jansson.h>
#include <stdio.h>

void trace_survey_print(FILE *out, const struct survey *s);

/* Adds it to an object: "domains", "tlbi", "exceptions", "aborts". */
void trace_survey_json(json_t *object, const struct survey *s);
