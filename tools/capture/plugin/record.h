/* What is recorded of a block as it executes: its callbacks. */
#pragma once

#include "tools/capture/plugin/api.h"

/* A block, as its callback knows it. */
struct record_block {
    uint64_t pa;
    uint32_t instructions;
    uint8_t el;
    bool pa_known;
    bool may_be_vector; /* it begins where a vector could */
};

/* A system instruction. */
struct record_system {
    uint32_t opcode;
    uint8_t el;
};

/* Of a load or store, packed into its callback's context. */
#define RECORD_ACCESS(el, unprivileged, offset)                                                                        \
    ((void *)((uintptr_t)(el) | (uintptr_t)(unprivileged) << 2 | (uintptr_t)(offset) << 8))

/* The window opens: what is known of the cores is forgotten. */
void record_restart(void);

/* Callbacks; the context is a struct record_block, a struct record_system, a RECORD_ACCESS. */
void record_block(unsigned vcpu, void *context);
void record_system(unsigned vcpu, void *context);
void record_par(unsigned vcpu, void *context);
void record_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t va, void *context);

/* A register of the context is about to be written: it is read again as the next block begins. */
void record_context_write(unsigned vcpu, void *context);
