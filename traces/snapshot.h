/* The memory of a machine at one moment, as an ELF file holds it, and the registers that came with it.
 *
 * Four kinds are read, told apart by what is in them:
 *
 *   a core of a machine       QEMU's dump-guest-memory, kdump's vmcore: PT_LOADs by physical address, a note
 *                             NT_PRSTATUS for each CPU with its general registers alone [QEMU: arch_dump.c@7.2], and
 *                             with Linux the note VMCOREINFO, which says where the kernel's tables are
 *                             [Linux: crash_core.c@6.1]
 *   a core of a Xen domain    `xl dump-core`: sections .xen_pages and .xen_pfn, whose frames are the guest's own,
 *                             and .xen_prstatus with SCTLR, TCR and both TTBR of each vCPU
 *                             [Xen: dump-core-format.txt@4.17.0, arch-arm.h@4.17.0]
 *   an image                  an executable: PT_LOADs by p_paddr, no registers
 *
 * Pages are read when they are asked for; what is kept is where they are. What a snapshot means for a machine is the
 * affair of sim/. */
#pragma once

#include "traces/elf_file.h"

#define SNAPSHOT_CPUS_MAX TRACE_CORES_MAX
#define SNAPSHOT_RUNS_MAX (1u << 20)
#define SNAPSHOT_PAGE_WORDS 512
#define SNAPSHOT_ZEROES UINT64_MAX

/* Bytes that follow each other in memory and in the file. */
struct snapshot_run {
    uint64_t pa, bytes;
    uint64_t offset; /* in the file; SNAPSHOT_ZEROES: they are zero and not in it */
};

enum snapshot_kind { SNAPSHOT_CORE, SNAPSHOT_XEN, SNAPSHOT_IMAGE };

struct snapshot_cpu {
    bool has_mmu; /* the four that steer stage 1 are known */
    uint64_t pc, pstate;
    uint64_t sctlr_el1, tcr_el1, ttbr0_el1, ttbr1_el1;
};

/* What VMCOREINFO says of a Linux; 0: it does not say. */
struct snapshot_kernel {
    char release[65];
    uint64_t swapper_pg_dir; /* a VA of the kernel's image */
    uint64_t kimage_voffset; /* VA - PA of the image */
    uint64_t va_bits, t1sz, page_bytes;
};

struct snapshot {
    struct elf_file file;
    enum snapshot_kind kind;
    struct snapshot_run *run; /* by ascending address, none overlaps another */
    size_t runs;
    uint64_t notes_bytes; /* of notes read */
    unsigned cpus;        /* that the file tells of, at most SNAPSHOT_CPUS_MAX */
    struct snapshot_cpu cpu[SNAPSHOT_CPUS_MAX];
    bool has_kernel;
    struct snapshot_kernel kernel;
};

/* True when a file begins like one of these, or like a dump that is refused with a message saying how to get one. */
bool snapshot_is(const char *path);

/* Opens one. Returns NULL and fills *err when it cannot be understood. */
struct snapshot *snapshot_open(const char *path, struct trace_error *err);

/* Reads the 4 KB page at an aligned PA; bytes of it that the file does not have are zero. Returns 1, 0 when it has none
 * of it, -1 when the file cannot be read any more. */
int snapshot_read_page(const struct snapshot *s, uint64_t pa, uint64_t word[SNAPSHOT_PAGE_WORDS]);

/* Returns how many bytes of memory it has. */
uint64_t snapshot_bytes(const struct snapshot *s);

/* "a core of a machine", "a core of a Xen domain", "an image". */
const char *snapshot_kind_name(enum snapshot_kind kind);

/* NULL is allowed. */
void snapshot_close(struct snapshot *s);

/* --- between the parts of it --- */

/* Adds a run; those of no byte are dropped. Returns false when there are too many, or no memory. */
bool snapshot_add_run(struct snapshot *s, struct snapshot_run run);

/* Each reads its part: the notes of a segment or section, and the sections of a Xen domain's core. Return false with
 * *err. */
bool snapshot_notes(struct snapshot *s, uint64_t offset, uint64_t bytes, struct trace_error *err);
bool snapshot_xen(struct snapshot *s, struct trace_error *err);
