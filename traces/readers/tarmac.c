/* Tarmac text to records: what lines mean after those before them.
 *
 * Instructions are fetches, data lines accesses, registers REC_MSR; maintenance and AT come as REC_SYS, once their
 * operand is known. The tables are what walks were seen to read: a TTW line becomes REC_TABW. */
#include "traces/readers/formats.h"
#include "traces/readers/tarmac_line.h"
#include "traces/text_words.h"

#include "models/arch/at.h"
#include "models/arch/barrier.h"
#include "models/arch/cache_op.h"
#include "models/arch/tlbi.h"

#include <stdlib.h>
#include <string.h>

#define WORDS 4096             /* descriptors remembered, so that one is not told twice in a row */
#define OPCODE_SYS 0xD5080000u /* DC, IC, AT, TLBI and others: op0 is 1, L is 0 */
#define OPCODE_SYS_MASK 0xFFF80000u
#define REGISTER_NONE 31

enum operand { OPERAND_NONE, OPERAND_WANTED, OPERAND_TAKEN };

/* What a core did last, and what its registers hold as far as they were traced. */
struct tarmac_core {
    bool begun, left_out; /* an instruction was seen; the last one is of a state that is not modelled */
    uint8_t el;           /* TARMAC_EL_UNKNOWN */
    uint8_t entered;      /* EL whose ESR, ELR or SPSR was written since the last instruction; 0: none */
    bool syndrome;        /* its ESR was */
    bool translated;      /* an AT whose PAR_EL1 has not been told yet */
    uint8_t operand;      /* enum operand: of the last instruction, if it is maintenance or AT */
    uint32_t opcode;      /* of the last instruction; 0: not known */
    uint32_t x_known;     /* bit n: of Xn */
    uint64_t x[REGISTER_NONE];
    uint64_t reg[SYSREG_COUNT];
};

struct tarmac {
    struct tarmac_line line;
    unsigned core;       /* whom a line that names none is of: as the line before */
    bool window, writes; /* the line before was a window, of this direction */
    struct tarmac_core cores[TRACE_CORES_MAX];
    struct {
        uint64_t pa, value;
    } word[WORDS];
};

static uint8_t level_of(const struct tarmac_core *c)
{
    return c->el == TARMAC_EL_UNKNOWN ? 0 : c->el;
}

static struct trace_rec record_of(const struct tarmac *t, const struct tarmac_core *c, enum rec_op op)
{
    return (struct trace_rec){ .op = (uint8_t)op, .core = (uint8_t)t->core, .el = level_of(c) };
}

static bool put_system(struct foreign *f, struct tarmac *t, uint32_t opcode, uint64_t value)
{
    struct tarmac_core *c = &t->cores[t->core];
    struct trace_rec rec = record_of(t, c, REC_SYS);

    rec.n = opcode;
    rec.value = value;
    c->translated |= at_decode_opcode(opcode) != AT_OP_COUNT;
    c->operand = OPERAND_TAKEN;
    return foreign_record(f, &rec);
}

/* ---- Instructions ------------------------------------------------------------------------------------------------ */

static bool wants_operand(uint32_t opcode)
{
    enum access_kind kind;
    enum tlbi_op tlbi;
    bool broadcast;

    return (opcode & OPCODE_SYS_MASK) == OPCODE_SYS &&
           (at_decode_opcode(opcode) != AT_OP_COUNT || tlbi_decode_opcode(opcode, &tlbi, &broadcast) ||
            cache_op_decode(opcode, &kind));
}

/* What the instruction itself says beyond its fetch. */
static bool put_opcode(struct foreign *f, struct tarmac *t, struct tarmac_core *c)
{
    uint32_t opcode = c->opcode, rt = opcode & 31;

    if (opcode == OPCODE_ERET || barrier_is_dsb(opcode) || barrier_is_isb(opcode))
        return put_system(f, t, opcode, 0);
    if (!wants_operand(opcode))
        return true;
    if (rt == REGISTER_NONE)
        return put_system(f, t, opcode, 0);
    if (c->x_known >> rt & 1)
        return put_system(f, t, opcode, c->x[rt]);
    c->operand = OPERAND_WANTED;
    return true;
}

