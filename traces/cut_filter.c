/* A record is looked at once, with what its core was last known to be doing. */
#include "traces/cut_filter.h"

#include "models/arch/addr.h"
#include "models/arch/cache_op.h"
#include "models/arch/sysreg.h"
#include "models/arch/tlbi.h"

static bool is_access(const struct trace_rec *rec)
{
    return rec->op == REC_FETCH || rec->op == REC_LOAD || rec->op == REC_STORE || rec->op == REC_ZVA;
}

/* True when the access is made by whom the filter is for, wherever it goes. */
static bool is_theirs(const struct cut_filter *f, const struct trace_rec *rec)
{
    uint8_t vmid = f->vmid[rec->core];

    if (f->cores && !(f->cores >> rec->core & 1))
        return false;
    if (f->els && !(f->els >> rec->el & 1))
        return false;
    return !f->by_vmid || (rec->el < 2 && (f->vmids[vmid / 8] >> vmid % 8 & 1));
}

static uint64_t bytes_of(const struct trace_rec *rec)
{
    if (rec->op == REC_FETCH)
        return 4ULL * rec->n;
    return rec->op == REC_ZVA ? ZVA_BYTES : 1ULL << rec->size_log2;
}

/* True when it begins in the range, or the range in it. */
static bool is_in_range(const struct cut_filter *f, const struct trace_rec *rec)
{
    return f->va_from >= f->va_end || rec->va - f->va_from < f->va_end - f->va_from ||
           f->va_from - rec->va < bytes_of(rec);
}

/* What a core does beside accesses, and others may see. */
static bool others_see(const struct trace_rec *rec)
{
    enum tlbi_op op;
    bool broadcast;

    switch ((enum rec_op)rec->op) {
    case REC_MSR: /* a TLBI of this core works by its registers */
    case REC_TABW:
        return true;
    case REC_SYS:
        return tlbi_decode_opcode(rec->n, &op, &broadcast);
    case REC_FETCH:
    case REC_LOAD:
    case REC_STORE:
    case REC_ZVA:
    case REC_PAR:
    case REC_EXC:
    case REC_OP_COUNT:
        break;
    }
    return false;
}

void cut_filter_pass(struct cut_filter *f, const struct trace_rec *rec)
{
    if (rec->op == REC_MSR && sysreg_by_encoding(rec->n) == SYSREG_VTTBR_EL2)
        f->vmid[rec->core] = (uint8_t)bits(rec->value, VTTBR_VMID);
}

enum cut_keeps cut_filter_keeps(struct cut_filter *f, const struct trace_rec *rec, struct trace_rec *run)
{
    cut_filter_pass(f, rec);
    if (!is_access(rec))
        return !f->cores || (f->cores >> rec->core & 1) || others_see(rec) ? CUT_KEEP : CUT_DROP;
    if (rec->op == REC_FETCH)
        f->has_run[rec->core] = false;
    if (!is_theirs(f, rec))
        return CUT_DROP;
    if (rec->op == REC_FETCH && !is_in_range(f, rec)) {
        f->run[rec->core] = *rec;
        f->has_run[rec->core] = true;
        return CUT_DROP;
    }
    if (!is_in_range(f, rec))
        return CUT_DROP;
    if (!f->has_run[rec->core])
        return CUT_KEEP;
    f->has_run[rec->core] = false;
    *run = f->run[rec->core];
    return CUT_KEEP_WITH_RUN;
}
