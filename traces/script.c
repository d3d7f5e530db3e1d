/* Words to statements. */
#include "traces/script.h"
#include "models/arch/barrier.h"

#include "traces/error.h"
#include "traces/script_text.h"

#include <stdlib.h>
#include <string.h>

struct script *script_open(const char *path, struct trace_error *err)
{
    struct script *s = calloc(1, sizeof *s);

    if (!s) {
        error_set(err, "%s: out of memory", path);
        return NULL;
    }
    if (lines_open(&s->lines, path, err))
        return s;
    free(s);
    return NULL;
}

void script_close(struct script *s)
{
    if (!s)
        return;
    lines_close(&s->lines);
    free(s);
}

const char *script_line(const struct script *s)
{
    return s->lines.text;
}

bool script_is_gzipped(const struct script *s)
{
    return lines_is_gzipped(&s->lines);
}

void script_complain(struct script *s, unsigned word, const char *what, struct trace_error *err)
{
    s->err = err;
    script_text_fail(s, word, what);
}

static bool parse_name(struct script *s, struct script_stmt *stmt)
{
    if (s->count < 2)
        return script_text_fail(s, 1, "a name is missing");
    stmt->name = s->word[1];
    return true;
}

static bool parse_platform(struct script *s, struct script_stmt *stmt)
{
    if (!parse_name(s, stmt))
        return false;
    stmt->text = s->count > 2 ? s->word[2] : NULL;
    for (char *p = s->word[2]; s->count > 3 && p < s->word[s->count - 1]; p++) {
        if (*p == '\0') /* the words are one text again */
            *p = ' ';
    }
    s->count = s->count > 3 ? s->count : 3; /* what follows is the platform's */
    return true;
}

static bool parse_param(struct script *s, struct script_stmt *stmt)
{
    if (!parse_name(s, stmt))
        return false;
    if (s->count < 3)
        return script_text_fail(s, 2, "the parameter's value is missing");
    stmt->text = s->word[2];
    return true;
}

static bool parse_cpu(struct script *s, struct script_stmt *stmt)
{
    uint64_t n;

    if (!script_text_number(s, 1, "the core's number", &n))
        return false;
    stmt->cpu = n > 0xFFFF ? 0xFFFF : (unsigned)n;
    return true;
}

static bool parse_reg(struct script *s, struct script_stmt *stmt)
{
    if (!parse_name(s, stmt))
        return false;
    stmt->reg = sysreg_by_name(stmt->name);
    if (stmt->reg == SYSREG_COUNT)
        return script_text_fail(s, 1, "unknown register; the name is Arm's, as in TCR_EL1");
    return script_text_number(s, 2, "the register's value", &stmt->value);
}

static bool parse_address(struct script *s, struct script_stmt *stmt)
{
    if (!script_text_number(s, 1, "the physical address", &stmt->address))
        return false;
    if (stmt->address % 8 != 0 || stmt->address >> 48 != 0)
        return script_text_fail(s, 1, "a physical address is a multiple of 8 below 2^48");
    return true;
}

static bool parse_mem(struct script *s, struct script_stmt *stmt)
{
    if (!parse_address(s, stmt))
        return false;
    if (s->count < 3)
        return script_text_fail(s, 2, "a 64-bit word is missing");
    stmt->words = s->count - 2;
    if (stmt->address + 8ULL * stmt->words > 1ULL << 48)
        return script_text_fail(s, 1, "the words reach beyond 2^48");
    stmt->word = s->number;
    for (unsigned i = 0; i < stmt->words; i++) {
        if (!script_text_number(s, 2 + i, "a word", &s->number[i]))
            return false;
    }
    return true;
}

static bool parse_zero(struct script *s, struct script_stmt *stmt)
{
    if (!parse_address(s, stmt) || !script_text_number(s, 2, "the byte count", &stmt->value))
        return false;
    if (stmt->value % 8 != 0 || stmt->value > 1ULL << 48)
        return script_text_fail(s, 2, "the byte count is a multiple of 8, at most 2^48");
    return true;
}

static bool parse_at(struct script *s, struct script_stmt *stmt)
{
    if (!parse_name(s, stmt))
        return false;
    stmt->at = at_by_name(stmt->name);
    if (stmt->at == AT_OP_COUNT)
        return script_text_fail(s, 1,
                                "unknown AT operation; one of S1E1R S1E1W S1E0R S1E0W S1E2R S1E2W S12E1R S12E1W "
                                "S12E0R S12E0W");
    return script_text_number(s, 2, "the virtual address", &stmt->access.va.v);
}

static bool parse_el(struct script *s, struct script_stmt *stmt)
{
    const char *el = s->count > 1 ? s->word[1] : "";

    if (strncmp(el, "el", 2) != 0 || el[2] < '0' || el[2] > '2' || el[3] != '\0')
        return script_text_fail(s, 1, "the exception level is el0, el1 or el2");
    stmt->access.el = (uint8_t)(el[2] - '0');
    return script_text_number(s, 2, "the virtual address", &stmt->access.va.v);
}

