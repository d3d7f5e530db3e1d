/* Fuzzes the reader of raw captures. The first two bytes tell how many of the others are tables.bin; the rest is
 * trace.bin. */
#include "tests/temp_file.h"
#include "traces/import.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[TEMP_PATH_BYTES], tables[300], records[300];

static void remove_all(void)
{
    unlink(tables);
    unlink(records);
    rmdir(dir);
}

static void make_dir(void)
{
    if (!temp_dir(dir))
        abort();
    snprintf(tables, sizeof tables, "%s/tables.bin", dir);
    snprintf(records, sizeof records, "%s/trace.bin", dir);
    atexit(remove_all);
}

static void write_file(const char *path, const uint8_t *bytes, size_t count)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, bytes, count) != (ssize_t)count)
        abort();
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace_error err = { "" };
    struct trace_writer *w;
    size_t split;

    if (size < 2)
        return 0;
    if (!*dir)
        make_dir();
    split = data[0] | (size_t)data[1] << 8;
    split = split < size - 2 ? split : size - 2;
    write_file(tables, data + 2, split);
    write_file(records, data + 2 + split, size - 2 - split);
    w = trace_create("/dev/null", "fuzz", &err);
    if (!w)
        abort();
    if (import_capture(dir, w, NULL, &err)) {
        if (!trace_commit(w, &err))
            abort();
    } else {
        trace_discard(w);
        if (strlen(err.text) < 10)
            abort();
    }
    return 0;
}
