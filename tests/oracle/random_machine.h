/* One random machine: the cluster under test, the naive walker on the same registers and memory, and what the cluster's
 * TLBs may keep. Everything follows from the dice; with a script open, each deed is written down as well. */
#pragma once

#include <stdio.h>

#include "sim/machine.h"
#include "tests/oracle/dice.h"
#include "tests/oracle/kept.h"
#include "tests/oracle/oracle_memory.h"

enum {
    RANDOM_CORES = CORES_MAX,
    RANDOM_WORLDS = 3,
    RANDOM_SPACES = 3,
    RANDOM_ADDRESSES = 12,
    RANDOM_WORDS = 4096,
    RANDOM_TABLES = 512,
};

/* Addresses that have been provided for, by page. */
struct random_addresses {
    unsigned count;
    uint64_t v[RANDOM_ADDRESSES];
};

/* A process: what TTBR0_EL1 and TTBR1_EL1 hold while it runs. */
struct random_space {
    uint64_t ttbr0, ttbr1;
    struct random_addresses va;
};

/* A guest: registers as a hypervisor would have saved them, and its processes. */
struct random_world {
    struct naive_regs regs; /* those of EL1 and stage 2, as its first process runs */
    unsigned space_count;
    struct random_space space[RANDOM_SPACES];
    struct random_addresses upper; /* VAs through TTBR1_EL1, which all its processes share */
    struct random_addresses ipa;
    bool flat_too; /* stage-1 tables are also where IPA == PA, for when stage 2 is off */
};

/* A descriptor in memory. */
struct random_word {
    uint64_t pa;
    uint64_t now, built; /* the descriptor, whatever the byte order in memory */
    uint8_t stage, level, granule;
    bool el2, big_endian;
    uint8_t output_bits;
};

struct random_core {
    struct naive_machine naive;
    unsigned world, space;
    struct kept kept;
};

/* What has been asked and seen, to tell that a run meant something. */
struct random_tally {
    uint64_t machines, accesses, faults, ats, maintenance, register_writes, table_writes, windows;
    uint64_t hit[5], fault[3][8][4], tlbi[TLBI_OP_COUNT], broadcast, at_el1, forced, split, stale_seen, left,
        short_cuts, refilled, known;
    uint64_t silent; /* table writes that needed no maintenance: nothing may have been kept */
};

/* A 1 GB window that physical addresses come from, and 48 address bits of which each slice has two values. */
struct random_map {
    uint64_t window;
    uint64_t slice[7][2];
};

struct random_machine {
    struct dice dice;
    uint64_t seed;
    unsigned long index;
    struct machine *model;
    struct oracle_memory memory;
    struct config config;
    struct random_map map;
    unsigned core_count, world_count;
    struct random_core core[RANDOM_CORES];
    struct random_world world[RANDOM_WORLDS];
    struct random_addresses el2[2]; /* by root */
    uint64_t el2_root[2];
    unsigned word_count;
    struct random_word word[RANDOM_WORDS];
    struct random_tally *tally;
    FILE *script; /* NULL: none */
    unsigned script_core;
    bool failed;
    char failure[512];
};

/* Starts the machine over as number `index` of the seed, at reset, with structures of random sizes. */
void random_machine_reset(struct random_machine *m, uint64_t seed, unsigned long index);

/* Writes a line of the script, if there is one. */
__attribute__((format(printf, 2, 3))) void random_script(struct random_machine *m, const char *format, ...);

/* As random_script, for what a core does. */
__attribute__((format(printf, 3, 4))) void random_script_on(struct random_machine *m, unsigned core, const char *format,
                                                            ...);

/* Notes the first thing that is wrong; the machine stops there. Returns false. */
__attribute__((format(printf, 2, 3))) bool random_fail(struct random_machine *m, const char *format, ...);

/* Writes a word of memory. Nothing kept is marked. */
void random_write(struct random_machine *m, uint64_t pa, uint64_t value);

/* Writes a register that steers translation, on a core of both judge and judged. */
void random_write_register(struct random_machine *m, unsigned core, enum sysreg reg, uint64_t value);

/* Returns where the naive walker keeps the register, or NULL for one that it does not know. */
uint64_t *random_register(struct naive_regs *regs, enum sysreg reg);

/* Loads what differs of the registers, in random order. */
void random_load_registers(struct random_machine *m, unsigned core, const struct naive_regs *regs);

/* Executes a maintenance operation on a core, and takes away what it is bound to. el: 1 or 2. */
void random_tlbi(struct random_machine *m, unsigned core, unsigned el, const struct kept_drop *drop, bool broadcast);

/* Returns an address of 48 bits, of the slices; [11:0] is zero. */
uint64_t random_address(struct random_machine *m);

/* Returns a PA that is a multiple of 2^align, mostly of the window. */
uint64_t random_pa(struct random_machine *m, unsigned align);
