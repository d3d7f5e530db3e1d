/* What all patterns play with: records that wait to be read, threads that walk over data in a loop of code, and what a
 * kernel and Xen do around them. */
#pragma once

#include "sim/generate/scene.h"
#include "sim/generate/walk.h"

#define PLAY_RECORDS 4096    /* room for what one step makes */
#define PLAY_RUN_ACCESSES 4  /* of one run of instructions, at most [choice] */
#define PLAY_THREADS_MAX 256 /* processes, or guests by vCPUs */

/* A64 opcodes [Arm: C6.2, C5.5]. */
#define PLAY_DSB_NSHST 0xD503369Fu
#define PLAY_DSB_NSH 0xD503379Fu
#define PLAY_DSB_ISHST 0xD5033A9Fu
#define PLAY_DSB_ISH 0xD5033B9Fu
#define PLAY_DMB_ISH 0xD5033BBFu
#define PLAY_ISB 0xD5033FDFu
#define PLAY_TLBI_VMALLE1 0xD508871Fu
#define PLAY_TLBI_VMALLS12E1 0xD50C87DFu
#define PLAY_TLBI_VMALLS12E1IS 0xD50C83DFu

#define PLAY_ESR_SVC 0x56000000u /* EC of SVC, immediate 0 [Arm: ESR_EL1] */
#define PLAY_ESR_HVC 0x5A000EA1u /* EC of HVC, Xen's immediate [Xen: arch-arm.h] */

/* Who walks: its place in code, and its walk. */
struct thread {
    struct walk walk;
    const struct process *process;
    uint64_t pc; /* offset in the code */
    uint8_t el;
};

struct play {
    const struct words *words;
    struct scene *scene;
    struct walk_law law;
    struct trace_rec rec[PLAY_RECORDS];
    unsigned at, count;
    uint64_t accesses; /* of the pattern, made so far */
};

/* Where on which core something happens. */
struct spot {
    uint8_t core, el;
};

/* Each adds records behind those that wait. A data access is of the instruction at byte `at` of the run before. */
void play_fetch(struct play *p, struct spot spot, const struct place *code, uint64_t offset, unsigned instructions);

struct play_data {
    const struct place *place;
    uint64_t offset;
    uint8_t op; /* REC_LOAD or REC_STORE */
    uint8_t size_log2;
    uint16_t at;
};
void play_data(struct play *p, struct spot spot, const struct play_data *d);
void play_sys(struct play *p, struct spot spot, uint32_t opcode);
void play_msr(struct play *p, struct spot spot, const char *name, uint64_t value);
void play_tabw(struct play *p, struct spot spot, uint64_t pa, uint64_t value);

/* Returns where a run of so many bytes begins in the thread's code, a loop: where the last one ended, or where the next
 * page or the loop begins when it would not fit. */
uint64_t play_run_at(struct thread *t, uint64_t code, uint64_t bytes);

/* One run of the thread's loop with up to PLAY_RUN_ACCESSES accesses behind it, no more than `most`. Returns how
 * many. */
unsigned play_run(struct play *p, struct thread *t, uint8_t core, uint64_t most);

struct cause {
    uint8_t core;
    uint64_t esr; /* 0: an interrupt */
};

/* An exception of a thread to EL1, by IRQ (esr 0) or by SVC with its syndrome: vector, entry, the general registers
 * onto the core's stack; and back. */
void play_enter_kernel(struct play *p, const struct guest_scene *g, const struct thread *t, struct cause cause);
void play_leave_kernel(struct play *p, const struct guest_scene *g, uint8_t core);

/* An exception of a thread to Xen, by an IRQ, or by HVC with its syndrome; and back. */
void play_enter_xen(struct play *p, const struct thread *t, struct cause cause);
void play_leave_xen(struct play *p, uint8_t core);

/* The registers that a core begins with: Xen's, the guest's, and the tables of its first process. */
void play_begin(struct play *p, const struct guest_scene *g, const struct process *process, uint8_t core);

/* Values of a process's registers. */
uint64_t play_ttbr1(const struct guest_scene *g, uint16_t asid);
