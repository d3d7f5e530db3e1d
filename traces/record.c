/* What makes a record valid: one rule for every reader and writer. */
#include "traces/record.h"

#include <stddef.h>

#define PAGE_OFFSET 4095u

static const char *data_problem(const struct trace_rec *rec)
{
    if (rec->size_log2 > 6)
        return "access of more than 64 bytes";
    if (rec->n % 4 != 0 || rec->n > PAGE_OFFSET)
        return "instruction offset is not a multiple of 4 below 4096";
    return NULL;
}

static const char *fetch_problem(const struct trace_rec *rec)
{
    if (rec->va % 4 != 0)
        return "fetch address is not 4-byte aligned";
    if (!record_is_run(rec->va, rec->n))
        return "fetched run is empty or leaves its 4 KB page";
    return NULL;
}

static const char *op_problem(const struct trace_rec *rec)
{
    switch ((enum rec_op)rec->op) {
    case REC_FETCH:
        return fetch_problem(rec);
    case REC_LOAD:
    case REC_STORE:
        return data_problem(rec);
    case REC_ZVA:
        return rec->va % 64 != 0 ? "DC ZVA address is not 64-byte aligned" : NULL;
    case REC_MSR:
        return rec->n >> 16 != 0 || rec->n >> 15 != 1 ? "not a system register encoding" : NULL;
    case REC_EXC:
        return rec->n % 0x80 != 0 || rec->n >= 0x800 ? "not a vector offset" : NULL;
    case REC_TABW:
        return rec->pa % 8 != 0 ? "table word is not 8-byte aligned" : NULL;
    case REC_SYS:
    case REC_PAR:
    case REC_OP_COUNT:
        return NULL;
    }
    return NULL;
}

const char *record_problem(const struct trace_rec *rec)
{
    if (rec->op >= REC_OP_COUNT)
        return "unknown operation";
    if (rec->core >= TRACE_CORES_MAX)
        return "core number is not below 8";
    if (rec->el > 3)
        return "exception level is above 3";
    if (rec->flags > (REC_MMIO | REC_UNPRIV | REC_PA_UNKNOWN | REC_TYPE_KNOWN))
        return "unknown flags";
    if (rec->flags & REC_TYPE_KNOWN && rec->op != REC_LOAD && rec->op != REC_STORE)
        return "a memory type of what is neither load nor store";
    return op_problem(rec);
}

static void keep_access(struct trace_rec *out, const struct trace_rec *rec)
{
    out->flags = rec->flags;
    out->type = rec->flags & REC_TYPE_KNOWN ? rec->type : 0;
    out->va = rec->va;
    if (!(rec->flags & REC_PA_UNKNOWN))
        out->pa = rec->pa;
}

struct trace_rec record_canonical(const struct trace_rec *rec)
{
    struct trace_rec out = { .op = rec->op, .core = rec->core, .el = rec->el };

    switch ((enum rec_op)rec->op) {
    case REC_LOAD:
    case REC_STORE:
        out.size_log2 = rec->size_log2;
        out.n = rec->n;
        keep_access(&out, rec);
        break;
    case REC_FETCH:
        out.n = rec->n;
        keep_access(&out, rec);
        break;
    case REC_ZVA:
        keep_access(&out, rec);
        break;
    case REC_SYS:
    case REC_MSR:
        out.n = rec->n;
        out.value = rec->value;
        break;
    case REC_PAR:
        out.value = rec->value;
        break;
    case REC_EXC:
        out = *rec;
        out.flags = 0;
        out.size_log2 = 0;
        break;
    case REC_TABW:
        out.pa = rec->pa;
        out.value = rec->value;
        break;
    case REC_OP_COUNT:
        break;
    }
    return out;
}
