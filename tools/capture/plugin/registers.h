/* The guest's registers, read of the core that executes. */
#pragma once

#include <stdint.h>

enum register_name {
    REGISTER_PC,
    REGISTER_CPSR,
    REGISTER_PAR,
    REGISTER_HPFAR,
    REGISTER_ESR_EL1, /* these four: of EL1, then of EL2 */
    REGISTER_ESR_EL2,
    REGISTER_FAR_EL1,
    REGISTER_FAR_EL2,
    REGISTER_ELR_EL1,
    REGISTER_ELR_EL2,
    REGISTER_SPSR_EL1,
    REGISTER_SPSR_EL2,
    REGISTER_COUNT
};

/* Says which register tells the cores apart, by QEMU's name; NULL: there is one core. */
void registers_set_core_name(const char *name);

/* Asks QEMU which registers there are; to be called as a core starts, and does nothing the second time. Returns NULL,
 * or the name of a register without which nothing can be captured. */
const char *registers_find(void);

/* Returns the register's content; 0 of one that the machine does not have. */
uint64_t registers_read(enum register_name name);
uint64_t registers_read_x(unsigned n);
uint64_t registers_read_context(unsigned index);

/* Returns what tells this core from the others. */
uint64_t registers_read_core(void);
