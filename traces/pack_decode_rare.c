/* The records of PACK_REST: each in full, none expected. */
#include "traces/pack_decode_rare.h"
#include "traces/pack_cursor.h"
#include "traces/pack_totals.h"

bool pack_long_varint(struct pack_decoder *d, enum pack_column column, uint64_t *v)
{
    struct pack_cursor *c = &d->columns[column];

    *v = 0;
    for (unsigned shift = 0; shift < 70 && c->at < c->end; shift += 7) {
        uint8_t byte = *c->at++;

        if (shift == 63 && byte > 1)
            return pack_fail(d, "number does not fit 64 bits");
        *v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return pack_fail(d, "column ends too early");
}

static bool decode_switch(struct pack_decoder *d)
{
    uint8_t v;

    if (!pack_byte(d, PACK_REST, &v))
        return false;
    if (v >> 2 >= TRACE_CORES_MAX)
        return pack_fail(d, "core number is not below 8");
    d->core = v >> 2;
    d->el[d->core] = v & 3;
    return true;
}

static bool get_n(struct pack_decoder *d, struct trace_rec *rec)
{
    uint64_t n;

    if (!pack_varint(d, PACK_REST, &n))
        return false;
    if (n >> 32)
        return pack_fail(d, "number does not fit 32 bits");
    rec->n = (uint32_t)n;
    return true;
}

static bool decode_literal(struct pack_decoder *d, struct trace_rec *rec)
{
    return pack_byte(d, PACK_REST, &rec->op) && pack_byte(d, PACK_REST, &rec->flags) &&
           pack_byte(d, PACK_REST, &rec->size_log2) && get_n(d, rec) && pack_varint(d, PACK_REST, &rec->va) &&
           pack_varint(d, PACK_REST, &rec->pa) && (rec->op <= REC_ZVA || pack_fail(d, "literal is not an access"));
}

static bool decode_exception(struct pack_decoder *d, struct trace_rec *rec)
{
    uint64_t *fields[] = { &rec->value, &rec->va, &rec->pa, &rec->elr, &rec->spsr, &rec->par };

    if (!get_n(d, rec))
        return false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!pack_varint(d, PACK_REST, fields[i]))
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
    if (rec->op == REC_TABW && !pack_varint(d, PACK_REST, &rec->pa))
        return false;
    if (rec->op == REC_TABW && rec->pa >> 61)
        return pack_fail(d, "number does not fit 64 bits");
    rec->pa *= 8;
    return pack_varint(d, PACK_REST, &rec->value);
}

/* True when the record says more than its operation has. */
static bool has_more(const struct trace_rec *rec)
{
    const struct trace_rec c = record_canonical(rec);

    return rec->size_log2 != c.size_log2 || rec->n != c.n || rec->pa != c.pa;
}

bool pack_decode_rare(struct pack_decoder *d, unsigned control, struct dense_block *to)
{
    struct trace_rec rec = { .core = d->core, .el = d->el[d->core] };

    if (control == PACK_SWITCH)
        return decode_switch(d);
    if (control == PACK_LITERAL) {
        if (!decode_literal(d, &rec))
            return false;
    } else if (control >= PACK_OTHER + REC_SYS && control < PACK_OTHER + REC_OP_COUNT) {
        if (!decode_other(d, control, &rec))
            return false;
    } else {
        return pack_fail(d, "unknown control byte");
    }
    if (record_problem(&rec) || rec.flags & REC_TYPE_KNOWN)
        return pack_fail(d, record_problem(&rec) ? record_problem(&rec) : "unknown flags");
    if (has_more(&rec))
        return pack_fail(d, "a field that the record has not is not zero");
    dense_add(to, &rec);
    pack_totals_count(&d->counted, &rec);
    return true;
}
