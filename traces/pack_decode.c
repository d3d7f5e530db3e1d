/* Bytes to records. The road of expected records is the one that is taken nearly always: keep it short. */
#include "traces/pack_decode.h"

#include <string.h>

static bool fail(struct pack_decoder *d, const char *problem)
{
    if (!d->problem)
        d->problem = problem;
    return false;
}

bool pack_decode_start(struct pack_decoder *d, const uint8_t *payload, size_t bytes, uint32_t count)
{
    size_t at = 4 * PACK_COLUMN_COUNT;

    memset(d, 0, sizeof *d);
    if (bytes < at)
        return fail(d, "payload shorter than its column lengths");
    for (int i = 0; i < PACK_COLUMN_COUNT; i++) {
        uint32_t length = pack_get32(payload + 4 * i);

        if (length > bytes - at)
            return fail(d, "column longer than the payload");
        d->columns[i] = (struct pack_cursor){ payload + at, payload + at + length };
        at += length;
    }
    if (at != bytes)
        return fail(d, "payload longer than its columns");
    d->left = count;
    return true;
}

static bool get_byte(struct pack_decoder *d, enum pack_column column, uint8_t *v)
{
    struct pack_cursor *c = &d->columns[column];

    if (c->at == c->end)
        return fail(d, "column ends too early");
    *v = *c->at++;
    return true;
}

