/* Segments to runs, and runs to pages. */
#include "traces/snapshot.h"

#include "traces/error.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PAGE_BYTES 4096u
#define PA_END (1ULL << 48) /* as of a script's `mem` */
#define HEAD_BYTES 16

/* Dumps that are not ELF, by how they begin. */
static const struct {
    const char *head, *what;
} others[] = {
    { "KDUMP   ",
      "a kdump-compressed dump: take it anew as ELF, with `makedumpfile -E -d 31`, or by copying /proc/vmcore" },
    { "DISKDUMP", "a diskdump: take it anew as ELF, with `makedumpfile -E -d 31`, or by copying /proc/vmcore" },
    { "makedumpfile",
      "a flattened dump: take it anew as ELF, by QEMU's dump-guest-memory without -z, -l or -s; one made by "
      "`makedumpfile -E -F` becomes ELF by `makedumpfile -R DUMP < FILE`" },
};

/* Nothing is read of a pipe: it may be a script's. */
static bool read_head(const char *path, char head[HEAD_BYTES])
{
    struct stat st;
    bool regular = strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode), whole;
    FILE *in = regular ? fopen(path, "rb") : NULL;

    if (!in)
        return false;
    whole = fread(head, 1, HEAD_BYTES, in) == HEAD_BYTES;
    fclose(in);
    return whole;
}

/* Returns what else than ELF it is, or NULL. */
static const char *other_kind(const char head[HEAD_BYTES])
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (memcmp(head, others[i].head, strlen(others[i].head)) == 0)
            return others[i].what;
    }
    return NULL;
}

bool snapshot_is(const char *path)
{
    char head[HEAD_BYTES];

    return read_head(path, head) && (memcmp(head, ELFMAG, SELFMAG) == 0 || other_kind(head));
}

const char *snapshot_kind_name(enum snapshot_kind kind)
{
    static const char *const names[] = { "a core of a machine", "a core of a Xen domain", "an image" };
    return names[kind];
}

/* ---- Runs ---- */

bool snapshot_add_run(struct snapshot *s, struct snapshot_run run)
{
    struct snapshot_run *last = s->runs > 0 ? &s->run[s->runs - 1] : NULL;

    if (run.bytes == 0)
        return true;
    if (last && last->offset != SNAPSHOT_ZEROES && run.offset != SNAPSHOT_ZEROES && last->pa + last->bytes == run.pa &&
        last->offset + last->bytes == run.offset) {
        last->bytes += run.bytes;
        return true;
    }
    if (!s->run || (s->runs & (s->runs - 1)) == 0) { /* full at each power of two */
        size_t room = s->runs ? 2 * s->runs : 1;
        struct snapshot_run *more = s->runs < SNAPSHOT_RUNS_MAX ? realloc(s->run, room * sizeof *more) : NULL;

        if (!more)
            return false;
        s->run = more;
    }
    s->run[s->runs++] = run;
    return true;
}

