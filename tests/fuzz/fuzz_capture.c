/* Fuzzes the reader of what the plugin records. The first byte tells how many pieces of the rest are the starts of
 * pages of ram.img, at most 15; what remains is raw.bin, behind a head that fits. */
#include "tests/temp_file.h"
#include "tools/capture/convert.h"
#include "tools/capture/raw.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM_BYTES 65536u
#define CELL_BYTES 64u /* of the input make a page of RAM: the start of it */

static char dir[TEMP_PATH_BYTES], raw_path[300], ram_path[300];

static void remove_all(void)
{
    unlink(raw_path);
    unlink(ram_path);
    rmdir(dir);
}

static void make_dir(void)
{
    if (!temp_dir(dir))
        abort();
    snprintf(raw_path, sizeof raw_path, "%s/raw.bin", dir);
    snprintf(ram_path, sizeof ram_path, "%s/ram.img", dir);
    atexit(remove_all);
}

static int create(const char *path, const void *bytes, size_t count)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, bytes, count) != (ssize_t)count)
        abort();
    return fd;
}

static size_t write_ram(const uint8_t *data, size_t size, unsigned pages)
{
    int fd = create(ram_path, "", 0);
    size_t at = 0;

    for (unsigned i = 0; i < pages && size - at >= CELL_BYTES; i++, at += CELL_BYTES)
        if (pwrite(fd, data + at, CELL_BYTES, (off_t)(i + 1) * 4096) != CELL_BYTES)
            abort();
    if (ftruncate(fd, RAM_BYTES) != 0)
        abort();
    close(fd);
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct raw_head head = { .magic = RAW_MAGIC, .ram_bytes = RAM_BYTES };
    struct convert_result result;
    struct trace_error err = { "" };
    struct trace_writer *w;
    size_t used;
    int fd;

    if (size < 1)
        return 0;
    if (!*dir)
        make_dir();
    used = 1 + write_ram(data + 1, size - 1, data[0] & 15);
    fd = create(raw_path, &head, sizeof head);
    if (write(fd, data + used, size - used) != (ssize_t)(size - used))
        abort();
    close(fd);
    w = trace_create("/dev/null", "fuzz", &err);
    if (!w)
        abort();
    if (convert_capture(dir, w, &result, &err)) {
        if (!trace_commit(w, &err) || result.records == 0)
            abort();
    } else {
        trace_discard(w);
        if (strlen(err.text) < 10)
            abort();
    }
    return 0;
}
