/* Rows of what each access met. */
#include "sim/records.h"

#include <inttypes.h>

void records_begin(struct out_file *out)
{
    fprintf(out->stream, "record,core,el,kind,size,va,ipa,pa,s1_type,s2_type,type,attr,sh,hit,fetches,cycles,fault\n");
}

void records_row(struct out_file *out, uint64_t record, const struct trace_rec *rec, const struct access *a,
                 const struct outcome *o)
{
    const struct mem_type *t = &o->x.type;

    fprintf(out->stream, "%" PRIu64 ",%u,%u,%s,%u,0x%" PRIx64, record, rec->core, a->el,
            access_kind_name((enum access_kind)a->kind), a->size, a->va.v);
    if (o->x.fault.type == FAULT_NONE) {
        fprintf(out->stream, ",0x%" PRIx64 ",0x%" PRIx64 ",%s,%s,%s,0x%02x,%s", o->x.ipa.v, o->x.pa.v,
                t->stages & TLB_STAGE1 ? attr_name(t->s1) : "off", t->stages & TLB_STAGE2 ? attr_name(t->s2) : "off",
                attr_name(t->result), t->result.attr, attr_sh_name(t->result.sh));
        fprintf(out->stream, ",%s,%u,%u,\n", mmu_hit_name((enum xlat_hit)o->x.hit), o->fetches, o->cycles);
    } else {
        fprintf(out->stream, ",,,,,,,,%s,%u,%u,stage %u %s level %u%s\n", mmu_hit_name((enum xlat_hit)o->x.hit),
                o->fetches, o->cycles, o->x.fault.stage, fault_name((enum fault_type)o->x.fault.type), o->x.fault.level,
                o->x.fault.s1ptw ? " on stage-1 walk" : "");
    }
}
