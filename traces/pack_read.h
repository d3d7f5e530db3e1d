/* A packed trace (.swt) as a stream of pages and records: reader.h's promises for that format. */
#pragma once

#include "traces/reader.h"
#include <stdio.h>

struct pack_reader;

/* Takes over the stream, which stands at its begin; standard input is not closed. Returns NULL with *err. */
struct pack_reader *pack_read_open(const char *path, FILE *stream, unsigned flags, struct trace_error *err);

/* As the functions of reader.h without `pack_`. */
const struct trace_info *pack_read_info(const struct pack_reader *r);
int pack_read_page(struct pack_reader *r, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES]);
int pack_read_dense(struct pack_reader *r, struct dense_block *block);
int pack_read_records(struct pack_reader *r, struct trace_rec *recs, int cap);
bool pack_read_recovered(const struct pack_reader *r);
const struct trace_error *pack_read_error(const struct pack_reader *r);
uint64_t pack_read_bytes_done(const struct pack_reader *r);
uint64_t pack_read_bytes_total(const struct pack_reader *r);

/* NULL is allowed. */
void pack_read_close(struct pack_reader *r);
