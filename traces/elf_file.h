/* An ELF file of AArch64, opened with libelf: what every reader of one checks first.
 *
 * Nothing in it is trusted: libelf checks its own tables, and bytes are read by elf_file_read, never mapped, so that a
 * file that is cut short while it is read is an error and no signal. */
#pragma once

#include "traces/reader.h"
#include <gelf.h>

struct elf_file {
    int fd;
    Elf *elf;
    GElf_Ehdr header;
    uint64_t bytes; /* of the file */
    char *path;
};

/* Opens it. Returns false and fills *err when it is no 64-bit little-endian ELF file that can be sought in, or of
 * another machine than AArch64; *f then needs no further call. EM_ARM is let through with class ELFCLASS64: so `xl
 * dump-core` writes the core of a 64-bit guest [Xen: xg_core_arm.h@4.17.0]. */
bool elf_file_open(struct elf_file *f, const char *path, struct trace_error *err);

/* Reads exactly `count` bytes at an offset. */
bool elf_file_read(const struct elf_file *f, uint64_t offset, void *bytes, size_t count);

/* Returns how many program headers there are, 0 when it has none; false when the count is damaged. */
bool elf_file_segments(const struct elf_file *f, size_t *count);

/* Returns the section of a name with its header, or NULL. */
Elf_Scn *elf_file_section(const struct elf_file *f, const char *name, GElf_Shdr *header);

/* True when [offset, offset + bytes) lies in the file. */
static inline bool elf_file_holds(const struct elf_file *f, uint64_t offset, uint64_t bytes)
{
    return offset <= f->bytes && bytes <= f->bytes - offset;
}

/* All zero is allowed. */
void elf_file_close(struct elf_file *f);
