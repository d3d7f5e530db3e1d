/* Records to lines. */
#include "sim/replay/tarmac_out.h"

#include "sim/replay/tarmac_walk.h"
#include "traces/text_words.h"

#include <inttypes.h>

#define MOVED_MAX 8 /* bytes of one MR or MW line [Tarmac: processor memory access trace] */
#define VECTOR_BYTES 0x80
#define EXCEPTION_FIRST 0x80 /* number of vector 0 [guess: 0x84 is that of vector 0x200 in [TTU: parsertest.txt]] */

void tarmac_out_begin(struct tarmac_out *t, struct cluster *c)
{
    *t = (struct tarmac_out){ .fills.count = 0 };
    for (unsigned i = 0; i < CORES_MAX; i++)
        c->core[i].mmu.fills = &t->fills;
}

/* The common address definition: 8 digits for what fits 32 bits, else 16. */
static void put_address(char *out, size_t bytes, uint64_t va, bool pa_known, uint64_t pa)
{
    int digits = va >> 32 ? 16 : 8;

    if (pa_known)
        snprintf(out, bytes, "%0*" PRIx64 ":%012" PRIx64 "_NS", digits, va, pa);
    else
        snprintf(out, bytes, "%0*" PRIx64, digits, va);
}

/* The instructions of a core's run up to the one with index `end`. */
static void put_instructions(struct tarmac_out *t, struct tarmac_run *run, uint32_t end)
{
    char address[64];

    for (; run->printed < end && run->printed < run->n; run->printed++) {
        uint64_t offset = 4 * run->printed, number = run->first + run->printed;

        put_address(address, sizeof address, run->va + offset, run->pa_known, run->pa + offset);
        tarmac_text_add(&t->text, number, "IT (%" PRIu64 ") %s 00000000 O EL%u%c_n : not in the trace", number, address,
                        run->el, run->el ? 'h' : 't');
    }
}

/* The number of the instruction that the core printed last. */
static uint64_t instruction_of(const struct tarmac_run *run)
{
    return run->first + (run->printed ? run->printed - 1 : 0);
}

void tarmac_out_walk(struct tarmac_out *t, const struct mmu *m, const struct trace_rec *rec, const struct access *a,
                     const struct outcome *o)
{
    struct tarmac_run *run = &t->run[rec->core];
    const struct regime *r = &m->regime[regime_of_el(a->el)];
    struct tarmac_walk w = { r, regime_half(r, a->va), a->kind == ACCESS_FETCH, rec->core, 0 };

    if (rec->op > REC_ZVA)
        put_instructions(t, run, run->n);
    w.at = instruction_of(run);
    tarmac_walk_steps(&t->text, &w, &o->x.steps);
    if (o->pages > 1)
        tarmac_walk_steps(&t->text, &w, &o->second);
    tarmac_walk_fills(&t->text, &w, &t->fills);
    t->fills.count = 0;
}

/* Where a byte of the access lies. */
static uint64_t pa_of(const struct outcome *o, uint64_t va, uint64_t offset)
{
    uint64_t first = 0x1000 - (va & 0xFFF);

    if (o->pages > 1 && offset >= first)
        return o->second_pa.v + (offset - first);
    return o->x.pa.v + offset;
}

/* A data access, in pieces that a line can hold. */
static void put_moves(struct tarmac_out *t, const struct access *a, const struct outcome *o, uint64_t at)
{
    unsigned piece = a->size < MOVED_MAX ? a->size : MOVED_MAX;
    bool good = o->x.fault.type == FAULT_NONE;
    char address[64];

    for (unsigned offset = 0; offset < a->size; offset += piece) {
        put_address(address, sizeof address, a->va.v + offset, good, pa_of(o, a->va.v, offset));
        tarmac_text_add(&t->text, at, "M%c%u%s %s %.*s", access_writes((enum access_kind)a->kind) ? 'W' : 'R', piece,
                        a->unpriv ? "T" : "", address, good ? (int)(2 * piece + (piece == 8)) : 9,
                        !good        ? "(ABORTED)"
                        : piece == 8 ? "00000000_00000000"
                                     : "00000000");
        if (!good)
            return;
    }
}

