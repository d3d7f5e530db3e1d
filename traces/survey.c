/* A pass over the records with the few registers that tell who is at work. */
#include "traces/survey.h"

#include "models/arch/addr.h"
#include "models/arch/at.h"

#include <string.h>

/* [Arm: ESR_ELx.EC] */
enum {
    EC_WFX = 0x01,
    EC_FP = 0x07,
    EC_SVC = 0x15,
    EC_HVC = 0x16,
    EC_SMC = 0x17,
    EC_SYSREG = 0x18,
    EC_FETCH_LOWER = 0x20,
    EC_FETCH_SAME = 0x21,
    EC_DATA_LOWER = 0x24,
    EC_DATA_SAME = 0x25,
};

static const uint8_t size_bits[SURVEY_SIZE_COUNT] = { 12, 16, 21, 30 };

const char *survey_exception_name(enum survey_exception e)
{
    static const char *const names[] = { "IRQ",        "FIQ",  "SError", "instruction abort",
                                         "data abort", "call", "trap",   "other" };

    return names[e];
}

void survey_init(struct survey *s)
{
    memset(s, 0, sizeof *s);
}

void survey_free(struct survey *s)
{
    for (int i = 0; i < SURVEY_SIZE_COUNT; i++)
        page_set_free(&s->pages[i]);
}

/* Returns who is at work on a core at an exception level. */
static unsigned who_is(const struct survey_core *c, unsigned el)
{
    if (el >= 2)
        return el == 2 ? SURVEY_EL2 : SURVEY_EL3;
    return (unsigned)bits(c->vttbr, VTTBR_VMID);
}

/* Returns the address space of a VA, as one number that is not 0: who, ASID, half, and the page. */
static uint64_t page_key(const struct survey_core *c, unsigned who, uint64_t va)
{
    uint64_t asid = bits(bit(c->tcr, TCR_EL1_A1) ? c->ttbr1 : c->ttbr0, TTBR_ASID);
    const bool upper = bit(va, 55); /* above it there may be a tag [Arm: TCR_EL1.TBI0] */

    if (who >= SURVEY_EL2 || upper) /* the kernel's half is global [choice: counted as one whatever the ASID] */
        asid = 0;
    return ((uint64_t)who << 54 | (asid & 0xFFFF) << 38 | (upper ? 1ULL << 37 : 0) | bits(va, 47, 12)) + 1;
}

/* Counts a page at each size that it is the first of. */
static void touch(struct survey *s, unsigned who, uint64_t key)
{
    uint64_t page = key - 1;

    for (int i = 0; i < SURVEY_SIZE_COUNT; i++) {
        uint64_t piece = page & ~low_mask(size_bits[i] - 12u);
        enum page_set_result result = page_set_add(&s->pages[i], piece + 1);

        if (result == PAGE_SET_KNOWN)
            return;
        if (result == PAGE_SET_FULL)
            s->at_least = true;
        else
            s->who[who].touched[i]++;
    }
}

static void add_access(struct survey *s, const struct trace_rec *rec, bool fetch)
{
    struct survey_core *c = &s->core[rec->core];
    unsigned who = who_is(c, rec->el);
    uint64_t key = page_key(c, who, rec->va);

    s->who[who].cores |= 1u << rec->core;
    if (fetch)
        s->who[who].instructions[rec->el] += rec->n;
    else if (rec->op == REC_LOAD)
        s->who[who].loads++;
    else
        s->who[who].stores++;
    if (c->page[fetch] == key)
        return;
    c->page[fetch] = key;
    touch(s, who, key);
}

static void add_register(struct survey_core *c, const struct trace_rec *rec)
{
    switch ((int)sysreg_by_encoding(rec->n)) {
    case SYSREG_VTTBR_EL2:
        c->vttbr = rec->value;
        break;
    case SYSREG_TCR_EL1:
        c->tcr = rec->value;
        break;
    case SYSREG_TTBR0_EL1:
        c->ttbr0 = rec->value;
        break;
    case SYSREG_TTBR1_EL1:
        c->ttbr1 = rec->value;
        break;
    default:
        break;
    }
}

static void add_instruction(struct survey *s, const struct trace_rec *rec)
{
    enum tlbi_op op;
    bool broadcast;

    if (tlbi_decode_opcode(rec->n, &op, &broadcast)) {
        s->tlbi[op][broadcast]++;
        s->who[who_is(&s->core[rec->core], rec->el)].tlbis++;
    } else if (at_decode_opcode(rec->n) != AT_OP_COUNT) {
        s->at++;
    }
}

/* The vector says which kind, and of a synchronous one ESR which [Arm: D1.3.1, exception vectors]. */
static enum survey_exception exception_of(const struct trace_rec *rec)
{
    switch (rec->n & 0x180) {
    case 0x80:
        return SURVEY_IRQ;
    case 0x100:
        return SURVEY_FIQ;
    case 0x180:
        return SURVEY_SERROR;
    default:
        break;
    }
    switch (bits(rec->value, ESR_EC)) {
    case EC_FETCH_LOWER:
    case EC_FETCH_SAME:
        return SURVEY_FETCH_ABORT;
    case EC_DATA_LOWER:
    case EC_DATA_SAME:
        return SURVEY_DATA_ABORT;
    case EC_SVC:
    case EC_HVC:
    case EC_SMC:
        return SURVEY_CALL;
    case EC_WFX:
    case EC_FP:
    case EC_SYSREG:
        return SURVEY_TRAP;
    default:
        return SURVEY_OTHER;
    }
}

static void add_exception(struct survey *s, const struct trace_rec *rec)
{
    enum survey_exception e = exception_of(rec);

    s->exception[e]++;
    s->who[who_is(&s->core[rec->core], rec->el)].exceptions++;
    if (e == SURVEY_FETCH_ABORT || e == SURVEY_DATA_ABORT)
        s->fault[bits(rec->value, ESR_FSC)]++;
}

void survey_add(struct survey *s, const struct trace_rec *rec)
{
    switch ((enum rec_op)rec->op) {
    case REC_FETCH:
        add_access(s, rec, true);
        break;
    case REC_LOAD:
    case REC_STORE:
    case REC_ZVA:
        add_access(s, rec, false);
        break;
    case REC_SYS:
        add_instruction(s, rec);
        break;
    case REC_MSR:
        add_register(&s->core[rec->core], rec);
        break;
    case REC_EXC:
        add_exception(s, rec);
        break;
    case REC_TABW:
        s->who[who_is(&s->core[rec->core], rec->el)].table_writes++;
        break;
    case REC_PAR:
    case REC_OP_COUNT:
        break;
    }
}
