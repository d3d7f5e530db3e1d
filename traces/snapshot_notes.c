/* What the notes of a core say: where each CPU stood, and what Linux tells of itself. */
#include "traces/snapshot.h"

#include "traces/error.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of all of them: a note of registers is some 400 bytes for a CPU, VMCOREINFO a page or two. */
#define NOTES_BYTES_MAX (16u << 20)

/* struct elf_prstatus of arm64: pr_reg with x0 to x30, sp, pc, pstate at byte 112 [Linux: elfcore.h@6.1,
 * ptrace.h@6.1]. */
#define PRSTATUS_PC (112 + 32 * 8)
#define PRSTATUS_PSTATE (112 + 33 * 8)
#define PRSTATUS_BYTES (112 + 34 * 8)

static uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return le64toh(word);
}

static void take_cpu(struct snapshot *s, const uint8_t *desc)
{
    struct snapshot_cpu *cpu = &s->cpu[s->cpus];

    if (s->cpus == SNAPSHOT_CPUS_MAX)
        return;
    cpu->pc = word_at(desc + PRSTATUS_PC);
    cpu->pstate = word_at(desc + PRSTATUS_PSTATE);
    s->cpus++;
}

/* Takes a line "NUMBER(VA_BITS)=48" whose key is this, in the base that the kernel prints it in. */
static void take_number(const char *line, const char *key, int base, uint64_t *value)
{
    size_t bytes = strlen(key);

    if (strncmp(line, key, bytes) == 0 && line[bytes] == '=')
        *value = strtoull(line + bytes + 1, NULL, base);
}

static void take_line(struct snapshot_kernel *k, const char *line)
{
    static const char release[] = "OSRELEASE=";

    if (strncmp(line, release, sizeof release - 1) == 0) {
        size_t n = strlen(line + sizeof release - 1);

        n = n < sizeof k->release - 1 ? n : sizeof k->release - 1;
        for (size_t i = 0; i < n; i++) { /* it is printed */
            char c = line[sizeof release - 1 + i];

            k->release[i] = c > ' ' && c <= '~' ? c : '?';
        }
        k->release[n] = '\0';
    }
    take_number(line, "PAGESIZE", 10, &k->page_bytes);
    take_number(line, "SYMBOL(swapper_pg_dir)", 16, &k->swapper_pg_dir);
    take_number(line, "NUMBER(VA_BITS)", 10, &k->va_bits);
    take_number(line, "NUMBER(kimage_voffset)", 16, &k->kimage_voffset);
    take_number(line, "NUMBER(TCR_EL1_T1SZ)", 16, &k->t1sz);
}

/* [Linux: crash_core.c@6.1] lines KEY=VALUE, not ended by a zero. */
static bool take_kernel(struct snapshot *s, const uint8_t *desc, size_t bytes)
{
    char *text = malloc(bytes + 1), *rest = text, *line;

    if (!text)
        return false;
    memcpy(text, desc, bytes);
    text[bytes] = '\0';
    s->has_kernel = true;
    while ((line = strsep(&rest, "\n")))
        take_line(&s->kernel, line);
    free(text);
    return true;
}

static bool take_note(struct snapshot *s, const GElf_Nhdr *n, const char *name, const uint8_t *desc)
{
    if (n->n_type == NT_PRSTATUS && n->n_namesz == 5 && memcmp(name, "CORE", 5) == 0 && n->n_descsz >= PRSTATUS_BYTES)
        take_cpu(s, desc);
    if (n->n_namesz == 11 && memcmp(name, "VMCOREINFO", 11) == 0)
        return take_kernel(s, desc, n->n_descsz);
    return true;
}

bool snapshot_notes(struct snapshot *s, uint64_t offset, uint64_t bytes, struct trace_error *err)
{
    size_t at = 0, next, name, desc;
    GElf_Nhdr note;
    Elf_Data *data;

    if (bytes == 0)
        return true;
    s->notes_bytes += bytes < NOTES_BYTES_MAX ? bytes : NOTES_BYTES_MAX;
    if (bytes >= NOTES_BYTES_MAX || s->notes_bytes > NOTES_BYTES_MAX || !elf_file_holds(&s->file, offset, bytes))
        return error_set(err, "%.150s: byte 0x%" PRIx64 ": the notes are of more than 16 MB, or not in the file",
                         s->file.path, offset);
    data = elf_getdata_rawchunk(s->file.elf, (int64_t)offset, bytes, ELF_T_NHDR);
    if (!data)
        return error_set(err, "%.150s: byte 0x%" PRIx64 ": the notes cannot be read", s->file.path, offset);
    while (at < data->d_size && (next = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
        const char *buffer = data->d_buf;

        if (!take_note(s, &note, buffer + name, (const uint8_t *)buffer + desc))
            return error_set(err, "%.150s: out of memory", s->file.path);
        at = next;
    }
    return true;
}
