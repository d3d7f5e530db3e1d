/* Bytes to records. The road of expected records is the one that is taken nearly always: keep it short.
 *
 * Little of what comes next can be foreseen, and a branch that a processor guesses wrong costs as much as a record or
 * two: a choice between two numbers is no branch, and what is seldom wanted is out of the way. */
#include "traces/pack_cursor.h"
#include "traces/pack_decode_rare.h"

#include <string.h>

#define INLINE inline __attribute__((always_inline))
#define APART __attribute__((noinline)) /* seldom wanted, and not to take registers from what is */

/* What the loop over control bytes has at hand, in registers if it can be. */
struct road {
    struct pack_decoder *d;
    struct predict_core c;  /* of the core at work: d->predict has what it was */
    const uint8_t *control; /* the next control byte: d->columns has what it was */
    struct dense *out;      /* where the next record goes: to->count is what it was */
    uint64_t runs;          /* 1 each, and its instructions beyond one in units of 1 << DENSE_N */
    uint64_t data;          /* PREDICT_COUNTED of data accesses added up */
    uint32_t who;           /* core and level, as a dense record has them */
};

_Static_assert(DENSE_BLOCK < 1 << DENSE_N, "runs of a block can be counted below their instructions");
_Static_assert(3ull * DENSE_BLOCK < 1ull << PREDICT_ZVA, "operations of a block can be added up below PREDICT_ZVA");

/* By address code, from 2 on: how many bytes in PACK_ADDRESS, and which of 8 they are. */
static const uint8_t address_bytes[16] = { 0, 0, 1, 2, 3, 4, 5, 6, 8, 1, 2, 3, 4, 5, 6, 8 };
static const uint64_t address_masks[16] = {
    0,     0,    0xff,   0xffff,   0xffffff,   0xffffffff,   0xffffffffff,   0xffffffffffff,
    ~0ull, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, ~0ull
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
    for (unsigned kind = 0; kind < 256; kind++)
        d->often[kind] = (kind & 3) == REC_ZVA || kind >> 5 & REC_PA_UNKNOWN ? 0 : predict_kind(kind);
    return true;
}

static INLINE struct road enter(struct pack_decoder *d, struct dense_block *to)
{
    return (struct road){
        .d = d,
        .c = d->predict.cores[d->core],
        .control = d->columns[PACK_CONTROL].at,
        .out = to->rec + to->count,
        .who = (uint32_t)d->core << DENSE_CORE | (uint32_t)d->el[d->core] << DENSE_EL,
    };
}

static INLINE void leave(const struct road *r, struct dense_block *to)
{
    struct pack_decoder *d = r->d;
    const uint32_t records = (uint32_t)(r->out - to->rec) - to->count;
    const uint64_t runs = r->runs % (1u << DENSE_N), data = records - runs;
    const uint64_t sum = r->data % (1u << PREDICT_ZVA), zvas = r->data >> PREDICT_ZVA;
    const uint64_t stores = sum - data - 2 * zvas; /* sum: loads + 2 stores + 3 ZVAs */

    d->counted.op_count[REC_FETCH] += runs;
    d->counted.op_count[REC_LOAD] += data - stores - zvas;
    d->counted.op_count[REC_STORE] += stores;
    d->counted.op_count[REC_ZVA] += zvas;
    d->counted.instructions += runs + (r->runs >> DENSE_N);
    d->counted.records += records;
    d->counted.core_mask |= (uint32_t)(records > 0) << d->core;
    d->predict.cores[d->core] = r->c;
    d->columns[PACK_CONTROL].at = r->control;
    to->count += records;
}

/* True when a record may need more than its place in a dense block. */
static INLINE bool needs_care(uint64_t page, uint32_t what)
{
    return page >= DENSE_PAGE_END || what >> DENSE_FLAGS & REC_PA_UNKNOWN;
}

