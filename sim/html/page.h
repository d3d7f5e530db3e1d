/* One HTML page that shows a result and needs nothing else: its data, its charts' library and its own style and code
 * are all in it, and it loads nothing.
 *
 * The page's text is made by tools/page.sh and is part of the program; here data is put into it. Data is JSON in which
 * no byte can end the element it stands in; the page shows it as text alone. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Returns 0, or 2 after a message: the page is wanted (path is not NULL) and this program was built without the library
 * that draws its charts. */
int page_check(const char *path);

/* Prints the page that shows a value: {"page": "replay", "lint", ..., and what that page reads}. Returns false when out
 * of memory; failures of the stream itself need not be looked at. */
bool page_print(FILE *out, const json_t *data);

/* A result in the files that a command line asks for. */
struct page_result {
    const char *json, *html; /* NULL: not asked for */
    const char *page;        /* which page shows it */
    json_t *report;          /* all of --json, and of the page's data "report" unless that is */
    json_t *shown;           /* another one; NULL: it is not */
    const char *word;        /* of the page's data too, if not NULL: */
    json_t *value;           /* under this word */
};

/* Makes them, both or none, and releases report, shown and value; a report that is NULL had no memory. Returns 0, or 2
 * after a message. */
int page_results(const struct page_result *r);