static bool get_varint(struct pack_decoder *d, enum pack_column column, uint64_t *v)
{
    struct pack_cursor *c = &d->columns[column];

    *v = 0;
    for (unsigned shift = 0; shift < 70 && c->at < c->end; shift += 7) {
        uint8_t byte = *c->at++;

        if (shift == 63 && byte > 1)
            return fail(d, "number does not fit 64 bits");
        *v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return fail(d, "column ends too early");
}

static bool get_page(struct pack_decoder *d, struct predict_core *c, uint64_t va, unsigned flags)
{
    uint64_t difference, page;

    if (flags & REC_PA_UNKNOWN)
        return fail(d, "page of an address that is not known");
    if (!get_varint(d, PACK_PAGE, &difference))
        return false;
    page = ((va >> 12) + c->offset[va >> 63] + pack_unzigzag(difference)) & (~0ull >> 12);
    c->offset[va >> 63] = page - (va >> 12);
    *predict_page(&d->predict, va) = page;
    return true;
}

/* The way of a PA that does not fit a dense record. */
static __attribute__((noinline)) void emit_far(struct dense_block *to, const struct dense *d, uint64_t page)
{
    struct trace_rec rec;

    to->rec[to->count] = *d;
    rec = dense_get(to, to->count);
    rec.pa = page << 12 | (rec.va & 0xfff);
    dense_add(to, &rec);
}

static inline void emit(struct pack_decoder *d, struct dense_block *to, uint64_t va, uint32_t what)
{
    uint64_t page = *predict_page(&d->predict, va);
    struct dense dense = { va, (uint32_t)page, what };

    if (what >> DENSE_FLAGS & REC_PA_UNKNOWN)
        dense.page = 0;
    else if (__builtin_expect(page >= DENSE_PAGE_END, 0)) {
        emit_far(to, &dense, page);
        return;
    }
    to->rec[to->count++] = dense;
}

/* Core and level, as a dense record has them. */
static inline uint32_t what_who(const struct pack_decoder *d, const struct predict_core *c)
{
    return (uint32_t)d->core << DENSE_CORE | (uint32_t)c->el << DENSE_EL;
}

/* A run's shape has n - 1 in bits 9:0 and the flags above. */
static inline uint32_t what_run(uint32_t shape)
{
    return (shape & 0x3ff) << DENSE_N | (shape >> 10 & 7) << DENSE_FLAGS;
}

/* A kind has the operation in bits 1:0, size and flags above. */
static inline uint32_t what_data(uint32_t kind, uint32_t n)
{
    return (kind & 3) | kind >> 2 << DENSE_SIZE | n / 4 << DENSE_N;
}

static inline void emit_run(struct pack_decoder *d, struct predict_core *c, struct predict_run run,
                            struct dense_block *to)
{
    emit(d, to, run.va,
         what_who(d, c) | what_run(run.shape) | dense_plain_run(run.va, (run.shape & 0x3ff) + 1, run.shape >> 10));
    predict_learn_run(&d->predict, c, run.va, run.shape);
}

static inline void emit_data(struct pack_decoder *d, struct predict_core *c, struct predict_slot *s, uint64_t va,
                             struct dense_block *to)
{
    emit(d, to, va, what_who(d, c) | what_data(s->kind, s->n) | dense_plain_data(va, s->kind));
    predict_learn_data(s, c, va);
}

static void decode_expected(struct pack_decoder *d, struct dense_block *to, uint32_t count)
{
    struct predict_core c = d->predict.cores[d->core];

    for (uint32_t i = 0; i < count; i++) {
        struct predict_slot *s = predict_slot(&d->predict, &c);

        if (s->kind == REC_FETCH)
            emit_run(d, &c, *predict_run(&d->predict, &c, 0), to);
        else
            emit_data(d, &c, s, predict_zva_align(predict_data(s, &c, 0), s->kind), to);
    }
    d->predict.cores[d->core] = c;
}

static bool decode_kind(struct pack_decoder *d, struct predict_slot *s)
{
    struct trace_rec rec = { 0 };
    uint64_t n;

    if (!get_byte(d, PACK_KIND, &s->kind) || !get_varint(d, PACK_KIND, &n))
        return false;
    rec.op = (uint8_t)PREDICT_KIND_OP(s->kind);
    rec.size_log2 = (uint8_t)PREDICT_KIND_SIZE(s->kind);
    if (rec.op == REC_FETCH || n > 1023 || (rec.op == REC_ZVA && (n || rec.size_log2)) || rec.size_log2 > 6) {
        s->kind = REC_FETCH;
        return fail(d, "impossible kind of data access");
    }
    s->n = (uint16_t)(4 * n);
    return true;
}

static bool decode_address(struct pack_decoder *d, const struct predict_slot *s, const struct predict_core *c,
                           unsigned code, uint64_t *va)
{
    struct pack_cursor *column = &d->columns[PACK_ADDRESS];
    bool before = code >= 2 + PACK_DATA_WIDTHS;
    unsigned bytes = pack_data_bytes[code - 2 - (before ? PACK_DATA_WIDTHS : 0)];

    if ((size_t)(column->end - column->at) < bytes)
        return fail(d, "column ends too early");
    *va = (before ? c->data : s->va) + pack_unzigzag(pack_get64(column->at) & ~0ull >> (64 - 8 * bytes));
    column->at += bytes;
    return true;
}

static bool decode_data(struct pack_decoder *d, unsigned control, struct dense_block *to)
{
    struct predict_core *c = &d->predict.cores[d->core];
    struct predict_slot *s = predict_slot(&d->predict, c);
    unsigned code = control & 0xf;
    uint64_t va;

    if (control & PACK_DATA_NEW_KIND && !decode_kind(d, s))
        return false;
    if (s->kind == REC_FETCH)
        return fail(d, "data access where a run is over");
    if (code < 2) {
        va = predict_data(s, c, code);
        s->follow ^= (uint8_t)code;
    } else if (!decode_address(d, s, c, code, &va)) {
        return false;
    }
    va = predict_zva_align(va, s->kind);
    if (control & PACK_DATA_NEW_PAGE && !get_page(d, c, va, PREDICT_KIND_FLAGS(s->kind)))
        return false;
    emit_data(d, c, s, va, to);
    return true;
}

static bool decode_new_run(struct pack_decoder *d, const struct predict_core *c, struct predict_run *run)
{
    struct trace_rec rec = { .op = REC_FETCH };
    uint64_t difference, shape;

    if (!get_varint(d, PACK_FLOW, &difference) || !get_varint(d, PACK_FLOW, &shape))
        return false;
    if (shape >> 13)
        return fail(d, "impossible run");
    rec.n = (uint32_t)(shape & 0x3ff) + 1;
    rec.va = c->va + 4 * pack_unzigzag(difference);
    if (record_problem(&rec))
        return fail(d, record_problem(&rec));
    *run = (struct predict_run){ rec.va, (uint32_t)shape };
    return true;
}

static bool decode_run(struct pack_decoder *d, unsigned control, struct dense_block *to)
{
    struct predict_core *c = &d->predict.cores[d->core];
    struct predict_run run;
    unsigned order = control & 3;

    if (order == 3 || control >= PACK_RUN + 8)
        return fail(d, "unknown control byte");
    if (order < 2)
        run = *predict_run(&d->predict, c, order);
    else if (!decode_new_run(d, c, &run))
        return false;
    if (control & PACK_RUN_NEW_PAGE && !get_page(d, c, run.va, run.shape >> 10))
        return false;
    emit_run(d, c, run, to);
    return true;
}

static bool decode_switch(struct pack_decoder *d)
{
    uint8_t v;

    if (!get_byte(d, PACK_REST, &v))
        return false;
    if (v >> 2 >= TRACE_CORES_MAX)
        return fail(d, "core number is not below 8");
    d->core = v >> 2;
    d->predict.cores[d->core].el = v & 3;
    return true;
}

static bool get_n(struct pack_decoder *d, struct trace_rec *rec)
{
    uint64_t n;

    if (!get_varint(d, PACK_REST, &n))
        return false;
    if (n >> 32)
        return fail(d, "number does not fit 32 bits");
    rec->n = (uint32_t)n;
    return true;
}

static bool decode_literal(struct pack_decoder *d, struct trace_rec *rec)
{
    return get_byte(d, PACK_REST, &rec->op) && get_byte(d, PACK_REST, &rec->flags) &&
           get_byte(d, PACK_REST, &rec->size_log2) && get_n(d, rec) && get_varint(d, PACK_REST, &rec->va) &&
           get_varint(d, PACK_REST, &rec->pa) && (rec->op <= REC_ZVA || fail(d, "literal is not an access"));
}

static bool decode_exception(struct pack_decoder *d, struct trace_rec *rec)
{
    uint64_t *fields[] = { &rec->value, &rec->va, &rec->pa, &rec->elr, &rec->spsr, &rec->par };

    if (!get_n(d, rec))
        return false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!get_varint(d, PACK_REST, fields[i]))
            return false;
    return true;
}

