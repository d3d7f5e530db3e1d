/* libelf, and the questions that come before any other. */
#include "traces/elf_file.h"

#include "traces/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef EM_AARCH64
#define EM_AARCH64 183
#endif

void elf_file_close(struct elf_file *f)
{
    if (f->elf)
        elf_end(f->elf);
    if (f->path)
        close(f->fd);
    free(f->path);
    memset(f, 0, sizeof *f);
}

/* Returns NULL, or why the file is none that is read here. */
static const char *refusal(struct elf_file *f)
{
    const unsigned char *ident = f->header.e_ident;

    if (elf_version(EV_CURRENT) == EV_NONE || !(f->elf = elf_begin(f->fd, ELF_C_READ, NULL)))
        return "cannot be read as an ELF file";
    if (elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &f->header))
        return "byte 0: not an ELF file, or one whose header is damaged";
    if (ident[EI_CLASS] != ELFCLASS64)
        return "byte 4: a 32-bit ELF file; wants one of a 64-bit guest or program";
    if (ident[EI_DATA] != ELFDATA2LSB)
        return "byte 5: a big-endian ELF file; only little-endian ones are read";
    if (f->header.e_machine != EM_AARCH64 && f->header.e_machine != EM_ARM)
        return "byte 18: an ELF file of another machine than AArch64";
    return NULL;
}

bool elf_file_open(struct elf_file *f, const char *path, struct trace_error *err)
{
    struct stat st;
    const char *why;

    memset(f, 0, sizeof *f);
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not to wait for the writer of a pipe, which is refused */
    if (f->fd < 0)
        return error_set(err, "%.150s: cannot open: %s", path, strerror(errno));
    f->path = strdup(path);
    if (!f->path) {
        close(f->fd);
        return error_set(err, "%.150s: out of memory", path);
    }
    if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode))
        why = "wants a regular file: a pipe or a device cannot be sought in";
    else
        why = refusal(f);
    f->bytes = why ? 0 : (uint64_t)st.st_size;
    if (!why)
        return true;
    error_set(err, "%.150s: %s", path, why);
    elf_file_close(f);
    return false;
}

bool elf_file_read(const struct elf_file *f, uint64_t offset, void *bytes, size_t count)
{
    char *to = bytes;

    if (!elf_file_holds(f, offset, count))
        return false;
    while (count > 0) {
        ssize_t got = pread(f->fd, to, count, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        offset += (uint64_t)got;
        count -= (size_t)got;
    }
    return true;
}

bool elf_file_segments(const struct elf_file *f, size_t *count)
{
    *count = 0;
    return elf_getphdrnum(f->elf, count) == 0;
}

Elf_Scn *elf_file_section(const struct elf_file *f, const char *name, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(f->elf, &names) != 0)
        return NULL;
    while ((section = elf_nextscn(f->elf, section))) {
        const char *text = gelf_getshdr(section, header) ? elf_strptr(f->elf, names, header->sh_name) : NULL;

        if (text && strcmp(text, name) == 0)
            return section;
    }
    return NULL;
}
