/* Bytes to records. The road of expected records is the one that is taken nearly always: keep it short.
 *
 * Little of what comes next can be foreseen, and a branch that a processor guesses wrong costs as much as a record or
 * two: choices between two numbers are made by masks, and what is seldom wanted is out of the way. */
#include "traces/pack_cursor.h"
#include "traces/pack_decode_rare.h"

#include <string.h>

#define INLINE inline __attribute__((always_inline))
#define APART __attribute__((noinline)) /* seldom wanted, and not to take registers from what is */

/* What the loop over control bytes has at hand, in registers if it can be. */
struct road {
    struct predict *predict;
    struct predict_core c; /* of the core at work: d->predict has what it was */
    struct dense *out;     /* where the next record goes: to->count is what it was */
    uint32_t who;          /* core and level, as a dense record has them */
    uint32_t more;         /* instructions of runs beyond one each */
    uint64_t data;         /* data accesses by operation: 16 bits each, the first has those of REC_LOAD */
};

/* By address code, from 2 on: how many bytes in PACK_ADDRESS, which of 8 they are, and all ones where they count from
 * the access before. */
static const struct address_code {
    uint64_t bytes, mask, before;
} address_codes[16] = {
    { 0, 0, 0 },
    { 0, 0, 0 },
    { 1, 0xff, 0 },
    { 2, 0xffff, 0 },
    { 3, 0xffffff, 0 },
    { 4, 0xffffffff, 0 },
    { 5, 0xffffffffff, 0 },
    { 6, 0xffffffffffff, 0 },
    { 8, ~0ull, 0 },
    { 1, 0xff, ~0ull },
    { 2, 0xffff, ~0ull },
    { 3, 0xffffff, ~0ull },
    { 4, 0xffffffff, ~0ull },
    { 5, 0xffffffffff, ~0ull },
    { 6, 0xffffffffffff, ~0ull },
    { 8, ~0ull, ~0ull },
};

bool pack_decode_start(struct pack_decoder *d, const uint8_t *payload, size_t bytes, uint32_t count)
{
    size_t at = 4 * PACK_COLUMN_COUNT;

    memset(d, 0, sizeof *d);
    if (bytes < at)
        return pack_fail(d, "payload shorter than its column lengths");
    for (int i = 0; i < PACK_COLUMN_COUNT; i++) {
        uint32_t length = pack_get32(payload + 4 * i);

        if (length > bytes - at)
            return pack_fail(d, "column longer than the payload");
        d->columns[i] = (struct pack_cursor){ payload + at, payload + at + length };
        at += length;
    }
    if (at != bytes)
        return pack_fail(d, "payload longer than its columns");
    d->left = count;
    return true;
}

static INLINE struct road enter(struct pack_decoder *d, struct dense_block *to)
{
    return (struct road){
        .predict = &d->predict,
        .c = d->predict.cores[d->core],
        .out = to->rec + to->count,
        .who = (uint32_t)d->core << DENSE_CORE | (uint32_t)d->el[d->core] << DENSE_EL,
    };
}

static INLINE void leave(const struct road *r, struct pack_decoder *d, struct dense_block *to)
{
    const uint32_t records = (uint32_t)(r->out - to->rec) - to->count;
    uint64_t runs = records;

    _Static_assert(DENSE_BLOCK < 1 << 16, "the records of a block can be counted in 16 bits");
    for (unsigned op = REC_LOAD; op <= REC_ZVA; op++) {
        const uint64_t n = r->data >> 16 * (op - REC_LOAD) & 0xffff;

        d->counted.op_count[op] += n;
        runs -= n;
    }
    d->counted.op_count[REC_FETCH] += runs;
    d->counted.instructions += runs + r->more;
    d->counted.records += records;
    d->counted.core_mask |= (uint32_t)(records > 0) << d->core;
    d->predict.cores[d->core] = r->c;
    to->count += records;
}

/* The way of a PA that is not known, or does not fit a dense record. */
static APART void emit_other(struct dense_block *to, struct dense *out, uint64_t page)
{
    const uint32_t count = to->count;
    struct trace_rec rec;

    if (out->what >> DENSE_FLAGS & REC_PA_UNKNOWN) {
        out->page = 0;
        return;
    }
    rec = dense_full(out);
    rec.pa = page << 12 | (rec.va & 0xfff);
    to->count = (uint32_t)(out - to->rec);
    dense_add(to, &rec);
    to->count = count;
}

