/* Fuzzes the reader of trace text. */
#include "traces/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    struct trace_error err = { "" };

    if (fd < 0) {
        fd = memfd_create("text", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    /* Whoever refuses must say why. */
    if (!text_pack(path, "/dev/null", NULL, &err) && strlen(err.text) < 10)
        abort();
    return 0;
}
