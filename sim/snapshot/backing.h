/* Memory beneath a machine's own: a snapshot's pages, read when a walk asks for them and kept for a while, so that a
 * snapshot of any size takes no more than BACKING_PAGES of the host's memory. */
#pragma once

#include "models/mem/phys.h"
#include "traces/snapshot.h"

#define BACKING_PAGES 1024 /* 4 MB */
#define BACKING_MOVES_MAX 64

struct backing;

/* Returns memory with a snapshot's pages where the snapshot has them, or NULL when out of memory. Takes the snapshot
 * over. */
struct backing *backing_new(struct snapshot *s);

/* Says that [ipa, ipa + bytes) of the snapshot lies at `pa`: its addresses are a guest's own. What no such call names
 * is in no place any more. Multiples of 4 KB. Returns false when there are BACKING_MOVES_MAX. */
bool backing_move(struct backing *b, uint64_t ipa, uint64_t pa, uint64_t bytes);

/* Returns the 512 words of the page that holds a PA, until the next call; NULL when it has none of it. */
const uint64_t *backing_page(struct backing *b, pa_t pa);

/* Reads the word at an 8-byte aligned PA. Returns false when it has not its page. */
bool backing_read64(struct backing *b, pa_t pa, uint64_t *value);

const struct snapshot *backing_snapshot(const struct backing *b);

/* True when a page could not be read, which was then taken for one that is not there. */
bool backing_failed(const struct backing *b);

/* NULL is allowed. */
void backing_free(struct backing *b);
