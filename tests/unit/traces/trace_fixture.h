/* What the tests of traces share: records of every kind, files in memory, whole traces in and out. */
#pragma once

#include "tests/temp_file.h"
#include "traces/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* A file in memory that has a path. */
struct fixture_file {
    int fd;
    char path[64];
};

static inline struct fixture_file fixture_file(const void *bytes, size_t count)
{
    struct fixture_file f = { .fd = memfd_create("fixture", 0) };

    assert_true(f.fd >= 0);
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
    assert_int_equal(write(f.fd, bytes, count), count);
    return f;
}

/* A pipe that holds these bytes and ends: what cannot be sought in. */
static inline struct fixture_file fixture_pipe(const void *bytes, size_t count)
{
    struct fixture_file f;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, count), count);
    close(ends[1]);
    f.fd = ends[0];
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
    return f;
}

static inline void fixture_close(struct fixture_file f)
{
    close(f.fd);
}

/* A name in a directory of the test's own. The last four results hold. */
static inline const char *fixture_path(const char *name)
{
    static char dir[TEMP_PATH_BYTES];
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    if (!*dir)
        assert_true(temp_dir(dir));
    snprintf(path, sizeof paths[0], "%s%s%.50s", dir, *name ? "/" : "", name);
    return path;
}

static inline uint64_t fixture_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1dull;
}

/* A number of a random width, so that short and extreme ones are both common. */
static inline uint64_t fixture_number(uint64_t *state)
{
    uint64_t v = fixture_random(state);

    switch (fixture_random(state) % 8) {
    case 0:
        return ~0ull;
    case 1:
        return 0;
    default:
        return v >> fixture_random(state) % 64;
    }
}

/* A valid record of this operation with random and extreme content. */
static inline struct trace_rec fixture_record(enum rec_op op, uint64_t *state)
{
    uint64_t r = fixture_random(state);
    struct trace_rec rec = {
        .op = (uint8_t)op,
        .core = r & 7,
        .el = r >> 3 & 3,
        .flags = r >> 5 & 7,
        .size_log2 = (uint8_t)((r >> 8 & 0xff) % 7),
        .n = (uint32_t)(r >> 16 & 1023) * 4,
        .va = fixture_number(state),
        .pa = fixture_number(state),
        .value = fixture_number(state),
        .elr = fixture_number(state),
        .spsr = fixture_number(state),
        .par = fixture_number(state),
    };

    if (op == REC_FETCH) {
        rec.va &= ~3ull;
        rec.n = 1 + (uint32_t)(r >> 32) % (1024 - (uint32_t)(rec.va >> 2 & 1023));
    }
    if (op == REC_ZVA)
        rec.va &= ~63ull;
    if (op == REC_MSR)
        rec.n = 0x8000 | (uint32_t)(r >> 32 & 0x7fff);
    if (op == REC_SYS)
        rec.n = (uint32_t)(r >> 32);
    if (op == REC_EXC)
        rec.n = (uint32_t)(r >> 32 & 15) * 0x80;
    if (op == REC_TABW)
        rec.pa &= ~7ull;
    if (op <= REC_ZVA && r >> 63)
        rec.pa = (rec.pa & ~0xfffull) | (rec.va & 0xfff);
    return record_canonical(&rec);
}

static inline bool fixture_same(const struct trace_rec *a, const struct trace_rec *b)
{
    return a->op == b->op && a->core == b->core && a->el == b->el && a->flags == b->flags &&
           a->size_log2 == b->size_log2 && a->n == b->n && a->va == b->va && a->pa == b->pa && a->value == b->value &&
           a->elr == b->elr && a->spsr == b->spsr && a->par == b->par;
}

/* A few records of each kind as a program would make them, with loops, so that all codes of the format occur. */
static inline size_t fixture_story(struct trace_rec *recs, size_t room)
{
    uint64_t state = 7;
    size_t count = 0;

    for (int turn = 0; count + 8 + REC_OP_COUNT < room; turn++) {
        uint64_t step = (uint64_t)turn * 8;
        uint8_t core = (uint8_t)(turn / 5 % 2);

        recs[count++] = (struct trace_rec){ .op = REC_FETCH, .core = core, .n = 5, .va = 0x400100, .pa = 0x61234100 };
        recs[count++] = (struct trace_rec){
            .op = REC_LOAD, .core = core, .size_log2 = 3, .n = 4, .va = 0x7fff0000 + step, .pa = 0x50000000 + step
        };
        recs[count++] = (struct trace_rec){
            .op = REC_STORE, .core = core, .size_log2 = 2, .n = 12, .va = 0x7fff0010 + step, .pa = 0x50000010 + step
        };
        if (turn % 4 == 3)
            recs[count++] = fixture_record((enum rec_op)((turn / 4) % REC_OP_COUNT), &state);
    }
    return count;
}

/* Everything a trace holds, or where reading it ended. */
struct fixture_trace {
    struct trace_rec *recs;
    size_t count, pages;
    uint64_t page_sum; /* of the pages' addresses and bytes */
    bool opened, failed, recovered;
    char message[512];
};

static inline void fixture_read_pages(struct trace_reader *r, struct fixture_trace *t)
{
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;

    while (trace_read_page(r, &pa, page) > 0) {
        t->pages++;
        t->page_sum = t->page_sum * 31 + pa;
        for (int i = 0; i < TRACE_PAGE_BYTES; i++)
            t->page_sum = t->page_sum * 31 + page[i];
    }
}

static inline struct fixture_trace fixture_read(const char *path, unsigned flags)
{
    struct fixture_trace t = { .failed = true };
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open(path, flags, &err);
    size_t room = 1024;
    int got;

    t.recs = malloc(room * sizeof *t.recs);
    assert_non_null(t.recs);
    memcpy(t.message, err.text, sizeof t.message);
    if (!r)
        return t;
    t.opened = true;
    fixture_read_pages(r, &t);
    while ((got = trace_read(r, t.recs + t.count, 100)) > 0) {
        t.count += (size_t)got;
        if (room - t.count < 100) {
            room *= 2;
            t.recs = realloc(t.recs, room * sizeof *t.recs);
            assert_non_null(t.recs);
        }
    }
    t.failed = got < 0;
    t.recovered = trace_recovered(r);
    memcpy(t.message, trace_get_error(r)->text, sizeof t.message);
    trace_close(r);
    return t;
}

static inline void fixture_free(struct fixture_trace *t)
{
    free(t->recs);
    t->recs = NULL;
}

/* Writes these records, and pages with a descriptor-like content, to a file. */
static inline void fixture_write(const char *path, const struct trace_rec *recs, size_t count, unsigned pages)
{
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create(path, "a test", &err);
    uint8_t page[TRACE_PAGE_BYTES] = { 0 };

    assert_non_null(w);
    for (unsigned i = 0; i < pages; i++) {
        memset(page + 64 * (i % 64), (int)i + 1, 24);
        assert_true(trace_write_page(w, 0x40000000 + 0x3000ull * i, page, &err));
    }
    for (size_t i = 0; i < count; i++)
        assert_true(trace_write(w, &recs[i], &err));
    assert_true(trace_commit(w, &err));
}

/* Reads a whole file. The caller frees it. */
static inline uint8_t *fixture_bytes(const char *path, size_t *count)
{
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(1u << 22);

    assert_non_null(f);
    assert_non_null(bytes);
    *count = fread(bytes, 1, 1u << 22, f);
    fclose(f);
    return bytes;
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}
