/* In and out of 16 bytes. */
#include "traces/dense.h"

static bool fits(const struct trace_rec *rec)
{
    return rec->op <= REC_ZVA && !(rec->flags & REC_TYPE_KNOWN) &&
           (rec->flags & REC_PA_UNKNOWN || (rec->pa >> 12 < DENSE_PAGE_END && ((rec->pa ^ rec->va) & 0xfff) == 0));
}

uint32_t dense_reach_of_data(uint64_t va, uint32_t size_log2)
{
    const uint32_t size = 1u << size_log2;
    const uint32_t plain = (va & record_odd_bits(size_log2)) == 0 && (va & 0xfff) + size <= 0x1000;
    const uint32_t two = plain && va % 64 + size > 64;

    return (plain ^ 1) << DENSE_SPECIAL | two << DENSE_TWO;
}

void dense_add(struct dense_block *b, const struct trace_rec *rec)
{
    struct trace_rec r = record_canonical(rec);
    const bool run = r.op == REC_FETCH;
    uint32_t n = run ? r.n - 1 : r.n / 4, what;

    if (!fits(&r)) {
        b->rec[b->count++] = (struct dense){ .va = b->odd_count, .what = 1u << DENSE_ODD | 1u << DENSE_SPECIAL };
        b->odd[b->odd_count++] = r;
        return;
    }
    what = dense_what(r.op, r.size_log2, r.flags, n) | (uint32_t)r.el << DENSE_EL | (uint32_t)r.core << DENSE_CORE;
    what |= run ? dense_reach_of_run(r.va, r.n, r.flags) : dense_special_data(r.flags);
    if (!run && r.va & ((1u << r.size_log2) - 1))
        what |= dense_reach_of_data(r.va, r.size_log2);
    b->rec[b->count++] = (struct dense){ .va = r.va, .page = (uint32_t)(r.pa >> 12), .what = what };
}

struct trace_rec dense_full(const struct dense *d)
{
    uint32_t what = d->what, op = what >> DENSE_OP & 3, flags = what >> DENSE_FLAGS & 7;

    return (struct trace_rec){
        .op = (uint8_t)op,
        .core = (uint8_t)(what >> DENSE_CORE & 7),
        .el = (uint8_t)(what >> DENSE_EL & 3),
        .flags = (uint8_t)flags,
        .size_log2 = (uint8_t)(what >> DENSE_SIZE & 7),
        .n = op == REC_FETCH ? dense_n(what) + 1 : 4 * dense_n(what),
        .va = d->va,
        .pa = flags & REC_PA_UNKNOWN ? 0 : (uint64_t)d->page << 12 | (d->va & 0xfff),
    };
}

struct trace_rec dense_get(const struct dense_block *b, uint32_t i)
{
    const struct dense *d = &b->rec[i];

    return dense_is_odd(d->what) ? b->odd[d->va] : dense_full(d);
}
