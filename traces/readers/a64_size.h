/* How many bytes an A64 load or store moves, by its opcode. */
#pragma once

#include <stdint.h>

/* Returns the bytes of one register, with *registers those that the instruction moves (1 or 2); 0 when the opcode is no
 * load or store of one size: a structure, an atomic of later architectures, another instruction. */
uint32_t a64_size(uint32_t opcode, unsigned *registers);
