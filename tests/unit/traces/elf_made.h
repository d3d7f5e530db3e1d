/* ELF files made by hand, from the ELF-64 specification and the documents that traces/snapshot.h cites: a test says
 * what is in one, and damages it as it likes. */
#pragma once

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MADE_BYTES_MAX (1u << 17)
#define MADE_PARTS_MAX 24

struct elf_made {
    uint8_t bytes[MADE_BYTES_MAX];
    size_t count;
    Elf64_Phdr segment[MADE_PARTS_MAX];
    Elf64_Shdr section[MADE_PARTS_MAX]; /* the first is the null section */
    char names[512];
    size_t segments, sections, name_bytes;
};

static inline void made_begin(struct elf_made *m, unsigned type, unsigned machine)
{
    Elf64_Ehdr h = { .e_ident = { 0x7F, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
                     .e_type = (Elf64_Half)type,
                     .e_machine = (Elf64_Half)machine,
                     .e_version = EV_CURRENT,
                     .e_ehsize = sizeof h,
                     .e_phentsize = sizeof(Elf64_Phdr),
                     .e_shentsize = sizeof(Elf64_Shdr) };

    memset(m, 0, sizeof *m);
    memcpy(m->bytes, &h, sizeof h);
    m->count = sizeof h + sizeof m->segment; /* filled in the end */
    m->sections = 1;
    m->name_bytes = 1;
}

/* Appends bytes at a multiple of 8. Returns where. */
static inline uint64_t made_put(struct elf_made *m, const void *bytes, size_t count)
{
    uint64_t at = m->count = (m->count + 7) & ~7UL;

    if (count > 0)
        memcpy(m->bytes + at, bytes, count);
    m->count += count;
    return at;
}

static inline void made_segment(struct elf_made *m, unsigned type, uint64_t pa, const void *bytes, uint64_t filesz,
                                uint64_t memsz)
{
    uint64_t at = made_put(m, bytes, filesz);

    m->segment[m->segments++] = (Elf64_Phdr){
        .p_type = type, .p_flags = PF_R | PF_W, .p_offset = at, .p_paddr = pa, .p_filesz = filesz, .p_memsz = memsz
    };
}

/* Returns the section, for what else it is to say. */
static inline Elf64_Shdr *made_section(struct elf_made *m, const char *name, unsigned type, const void *bytes,
                                       size_t count)
{
    Elf64_Shdr *s = &m->section[m->sections++];
    size_t length = strlen(name) + 1;

    *s = (Elf64_Shdr){ .sh_name = (Elf64_Word)m->name_bytes, .sh_type = type, .sh_size = count };
    s->sh_offset = made_put(m, bytes, count);
    memcpy(m->names + m->name_bytes, name, length);
    m->name_bytes += length;
    return s;
}

/* Fills in the table of segments behind the header, and puts that of sections at the end. */
static inline void made_end(struct elf_made *m)
{
    Elf64_Ehdr *h = (Elf64_Ehdr *)m->bytes;

    if (m->segments > 0) {
        h->e_phoff = sizeof *h;
        memcpy(m->bytes + sizeof *h, m->segment, sizeof m->segment);
    }
    h->e_phnum = (Elf64_Half)m->segments;
    if (m->sections > 1) {
        made_section(m, ".shstrtab", SHT_STRTAB, NULL, 0);
        m->section[m->sections - 1].sh_offset = made_put(m, m->names, m->name_bytes);
        m->section[m->sections - 1].sh_size = m->name_bytes;
        h->e_shstrndx = (Elf64_Half)(m->sections - 1);
        h->e_shoff = made_put(m, m->section, m->sections * sizeof *m->section);
        h->e_shnum = (Elf64_Half)m->sections;
    }
}

/* Appends a note to a buffer. Returns the bytes then used. */
static inline size_t made_note(uint8_t *to, size_t used, const char *name, unsigned type, const void *desc,
                               size_t desc_bytes)
{
    Elf64_Nhdr n = { (Elf64_Word)strlen(name) + 1, (Elf64_Word)desc_bytes, type };

    memcpy(to + used, &n, sizeof n);
    memcpy(to + used + sizeof n, name, n.n_namesz);
    used += sizeof n + ((n.n_namesz + 3) & ~3U);
    if (desc_bytes > 0)
        memcpy(to + used, desc, desc_bytes);
    return used + ((desc_bytes + 3) & ~3UL);
}

static inline int made_write(const struct elf_made *m, const char *path)
{
    FILE *out = fopen(path, "wb");
    int good = out && fwrite(m->bytes, 1, m->count, out) == m->count;

    return (out && fclose(out) != 0) || !good;
}