void tarmac_out_access(struct tarmac_out *t, const struct mmu *m, const struct trace_rec *rec, const struct access *a,
                       const struct outcome *o)
{
    struct tarmac_run *run = &t->run[rec->core];

    if (rec->op == REC_FETCH) {
        put_instructions(t, run, run->n);
        *run = (struct tarmac_run){ rec->va, o->x.pa.v, o->x.fault.type == FAULT_NONE,          rec->el,
                                    rec->n,  0,         m->count.v[COUNT_INST_RETIRED] - rec->n };
        tarmac_out_walk(t, m, rec, a, o);
        return;
    }
    put_instructions(t, run, rec->n / 4 + 1);
    tarmac_out_walk(t, m, rec, a, o);
    put_moves(t, a, o, instruction_of(run));
}

/* An exception: the registers that it wrote, then the event. */
static void put_exception(struct tarmac_out *t, const struct trace_rec *rec, uint64_t at)
{
    static const char *const from[] = { "CURRENT_SP0", "CURRENT_SPx", "LOWER_64", "LOWER_32" };
    static const char *const what[] = { "SYNC", "IRQ", "FIQ", "SERROR" };
    unsigned vector = rec->n / VECTOR_BYTES;

    if (vector % 4 == 0) {
        tarmac_text_add(&t->text, at, "R ESR_EL%u %016" PRIx64, rec->el, rec->value);
        tarmac_text_add(&t->text, at, "R FAR_EL%u %016" PRIx64, rec->el, rec->va);
        if (rec->el == 2)
            tarmac_text_add(&t->text, at, "R HPFAR_EL2 %016" PRIx64, rec->pa);
    }
    tarmac_text_add(&t->text, at, "R SPSR_EL%u %016" PRIx64, rec->el, rec->spsr);
    tarmac_text_add(&t->text, at, "R ELR_EL%u %016" PRIx64, rec->el, rec->elr);
    tarmac_text_add(&t->text, at, "E %016" PRIx64 " %08x CoreEvent_%s_%s", rec->elr, EXCEPTION_FIRST + vector,
                    from[vector / 4 & 3], what[vector % 4]);
}

static void put_system(struct tarmac_out *t, const struct trace_rec *rec, uint64_t at)
{
    char name[TEXT_NAME_BYTES];

    text_words_instruction(rec->n, name);
    if (*name)
        tarmac_text_add(&t->text, at, "R %s %08" PRIx64 ":%08" PRIx64, name, rec->value >> 32, rec->value & 0xFFFFFFFF);
}

void tarmac_out_event(struct tarmac_out *t, const struct trace_rec *rec)
{
    struct tarmac_run *run = &t->run[rec->core];
    char name[TEXT_NAME_BYTES];
    uint64_t at;

    if (rec->op == REC_TABW) /* no core did it; the next walk tells */
        return;
    put_instructions(t, run, run->n);
    at = instruction_of(run);
    switch ((enum rec_op)rec->op) {
    case REC_SYS:
        put_system(t, rec, at);
        break;
    case REC_MSR:
        text_words_register(rec->n, name);
        tarmac_text_add(&t->text, at, "R %s %016" PRIx64, name, rec->value);
        break;
    case REC_PAR:
        tarmac_text_add(&t->text, at, "R PAR_EL1 %016" PRIx64, rec->value);
        break;
    case REC_EXC:
        put_exception(t, rec, at);
        break;
    case REC_FETCH:
    case REC_LOAD:
    case REC_STORE:
    case REC_ZVA:
    case REC_TABW:
    case REC_OP_COUNT:
        break;
    }
}

void tarmac_out_end(struct tarmac_out *t, unsigned core)
{
    put_instructions(t, &t->run[core], t->run[core].n);
}

struct tarmac_text tarmac_out_take(struct tarmac_out *t)
{
    struct tarmac_text text = t->text;

    t->text = (struct tarmac_text){ NULL };
    return text;
}