static bool decode_other(struct pack_decoder *d, unsigned control, struct trace_rec *rec)
{
    rec->op = (uint8_t)(control - PACK_OTHER);
    if (rec->op == REC_EXC)
        return decode_exception(d, rec);
    if ((rec->op == REC_SYS || rec->op == REC_MSR) && !get_n(d, rec))
        return false;
    if (rec->op == REC_TABW && !get_varint(d, PACK_REST, &rec->pa))
        return false;
    if (rec->op == REC_TABW && rec->pa >> 61)
        return fail(d, "number does not fit 64 bits");
    rec->pa *= 8;
    return get_varint(d, PACK_REST, &rec->value);
}

/* True when the record says more than its operation has. */
static bool has_more(const struct trace_rec *rec)
{
    const struct trace_rec c = record_canonical(rec);

    return rec->size_log2 != c.size_log2 || rec->n != c.n || rec->pa != c.pa;
}

static bool decode_rare(struct pack_decoder *d, unsigned control, struct dense_block *to)
{
    struct trace_rec rec = { .core = d->core, .el = d->predict.cores[d->core].el };

    if (control == PACK_LITERAL) {
        if (!decode_literal(d, &rec))
            return false;
    } else if (control >= PACK_OTHER + REC_SYS && control < PACK_OTHER + REC_OP_COUNT) {
        if (!decode_other(d, control, &rec))
            return false;
    } else {
        return fail(d, "unknown control byte");
    }
    if (record_problem(&rec) || rec.flags & REC_TYPE_KNOWN)
        return fail(d, record_problem(&rec) ? record_problem(&rec) : "unknown flags");
    if (has_more(&rec))
        return fail(d, "a field that the record has not is not zero");
    dense_add(to, &rec);
    return true;
}

/* Decodes what one control byte stands for, at most cap records. Returns how many, -1 on damage. */
static int decode_control(struct pack_decoder *d, struct dense_block *to, uint32_t cap)
{
    uint8_t control;
    bool ok;

    if (!get_byte(d, PACK_CONTROL, &control))
        return -1;
    if (control >= PACK_EXPECTED) {
        d->expected = control - PACK_EXPECTED + 1u;
        if (d->expected > d->left)
            return fail(d, "more records than the block has") - 1;
        cap = d->expected < cap ? d->expected : cap;
        decode_expected(d, to, cap);
        d->expected -= cap;
        return (int)cap;
    }
    if (control == PACK_SWITCH)
        return decode_switch(d) - 1;
    if (control < PACK_RUN)
        ok = decode_data(d, control, to);
    else if (control < PACK_OTHER)
        ok = decode_run(d, control, to);
    else
        ok = decode_rare(d, control, to);
    return ok ? 1 : -1;
}

static bool all_consumed(struct pack_decoder *d)
{
    for (int i = 0; i < PACK_COLUMN_COUNT; i++)
        if (d->columns[i].at != d->columns[i].end)
            return fail(d, "column longer than its records");
    return true;
}

int pack_decode(struct pack_decoder *d, struct dense_block *to, int cap)
{
    uint32_t room = d->left < (uint32_t)cap ? d->left : (uint32_t)cap;
    uint32_t done = d->expected < room ? d->expected : room;

    if (d->problem)
        return -1;
    decode_expected(d, to, done);
    d->expected -= done;
    d->left -= done;
    while (done < room) {
        int got = decode_control(d, to, room - done);

        if (got < 0)
            return -1;
        done += (uint32_t)got;
        d->left -= (uint32_t)got;
    }
    if (d->left == 0 && !all_consumed(d))
        return -1;
    return (int)done;
}
