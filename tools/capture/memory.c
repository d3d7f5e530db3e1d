/* Private mappings of one file: what is not written stays the file's. */
#include "tools/capture/memory.h"

#include "tools/capture/raw.h"
#include "traces/error.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BITS 12
#define BYTES_MAX (1ull << 36)

static uint64_t pa_of(uint64_t offset)
{
    return offset < RAW_RAM_LOW_BYTES ? offset : offset - RAW_RAM_LOW_BYTES + RAW_RAM_HIGH_BASE;
}

/* Returns false when not all bytes from pa on are RAM. */
static bool offset_of(const struct memory *m, uint64_t pa, unsigned count, uint64_t *offset)
{
    uint64_t end = m->bytes < RAW_RAM_LOW_BYTES ? m->bytes : RAW_RAM_LOW_BYTES;

    *offset = pa;
    if (pa >= RAW_RAM_HIGH_BASE) {
        *offset = pa - RAW_RAM_HIGH_BASE + RAW_RAM_LOW_BYTES;
        end = m->bytes;
    }
    return *offset < end && count <= end - *offset;
}

static void *map(int fd, uint64_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);

    return p == MAP_FAILED ? NULL : p;
}

static bool open_fd(const struct memory *m, int *fd, struct trace_error *err)
{
    struct stat status;

    *fd = open(m->path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &status) != 0)
        return error_set(err, "%s: cannot open: %s", m->path, strerror(errno));
    if (m->bytes == 0 || m->bytes % TRACE_PAGE_BYTES != 0 || m->bytes > BYTES_MAX ||
        (uint64_t)status.st_size != m->bytes)
        return error_set(err, "%s: has %" PRIu64 " bytes, its raw.bin was made with %" PRIu64 ": capture again",
                         m->path, (uint64_t)status.st_size, m->bytes);
    return true;
}

bool memory_open(struct memory *m, const char *path, uint64_t bytes, struct trace_error *err)
{
    int fd = -1;
    bool ok;

    *m = (struct memory){ .path = path, .bytes = bytes };
    ok = open_fd(m, &fd, err);
    if (ok) {
        m->start = map(fd, bytes);
        m->now = map(fd, bytes);
        m->is_table = calloc(1, bytes >> PAGE_BITS);
        if (!m->start || !m->now || !m->is_table)
            ok = error_set(err, "%s: out of memory", path);
    }
    if (fd >= 0)
        close(fd);
    if (!ok)
        memory_close(m);
    return ok;
}

bool memory_rewind(struct memory *m, struct trace_error *err)
{
    int fd = -1;
    bool ok = open_fd(m, &fd, err);

    if (ok) {
        munmap(m->now, m->bytes);
        m->now = map(fd, m->bytes);
        m->told = map(fd, m->bytes);
        if (!m->now || !m->told)
            ok = error_set(err, "%s: out of memory", m->path);
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

bool memory_read64(void *memory, pa_t pa, uint64_t *value)
{
    struct memory *m = memory;
    uint64_t offset, told;

    if (!offset_of(m, pa.v, 8, &offset))
        return false;
    memcpy(value, m->now + offset, 8);
    m->is_table[offset >> PAGE_BITS] = 1;
    if (!m->told)
        return true;
    memcpy(&told, m->told + offset, 8);
    if (told != *value) {
        memcpy(m->told + offset, value, 8);
        assert(m->changes < MEMORY_CHANGES_MAX);
        m->change[m->changes++] = (struct memory_change){ pa.v, *value };
    }
    return true;
}

void memory_store(struct memory *m, uint64_t pa, const uint8_t *bytes, unsigned count)
{
    uint64_t offset;

    if (offset_of(m, pa, count, &offset))
        memcpy(m->now + offset, bytes, count);
}

void memory_zero(struct memory *m, uint64_t pa, unsigned count)
{
    uint64_t offset;

    if (offset_of(m, pa, count, &offset))
        memset(m->now + offset, 0, count);
}

const uint8_t *memory_next_table(const struct memory *m, uint64_t *pa)
{
    uint64_t offset;

    if (*pa > pa_of(m->bytes - 1))
        return NULL;
    if (!offset_of(m, *pa, 1, &offset))
        offset = RAW_RAM_LOW_BYTES; /* between the two parts */
    for (; offset < m->bytes; offset += TRACE_PAGE_BYTES) {
        if (!m->is_table[offset >> PAGE_BITS])
            continue;
        *pa = pa_of(offset);
        return m->start + offset;
    }
    return NULL;
}

void memory_close(struct memory *m)
{
    if (m->start)
        munmap((void *)(uintptr_t)m->start, m->bytes);
    if (m->now)
        munmap(m->now, m->bytes);
    if (m->told)
        munmap(m->told, m->bytes);
    free(m->is_table);
    *m = (struct memory){ 0 };
}
