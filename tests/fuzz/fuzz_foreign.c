/* Fuzzes the readers of formats of others. The first byte tells which: 0 lets the content tell, n takes the n-th, round
 * and round; the rest is the file, gzipped or not. What is read keeps the promises of a record, ends, and says why;
 * with tables on demand every access has its PA. */
#include "sim/trace/trace_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *format_of(uint8_t byte)
{
    size_t count = 0;

    while (trace_format_at(count, NULL))
        count++;
    byte = (uint8_t)(byte % (count + 1));
    return byte ? trace_format_at(byte - 1u, NULL) : NULL;
}

static const char *write_bytes(const uint8_t *bytes, size_t count)
{
    static int fd = -1;
    static char path[64];

    if (fd < 0) {
        fd = memfd_create("foreign", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, count, 0) != (ssize_t)count)
        abort();
    return path;
}

/* Returns how many records there were. */
static uint64_t read_all(const char *path, const char *format, unsigned flags)
{
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open_as(path, format, flags, &err);
    struct trace_rec recs[64];
    struct trace_skip skip;
    uint64_t count = 0;
    int got;

    if (!r && strlen(err.text) < 10)
        abort();
    if (!r)
        return 0;
    while ((got = trace_read(r, recs, 64)) > 0) {
        for (int i = 0; i < got; i++)
            if (record_problem(&recs[i]))
                abort();
        count += (uint64_t)got;
    }
    if ((got < 0 || trace_recovered(r)) && strlen(trace_get_error(r)->text) < 10)
        abort();
    if (trace_get_info(r)->records != count)
        abort();
    for (size_t i = 0; trace_get_skip(r, i, &skip); i++)
        if (skip.count == 0 || !*skip.why)
            abort();
    trace_close(r);
    return count;
}

/* The same with tables: what comes between are registers and table words. `count` is how many records there are
 * without; fewer are read when there is no room for tables. */
static void read_with_tables(const char *path, const char *format, uint64_t count)
{
    struct trace_input in = { .format = format };
    struct trace_error err = { "" };
    struct trace_reader *r = trace_input_open(&in, path, 0, &err);
    struct trace_rec recs[64];
    uint64_t accesses = 0;
    int got;

    if (!r && strlen(err.text) < 10)
        abort();
    if (!r)
        return;
    while ((got = trace_read(r, recs, 64)) > 0) {
        for (int i = 0; i < got; i++) {
            if (record_problem(&recs[i]) || (recs[i].op <= REC_STORE && recs[i].flags & REC_PA_UNKNOWN))
                abort();
            accesses += recs[i].op <= REC_STORE;
        }
    }
    if (accesses > count || (got == 0 && accesses < count))
        abort();
    trace_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t count;
    const char *format, *path;

    /* A packed trace is fuzz_swt's. */
    if (size < 2 || data[1] == 0x89)
        return 0;
    format = format_of(data[0]);
    path = write_bytes(data + 1, size - 1);
    count = read_all(path, format, 0);
    if (count != read_all(path, format, TRACE_RECOVER))
        abort();
    read_with_tables(path, format, count);
    return 0;
}
