/* ELF files of symbols: whatever the bytes say, they are read and asked, or refused with a message that names the
 * file. */
#include "sim/replay/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_BYTES_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct symbols *s)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        struct symbols_place place = { 1ULL << bit, 2, 7 };
        const char *file = NULL;
        const struct symbol *found = symbols_find(s, &place, &file);

        if (found && (!file || found->name[0] == '\0' || place.va < found->start || place.va >= found->end))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct symbols *s = symbols_new();
    struct trace_error err = { "" };
    char path[64], words[128];
    int fd = memfd_create("symbols", 0);

    if (s && fd >= 0 && size <= FILE_BYTES_MAX && write(fd, data, size) == (ssize_t)size) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        snprintf(words, sizeof words, "%s@0x1000,asid=7,vmid=2", path);
        if (symbols_add(s, words, &err) && symbols_add(s, path, &err))
            ask(s);
        else if (strncmp(err.text, path, strlen(path)) != 0)
            abort();
    }
    symbols_free(s);
    if (fd >= 0)
        close(fd);
    return 0;
}
