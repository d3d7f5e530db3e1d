/* Instructions, registers, descriptors and exceptions of Tarmac text. */
#include "traces/readers/tarmac_line.h"

#include <ctype.h>
#include <string.h>

#define VECTORS 16
#define EXCEPTION_FIRST 0x80 /* the number of vector 0 [guess: 0x84 is that of vector 0x200 in [TTU]] */

/* `O EL1h_n :`, `A svc:`. Of another instruction set, nothing else matters. */
static void take_mode(struct tarmac_line *l, const char *at)
{
    l->el = TARMAC_EL_UNKNOWN;
    l->a64 = tarmac_line_is(at, "O");
    at = tarmac_line_next(at);
    if ((at[0] | 0x20) == 'e' && (at[1] | 0x20) == 'l' && at[2] >= '0' && at[2] <= '3')
        l->el = (uint8_t)(at[2] - '0');
}

static bool is_state(const char *at)
{
    static const char *const states[] = { "O", "A", "T", "X", "T16", "T32" };

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (tarmac_line_is(at, states[i]))
            return true;
    return false;
}

/* The mode, and an end to what an instruction of A64 may be. */
static void end_instruction(struct tarmac_line *l, const char *at, uint64_t opcode)
{
    if (!is_state(at)) {
        tarmac_line_bad(l, at, "O, A or T should stand here: the instruction set");
        return;
    }
    take_mode(l, at);
    l->opcode = (uint32_t)opcode;
    l->opcode_known = l->a64 && opcode != 0 && opcode >> 32 == 0;
    if (l->a64 && l->va % 4 != 0)
        tarmac_line_bad(l, at, "an A64 instruction at an address that is no multiple of 4");
}

/* `IT (12) 0000802c:00000000802c_NS 1afb T svc_s : ...`, or `IT (0000802c) 1afb T ...` */
void tarmac_line_it(struct tarmac_line *l, const char *at)
{
    uint64_t bracket = 0, opcode = 0;
    const char *address;

    at = tarmac_line_next(at);
    if (*at == '(') {
        at++;
        tarmac_line_hex(&at, &bracket);
        at = tarmac_line_next(at);
    }
    address = at;
    l->kind = TARMAC_INSTRUCTION;
    if (!tarmac_line_address(l, &at)) {
        tarmac_line_bad(l, address, "the instruction's address should stand here, in hexadecimal");
        return;
    }
    at = tarmac_line_skip(at);
    if (is_state(at)) { /* what was read is the opcode */
        opcode = l->va;
        l->va = bracket;
    } else if (!tarmac_line_hex(&at, &opcode)) {
        tarmac_line_bad(l, at, "the opcode should stand here, in hexadecimal");
        return;
    } else {
        at = tarmac_line_skip(at);
    }
    end_instruction(l, at, opcode);
}

/* `ES (0000000000210744:a900a3e0) O el3h_s: ...`, `ES EXC ...` */
void tarmac_line_es(struct tarmac_line *l, const char *at)
{
    uint64_t opcode = 0;

    at = tarmac_line_next(at);
    l->kind = TARMAC_EXCEPTION;
    if (tarmac_line_is(at, "EXC") || tarmac_line_is(at, "Reset"))
        return;
    l->kind = TARMAC_INSTRUCTION;
    if (*at != '(') {
        tarmac_line_bad(l, at, "(address:opcode) should stand here");
        return;
    }
    at++;
    if (!tarmac_line_hex(&at, &l->va) || *at != ':') {
        tarmac_line_bad(l, at, "(address:opcode) should stand here, in hexadecimal");
        return;
    }
    at++;
    if (*at == '-') {
        l->kind = TARMAC_FETCH_FAILED;
        return;
    }
    if (!tarmac_line_hex(&at, &opcode) || *at != ')') {
        tarmac_line_bad(l, at, "the opcode should stand here, in hexadecimal");
        return;
    }
    end_instruction(l, tarmac_line_next(at), opcode);
}

/* Reads a value in one word or two, with `_` and `:` between digits. Returns how many digits it has, 0 when it is none
 * of 64 bits: a part of a register, a vector. */
