/* What a record of a trace says of the machine that it was taken on: for whoever follows the trace. */
#pragma once

#include "sim/machine.h"
#include "traces/record.h"

/* Returns why a machine cannot follow a trace past a record: a phrase for the user. NULL: it can. */
static inline const char *trace_record_refused(const struct machine *m, const struct trace_rec *rec)
{
    if (rec->core >= m->cluster.config.cores)
        return "a core that the platform does not have (cluster.cores)";
    if (rec->op <= REC_ZVA && rec->el > 2)
        return "an access at EL3, which is not modelled";
    return NULL;
}

/* True when a core does something: its registers, as the trace finds them, come as records before that. */
static inline bool trace_record_begins(const struct trace_rec *rec)
{
    return rec->op != REC_MSR;
}

/* Writes what a record says of registers that translation asks for, and of table words; of other records nothing.
 * Returns as machine_write64 does. */
const char *trace_record_write(struct machine *m, const struct trace_rec *rec);
