/* The words of trace text: one table that printing and reading share, so that they cannot differ. */
#pragma once

#include "traces/record.h"
#include <stdbool.h>
#include <stddef.h>

#define TEXT_VERSION 1
#define TEXT_KEYS_MAX 7
#define TEXT_NAME_BYTES 32

/* What the value of a key is, and in which field of the record it goes. */
enum text_field {
    TEXT_NONE, /* ends a list of keys */
    TEXT_N,    /* n as a decimal number */
    TEXT_N_HEX,
    TEXT_REGISTER, /* n as the name of a system register */
    TEXT_SIZE,     /* size_log2 as a number of bytes */
    TEXT_VA,
    TEXT_PA, /* or ? when it is not known */
    TEXT_VALUE,
    TEXT_ELR,
    TEXT_SPSR,
    TEXT_PAR,
};

struct text_key {
    const char *name;
    enum text_field field;
};

struct text_op {
    const char *name;
    struct text_key keys[TEXT_KEYS_MAX + 1];
};

extern const struct text_op text_ops[REC_OP_COUNT];

/* Returns the 64-bit field of the record that the key fills, NULL when it fills another kind. */
uint64_t *text_words_field(struct trace_rec *rec, enum text_field field);

/* Writes the register's name in Arm's spelling, or as S<op0>_<op1>_C<n>_C<m>_<op2>. */
void text_words_register(uint32_t encoding, char name[TEXT_NAME_BYTES]);

/* Returns the encoding of a register of such a name, or 0 when there is none. */
uint32_t text_words_register_by_name(const char *name);

/* Writes what a system instruction does, as the manual spells it, or nothing when it is not known here. */
void text_words_instruction(uint32_t opcode, char name[TEXT_NAME_BYTES]);

/* Returns the opcode of a DC, IC, AT or TLBI by such a name, with X0 as its operand; 0 when there is none. */
uint32_t text_words_opcode(const char *name);
