/* Rows of what each access met. */
#include "sim/replay/records.h"

#include <inttypes.h>

void records_fill(struct records_row *row, uint64_t record, const struct access *a, const struct outcome *o)
{
    *row = (struct records_row){
        .record = record, .access = *a, .fault = o->x.fault, .hit = o->x.hit, .fetches = o->fetches
    };
    if (o->x.fault.type != FAULT_NONE)
        return;
    row->type = o->x.type;
    row->pa = o->x.pa;
    row->ipa = o->x.ipa;
}

void records_begin(struct out_file *out)
{
    fprintf(out->stream, "record,core,el,kind,size,va,ipa,pa,s1_type,s2_type,type,attr,sh,hit,fetches,cycles,fault\n");
}

void records_write(struct out_file *out, const struct records_row *row)
{
    const struct mem_type *t = &row->type;
    const struct access *a = &row->access;
    const struct fault *f = &row->fault;

    fprintf(out->stream, "%" PRIu64 ",%u,%u,%s,%u,0x%" PRIx64, row->record, row->core, a->el,
            access_kind_name((enum access_kind)a->kind), a->size, a->va.v);
    if (f->type == FAULT_NONE) {
        fprintf(out->stream, ",0x%" PRIx64 ",0x%" PRIx64 ",%s,%s,%s,0x%02x,%s", row->ipa.v, row->pa.v,
                t->stages & TLB_STAGE1 ? attr_name(t->s1) : "off", t->stages & TLB_STAGE2 ? attr_name(t->s2) : "off",
                attr_name(t->result), t->result.attr, attr_sh_name(t->result.sh));
        fprintf(out->stream, ",%s,%u,%u,\n", mmu_hit_name((enum xlat_hit)row->hit), row->fetches, row->cycles);
    } else {
        fprintf(out->stream, ",,,,,,,,%s,%u,%u,stage %u %s level %u%s\n", mmu_hit_name((enum xlat_hit)row->hit),
                row->fetches, row->cycles, f->stage, fault_name((enum fault_type)f->type), f->level,
                f->s1ptw ? " on stage-1 walk" : "");
    }
}
