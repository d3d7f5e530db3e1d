/* A packed trace (.swt) as a stream of pages and records: reader.h's promises for that format. */
#pragma once

#include "traces/pack_work.h"
#include "traces/reader.h"

struct pack_reader;

/* Takes over the stream, which stands at its begin; standard input is not closed. Returns NULL with *err. */
struct pack_reader *pack_read_open(const char *path, FILE *stream, unsigned flags, struct trace_error *err);

/* As the functions of reader.h without `pack_`. */
const struct trace_info *pack_read_info(const struct pack_reader *r);
int pack_read_page(struct pack_reader *r, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES]);
int pack_read_dense(struct pack_reader *r, struct dense_block *block);
int pack_read_records(struct pack_reader *r, struct trace_rec *recs, int cap);
uint64_t pack_read_skip(struct pack_reader *r, uint64_t records);
bool pack_read_recovered(const struct pack_reader *r);
const struct trace_error *pack_read_error(const struct pack_reader *r);
uint64_t pack_read_bytes_done(const struct pack_reader *r);
uint64_t pack_read_bytes_total(const struct pack_reader *r);

/* NULL is allowed. */
void pack_read_close(struct pack_reader *r);

/* --- for who has several blocks at work at once, and settles them in their order --- */

/* Passes over the table pages that have not been read. Returns true when records follow: the first block of them is at
 * work in pack_read_work, opened. */
bool pack_read_to_records(struct pack_reader *r);

/* Where blocks are fetched from, behind the one at work. */
struct pack_source *pack_read_source(struct pack_reader *r);
struct pack_work *pack_read_work(struct pack_reader *r);

/* Counts records of a block in its turn. `counted` has their numbers, bytes_done is that of the block. */
void pack_read_count(struct pack_reader *r, const struct trace_info *counted, uint64_t bytes_done);

/* Settles a block in its turn: one that is not good (its error tells why), or is no block of records. Returns 0 at the
 * end of the trace, -1 on damage, 1 when it starts something. */
int pack_read_settle(struct pack_reader *r, struct pack_work *w, bool good);
