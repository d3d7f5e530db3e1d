/* Names of operations, keys, registers and instructions. */
#include "traces/text_words.h"
#include "models/arch/at.h"
#include "models/arch/sysreg.h"
#include "models/arch/tlbi.h"

#include <stdio.h>
#include <string.h>

const struct text_op text_ops[REC_OP_COUNT] = {
    [REC_FETCH] = { "fetch", { { "va", TEXT_VA }, { "pa", TEXT_PA }, { "n", TEXT_N } } },
    [REC_LOAD] = { "load", { { "va", TEXT_VA }, { "pa", TEXT_PA }, { "size", TEXT_SIZE }, { "at", TEXT_N_HEX } } },
    [REC_STORE] = { "store", { { "va", TEXT_VA }, { "pa", TEXT_PA }, { "size", TEXT_SIZE }, { "at", TEXT_N_HEX } } },
    [REC_ZVA] = { "zva", { { "va", TEXT_VA }, { "pa", TEXT_PA } } },
    [REC_SYS] = { "sys", { { "opcode", TEXT_N_HEX }, { "x", TEXT_VALUE } } },
    [REC_MSR] = { "msr", { { "reg", TEXT_REGISTER }, { "value", TEXT_VALUE } } },
    [REC_PAR] = { "par", { { "value", TEXT_VALUE } } },
    [REC_EXC] = { "exc",
                  { { "vector", TEXT_N_HEX },
                    { "esr", TEXT_VALUE },
                    { "far", TEXT_VA },
                    { "hpfar", TEXT_PA },
                    { "elr", TEXT_ELR },
                    { "spsr", TEXT_SPSR },
                    { "par", TEXT_PAR } } },
    [REC_TABW] = { "tabw", { { "pa", TEXT_PA }, { "value", TEXT_VALUE } } },
};

uint64_t *text_words_field(struct trace_rec *rec, enum text_field field)
{
    switch (field) {
    case TEXT_VA:
        return &rec->va;
    case TEXT_PA:
        return &rec->pa;
    case TEXT_VALUE:
        return &rec->value;
    case TEXT_ELR:
        return &rec->elr;
    case TEXT_SPSR:
        return &rec->spsr;
    case TEXT_PAR:
        return &rec->par;
    case TEXT_NONE:
    case TEXT_N:
    case TEXT_N_HEX:
    case TEXT_REGISTER:
    case TEXT_SIZE:
        return NULL;
    }
    return NULL;
}

void text_words_register(uint32_t encoding, char name[TEXT_NAME_BYTES])
{
    enum sysreg reg = sysreg_by_encoding(encoding);

    if (reg != SYSREG_COUNT)
        snprintf(name, TEXT_NAME_BYTES, "%s", sysreg_name(reg));
    else
        snprintf(name, TEXT_NAME_BYTES, "S%u_%u_C%u_C%u_%u", encoding >> 14 & 3, encoding >> 11 & 7, encoding >> 7 & 15,
                 encoding >> 3 & 15, encoding & 7);
}

/* Moves past `prefix` and a decimal number up to max. Returns false when they do not stand there. */
static bool take_number(const char **at, const char *prefix, unsigned max, unsigned *value)
{
    size_t length = strlen(prefix), digits;

    if (strncmp(*at, prefix, length) != 0)
        return false;
    *at += length;
    digits = strspn(*at, "0123456789");
    *value = 0;
    for (size_t i = 0; i < digits && *value <= max; i++)
        *value = *value * 10 + (unsigned)((*at)[i] - '0');
    *at += digits;
    return digits > 0 && *value <= max;
}

uint32_t text_words_register_by_name(const char *name)
{
    static const uint32_t encodings[SYSREG_COUNT] = {
#define X(reg, op0, op1, crn, crm, op2) REC_SYSREG(op0, op1, crn, crm, op2),
        SYSREG_LIST(X)
#undef X
    };
    enum sysreg reg = sysreg_by_name(name);
    unsigned op0, op1, crn, crm, op2;

    if (reg != SYSREG_COUNT)
        return encodings[reg];
    if (!take_number(&name, "S", 3, &op0) || !take_number(&name, "_", 7, &op1) || !take_number(&name, "_C", 15, &crn) ||
        !take_number(&name, "_C", 15, &crm) || !take_number(&name, "_", 7, &op2) || *name != '\0' || op0 < 2)
        return 0;
    return REC_SYSREG(op0, op1, crn, crm, op2);
}

/* Instructions with nothing but a name to this project. The operand register is not part of the match. */
static const char *plain_instruction(uint32_t opcode)
{
    static const struct {
        uint32_t mask, opcode;
        const char *name;
    } plain[] = {
        { 0xfffff0ff, 0xd50330df, "ISB" },        { 0xfffff0ff, 0xd503309f, "DSB" },
        { 0xfffff0ff, 0xd50330bf, "DMB" },        { 0xffffffff, 0xd69f03e0, "ERET" },
        { 0xffffffe0, 0xd5087100, "IC IALLUIS" }, { 0xffffffe0, 0xd5087500, "IC IALLU" },
        { 0xffffffe0, 0xd50b7520, "IC IVAU" },    { 0xffffffe0, 0xd5087620, "DC IVAC" },
        { 0xffffffe0, 0xd5087640, "DC ISW" },     { 0xffffffe0, 0xd5087a40, "DC CSW" },
        { 0xffffffe0, 0xd5087e40, "DC CISW" },    { 0xffffffe0, 0xd50b7420, "DC ZVA" },
        { 0xffffffe0, 0xd50b7a20, "DC CVAC" },    { 0xffffffe0, 0xd50b7b20, "DC CVAU" },
        { 0xffffffe0, 0xd50b7e20, "DC CIVAC" },
    };

    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if ((opcode & plain[i].mask) == plain[i].opcode)
            return plain[i].name;
    return "";
}

void text_words_instruction(uint32_t opcode, char name[TEXT_NAME_BYTES])
{
    enum at_op at = at_decode_opcode(opcode);
    enum tlbi_op tlbi;
    bool broadcast;

    if (tlbi_decode_opcode(opcode, &tlbi, &broadcast))
        snprintf(name, TEXT_NAME_BYTES, "TLBI %s%s", tlbi_name(tlbi), broadcast ? "IS" : "");
    else if (at != AT_OP_COUNT)
        snprintf(name, TEXT_NAME_BYTES, "AT %s", at_name(at));
    else if ((opcode & 0xfffff01f) == 0xd503201f)
        snprintf(name, TEXT_NAME_BYTES, "HINT #%u", opcode >> 5 & 0x7f);
    else
        snprintf(name, TEXT_NAME_BYTES, "%s", plain_instruction(opcode));
}

uint32_t text_words_opcode(const char *name)
{
    char other[TEXT_NAME_BYTES];

    for (uint32_t field = 0; field < 1u << 14; field++) { /* op1, CRn, CRm, op2 [Arm: C5.1.2 "SYS"] */
        uint32_t opcode = 0xd5080000 | field << 5, crn = opcode >> 12 & 15;

        if (crn != 7 && crn != 8)
            continue;
        text_words_instruction(opcode, other);
        if (strcmp(other, name) == 0)
            return opcode;
    }
    return 0;
}