/* The way of a PA that is not known, or does not fit a dense record: what has been put out is put right. */
static APART void emit_with_care(struct dense_block *to, struct dense *out, uint64_t page)
{
    const uint32_t count = to->count;
    struct trace_rec rec;

    if (!needs_care(page, out->what))
        return;
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

/* `to`: NULL where no record needs care. */
static INLINE void emit(struct road *r, struct dense_block *to, uint64_t va, uint32_t what)
{
    const uint64_t page = *predict_page(&r->d->predict, va);

    *r->out = (struct dense){ va, (uint32_t)page, what | r->who };
    if (to && __builtin_expect(r->d->careful, 0))
        emit_with_care(to, r->out, page);
    r->out++;
}

static INLINE void emit_run(struct road *r, struct dense_block *to, struct predict_run run, bool expected)
{
    emit(r, to, predict_va(run.key), run.what);
    r->runs += (uint64_t)(run.what & 0x3ffu << DENSE_N) + 1;
    predict_learn_run(&r->d->predict, &r->c, run, expected);
}

static INLINE void emit_data(struct road *r, struct dense_block *to, struct predict_slot *s, uint32_t what, uint64_t va)
{
    uint32_t delivered = what & PREDICT_DELIVERED;

    /* One access in a hundred is not aligned, or a ZVA that may not be. */
    if (__builtin_expect((va & what >> PREDICT_ALIGN) != 0, 0)) {
        if (what >> PREDICT_ZVA)
            va &= ~63ull;
        else
            delivered |= dense_reach_of_data(va, what >> DENSE_SIZE & 7);
    }
    emit(r, to, va, delivered);
    r->data += what & PREDICT_COUNTED;
    predict_learn_data(s, &r->c, va);
}

/* Decodes one record or more. */
static INLINE void decode_some_expected(struct road *r, struct dense_block *to, size_t count)
{
    const struct dense *end = r->out + count;

    do {
        struct predict_slot *s = predict_slot(&r->d->predict, &r->c);
        const uint32_t what = *predict_what(&r->d->predict, &r->c);

        if (predict_op(what) == REC_FETCH)
            emit_run(r, to, *predict_run(&r->d->predict, &r->c, 0), true);
        else
            emit_data(r, to, s, what, predict_data(s, what, &r->c, 0));
    } while (r->out != end);
}

static APART void decode_with_care(struct pack_decoder *d, struct dense_block *to, size_t count)
{
    struct road r = enter(d, to);

    decode_some_expected(&r, to, count);
    leave(&r, to);
}

static INLINE void decode_expected(struct road *r, struct dense_block *to, size_t count)
{
    if (__builtin_expect(r->d->careful, 0)) {
        leave(r, to);
        decode_with_care(r->d, to, count);
        *r = enter(r->d, to);
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

/* The way of a kind that is seldom, of an n of more than a byte, and of damage. */
static APART bool decode_seldom_kind(struct pack_decoder *d, uint32_t *what)
{
    uint8_t byte;
    uint32_t kind;
    uint64_t n;

    if (!pack_byte(d, PACK_KIND, &byte) || !pack_varint(d, PACK_KIND, &n))
        return false;
    kind = predict_kind(byte);
    if (!kind || n > 1023 || (predict_op(kind) == REC_ZVA && n))
        return pack_fail(d, "impossible kind of data access");
    d->careful |= needs_care(0, kind);
    predict_set(what, kind, (uint32_t)n);
    return true;
}

static INLINE bool decode_kind(struct pack_decoder *d, uint32_t *what)
{
    struct pack_cursor *column = &d->columns[PACK_KIND];
    const uint8_t *at = column->at;
    const uint32_t kind = d->often[at[0]], n = at[1];

    if (__builtin_expect(!kind || n > 0x7f || at + 2 > column->end, 0))
        return decode_seldom_kind(d, what);
    column->at = at + 2;
    predict_set(what, kind, n);
    return true;
}

static INLINE bool decode_address(struct pack_decoder *d, const struct predict_slot *s, uint64_t before, size_t code,
                                  uint64_t *va)
{
    struct pack_cursor *column = &d->columns[PACK_ADDRESS];
    const uint8_t *const at = column->at, *const next = at + address_bytes[code];
    const uint64_t base = predict_select(code >= 2 + PACK_DATA_WIDTHS, s->va, before);

    if (__builtin_expect(next > column->end, 0))
        return pack_fail(d, "column ends too early");
    column->at = next;
    *va = base + pack_unzigzag(pack_get64(at) & address_masks[code]);
    return true;
}

static INLINE bool decode_data(struct road *r, struct dense_block *to, unsigned control)
{
    struct pack_decoder *d = r->d;
    struct predict_slot *s = predict_slot(&d->predict, &r->c);
    uint32_t *what = predict_what(&d->predict, &r->c);
    const size_t code = control & 15;
    uint64_t va;

    if (control & PACK_DATA_NEW_KIND) {
        if (!decode_kind(d, what))
            return false;
    } else if (predict_op(*what) == REC_FETCH) {
        return pack_fail(d, "data access where a run is over");
    }
    if (code < 2) {
        va = predict_data(s, *what, &r->c, code);
        *what ^= (uint32_t)code << PREDICT_FOLLOW;
    } else if (!decode_address(d, s, r->c.data, code, &va)) {
        return false;
    }
    if (__builtin_expect(control & PACK_DATA_NEW_PAGE, 0) && !get_page(d, va, *what))
        return false;
    emit_data(r, to, s, *what, va);
    return true;
}

static INLINE bool decode_new_run(struct pack_decoder *d, uint64_t va_before, struct predict_run *run)
{
    uint64_t difference, shape, va;
    uint32_t n;

    if (!pack_wide_varint(d, PACK_FLOW, &difference) || !pack_varint(d, PACK_FLOW, &shape))
        return false;
    if (shape >> 13)
        return pack_fail(d, "impossible run");
    n = (uint32_t)(shape & 0x3ff) + 1;
    va = va_before + 4 * pack_unzigzag(difference);
    if (!record_is_run(va, n))
        return pack_fail(d, record_problem(&(struct trace_rec){ .op = REC_FETCH, .va = va, .n = n }));
    *run = predict_run_of(va, (uint32_t)shape);
    d->careful |= needs_care(0, run->what);
    return true;
}

static INLINE bool decode_run(struct road *r, struct dense_block *to, unsigned control)
{
    struct pack_decoder *d = r->d;
    struct predict_run run = { 0 };

    if (control & 2) {
        if (!decode_new_run(d, predict_va(r->c.after), &run))
            return false;
    } else {
        run = *predict_run(&d->predict, &r->c, control & 1);
    }
    if (__builtin_expect(control & PACK_RUN_NEW_PAGE, 0) && !get_page(d, predict_va(run.key), run.what))
        return false;
    emit_run(r, to, run, false);
    return true;
}

/* Decodes what was kept of records that are as expected, or as many as are wanted. */
static APART void decode_kept(struct pack_decoder *d, struct dense_block *to, uint32_t room)
{
    const uint32_t now = d->expected < room ? d->expected : room;

    d->expected -= now;
    if (now)
        decode_with_care(d, to, now);
}

/* Keeps records that are as expected, and not wanted yet; left: how many the block has beyond those wanted. */
static APART bool keep_expected(struct pack_decoder *d, size_t expected, uint32_t left)
{
    if (expected > left)
        return pack_fail(d, "more records than the block has");
    d->expected = (uint32_t)expected;
    return true;
}

/* Decodes `room` records, or fewer on damage. */
static bool decode_all(struct pack_decoder *d, struct dense_block *to, uint32_t room)
{
    const struct dense *const end = to->rec + to->count + room;
    const uint8_t *const control_end = d->columns[PACK_CONTROL].end;
    struct road r;
    size_t wanted; /* end - r.out */

    decode_kept(d, to, room);
    r = enter(d, to);
    wanted = (size_t)(end - r.out);
    while (wanted) {
        unsigned control;

        if (r.control == control_end) {
            pack_fail(d, "column ends too early");
            break;
        }
        control = *r.control++;
        if (control >= PACK_EXPECTED) {
            size_t count = control - PACK_EXPECTED + 1u;

            if (__builtin_expect(count > wanted, 0)) {
                if (!keep_expected(d, count - wanted, d->left - room))
                    break;
                count = wanted;
            }
            decode_expected(&r, to, count);
            wanted -= count;
        } else if (control < PACK_RUN) {
            if (!decode_data(&r, to, control))
                break;
            wanted--;
        } else if (control < PACK_RUN + 7 && control != PACK_RUN + 3) {
            if (!decode_run(&r, to, control))
                break;
            wanted--;
        } else {
            bool ok;

            leave(&r, to);
            ok = pack_decode_rare(d, control, to);
            r = enter(d, to);
            if (!ok)
                break;
            wanted = (size_t)(end - r.out);
        }
    }
    leave(&r, to);
    return !wanted;
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
