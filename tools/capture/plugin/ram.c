/* Finds RAM by the name that Linux gives its mapping, and copies it through its file descriptor. */
#include "tools/capture/plugin/ram.h"

#include "tools/capture/raw.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMFD_NAME "/memfd:memory-backend-memfd"
#define CHUNK 4096u

static uintptr_t first, end;
static int fd = -1;

static bool find_mapping(void)
{
    char line[1024];
    FILE *maps = fopen("/proc/self/maps", "r");

    while (maps && fgets(line, sizeof line, maps)) {
        char *dash;

        if (strstr(line, MEMFD_NAME)) {
            first = strtoull(line, &dash, 16); /* FROM-TO */
            end = strtoull(dash + 1, NULL, 16);
            break;
        }
    }
    if (maps)
        fclose(maps);
    return end > first;
}

static bool find_descriptor(void)
{
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *e;

    while (dir && fd < 0 && (e = readdir(dir))) {
        char path[300], target[300];
        ssize_t length;

        snprintf(path, sizeof path, "/proc/self/fd/%s", e->d_name);
        length = readlink(path, target, sizeof target - 1);
        if (length >= (ssize_t)strlen(MEMFD_NAME) && memcmp(target, MEMFD_NAME, strlen(MEMFD_NAME)) == 0)
            fd = (int)strtol(e->d_name, NULL, 10);
    }
    if (dir)
        closedir(dir);
    return fd >= 0;
}

bool ram_find(void)
{
    if (find_mapping() && find_descriptor())
        return true;
    fprintf(stderr, "capture: QEMU has no RAM of kind memory-backend-memfd\n");
    return false;
}

uint64_t ram_bytes(void)
{
    return end - first;
}

bool ram_pa(const void *host, uint64_t *pa)
{
    uintptr_t at = (uintptr_t)host;
    uint64_t offset = at - first;

    if (at < first || at >= end)
        return false;
    *pa = offset < RAW_RAM_LOW_BYTES ? offset : offset - RAW_RAM_LOW_BYTES + RAW_RAM_HIGH_BASE;
    return true;
}

static bool is_zero(const uint64_t *words)
{
    for (unsigned i = 0; i < CHUNK / 8; i++)
        if (words[i] != 0)
            return false;
    return true;
}

/* Copies [from, to). Returns false with errno set. */
static bool copy(int out, off_t from, off_t to)
{
    static uint64_t words[CHUNK / 8];

    for (; from < to; from += CHUNK) {
        if (pread(fd, words, CHUNK, from) != CHUNK)
            return false;
        if (!is_zero(words) && pwrite(out, words, CHUNK, from) != CHUNK)
            return false;
    }
    return true;
}

bool ram_save(const char *path)
{
    int out = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    off_t from = 0;
    bool ok = out >= 0;

    /* Holes were never touched: to read them would make them memory. ENXIO: no data beyond. */
    while (ok && (from = lseek(fd, from, SEEK_DATA)) >= 0) {
        off_t to = lseek(fd, from, SEEK_HOLE);

        ok = to >= 0 && copy(out, from, to);
        from = to;
    }
    ok = ok && errno == ENXIO && ftruncate(out, (off_t)ram_bytes()) == 0;
    if (!ok)
        fprintf(stderr, "capture: %s: cannot save the RAM: %s\n", path, strerror(errno));
    if (out >= 0 && close(out) != 0)
        ok = false;
    return ok;
}
