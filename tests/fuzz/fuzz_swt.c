/* Fuzzes the reader of packed traces: the file as it comes, and, since no checksum is ever right by chance, the same
 * bytes as payload of a block in a file that is right otherwise. */
#include "traces/pack_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Passes over `skip` records and reads the rest. Returns how many there are in all, or -1 on damage. */
static int64_t read_all(const char *path, unsigned flags, uint64_t skip)
{
    struct trace_reader *r = trace_open(path, flags, NULL);
    uint8_t page[TRACE_PAGE_BYTES];
    struct trace_rec recs[64];
    int64_t count;
    uint64_t pa;
    int got;

    if (!r)
        return -1;
    while (trace_read_page(r, &pa, page) > 0)
        if (pa % TRACE_PAGE_BYTES != 0)
            abort();
    count = (int64_t)trace_skip(r, skip);
    while ((got = trace_read(r, recs, 64)) > 0) {
        count += got;
        for (int i = 0; i < got; i++)
            if (record_problem(&recs[i]))
                abort();
    }
    if (got < 0 && trace_recovered(r))
        abort();
    trace_close(r);
    return got < 0 ? -1 : count;
}

static void read_bytes(const uint8_t *bytes, size_t count)
{
    static int fd = -1;
    static char path[64];
    int64_t whole;

    if (fd < 0) {
        fd = memfd_create("swt", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, count, 0) != (ssize_t)count)
        abort();
    whole = read_all(path, 0, 0);
    if (whole >= 0 && read_all(path, 0, count % 100) != whole)
        abort();
    whole = read_all(path, TRACE_RECOVER, 0);
    if (read_all(path, TRACE_RECOVER, count % 100) != whole)
        abort();
}

/* A file with one block of this kind: its count are the first two bytes, its payload the others. */
static void read_as_payload(uint32_t kind, const uint8_t *data, size_t size)
{
    static uint8_t file[1u << 17];
    uint8_t *head = file + PACK_HEAD_BYTES + 4, *payload = head + PACK_BLOCK_HEAD_BYTES;
    uint32_t bytes = (uint32_t)size - 2;

    if (size < 2 || size > sizeof file - 256)
        return;
    memset(file, 0, PACK_HEAD_BYTES);
    memcpy(file, PACK_MAGIC, PACK_MAGIC_BYTES);
    pack_put32(file + 8, PACK_VERSION);
    pack_put32(file + PACK_HEAD_BYTES, (uint32_t)crc32(0, file, PACK_HEAD_BYTES));
    memcpy(payload, data + 2, bytes);
    pack_put32(head, kind);
    pack_put32(head + 4, data[0] | (uint32_t)data[1] << 8);
    pack_put32(head + 8, bytes);
    pack_put32(head + 12, bytes);
    pack_put32(head + 16, (uint32_t)crc32(0, payload, bytes));
    pack_put32(head + 20, (uint32_t)crc32(0, head, 20));
    read_bytes(file, (size_t)(payload - file) + bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_bytes(data, size);
    read_as_payload(PACK_RECORDS, data, size);
    read_as_payload(PACK_PAGES, data, size);
    return 0;
}
