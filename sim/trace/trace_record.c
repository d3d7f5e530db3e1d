/* Registers and words. */
#include "sim/trace/trace_record.h"

const char *trace_record_write(struct machine *m, const struct trace_rec *rec)
{
    enum sysreg reg;

    if (rec->op == REC_TABW)
        return machine_write64(m, PA(rec->pa), rec->value);
    reg = rec->op == REC_MSR ? sysreg_by_encoding(rec->n) : SYSREG_COUNT;
    if (reg != SYSREG_COUNT)
        mmu_write_sysreg(&m->cluster.core[rec->core].mmu, reg, rec->value);
    return NULL;
}