static bool parse_fetch(struct script *s, struct script_stmt *stmt)
{
    stmt->access.kind = ACCESS_FETCH;
    stmt->access.size = 4;
    if (!parse_el(s, stmt))
        return false;
    if (stmt->access.va.v % 4 != 0)
        return script_text_fail(s, 2, "an instruction address is a multiple of 4");
    return true;
}

static bool parse_data(struct script *s, struct script_stmt *stmt)
{
    uint64_t size;

    stmt->access.kind = strcmp(s->word[0], "load") == 0 ? ACCESS_LOAD : ACCESS_STORE;
    if (!parse_el(s, stmt) || !script_text_number(s, 3, "the size in bytes", &size))
        return false;
    if (size == 0 || size > 64 || (size & (size - 1)) != 0)
        return script_text_fail(s, 3, "the size is 1, 2, 4, 8, 16, 32 or 64");
    stmt->access.size = (uint32_t)size;
    return true;
}

static bool parse_tlbi(struct script *s, struct script_stmt *stmt)
{
    if (!parse_name(s, stmt))
        return false;
    stmt->tlbi = tlbi_by_name(stmt->name, &stmt->broadcast);
    if (stmt->tlbi == TLBI_OP_COUNT)
        return script_text_fail(s, 1, "unknown TLBI operation; one of Armv8.0's, as in VAE1IS");
    if (!tlbi_has_operand(stmt->tlbi))
        return s->count == 2 || script_text_fail(s, 2, "this operation takes no operand");
    return script_text_number(s, 2, "the operand Xt", &stmt->value);
}

/* dsb and isb may name what they order, as in `dsb ish`; it makes no difference to what runs here [Arm: C6.2, DSB]. */
static bool parse_barrier(struct script *s, struct script_stmt *stmt)
{
    static const struct {
        const char *name;
        uint8_t crm;
    } options[] = { { "sy", 15 }, { "st", 14 },   { "ld", 13 },   { "ish", 11 }, { "ishst", 10 }, { "ishld", 9 },
                    { "nsh", 7 }, { "nshst", 6 }, { "nshld", 5 }, { "osh", 3 },  { "oshst", 2 },  { "oshld", 1 } };
    uint32_t opcode = strcmp(s->word[0], "dsb") == 0 ? OPCODE_DSB : OPCODE_ISB;

    stmt->opcode = opcode | 15u << 8;
    if (s->count < 2)
        return true;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        stmt->opcode = opcode | (uint32_t)options[i].crm << 8;
        if (strcmp(s->word[1], options[i].name) == 0)
            return true;
    }
    return script_text_fail(s, 1, "unknown barrier option; one of Arm's, as in ish");
}

struct statement_row {
    const char *word;
    enum script_op op;
    unsigned most_words; /* with the statement's own; 0: the parser says */
    bool (*parse)(struct script *s, struct script_stmt *stmt);
};

static const struct statement_row statements[] = {
    { "set", SCRIPT_SET, 2, parse_name },
    { "platform", SCRIPT_PLATFORM, 0, parse_platform },
    { "param", SCRIPT_PARAM, 3, parse_param },
    { "cpu", SCRIPT_CPU, 2, parse_cpu },
    { "reg", SCRIPT_REG, 3, parse_reg },
    { "mem", SCRIPT_MEM, 0, parse_mem },
    { "memory", SCRIPT_MEMORY, 2, parse_name },
    { "zero", SCRIPT_ZERO, 3, parse_zero },
    { "at", SCRIPT_AT, 3, parse_at },
    { "fetch", SCRIPT_ACCESS, 3, parse_fetch },
    { "load", SCRIPT_ACCESS, 4, parse_data },
    { "store", SCRIPT_ACCESS, 4, parse_data },
    { "tlbi", SCRIPT_TLBI, 3, parse_tlbi },
    { "dsb", SCRIPT_BARRIER, 2, parse_barrier },
    { "isb", SCRIPT_BARRIER, 2, parse_barrier },
};

static bool parse_statement(struct script *s, struct script_stmt *stmt)
{
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        const struct statement_row *row = &statements[i];

        if (strcmp(s->word[0], row->word) != 0)
            continue;
        stmt->op = row->op;
        if (!script_parse_answers(s, stmt))
            return false;
        if (row->most_words && s->count > row->most_words)
            return script_text_fail(s, row->most_words, "too many words");
        return row->parse(s, stmt);
    }
    return script_text_fail(s, 0,
                            "unknown statement; one of set platform param cpu reg mem memory zero at fetch load store "
                            "tlbi dsb isb (a trace of another program: `stagewalk trace import` first)");
}

int script_next(struct script *s, struct script_stmt *stmt, struct trace_error *err)
{
    int got;

    s->err = err;
    got = script_text_line(s);
    *stmt = (struct script_stmt){ .op = SCRIPT_NONE, .line = (unsigned)s->lines.number };
    if (got != 1 || s->count == 0)
        return got;
    return parse_statement(s, stmt) ? 1 : -1;
}
