/* The core of a Xen domain: frames, their pages, and the registers that Xen keeps of each vCPU. */
#include "traces/snapshot.h"

#include "traces/error.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#define PAGE_BYTES 4096u /* Xen's on Arm, whatever the guest's granule */
#define PFN_END (1ULL << 36)
#define PFN_INVALID UINT64_MAX /* "the page is not there" [Xen: xg_core.h@4.17.0] */
#define BATCH 512
#define MODE_MASK 0x1Fu
#define MODE_USER32                                                                                                    \
    0x10u /* a 64-bit kernel may run such a process; modes beyond are an AArch32 kernel's [Arm: SPSR_EL2.M] */

/* struct vcpu_guest_context of 64-bit Arm, by offsets [Xen: arch-arm.h@4.17.0]. sctlr was 32 bits wide once; its upper
 * half is RES0 in Armv8.0. */
#define CONTEXT_PC 256
#define CONTEXT_CPSR 264
#define CONTEXT_SCTLR 312
#define CONTEXT_TTBCR 320
#define CONTEXT_TTBR0 328
#define CONTEXT_TTBR1 336
#define CONTEXT_BYTES 344

static uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return le64toh(word);
}

static uint32_t half_at(const uint8_t *bytes)
{
    uint32_t half;

    memcpy(&half, bytes, sizeof half);
    return le32toh(half);
}

static bool take_cpus(struct snapshot *s, struct trace_error *err)
{
    uint8_t context[CONTEXT_BYTES];
    GElf_Shdr header;

    if (!elf_file_section(&s->file, ".xen_prstatus", &header))
        return true;
    for (uint64_t at = 0; at + CONTEXT_BYTES <= header.sh_size && s->cpus < SNAPSHOT_CPUS_MAX; at += CONTEXT_BYTES) {
        struct snapshot_cpu *cpu = &s->cpu[s->cpus];

        if (at > s->file.bytes || header.sh_offset > s->file.bytes ||
            !elf_file_read(&s->file, header.sh_offset + at, context, sizeof context))
            return error_set(err, "%.150s: section .xen_prstatus is not whole: has the file been cut short?",
                             s->file.path);
        if ((half_at(context + CONTEXT_CPSR) & MODE_MASK) > MODE_USER32)
            return error_set(err,
                             "%.150s: section .xen_prstatus: vCPU %u executes a 32-bit kernel; wants a 64-bit guest",
                             s->file.path, s->cpus);
        cpu->pc = word_at(context + CONTEXT_PC);
        cpu->pstate = half_at(context + CONTEXT_CPSR);
        cpu->sctlr_el1 = half_at(context + CONTEXT_SCTLR);
        cpu->tcr_el1 = word_at(context + CONTEXT_TTBCR);
        cpu->ttbr0_el1 = word_at(context + CONTEXT_TTBR0);
        cpu->ttbr1_el1 = word_at(context + CONTEXT_TTBR1);
        cpu->has_mmu = true;
        s->cpus++;
    }
    return true;
}

/* One batch of frame numbers, the first of which is of page `first`. */
static bool take_frames(struct snapshot *s, const uint64_t *pfn, size_t count, uint64_t offset, struct trace_error *err)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t frame = le64toh(pfn[i]);

        if (frame == PFN_INVALID)
            continue;
        if (frame >= PFN_END)
            return error_set(err, "%.150s: section .xen_pfn: frame 0x%" PRIx64 " is beyond 2^48 bytes", s->file.path,
                             frame);
        if (!snapshot_add_run(s, (struct snapshot_run){ frame * PAGE_BYTES, PAGE_BYTES, offset + i * PAGE_BYTES }))
            return error_set(err, "%.150s: more than %u pieces of memory, or out of memory", s->file.path,
                             SNAPSHOT_RUNS_MAX);
    }
    return true;
}

bool snapshot_xen(struct snapshot *s, struct trace_error *err)
{
    GElf_Shdr pages, frames;
    uint64_t pfn[BATCH], count;

    s->kind = SNAPSHOT_XEN;
    if (!elf_file_section(&s->file, ".xen_pages", &pages) || !elf_file_section(&s->file, ".xen_pfn", &frames))
        return error_set(err, "%.150s: no section .xen_pfn beside .xen_pages: no guest of Xen on Arm", s->file.path);
    count = frames.sh_size / sizeof *pfn;
    if (!elf_file_holds(&s->file, frames.sh_offset, frames.sh_size) ||
        !elf_file_holds(&s->file, pages.sh_offset, pages.sh_size) || count > pages.sh_size / PAGE_BYTES)
        return error_set(
            err,
            "%.150s: sections .xen_pfn and .xen_pages are not whole, or not of as many 4 KB pages: has the "
            "file been cut short?",
            s->file.path);
    for (uint64_t at = 0; at < count; at += BATCH) {
        size_t some = count - at < BATCH ? (size_t)(count - at) : BATCH;

        if (!elf_file_read(&s->file, frames.sh_offset + at * sizeof *pfn, pfn, some * sizeof *pfn))
            return error_set(err, "%.150s: section .xen_pfn cannot be read", s->file.path);
        if (!take_frames(s, pfn, some, pages.sh_offset + at * PAGE_BYTES, err))
            return false;
    }
    if (s->runs == 0)
        return error_set(err, "%.150s: no page in it", s->file.path);
    return take_cpus(s, err);
}