/* The line before told no operand, and it is too late now. */
static bool end_instruction(struct foreign *f, struct tarmac_core *c)
{
    bool lost = c->operand == OPERAND_WANTED;

    c->operand = OPERAND_NONE;
    return !lost || foreign_skip(f, "maintenance or AT whose operand is not traced");
}

static bool take_instruction(struct foreign *f, struct tarmac *t, struct tarmac_core *c)
{
    const struct tarmac_line *l = &t->line;
    struct foreign_access a = { .op = REC_FETCH, .core = (uint8_t)t->core, .bytes = 4, .va = l->va, .pa = l->pa };

    if (!end_instruction(f, c))
        return false;
    c->begun = true;
    c->entered = 0;
    c->syndrome = false;
    if (l->el != TARMAC_EL_UNKNOWN)
        c->el = l->el;
    c->left_out = !l->a64 || c->el == 3;
    if (!l->a64)
        return foreign_skip(f, "instruction of AArch32, which is not modelled");
    if (c->left_out)
        return foreign_skip(f, "instruction at EL3, which is not modelled");
    c->opcode = l->opcode_known ? l->opcode : 0;
    a.el = level_of(c);
    a.flags = l->pa_known ? 0 : REC_PA_UNKNOWN;
    return foreign_access(f, &a) && put_opcode(f, t, c);
}

/* ---- Data -------------------------------------------------------------------------------------------------------- */

static bool put_access(struct foreign *f, const struct tarmac *t, uint64_t offset, uint32_t bytes)
{
    const struct tarmac_line *l = &t->line;
    struct foreign_access a = { .op = l->writes ? REC_STORE : REC_LOAD,
                                .core = (uint8_t)t->core,
                                .el = level_of(&t->cores[t->core]),
                                .bytes = bytes,
                                .va = l->va + offset,
                                .pa = l->pa + offset,
                                .type = l->type };

    a.flags = (uint8_t)((l->pa_known ? 0 : REC_PA_UNKNOWN) | (l->unprivileged ? REC_UNPRIV : 0) |
                        (l->type ? REC_TYPE_KNOWN : 0));
    return foreign_access(f, &a);
}

static bool take_move(struct foreign *f, const struct tarmac *t, const struct tarmac_core *c)
{
    if (!c->begun)
        return foreign_skip(f, "access before the first instruction");
    if (c->left_out)
        return foreign_skip(f, "access of an instruction that was left out");
    if (t->line.aborted)
        return foreign_skip(f, "access that aborted");
    return put_access(f, t, 0, t->line.bytes);
}

/* The bytes that moved, as accesses of neighbours. */
static bool take_window(struct foreign *f, struct tarmac *t, const struct tarmac_core *c)
{
    const uint32_t mask = t->line.mask;

    if (t->line.continued && !t->window)
        return foreign_skip(f, "line of no kind known here");
    if (t->line.continued)
        t->line.writes = t->writes;
    t->window = true;
    t->writes = t->line.writes;
    if (!c->begun)
        return foreign_skip(f, "access before the first instruction");
    if (c->left_out)
        return foreign_skip(f, "access of an instruction that was left out");
    for (uint32_t i = 0; mask >> i;) {
        uint32_t first = i + (uint32_t)__builtin_ctz(mask >> i), bytes = (uint32_t)__builtin_ctz(~(mask >> first));

        if (!put_access(f, t, first, bytes))
            return false;
        i = first + bytes;
    }
    return true;
}

/* ---- Registers, maintenance, tables, exceptions ------------------------------------------------------------------ */

/* X0 to X30, or their lower halves, of which a write clears the upper: operands of maintenance. Returns the number,
 * REGISTER_NONE for another register. */
