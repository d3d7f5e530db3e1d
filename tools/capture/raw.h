/* The files of a raw capture, as the plugin writes them inside QEMU and `capture pack` reads them.
 *
 * raw.bin: a struct raw_head, then records of 32 bytes in the one order in which the machine did things; behind a
 * RAW_CONTEXT stand RAW_CONTEXT_COUNT words of 64 bits, behind a RAW_EXCEPTION four: ELR, SPSR, PAR, 0.
 * ram.img: the guest's RAM as the window opened, sparse. Both are little-endian, as every host is that QEMU's plugin
 * runs on here. */
#pragma once

#include <stdint.h>

#define RAW_MAGIC "SWRAW\r\n\1"
#define RAW_MAGIC_BYTES 8

/* The ZynqMP's DDR: the first 2 GB at 0, what there is beyond at 32 GB [UG1085: system addresses]. */
#define RAW_RAM_LOW_BYTES 0x80000000ull
#define RAW_RAM_HIGH_BASE 0x800000000ull

struct raw_head {
    uint8_t magic[RAW_MAGIC_BYTES];
    uint64_t ram_bytes; /* length of ram.img */
    uint64_t reserved[2];
};

enum raw_type {
    RAW_FETCH = 1, /* b instructions of a block: va, pa. May count some that an exception or a device access cut off */
    RAW_DATA,      /* a: log2 of the size | RAW_*; b: byte offset of the instruction in its block; va, pa, value */
    RAW_HIGH,      /* value: the upper 8 bytes of the RAW_DATA of 16 bytes before it */
    RAW_CONTEXT,   /* the core's registers from here on */
    RAW_SYSTEM,    /* b: opcode of TLBI, DC, IC, AT, ISB, DSB, ERET, about to be executed; value: Xt */
    RAW_PAR,       /* value: PAR_EL1 as an MRS reads it */
    RAW_EXCEPTION, /* at a vector: el: taken to; b: vector offset; va: FAR; pa: HPFAR_EL2; value: ESR */
};

/* In `a` of RAW_DATA; RAW_NO_PA in that of RAW_FETCH too. */
enum { RAW_SIZE = 0x0f, RAW_STORE = 0x10, RAW_DEVICE = 0x20, RAW_UNPRIVILEGED = 0x40, RAW_NO_PA = 0x80 };

struct raw_record {
    uint8_t type; /* enum raw_type */
    uint8_t core, el, a;
    uint32_t b;
    uint64_t va, pa, value;
};

/* The registers of a context, by Arm's names and by those that QEMU gives them. */
#define RAW_CONTEXT_LIST(X)                                                                                            \
    X(SCTLR_EL1, "SCTLR")                                                                                              \
    X(TTBR0_EL1, "TTBR0_EL1")                                                                                          \
    X(TTBR1_EL1, "TTBR1_EL1")                                                                                          \
    X(TCR_EL1, "TCR_EL1")                                                                                              \
    X(MAIR_EL1, "MAIR_EL1")                                                                                            \
    X(CONTEXTIDR_EL1, "CONTEXTIDR_EL1")                                                                                \
    X(VBAR_EL1, "VBAR")                                                                                                \
    X(HCR_EL2, "HCR_EL2")                                                                                              \
    X(VTTBR_EL2, "VTTBR_EL2")                                                                                          \
    X(VTCR_EL2, "VTCR_EL2")                                                                                            \
    X(SCTLR_EL2, "SCTLR_EL2")                                                                                          \
    X(TTBR0_EL2, "TTBR0_EL2")                                                                                          \
    X(TCR_EL2, "TCR_EL2")                                                                                              \
    X(MAIR_EL2, "MAIR_EL2")                                                                                            \
    X(VBAR_EL2, "VBAR_EL2")                                                                                            \
    X(VMPIDR_EL2, "VMPIDR_EL2")                                                                                        \
    X(TPIDR_EL2, "TPIDR_EL2")                                                                                          \
    X(CNTVOFF_EL2, "CNTVOFF_EL2")                                                                                      \
    X(TPIDR_EL1, "TPIDR_EL1")                                                                                          \
    X(SP_EL0, "SP_EL0")

enum raw_context {
#define X(name, qemu) RAW_##name,
    RAW_CONTEXT_LIST(X)
#undef X
        RAW_CONTEXT_COUNT
};

#define RAW_EXCEPTION_WORDS 4

_Static_assert(sizeof(struct raw_record) == 32, "a record is 32 bytes");
_Static_assert(sizeof(struct raw_head) == 32, "the head is as long as a record");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "raw captures are made and read on little-endian hosts");
