/* Records to bytes: only the difference from what pack_predict.h expects is written. */
#include "traces/pack_encode.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_BYTES_MAX 128 /* no record adds more to any column */
#define EXPECTED_MAX 128u    /* records that one control byte can stand for */

void pack_encode_init(struct pack_encoder *e)
{
    memset(e, 0, sizeof *e);
}

void pack_encode_free(struct pack_encoder *e)
{
    for (int i = 0; i < PACK_COLUMN_COUNT; i++)
        free(e->columns[i].data);
    memset(e->columns, 0, sizeof e->columns);
}

void pack_encode_restart(struct pack_encoder *e)
{
    memset(&e->predict, 0, sizeof e->predict);
    for (int i = 0; i < PACK_COLUMN_COUNT; i++)
        e->columns[i].used = 0;
    e->count = 0;
    e->expected = 0;
    e->core = 0;
    memset(e->el, 0, sizeof e->el);
}

static bool reserve(struct pack_encoder *e)
{
    for (int i = 0; i < PACK_COLUMN_COUNT; i++) {
        struct pack_bytes *b = &e->columns[i];
        size_t room = b->room ? 2 * b->room : 4096;
        uint8_t *data;

        if (b->room - b->used >= RECORD_BYTES_MAX)
            continue;
        data = realloc(b->data, room);
        if (!data)
            return false;
        b->data = data;
        b->room = room;
    }
    return true;
}

static void put_byte(struct pack_encoder *e, enum pack_column column, unsigned v)
{
    struct pack_bytes *b = &e->columns[column];

    b->data[b->used++] = (uint8_t)v;
}

static void put_bytes(struct pack_encoder *e, enum pack_column column, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        put_byte(e, column, (unsigned)(v >> 8 * i) & 0xff);
}

static void put_varint(struct pack_encoder *e, enum pack_column column, uint64_t v)
{
    for (; v > 0x7f; v >>= 7)
        put_byte(e, column, (unsigned)(v & 0x7f) | 0x80);
    put_byte(e, column, (unsigned)v);
}

static void flush_expected(struct pack_encoder *e)
{
    if (e->expected)
        put_byte(e, PACK_CONTROL, PACK_EXPECTED + e->expected - 1);
    e->expected = 0;
}

static void put_control(struct pack_encoder *e, unsigned control)
{
    flush_expected(e);
    put_byte(e, PACK_CONTROL, control);
}

static void put_expected(struct pack_encoder *e)
{
    if (e->expected == EXPECTED_MAX)
        flush_expected(e);
    e->expected++;
}

/* Returns true when the page of the record's PA had to be written. */
static bool put_page(struct pack_encoder *e, const struct trace_rec *rec)
{
    uint64_t *page = predict_page(&e->predict, rec->va);
    uint64_t *offset = &e->predict.offsets[rec->core][rec->va >> 63];
    uint64_t va_page = rec->va >> 12, pa_page = rec->pa >> 12;

    if (rec->flags & REC_PA_UNKNOWN || *page == pa_page)
        return false;
    put_varint(e, PACK_PAGE, pack_zigzag(pa_page - va_page - *offset));
    *offset = pa_page - va_page;
    *page = pa_page;
    return true;
}

/* Writes a data address's difference from the nearer of its two bases. Returns the address code. */
static unsigned put_address(struct pack_encoder *e, const struct predict_slot *s, const struct predict_core *c,
                            uint64_t va)
{
    uint64_t from_last = pack_zigzag(va - s->va), from_before = pack_zigzag(va - c->data);
    bool before = from_before < from_last;
    uint64_t v = before ? from_before : from_last;
    unsigned width = 0;

    while (width < PACK_DATA_WIDTHS - 1 && v >> 8 * pack_data_bytes[width])
        width++;
    put_bytes(e, PACK_ADDRESS, v, pack_data_bytes[width]);
    return 2 + width + (before ? PACK_DATA_WIDTHS : 0);
}

static void encode_data(struct pack_encoder *e, struct predict_core *c, const struct trace_rec *rec)
{
    struct predict_slot *s = predict_slot(&e->predict, c);
    uint32_t *what = predict_what(&e->predict, c);
    const uint32_t what_before = *what;
    const unsigned kind = rec->op | (unsigned)rec->size_log2 << 2 | (unsigned)rec->flags << 5;
    unsigned control = PACK_DATA;

    predict_set(what, predict_kind(kind), rec->n / 4);
    if (*what != what_before) {
        control |= PACK_DATA_NEW_KIND;
        put_byte(e, PACK_KIND, kind);
        put_varint(e, PACK_KIND, rec->n / 4);
    }
    if (put_page(e, rec))
        control |= PACK_DATA_NEW_PAGE;
    if (rec->va == predict_zva_align(predict_data(s, *what, c, 0), rec->op)) {
        control |= 0;
    } else if (rec->va == predict_zva_align(predict_data(s, *what, c, 1), rec->op)) {
        control |= 1;
        *what ^= 1u << PREDICT_FOLLOW;
    } else {
        control |= put_address(e, s, c, rec->va);
    }
    predict_learn_data(s, c, rec->va);
    if (control == PACK_DATA)
        put_expected(e);
    else
        put_control(e, control);
}

