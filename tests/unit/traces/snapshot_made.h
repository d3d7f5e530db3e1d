/* One small guest in each kind of snapshot. Its tables, of 4 KB and 39 bits, lie at 0x40080000 and map, from 128 MB on
 * in either half:
 *
 *   0xffffff8008000000   2 MB at 0x40000000   Normal-WB ish, EL1 executes
 *   0xffffff8008200000   4 KB at 0x40200000   Normal-WB ish, read-only
 *   0xffffff8008201000   4 KB at 0xff000000   Device-nGnRE, EL1 writes
 *   0xffffff8008202000   4 KB at 0x40202000   Normal-WB ish, its access flag 0
 *   0xffffff8008204000   4 KB at 0x40203000   Normal-WB ish, EL0 writes */
#pragma once

#include "tests/unit/traces/elf_made.h"

#ifndef EM_AARCH64
#define EM_AARCH64 183
#endif

#define MADE_TABLES 0x40080000ULL
#define MADE_TABLE_BYTES 0x3000
#define MADE_KERNEL 0xFFFFFF8008000000ULL
#define MADE_TCR 0x32B5193519ULL /* as Linux 4.x with 39 bits has it */
#define MADE_KERNEL_INFO                                                                                               \
    "OSRELEASE=6.1.0-13-arm64\nPAGESIZE=4096\nSYMBOL(swapper_pg_dir)=ffffff8008080000\nNUMBER(VA_BITS)=39\n"           \
    "NUMBER(kimage_voffset)=0xffffff7fc8000000\nNUMBER(PHYS_OFFSET)=0x40000000\nNUMBER(TCR_EL1_T1SZ)=0x19\n"           \
    "KERNELOFFSET=0\n"

#define MADE_NORMAL (3ULL << 8 | 1ULL << 10) /* AttrIndx 0, Inner Shareable, AF */
#define MADE_DEVICE (4ULL << 2 | 1ULL << 10) /* AttrIndx 4 */
#define MADE_XN (1ULL << 54 | 1ULL << 53)
#define MADE_READ_ONLY (1ULL << 7)
#define MADE_EL0 (1ULL << 6)

static inline void made_tables(uint64_t word[MADE_TABLE_BYTES / 8])
{
    uint64_t *root = word, *middle = word + 512, *last = word + 1024;

    memset(word, 0, MADE_TABLE_BYTES);
    root[0] = (MADE_TABLES + 0x1000) | 3;
    middle[64] = 0x40000000 | MADE_NORMAL | 1ULL << 54 | 1;
    middle[65] = (MADE_TABLES + 0x2000) | 3;
    last[0] = 0x40200000 | MADE_NORMAL | MADE_XN | MADE_READ_ONLY | 3;
    last[1] = 0xFF000000 | MADE_DEVICE | MADE_XN | 3;
    last[2] = 0x40202000 | (MADE_NORMAL & ~(1ULL << 10)) | MADE_XN | 3;
    last[4] = 0x40203000 | MADE_NORMAL | MADE_XN | MADE_EL0 | 3;
}

/* 3 MB of RAM from 0x40000000, of which only the tables are not zero. */
static inline void made_ram(struct elf_made *m)
{
    uint64_t word[MADE_TABLE_BYTES / 8];

    made_tables(word);
    made_segment(m, PT_LOAD, 0x40000000, NULL, 0, 0x80000);
    made_segment(m, PT_LOAD, MADE_TABLES, word, MADE_TABLE_BYTES, 0x300000 - 0x80000);
}

/* Two CPUs, and `info` as VMCOREINFO unless it is NULL. */
static inline void made_core(struct elf_made *m, const char *info)
{
    uint8_t notes[4096] = { 0 }, status[392];
    size_t used = 0;

    made_begin(m, ET_CORE, EM_AARCH64);
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t pc = MADE_KERNEL + 0x1234 * (i + 1), pstate = 0x3C5;

        memset(status, 0, sizeof status);
        memcpy(status + 112 + 32 * 8, &pc, 8);
        memcpy(status + 112 + 33 * 8, &pstate, 8);
        used = made_note(notes, used, "CORE", NT_PRSTATUS, status, sizeof status);
    }
    if (info)
        used = made_note(notes, used, "VMCOREINFO", 0, info, strlen(info));
    made_segment(m, PT_NOTE, 0, notes, used, 0);
    made_ram(m);
    made_end(m);
}

/* What `xl dump-core` writes: machine EM_ARM, no segments; frames in descending order, and one that is not there. */
static inline void made_xen(struct elf_made *m)
{
    uint64_t pfn[4] = { 0x40082, UINT64_MAX, 0x40081, 0x40080 }, word[MADE_TABLE_BYTES / 8], pc = MADE_KERNEL + 0x88;
    uint64_t mmu[4] = { 0x34D5D91D, MADE_TCR, 0x7A0000, MADE_TABLES };
    uint8_t pages[4 * 4096] = { 0 }, context[344] = { 0 }, notes[64] = { 0 };
    uint32_t cpsr = 0x3C5;

    made_tables(word);
    memcpy(pages, word + 1024, 4096);
    memcpy(pages + 0x2000, word + 512, 4096);
    memcpy(pages + 0x3000, word, 4096);
    memcpy(context + 256, &pc, 8);
    memcpy(context + 264, &cpsr, 4);
    memcpy(context + 312, mmu, sizeof mmu);
    made_begin(m, ET_CORE, EM_ARM);
    made_section(m, ".note.Xen", SHT_NOTE, notes, made_note(notes, 0, "Xen", 0x2000000, NULL, 0));
    made_section(m, ".xen_prstatus", SHT_PROGBITS, context, sizeof context);
    made_section(m, ".xen_pages", SHT_PROGBITS, pages, sizeof pages);
    made_section(m, ".xen_pfn", SHT_PROGBITS, pfn, sizeof pfn);
    made_end(m);
}

static inline void made_image(struct elf_made *m)
{
    made_begin(m, ET_EXEC, EM_AARCH64);
    made_ram(m);
    made_end(m);
}
