/* Totals: counted, written, read. */
#include "traces/pack_totals.h"

void pack_totals_count(struct trace_info *info, const struct trace_rec *rec)
{
    info->op_count[rec->op]++;
    info->core_mask |= 1u << rec->core;
    if (rec->op == REC_FETCH)
        info->instructions += rec->n;
    info->records++;
    info->cores = (unsigned)__builtin_popcount(info->core_mask);
}

void pack_totals_add(struct trace_info *info, const struct trace_info *more)
{
    for (int i = 0; i < REC_OP_COUNT; i++)
        info->op_count[i] += more->op_count[i];
    info->pages += more->pages;
    info->records += more->records;
    info->instructions += more->instructions;
    info->core_mask |= more->core_mask;
    info->cores = (unsigned)__builtin_popcount(info->core_mask);
}

bool pack_totals_within(const struct trace_info *part, const struct trace_info *whole)
{
    uint64_t operations = 0;

    for (int i = 0; i < REC_OP_COUNT; i++) {
        if (part->op_count[i] > whole->op_count[i])
            return false;
        operations += whole->op_count[i];
    }
    return part->pages == whole->pages && part->records == whole->records && operations == whole->records &&
           part->instructions <= whole->instructions && (part->core_mask & ~whole->core_mask) == 0;
}

bool pack_totals_same(const struct trace_info *a, const struct trace_info *b)
{
    for (int i = 0; i < REC_OP_COUNT; i++) {
        if (a->op_count[i] != b->op_count[i])
            return false;
    }
    return a->pages == b->pages && a->records == b->records && a->instructions == b->instructions &&
           a->core_mask == b->core_mask;
}

void pack_totals_put(const struct trace_info *info, uint8_t out[PACK_END_BYTES])
{
    pack_put64(out, info->pages);
    pack_put64(out + 8, info->records);
    pack_put64(out + 16, info->instructions);
    pack_put64(out + 24, info->core_mask);
    for (int i = 0; i < REC_OP_COUNT; i++)
        pack_put64(out + 32 + 8 * i, info->op_count[i]);
}

void pack_totals_get(struct trace_info *info, const uint8_t in[PACK_END_BYTES])
{
    info->pages = pack_get64(in);
    info->records = pack_get64(in + 8);
    info->instructions = pack_get64(in + 16);
    info->core_mask = (uint32_t)pack_get64(in + 24);
    info->cores = (unsigned)__builtin_popcount(info->core_mask);
    for (int i = 0; i < REC_OP_COUNT; i++)
        info->op_count[i] = pack_get64(in + 32 + 8 * i);
}