static int by_address(const void *a, const void *b)
{
    const struct snapshot_run *x = a, *y = b;

    if (x->pa != y->pa)
        return x->pa < y->pa ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Sorts the first `count` runs and cuts away what an earlier one has. Returns how many are left. A vmcore of arm64 has
 * the kernel's text twice, in a segment of its own and in that of its RAM [Linux: kexec_file.c@6.1]: it is the same
 * memory. */
static size_t straighten(struct snapshot_run *runs, size_t count)
{
    uint64_t end = 0;
    size_t kept = 0;

    if (count > 0)
        qsort(runs, count, sizeof *runs, by_address);
    for (size_t i = 0; i < count; i++) {
        struct snapshot_run run = runs[i];
        uint64_t cut = end > run.pa ? end - run.pa : 0;

        if (cut >= run.bytes)
            continue;
        run.pa += cut;
        run.bytes -= cut;
        run.offset += run.offset == SNAPSHOT_ZEROES ? 0 : cut;
        end = run.pa + run.bytes;
        runs[kept++] = run;
    }
    return kept;
}

/* Adds what of a run of zeroes none of the first `stored` runs, in order, has. *next: those before are all below it. */
static bool fill_gaps(struct snapshot *s, struct snapshot_run zeroes, size_t stored, size_t *next)
{
    uint64_t at = zeroes.pa, end = zeroes.pa + zeroes.bytes;

    while (*next < stored && s->run[*next].pa + s->run[*next].bytes <= at)
        ++*next;
    for (size_t i = *next; i < stored && at < end && s->run[i].pa < end; i++) {
        const struct snapshot_run run = s->run[i];

        if (run.pa > at &&
            !snapshot_add_run(s, (struct snapshot_run){ at, (run.pa < end ? run.pa : end) - at, SNAPSHOT_ZEROES }))
            return false;
        at = run.pa + run.bytes;
    }
    return at >= end || snapshot_add_run(s, (struct snapshot_run){ at, end - at, SNAPSHOT_ZEROES });
}

/* Puts the runs in order, each piece of memory once; what is stored counts before zeroes. */
static bool settle(struct snapshot *s, struct trace_error *err)
{
    size_t stored = 0, all = s->runs, zeroes, next = 0;
    struct snapshot_run *zero;
    bool good = true;

    for (size_t i = 0; i < all; i++) { /* the stored ones to the front */
        struct snapshot_run run = s->run[i];

        if (run.offset == SNAPSHOT_ZEROES)
            continue;
        s->run[i] = s->run[stored];
        s->run[stored++] = run;
    }
    zeroes = all - stored;
    zero = malloc((zeroes + 1) * sizeof *zero);
    if (!zero)
        return error_set(err, "%.150s: out of memory", s->file.path);
    if (zeroes > 0)
        memcpy(zero, s->run + stored, zeroes * sizeof *zero);
    zeroes = straighten(zero, zeroes);
    s->runs = stored = straighten(s->run, stored);
    for (size_t i = 0; i < zeroes && good; i++)
        good = fill_gaps(s, zero[i], stored, &next);
    free(zero);
    s->runs = straighten(s->run, s->runs);
    return good ||
           error_set(err, "%.150s: more than %u pieces of memory, or out of memory", s->file.path, SNAPSHOT_RUNS_MAX);
}

/* ---- Segments ---- */

static bool add_load(struct snapshot *s, size_t index, const GElf_Phdr *p, struct trace_error *err)
{
    const char *path = s->file.path;
    uint64_t stored = p->p_filesz < p->p_memsz ? p->p_filesz : p->p_memsz;

    if (p->p_memsz > PA_END || p->p_paddr > PA_END - p->p_memsz)
        return error_set(err,
                         "%.150s: program header %zu: physical address 0x%" PRIx64
                         " is beyond 2^48; a kernel's vmlinux has virtual ones there and is of use to --elf alone",
                         path, index, p->p_paddr);
    if (!elf_file_holds(&s->file, p->p_offset, stored))
        return error_set(err,
                         "%.150s: program header %zu: its bytes 0x%" PRIx64 " to 0x%" PRIx64
                         " are not in the file, which ends at 0x%" PRIx64 ": has it been cut short?",
                         path, index, p->p_offset, p->p_offset + stored, s->file.bytes);
    if (snapshot_add_run(s, (struct snapshot_run){ p->p_paddr, stored, p->p_offset }) &&
        snapshot_add_run(s, (struct snapshot_run){ p->p_paddr + stored, p->p_memsz - stored, SNAPSHOT_ZEROES }))
        return true;
    return error_set(err, "%.150s: more than %u pieces of memory, or out of memory", path, SNAPSHOT_RUNS_MAX);
}

/* One program header. *process: stays true while PT_LOADs look like those of a process. */
static bool take_segment(struct snapshot *s, size_t index, bool *process, struct trace_error *err)
{
    GElf_Phdr p;

    if (!gelf_getphdr(s->file.elf, (int)index, &p))
        return error_set(err, "%.150s: program header %zu cannot be read: has the file been cut short?", s->file.path,
                         index);
    if (p.p_type == PT_NOTE && s->kind == SNAPSHOT_CORE)
        return snapshot_notes(s, p.p_offset, p.p_filesz, err);
    if (p.p_type != PT_LOAD)
        return true;
    *process = *process && p.p_paddr == 0 && p.p_vaddr != 0;
    return add_load(s, index, &p, err);
}

static bool take_segments(struct snapshot *s, struct trace_error *err)
{
    bool process = s->kind == SNAPSHOT_CORE;
    size_t count;

    if (!elf_file_segments(&s->file, &count))
        return error_set(err, "%.150s: byte 56: the count of program headers is damaged", s->file.path);
    for (size_t i = 0; i < count; i++) {
        if (!take_segment(s, i, &process, err))
            return false;
    }
    if (s->runs == 0)
        return error_set(err, "%.150s: no memory in it: neither a PT_LOAD segment nor sections .xen_pages and .xen_pfn",
                         s->file.path);
    if (process)
        return error_set(err,
                         "%.150s: a core of a process: its segments have no physical addresses; wants one of a machine",
                         s->file.path);
    return true;
}

static bool read_all(struct snapshot *s, struct trace_error *err)
{
    GElf_Shdr header;

    s->kind = s->file.header.e_type == ET_CORE ? SNAPSHOT_CORE : SNAPSHOT_IMAGE;
    if (elf_file_section(&s->file, ".xen_pages", &header))
        return snapshot_xen(s, err);
    if (s->file.header.e_machine == EM_ARM)
        return error_set(err, "%.150s: byte 18: an ELF file of AArch32, or a Xen domain's core that has been cut short",
                         s->file.path);
    return take_segments(s, err);
}

struct snapshot *snapshot_open(const char *path, struct trace_error *err)
{
    struct snapshot *s = calloc(1, sizeof *s);
    char head[HEAD_BYTES];
    const char *other = read_head(path, head) ? other_kind(head) : NULL;

    if (!s) {
        error_set(err, "%.150s: out of memory", path);
        return NULL;
    }
    if (other) {
        error_set(err, "%.150s: %s", path, other);
    } else if (elf_file_open(&s->file, path, err) && read_all(s, err) && settle(s, err)) {
        return s;
    }
    snapshot_close(s);
    return NULL;
}

void snapshot_close(struct snapshot *s)
{
    if (!s)
        return;
    elf_file_close(&s->file);
    free(s->run);
    free(s);
}

uint64_t snapshot_bytes(const struct snapshot *s)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < s->runs; i++)
        bytes += s->run[i].bytes;
    return bytes;
}