static unsigned take_value(const char *at, uint64_t *value)
{
    unsigned digits = 0;
    uint64_t v = 0;

    for (; digits <= 16; at++) {
        bool second = *at == ' ' && digits == 8 && strspn(tarmac_line_skip(at), "0123456789abcdefABCDEF") == 8;

        if (tarmac_line_digit(*at) >= 0) {
            v = v << 4 | (unsigned)tarmac_line_digit(*at);
            digits++;
        } else if (*at != '_' && *at != ':' && !second) {
            break;
        }
    }
    *value = v;
    return digits <= 16 && (*at == '\0' || *at == ' ' || *at == '\t') ? digits : 0;
}

/* Reads a name in upper case, and what stands behind a blank when it has two parts. */
static const char *take_name(struct tarmac_line *l, const char *at)
{
    bool two =
        tarmac_line_is(at, "TLBI") || tarmac_line_is(at, "AT") || tarmac_line_is(at, "DC") || tarmac_line_is(at, "IC");
    size_t length = 0;

    l->kind = two ? TARMAC_OPERATION : TARMAC_REGISTER;
    for (; *at && (!isblank((unsigned char)*at) || two); at++) {
        if (isblank((unsigned char)*at))
            two = false;
        if (length + 1 < sizeof l->name)
            l->name[length++] = *at >= 'a' && *at <= 'z' ? (char)(*at - 0x20) : *at;
    }
    l->name[length] = '\0';
    return tarmac_line_skip(at);
}

/* `R cpsr 600003c5`, `R X0 0000000000210000`, `R SCTLR (AARCH32) 00c50878`, `R TLBI ALLE3 00000000:00000000` */
void tarmac_line_register(struct tarmac_line *l, const char *at)
{
    at = tarmac_line_next(at);
    if (!*at) {
        tarmac_line_bad(l, at, "the name of a register should stand here");
        return;
    }
    at = take_name(l, at);
    if (*at == '(' || strchr(l->name, '<')) /* a bank of AArch32, a part of a vector */
        l->kind = TARMAC_NOTE;
    else if (!*at)
        tarmac_line_bad(l, at, "the content of the register should stand here");
    else if (!take_value(at, &l->value))
        l->kind = TARMAC_NOTE;
}

/* `TTW DTLB LPAE 1:3 0000fdc16008 00000000fdc0172f : BLOCK ...` [islet] */
void tarmac_line_descriptor(struct tarmac_line *l, const char *at)
{
    const char *stage;

    at = tarmac_line_next(tarmac_line_next(at));
    l->kind = TARMAC_NOTE;
    if (!tarmac_line_is(at, "LPAE") || strstr(at, "(ABORTED)"))
        return; /* the short-descriptor format is AArch32's */
    stage = at = tarmac_line_next(at);
    l->kind = TARMAC_DESCRIPTOR;
    if (!(stage[0] == '1' || stage[0] == '2') || stage[1] != ':') {
        tarmac_line_bad(l, at, "stage:level should stand here");
        return;
    }
    at = tarmac_line_next(at);
    if (!tarmac_line_hex(&at, &l->pa) || l->pa % 8 != 0) {
        tarmac_line_bad(l, at, "the descriptor's address should stand here, a multiple of 8 in hexadecimal");
        return;
    }
    at = tarmac_line_next(at);
    if (!tarmac_line_hex(&at, &l->value))
        tarmac_line_bad(l, at, "the descriptor should stand here, in hexadecimal");
}

/* `E 00008100 00000084 CoreEvent_CURRENT_SPx_SYNC`; there are more events than exceptions. */
void tarmac_line_event(struct tarmac_line *l, const char *at)
{
    uint64_t number = 0;

    l->kind = strstr(at, "CoreEvent_") ? TARMAC_EXCEPTION : TARMAC_NOTE;
    for (at = tarmac_line_next(at); *at && strncmp(at, "CoreEvent_", 10) != 0; at = tarmac_line_next(at)) {
        const char *word = at;

        l->told = tarmac_line_hex(&word, &number) > 0;
    }
    l->told = l->told && number >= EXCEPTION_FIRST && number < EXCEPTION_FIRST + VECTORS;
    l->value = number - EXCEPTION_FIRST;
}

void tarmac_line_exception(struct tarmac_line *l, const char *at)
{
    (void)at;
    l->kind = TARMAC_EXCEPTION;
}
