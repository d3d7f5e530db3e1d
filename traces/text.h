/* A trace as text: one line a record, to be read, written by hand, compared and packed again. TEXT.md describes it.
 *
 * What text_put_* prints, text_pack reads back to the same records and pages. */
#pragma once

#include "traces/reader.h"
#include "traces/watch.h"
#include <stdio.h>

/* The first lines, which every trace text begins with. */
void text_put_head(FILE *out, const char *source);

/* A table page: the words that are not zero. */
void text_put_page(FILE *out, uint64_t pa, const uint8_t page[TRACE_PAGE_BYTES]);

/* A record, without newline: what follows until the end of the line may only be a comment. */
void text_put_record(FILE *out, const struct trace_rec *rec);

/* Reads text (plain or gzipped, "-" for standard input) and writes it as a packed trace. Returns false and fills *err,
 * which names file, line and column and shows the line with a caret; nothing is left behind then. `watch` may be
 * NULL. */
bool text_pack(const char *from, const char *to, const struct trace_watch *watch, struct trace_error *err);
