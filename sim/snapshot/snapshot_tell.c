/* What a snapshot is and where its registers are known from, in words and as JSON. */
#include "sim/map/map_view.h"
#include "sim/result_file.h"
#include "sim/snapshot/snapshot_state.h"

#include <inttypes.h>

static const struct snapshot *snapshot_of(const struct snapshot_state *s)
{
    return backing_snapshot(s->machine->backing);
}

/* True for the entry that holds for a core: the last of its register. */
static bool holds(const struct snapshot_state *s, size_t i, unsigned core)
{
    if (s->reg[i].core != core && s->reg[i].core != SNAPSHOT_ALL_CORES)
        return false;
    for (size_t k = i + 1; k < s->count; k++) {
        if (s->reg[k].reg == s->reg[i].reg && (s->reg[k].core == core || s->reg[k].core == SNAPSHOT_ALL_CORES))
            return false;
    }
    return true;
}

void snapshot_state_print(FILE *out, const struct snapshot_state *s, unsigned core)
{
    const struct snapshot *f = snapshot_of(s);
    char size[MAP_TEXT_BYTES];

    fprintf(out, "%s: %s", s->path, snapshot_kind_name(f->kind));
    if (f->kernel.release[0])
        fprintf(out, " with Linux %s", f->kernel.release);
    fprintf(out, ", %s in %zu %s\n", map_size_text(snapshot_bytes(f), size), f->runs,
            f->runs == 1 ? "piece" : "pieces");
    if (core < f->cpus)
        fprintf(out, "  core %u of %u stood at EL%u, PC 0x%016" PRIx64 "\n", core, f->cpus,
                (unsigned)(f->cpu[core].pstate >> 2 & 3), f->cpu[core].pc);
    for (size_t i = 0; i < s->count; i++) {
        if (holds(s, i, core))
            fprintf(out, "  %-9s 0x%016" PRIx64 "  %s\n", sysreg_name(s->reg[i].reg), s->reg[i].value, s->reg[i].from);
    }
    fputc('\n', out);
}

json_t *snapshot_state_json(const struct snapshot_state *s, unsigned core)
{
    const struct snapshot *f = snapshot_of(s);
    json_t *regs = json_array(), *o;

    for (size_t i = 0; i < s->count; i++) {
        if (holds(s, i, core))
            json_array_append_new(regs, json_pack("{s:s, s:o, s:o}", "name", sysreg_name(s->reg[i].reg), "value",
                                                  json_sprintf("0x%" PRIx64, s->reg[i].value), "from",
                                                  result_file_text(s->reg[i].from)));
    }
    o = json_pack("{s:o, s:s, s:I, s:I, s:I, s:o}", "path", result_file_text(s->path), "kind",
                  snapshot_kind_name(f->kind), "bytes", (json_int_t)snapshot_bytes(f), "pieces", (json_int_t)f->runs,
                  "cpus", (json_int_t)f->cpus, "registers", regs);
    if (o && f->kernel.release[0])
        json_object_set_new(o, "linux", json_string(f->kernel.release));
    if (o && core < f->cpus)
        json_object_set_new(o, "pc", json_sprintf("0x%" PRIx64, f->cpu[core].pc));
    return o;
}
