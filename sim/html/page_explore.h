/* The page of explore: of very many points those that are worth a look. */
#pragma once

#include "sim/html/page.h"

#define PAGE_POINTS 1000

/* Returns the report with no more than some PAGE_POINTS of its points: the baseline, those on a front, the first by
 * rank, a few that have no result. *left: how many are not in it. NULL when out of memory; the caller owns it. */
json_t *page_explore_report(const json_t *report, size_t *left);

/* Makes the files of a report ("stagewalk/explore/1"), which it releases, as page_results does. */
int page_explore(const char *json, const char *html, json_t *report);