/* True when emit_other is to be asked for. */
static INLINE bool needs_care(uint64_t page, uint32_t what)
{
    return __builtin_expect(page >= DENSE_PAGE_END, 0) || __builtin_expect(what >> DENSE_FLAGS & REC_PA_UNKNOWN, 0);
}

/* `to`: NULL where no record needs care. */
static INLINE void emit(struct road *r, struct dense_block *to, uint64_t va, uint32_t what)
{
    const uint64_t page = *predict_page(r->predict, va);

    *r->out = (struct dense){ va, (uint32_t)page, what | r->who };
    if (to && needs_care(page, what))
        emit_other(to, r->out, page);
    r->out++;
}

static INLINE void emit_run(struct road *r, struct dense_block *to, struct predict_run run, bool expected)
{
    emit(r, to, run.va, run.what);
    r->more += dense_n(run.what);
    predict_learn_run(r->predict, &r->c, run, expected);
}

static INLINE void emit_data(struct road *r, struct dense_block *to, struct predict_slot *s, uint32_t what, uint64_t va)
{
    static const uint64_t lanes[4] = { 0, 1, 1ull << 16, 1ull << 32 };

    emit(r, to, va, predict_deliver(what, va));
    r->data += lanes[predict_op(what)];
    predict_learn_data(s, &r->c, va);
}

static INLINE void decode_some_expected(struct road *r, struct dense_block *to, uint32_t count)
{
    const struct dense *end = r->out + count;

    while (r->out < end) {
        struct predict_slot *s = predict_slot(r->predict, &r->c);
        const uint32_t what = *predict_what(r->predict, &r->c);

        if (predict_op(what) == REC_FETCH)
            emit_run(r, to, *predict_run(r->predict, &r->c, 0), true);
        else
            emit_data(r, to, s, what, predict_zva_align(predict_data(s, what, &r->c, 0), predict_op(what)));
    }
}

static APART void decode_with_care(struct pack_decoder *d, struct dense_block *to, uint32_t count)
{
    struct road r = enter(d, to);

    decode_some_expected(&r, to, count);
    leave(&r, d, to);
}

static INLINE void decode_expected(struct pack_decoder *d, struct road *r, struct dense_block *to, uint32_t count)
{
    if (__builtin_expect(d->careful, 0)) {
        leave(r, d, to);
        decode_with_care(d, to, count);
        *r = enter(d, to);
    } else {
        decode_some_expected(r, NULL, count);
    }
}

static APART bool get_page(struct pack_decoder *d, uint64_t va, uint32_t what)
{
    uint64_t *offset = &d->predict.offsets[d->core][va >> 63];
    uint64_t difference, page;

    if (what >> DENSE_FLAGS & REC_PA_UNKNOWN)
        return pack_fail(d, "page of an address that is not known");
    if (!pack_varint(d, PACK_PAGE, &difference))
        return false;
    page = ((va >> 12) + *offset + pack_unzigzag(difference)) & (~0ull >> 12);
    *offset = page - (va >> 12);
    *predict_page(&d->predict, va) = page;
    d->careful |= needs_care(page, what);
    return true;
}

static INLINE bool decode_kind(struct pack_decoder *d, uint32_t *what)
{
    uint8_t kind;
    uint64_t n;
    uint32_t op, size;

    if (!pack_byte(d, PACK_KIND, &kind) || !pack_varint(d, PACK_KIND, &n))
        return false;
    op = kind & 3;
    size = kind >> 2 & 7;
    if (op == REC_FETCH || n > 1023 || (op == REC_ZVA && (n || size)) || size > 6)
        return pack_fail(d, "impossible kind of data access");
    predict_set(what, op, size, kind >> 5, (uint32_t)n);
    d->careful |= needs_care(0, *what);
    return true;
}

static INLINE bool decode_address(struct pack_decoder *d, const struct predict_slot *s, uint64_t before,
                                  unsigned control, uint64_t *va)
{
    const struct address_code *code = &address_codes[control & 15];
    struct pack_cursor *column = &d->columns[PACK_ADDRESS];

    if (!pack_need(d, PACK_ADDRESS, code->bytes))
        return false;
    *va = predict_select(code->before, s->va, before) + pack_unzigzag(pack_get64(column->at) & code->mask);
    column->at += code->bytes;
    return true;
}

