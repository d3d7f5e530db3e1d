/* A trace in a format of others as a stream of records: what a format calls to say what it read (reader_format.h), and
 * what trace_open stands on.
 *
 * Fetches that follow each other in a page join into one REC_FETCH, with the data accesses of those instructions behind
 * it, as captures have them. Instructions of other sizes than 4 bytes: a run is the aligned 4-byte words that its bytes
 * touch, so that n counts words [choice]; n of a data access is the word in which its instruction begins. */
#pragma once

#include "traces/reader.h"
#include "traces/readers/bytes.h"

#define FOREIGN_HEAD_BYTES 65536 /* by which a format is told: perf may begin with pages of comments */
#define FOREIGN_LINE_MAX 65536
#define FOREIGN_ACCESS_MAX 4096 /* bytes of one access; more is absurd */
#define FOREIGN_VA_BITS 48      /* of a canonical VA; the A53's widest, and x86-64's with 4 levels */
#define FOREIGN_SKIPS_MAX 12    /* reasons that are kept apart */

struct foreign;
struct reader_format;

struct foreign_access {
    uint8_t op;    /* REC_FETCH, REC_LOAD or REC_STORE */
    uint8_t core;  /* below TRACE_CORES_MAX */
    uint8_t el;    /* 0 to 3 */
    uint8_t flags; /* REC_*; with REC_PA_UNKNOWN pa is not looked at */
    uint16_t type; /* REC_LOAD, REC_STORE with REC_TYPE_KNOWN */
    uint32_t bytes;
    uint64_t va, pa;
};

/* What was skipped for one reason. */
struct foreign_skip {
    const char *why;
    uint64_t count;
    uint64_t first; /* line from 1, or byte offset of the entry */
};

/* ---- For formats. Each returns false when reading is over because of an error, which the format returns too. ---- */

/* An access: 1 to FOREIGN_ACCESS_MAX bytes. One of another size than a power of two, or of more than 64 bytes, becomes
 * several records [choice]. A non-canonical address is skipped, unless the format is of a system. */
bool foreign_access(struct foreign *f, const struct foreign_access *a);

/* A record as it stands, after all accesses before it. */
bool foreign_record(struct foreign *f, const struct trace_rec *rec);

/* The line or entry holds no event: it is counted. `why` is a constant text: "message of Valgrind". Returns true. */
bool foreign_skip(struct foreign *f, const char *why);

/* The line or entry is wrong: `path:line:column: message`, the line and a caret under `at`, which lies in the line
 * taken; or `path: entry at byte N: message` (`at` is NULL). Returns false. */
bool foreign_fail(struct foreign *f, const char *at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The format's own state, state_bytes long. */
void *foreign_state(struct foreign *f);

/* Number of the line at hand, from 1, or byte offset of the entry. */
uint64_t foreign_place(const struct foreign *f);

/* Reads a number of base 10 or 16 at *text (no sign, no 0x) and moves past it. Returns false when there is none or it
 * does not fit; *text then is unchanged. */
bool foreign_number(const char **text, unsigned base, uint64_t *value);

/* The same of base 16, with or without 0x before it. */
bool foreign_address(const char **text, uint64_t *value);

/* True for a VA of either half. */
bool foreign_canonical(uint64_t va);

/* What a format that does not know EL takes: 1 in the upper half, which is the kernel's, else 0 [choice]. */
uint8_t foreign_el(uint64_t va);

/* What a format that does not know sizes takes: 8 bytes, or as many as the address is aligned to [choice]. */
uint32_t foreign_size(uint64_t va);

/* The core that a CPU of a larger machine is: its number modulo 4, the cores of a cluster [choice]. */
uint8_t foreign_core(uint64_t cpu);

/* ---- For the door (traces/open.c) -------------------------------------------------------------------------------- */

/* Takes over the stream, which stands at its begin; path is the caller's and stays. `name` forces a format; NULL: it is
 * told by content. Returns NULL with *err. */
struct foreign *foreign_open(const char *path, FILE *stream, const char *name, struct trace_error *err);

/* As trace_read. */
int foreign_read(struct foreign *f, struct trace_rec *recs, int cap);

const struct reader_format *foreign_format(const struct foreign *f);
const struct trace_error *foreign_get_error(const struct foreign *f);
size_t foreign_get_skips(const struct foreign *f, const struct foreign_skip **skips);
uint64_t foreign_bytes_done(const struct foreign *f);
uint64_t foreign_bytes_total(const struct foreign *f);

/* NULL is allowed. */
void foreign_close(struct foreign *f);