/* ---- Pages ---- */

/* Returns the first run that ends beyond an address; s->runs when there is none. */
static size_t first_beyond(const struct snapshot *s, uint64_t pa)
{
    size_t low = 0, high = s->runs;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->run[middle].pa + s->run[middle].bytes > pa)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int snapshot_read_page(const struct snapshot *s, uint64_t pa, uint64_t word[SNAPSHOT_PAGE_WORDS])
{
    uint8_t *bytes = (uint8_t *)word;
    int got = 0;

    memset(word, 0, PAGE_BYTES);
    for (size_t i = first_beyond(s, pa); i < s->runs && s->run[i].pa < pa + PAGE_BYTES; i++) {
        const struct snapshot_run *run = &s->run[i];
        uint64_t from = run->pa > pa ? run->pa : pa, end = run->pa + run->bytes;

        end = end < pa + PAGE_BYTES ? end : pa + PAGE_BYTES;
        got = 1;
        if (run->offset != SNAPSHOT_ZEROES &&
            !elf_file_read(&s->file, run->offset + (from - run->pa), bytes + (from - pa), (size_t)(end - from)))
            return -1;
    }
    for (unsigned i = 0; i < SNAPSHOT_PAGE_WORDS; i++)
        word[i] = le64toh(word[i]);
    return got;
}