static INLINE bool decode_data(struct pack_decoder *d, struct road *r, struct dense_block *to, unsigned control)
{
    struct predict_slot *s = predict_slot(r->predict, &r->c);
    uint32_t *what = predict_what(r->predict, &r->c);
    const unsigned code = control & 15;
    uint64_t va;

    if (control & PACK_DATA_NEW_KIND) {
        if (!decode_kind(d, what))
            return false;
    } else if (predict_op(*what) == REC_FETCH) {
        return pack_fail(d, "data access where a run is over");
    }
    if (code < 2) {
        va = predict_data(s, *what, &r->c, code);
        *what ^= code << PREDICT_FOLLOW;
    } else if (!decode_address(d, s, r->c.data, control, &va)) {
        return false;
    }
    va = predict_zva_align(va, predict_op(*what));
    if (__builtin_expect(control & PACK_DATA_NEW_PAGE, 0) && !get_page(d, va, *what))
        return false;
    emit_data(r, to, s, *what, va);
    return true;
}

static INLINE bool decode_new_run(struct pack_decoder *d, uint64_t va_before, struct predict_run *run)
{
    struct trace_rec rec = { .op = REC_FETCH };
    uint64_t difference, shape;

    if (!pack_wide_varint(d, PACK_FLOW, &difference) || !pack_varint(d, PACK_FLOW, &shape))
        return false;
    if (shape >> 13)
        return pack_fail(d, "impossible run");
    rec.n = (uint32_t)(shape & 0x3ff) + 1;
    rec.va = va_before + 4 * pack_unzigzag(difference);
    if (!record_is_run(rec.va, rec.n))
        return pack_fail(d, record_problem(&rec));
    *run = predict_run_of(rec.va, (uint32_t)shape);
    d->careful |= needs_care(0, run->what);
    return true;
}

static INLINE bool decode_run(struct pack_decoder *d, struct road *r, struct dense_block *to, unsigned control)
{
    struct predict_run run = { 0 };

    if (control & 2) {
        if (!decode_new_run(d, r->c.va, &run))
            return false;
    } else {
        run = *predict_run(r->predict, &r->c, control & 1);
    }
    if (__builtin_expect(control & PACK_RUN_NEW_PAGE, 0) && !get_page(d, run.va, run.what))
        return false;
    emit_run(r, to, run, false);
    return true;
}

/* Returns how many of the records that are as expected come now, where `room` records are wanted; the others are
 * kept. */
static INLINE uint32_t take_expected(struct pack_decoder *d, uint32_t expected, uint32_t room)
{
    const uint32_t now = expected < room ? expected : room;

    d->expected = expected - now;
    return now;
}

/* Decodes `room` records, or fewer on damage. */
static bool decode_all(struct pack_decoder *d, struct dense_block *to, uint32_t room)
{
    struct pack_cursor *controls = &d->columns[PACK_CONTROL];
    struct road r = enter(d, to);
    const struct dense *const start = r.out, *const end = r.out + room;
    bool ok = true;
    uint8_t control;

    decode_expected(d, &r, to, take_expected(d, d->expected, room));
    while (ok && r.out < end) {
        if (controls->at == controls->end) {
            ok = pack_fail(d, "column ends too early");
            break;
        }
        control = *controls->at++;
        if (control >= PACK_EXPECTED) {
            if (control - PACK_EXPECTED + 1u > d->left - (uint32_t)(r.out - start))
                ok = pack_fail(d, "more records than the block has");
            else
                decode_expected(d, &r, to, take_expected(d, control - PACK_EXPECTED + 1u, (uint32_t)(end - r.out)));
        } else if (control < PACK_RUN) {
            ok = decode_data(d, &r, to, control);
        } else if (control < PACK_RUN + 7 && control != PACK_RUN + 3) {
            ok = decode_run(d, &r, to, control);
        } else {
            leave(&r, d, to);
            ok = pack_decode_rare(d, control, to);
            r = enter(d, to);
        }
    }
    leave(&r, d, to);
    return ok;
}

static bool all_consumed(struct pack_decoder *d)
{
    for (int i = 0; i < PACK_COLUMN_COUNT; i++)
        if (d->columns[i].at != d->columns[i].end)
            return pack_fail(d, "column longer than its records");
    return true;
}

int pack_decode(struct pack_decoder *d, struct dense_block *to, int cap)
{
    const uint32_t room = d->left < (uint32_t)cap ? d->left : (uint32_t)cap;

    d->counted = (struct trace_info){ 0 };
    if (d->problem || !decode_all(d, to, room))
        return -1;
    d->left -= room;
    return d->left > 0 || all_consumed(d) ? (int)room : -1;
}