static bool run_is(const struct predict_run *a, const struct predict_run *b)
{
    return a->key == b->key && a->what == b->what;
}

static void encode_run(struct pack_encoder *e, struct predict_core *c, const struct trace_rec *rec)
{
    uint32_t shape = (rec->n - 1) | (uint32_t)rec->flags << 10;
    struct predict_run run = predict_run_of(rec->va, shape);
    bool run_was_over = predict_op(*predict_what(&e->predict, c)) == REC_FETCH;
    unsigned control = PACK_RUN;

    if (run_is(predict_run(&e->predict, c, 0), &run)) {
        control |= 0;
    } else if (run_is(predict_run(&e->predict, c, 1), &run)) {
        control |= 1;
    } else {
        control |= 2;
        put_varint(e, PACK_FLOW, pack_zigzag((uint64_t)((int64_t)(rec->va - predict_va(c->after)) / 4)));
        put_varint(e, PACK_FLOW, shape);
    }
    if (put_page(e, rec))
        control |= PACK_RUN_NEW_PAGE;
    predict_learn_run(&e->predict, c, run, false);
    if (control == PACK_RUN && run_was_over)
        put_expected(e);
    else
        put_control(e, control);
}

static void encode_literal(struct pack_encoder *e, const struct trace_rec *rec)
{
    put_control(e, PACK_LITERAL);
    put_byte(e, PACK_REST, rec->op);
    put_byte(e, PACK_REST, rec->flags);
    put_byte(e, PACK_REST, rec->size_log2);
    put_varint(e, PACK_REST, rec->n);
    put_varint(e, PACK_REST, rec->va);
    put_varint(e, PACK_REST, rec->pa);
}

static void encode_access(struct pack_encoder *e, struct predict_core *c, const struct trace_rec *rec)
{
    if (!(rec->flags & REC_PA_UNKNOWN) && (rec->va ^ rec->pa) & 0xfff)
        encode_literal(e, rec);
    else if (rec->op == REC_FETCH)
        encode_run(e, c, rec);
    else
        encode_data(e, c, rec);
}

static void encode_exception(struct pack_encoder *e, const struct trace_rec *rec)
{
    put_varint(e, PACK_REST, rec->n);
    put_varint(e, PACK_REST, rec->value);
    put_varint(e, PACK_REST, rec->va);
    put_varint(e, PACK_REST, rec->pa);
    put_varint(e, PACK_REST, rec->elr);
    put_varint(e, PACK_REST, rec->spsr);
    put_varint(e, PACK_REST, rec->par);
}

static void encode_other(struct pack_encoder *e, const struct trace_rec *rec)
{
    put_control(e, PACK_OTHER + rec->op);
    if (rec->op == REC_EXC) {
        encode_exception(e, rec);
        return;
    }
    if (rec->op == REC_SYS || rec->op == REC_MSR)
        put_varint(e, PACK_REST, rec->n);
    if (rec->op == REC_TABW)
        put_varint(e, PACK_REST, rec->pa / 8);
    put_varint(e, PACK_REST, rec->value);
}

/* The format has no place for a memory type. */
static struct trace_rec packed_form(const struct trace_rec *rec)
{
    struct trace_rec r = record_canonical(rec);

    r.flags &= (uint8_t)~REC_TYPE_KNOWN;
    r.type = 0;
    return r;
}

bool pack_encode(struct pack_encoder *e, const struct trace_rec *rec)
{
    const struct trace_rec r = packed_form(rec);
    struct predict_core *c = &e->predict.cores[r.core];

    if (!reserve(e))
        return false;
    if (e->core != r.core || e->el[r.core] != r.el) {
        put_control(e, PACK_SWITCH);
        put_byte(e, PACK_REST, (unsigned)(r.core << 2 | r.el));
        e->core = r.core;
        e->el[r.core] = r.el;
    }
    if (r.op <= REC_ZVA)
        encode_access(e, c, &r);
    else
        encode_other(e, &r);
    e->count++;
    return true;
}

bool pack_encode_full(const struct pack_encoder *e)
{
    size_t bytes = 4 * PACK_COLUMN_COUNT;

    for (int i = 0; i < PACK_COLUMN_COUNT; i++)
        bytes += e->columns[i].used + RECORD_BYTES_MAX;
    return e->count == PACK_BLOCK_RECORDS || bytes > PACK_RAW_MAX;
}

size_t pack_encode_payload(struct pack_encoder *e, uint8_t *out)
{
    size_t at = 4 * PACK_COLUMN_COUNT;

    flush_expected(e);
    for (int i = 0; i < PACK_COLUMN_COUNT; i++) {
        const struct pack_bytes *b = &e->columns[i];

        pack_put32(out + 4 * i, (uint32_t)b->used);
        if (b->used)
            memcpy(out + at, b->data, b->used);
        at += b->used;
    }
    return at;
}
