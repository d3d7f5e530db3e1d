/* A cpio archive of the kind "newc", as the kernel reads it: 110 characters of head, name, content, each padded to four
 * bytes [Linux: Documentation/driver-api/early-userspace/buffer-format.rst@v6.1]. */
#include "tools/capture/archive.h"

#include "tools/capture/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 30)
#define HEAD_BYTES 110
#define FOLDER 040755u
#define EXECUTABLE 0100755u
#define CHARACTER 020666u

/* A program of Linux/arm64 that executes one HINT and ends. */
#define MARK_ADDRESS 0x400000ull
#define MARK_HEAD_BYTES 120

struct writer {
    struct out_file *out;
    struct trace_error *err;
    uint64_t written;
    uint32_t inode;
};

struct entry {
    const char *name;
    uint32_t mode;
    uint32_t major, minor; /* of a device */
    const void *content;
    uint32_t bytes;
};

static bool put(struct writer *w, const void *bytes, size_t count)
{
    w->written += count;
    return out_file_write(w->out, bytes, count, w->err);
}

static bool pad(struct writer *w)
{
    static const uint8_t zeroes[3];

    return put(w, zeroes, -w->written & 3);
}

static bool put_entry(struct writer *w, const struct entry *e)
{
    char head[HEAD_BYTES + 1];
    uint32_t name_bytes = (uint32_t)strlen(e->name) + 1;

    /* magic, inode, mode, uid, gid, links, mtime, size, device, device of a node, length of the name, checksum */
    snprintf(head, sizeof head, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ++w->inode, e->mode, 0, 0,
             1, 0, e->bytes, 0, 0, e->major, e->minor, name_bytes, 0);
    return put(w, head, HEAD_BYTES) && put(w, e->name, name_bytes) && pad(w) && put(w, e->content, e->bytes) && pad(w);
}

static bool put_file(struct writer *w, const struct archive_file *file)
{
    struct entry e = { .name = file->name, .mode = EXECUTABLE };
    size_t bytes;
    void *content = content_read(file->path, FILE_BYTES_MAX, &bytes, w->err);
    bool ok;

    if (!content)
        return false;
    e.content = content;
    e.bytes = (uint32_t)bytes;
    ok = put_entry(w, &e);
    free(content);
    return ok;
}

static void put_word(uint8_t **at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *(*at)++ = (uint8_t)(value >> 8 * i);
}

/* The program: an ELF head with one segment, then four instructions. */
static bool put_mark(struct writer *w, const char *name, uint32_t hint)
{
    const uint32_t code[] = {
        0xd503201f | hint << 5, /* hint #hint */
        0xd2800000,             /* mov x0, #0 */
        0xd2800ba8,             /* mov x8, #93: exit */
        0xd4000001,             /* svc #0 */
    };
    uint8_t program[MARK_HEAD_BYTES + sizeof code] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
    struct entry e = { .name = name, .mode = EXECUTABLE, .content = program, .bytes = sizeof program };
    uint8_t *at = program + 16;

    put_word(&at, 2, 2);   /* an executable */
    put_word(&at, 183, 2); /* of AArch64 */
    put_word(&at, 1, 4);
    put_word(&at, MARK_ADDRESS + MARK_HEAD_BYTES, 8); /* begins behind the heads */
    put_word(&at, 64, 8);                             /* where the segment's head is */
    put_word(&at, 0, 8);                              /* no sections, */
    put_word(&at, 0, 4);                              /* no flags */
    put_word(&at, 64, 2);
    put_word(&at, 56, 2);
    put_word(&at, 1, 2);
    put_word(&at, 64, 2);
    put_word(&at, 0, 4);
    put_word(&at, 1, 4); /* loaded, */
    put_word(&at, 5, 4); /* to be read and executed */
    put_word(&at, 0, 8);
    put_word(&at, MARK_ADDRESS, 8);
    put_word(&at, MARK_ADDRESS, 8);
    put_word(&at, sizeof program, 8);
    put_word(&at, sizeof program, 8);
    put_word(&at, 0x1000, 8);
    for (size_t i = 0; i < sizeof code / sizeof *code; i++)
        put_word(&at, code[i], 4);
    return put_entry(w, &e);
}

static bool put_initrd(struct writer *w, const char *path)
{
    size_t bytes;
    void *content;
    bool ok;

    if (!path)
        return true;
    content = content_read(path, FILE_BYTES_MAX, &bytes, w->err);
    if (!content)
        return false;
    ok = put(w, content, bytes) && pad(w);
    free(content);
    return ok;
}

bool archive_write(struct out_file *out, const char *initrd, const struct archive_file *files, size_t count,
                   struct trace_error *err)
{
    static const struct entry first[] = {
        { "dev", FOLDER },
        { "proc", FOLDER },
        { "sys", FOLDER },
        { "tmp", FOLDER },
        { "stagewalk", FOLDER },
        { "stagewalk/bin", FOLDER },
        { "dev/console", CHARACTER, 5, 1 },
        { "dev/null", CHARACTER, 1, 3 },
    };
    static const struct entry last = { "TRAILER!!!" };
    struct writer w = { .out = out, .err = err };

    if (!put_initrd(&w, initrd))
        return false;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (!put_entry(&w, &first[i]))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!put_file(&w, &files[i]))
            return false;
    return put_mark(&w, "stagewalk/open", 0x70) && put_mark(&w, "stagewalk/close", 0x71) && put_entry(&w, &last);
}
