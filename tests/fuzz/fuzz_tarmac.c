/* Fuzzes the readers of Tarmac and execlog: the first byte tells which. Every record is valid, whoever refuses says
 * why. */
#include "traces/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const char *path, const char *format)
{
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open_as(path, format, 0, &err);
    struct trace_rec rec[16];
    int got;

    if (!r) {
        if (strlen(err.text) < 10)
            abort();
        return;
    }
    while ((got = trace_read(r, rec, 16)) > 0)
        for (int i = 0; i < got; i++)
            if (record_problem(&rec[i]))
                abort();
    if (got < 0 && strlen(trace_get_error(r)->text) < 10)
        abort();
    trace_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];

    if (size < 1)
        return 0;
    if (fd < 0) {
        fd = memfd_create("text", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data + 1, size - 1, 0) != (ssize_t)size - 1)
        abort();
    read_all(path, data[0] == 'e' ? "execlog" : "tarmac");
    return 0;
}