static unsigned general_register(const char *name)
{
    char *end;
    unsigned long n;

    if ((name[0] != 'X' && name[0] != 'W') || name[1] < '0' || name[1] > '9')
        return REGISTER_NONE;
    n = strtoul(name + 1, &end, 10);
    return *end == '\0' && n < REGISTER_NONE ? (unsigned)n : REGISTER_NONE;
}

/* A register that an exception writes, too. */
static void note_entry(struct tarmac_core *c, const char *name)
{
    size_t length = strlen(name);

    if (length < 5 || strncmp(name + length - 4, "_EL", 3) != 0)
        return;
    if (strncmp(name, "ESR", 3) != 0 && strncmp(name, "ELR", 3) != 0 && strncmp(name, "SPSR", 4) != 0)
        return;
    c->entered = (uint8_t)(name[length - 1] - '0');
    c->syndrome |= name[1] == 'S';
}

/* PSTATE in the form of SPSR [Arm: SPSR_EL1]: M[4] is AArch32, M[3:2] the level. */
static bool take_cpsr(struct tarmac_core *c, uint64_t value)
{
    if (!(value & 0x10))
        c->el = value >> 2 & 3;
    return true;
}

static bool take_register(struct foreign *f, struct tarmac *t, struct tarmac_core *c)
{
    const struct tarmac_line *l = &t->line;
    unsigned x = general_register(l->name);
    uint32_t encoding = text_words_register_by_name(l->name);
    struct trace_rec rec = record_of(t, c, REC_MSR);

    if (x < REGISTER_NONE) {
        c->x[x] = l->value;
        c->x_known |= 1u << x;
        return true;
    }
    if (strcmp(l->name, "CPSR") == 0)
        return take_cpsr(c, l->value);
    if (!encoding)
        return foreign_skip(f, "register that steers no translation");
    note_entry(c, l->name);
    if (sysreg_by_encoding(encoding) != SYSREG_COUNT)
        c->reg[sysreg_by_encoding(encoding)] = l->value;
    rec.n = encoding;
    rec.value = l->value;
    if (sysreg_by_encoding(encoding) == SYSREG_PAR_EL1 && c->translated) {
        rec.op = REC_PAR; /* the result of the AT */
        c->translated = false;
    }
    return foreign_record(f, &rec);
}

static bool take_operation(struct foreign *f, struct tarmac *t, struct tarmac_core *c)
{
    char other[TEXT_NAME_BYTES];
    uint32_t opcode = c->opcode;

    if (c->operand == OPERAND_TAKEN && c->opcode)
        return true; /* the instruction has said so */
    text_words_instruction(opcode, other);
    if (strcmp(other, t->line.name) != 0)
        opcode = text_words_opcode(t->line.name);
    if (!opcode || c->left_out)
        return foreign_skip(f, "maintenance or AT that is not modelled");
    return put_system(f, t, opcode, t->line.value);
}

static bool take_descriptor(struct foreign *f, struct tarmac *t, const struct tarmac_core *c)
{
    const struct tarmac_line *l = &t->line;
    struct trace_rec rec = record_of(t, c, REC_TABW);
    uint64_t i = (l->pa >> 3 ^ l->pa >> 12) % WORDS;

    if (t->word[i].pa == l->pa && t->word[i].value == l->value)
        return true;
    t->word[i].pa = rec.pa = l->pa;
    t->word[i].value = rec.value = l->value;
    return foreign_record(f, &rec);
}

/* An exception whose number and registers are known is a record. */
static bool take_exception(struct foreign *f, struct tarmac *t, struct tarmac_core *c)
{
    bool el2 = c->entered == 2;
    bool synchronous = t->line.value % 4 == 0;
    struct trace_rec rec = record_of(t, c, REC_EXC);

    if (!t->line.told || (c->entered != 1 && !el2) || (synchronous && !c->syndrome))
        return foreign_skip(f, "exception whose vector and registers are not traced");
    rec.el = c->entered;
    rec.n = (uint32_t)t->line.value * 0x80;
    rec.value = c->reg[el2 ? SYSREG_ESR_EL2 : SYSREG_ESR_EL1];
    rec.va = c->reg[el2 ? SYSREG_FAR_EL2 : SYSREG_FAR_EL1];
    rec.pa = el2 ? c->reg[SYSREG_HPFAR_EL2] : 0;
    rec.elr = c->reg[el2 ? SYSREG_ELR_EL2 : SYSREG_ELR_EL1];
    rec.spsr = c->reg[el2 ? SYSREG_SPSR_EL2 : SYSREG_SPSR_EL1];
    return foreign_record(f, &rec);
}

/* ---- The format -------------------------------------------------------------------------------------------------- */

static bool take_kind(struct foreign *f, struct tarmac *t, struct tarmac_core *c)
{
    switch (t->line.kind) {
    case TARMAC_INSTRUCTION:
        return take_instruction(f, t, c);
    case TARMAC_MOVE:
        return take_move(f, t, c);
    case TARMAC_WINDOW:
        return take_window(f, t, c);
    case TARMAC_REGISTER:
        return take_register(f, t, c);
    case TARMAC_OPERATION:
        return take_operation(f, t, c);
    case TARMAC_DESCRIPTOR:
        return take_descriptor(f, t, c);
    case TARMAC_EXCEPTION:
        return take_exception(f, t, c);
    case TARMAC_FETCH_FAILED:
        return foreign_skip(f, "instruction whose fetch failed");
    case TARMAC_NOTE:
        return true;
    case TARMAC_UNKNOWN:
    case TARMAC_BAD:
        break;
    }
    return foreign_skip(f, "line of no kind known here");
}

static bool take_line(struct foreign *f, const char *line)
{
    struct tarmac *t = foreign_state(f);

    tarmac_line_read(&t->line, line);
    if (t->line.kind == TARMAC_BAD)
        return foreign_fail(f, t->line.at, "%s", t->line.why);
    if (t->line.core >= TRACE_CORES_MAX)
        return foreign_fail(f, NULL, "core %d: cores 0 to %d are read", t->line.core, TRACE_CORES_MAX - 1);
    if (t->line.core >= 0)
        t->core = (unsigned)t->line.core;
    if (t->line.kind != TARMAC_WINDOW)
        t->window = false;
    return take_kind(f, t, &t->cores[t->core]);
}

static bool finish(struct foreign *f)
{
    struct tarmac *t = foreign_state(f);

    for (unsigned i = 0; i < TRACE_CORES_MAX; i++)
        if (!end_instruction(f, &t->cores[i]))
            return false;
    return true;
}

/* True for a line that begins with a time and its unit, or the title of RTL's. */
static bool likely(const char *head, size_t bytes)
{
    struct tarmac_line l;
    char line[256];
    const char *end;

    for (const char *at = head; (end = memchr(at, '\n', bytes - (size_t)(at - head))) != NULL; at = end + 1) {
        size_t length = (size_t)(end - at) < sizeof line ? (size_t)(end - at) : sizeof line - 1;

        memcpy(line, at, length);
        line[length] = '\0';
        line[strcspn(line, "\r")] = '\0';
        tarmac_line_read(&l, line);
        if (strncmp(line, "Tarmac Text", 11) == 0 || (l.timed && l.kind != TARMAC_UNKNOWN))
            return true;
        if (line[strspn(line, " \t")] != '\0')
            return false;
    }
    return false;
}

const struct reader_format tarmac_format = {
    .name = "tarmac",
    .what = "Arm Fast Models, RTL and Cycle Models, gem5 --tarmac-gen",
    .unknown = "tables but what TTW lines show, faults but with their registers",
    .state_bytes = sizeof(struct tarmac),
    .system = true,
    .likely = likely,
    .take_line = take_line,
    .finish = finish,
};
