/* An explanation for programs: the same facts as data. */
#include "sim/explain/explain.h"

#include "sim/result_file.h"

#include <string.h>

static json_t *hex(uint64_t value)
{
    return json_string(explain_hex(value).text);
}

static json_t *notes_json(const struct explain_notes *n)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < n->count; i++) {
        const struct explain_note *note = &n->note[i];

        const char *name = note->name + strspn(note->name, " "); /* the text indents what belongs to the note before */

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "name", name, "value", note->value, "text", note->text));
    }
    return list;
}

static json_t *access_json(const struct explanation *e)
{
    const struct access *a = &e->access;

    return json_pack("{s:i, s:i, s:s, s:o, s:i}", "core", (int)e->request->core, "el", (int)a->el, "kind",
                     access_kind_name((enum access_kind)a->kind), "va", hex(a->va.v), "size", (int)a->size);
}

static const char *kind_of(const struct explain_fetch *f)
{
    if (!f->step.hit)
        return "external abort";
    if (f->type == DESC_INVALID)
        return "invalid";
    return f->type == DESC_TABLE ? "table" : f->step.level == 3 ? "page" : "block";
}

static json_t *fetch_json(const struct explain_fetch *f)
{
    json_t *o =
        json_pack("{s:i, s:i, s:b, s:o, s:o, s:o, s:s, s:b}", "stage", (int)f->step.stage, "level", (int)f->step.level,
                  "of_stage1_table", f->under_stage1, "input", hex(f->input), "pa", hex(f->step.address), "descriptor",
                  hex(f->step.desc), "kind", kind_of(f), "absent", f->absent);

    if (f->step.stage == 1 && f->place != f->step.address)
        json_object_set_new(o, "ipa", hex(f->place));
    if (f->step.hit && f->type != DESC_INVALID)
        json_object_set_new(o, "output", hex(f->output));
    json_object_set_new(o, "found", json_string(memsys_level_name((enum mem_level)f->step.found)));
    json_object_set_new(o, "fields", notes_json(&f->fields));
    return o;
}

static json_t *fetches_json(const struct explanation *e)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < e->fetch_count; i++)
        json_array_append_new(list, fetch_json(&e->fetch[i]));
    return list;
}

static json_t *result_json(const struct explanation *e)
{
    const struct xlat *x = &e->walk.x;

    return json_pack("{s:o, s:o, s:s, s:o, s:s, s:b, s:o}", "pa", hex(x->pa.v), "ipa", hex(x->ipa.v), "type",
                     attr_name(x->type.result), "attr", hex(x->type.result.attr), "sh", attr_sh_name(x->type.result.sh),
                     "cached", x->type.cached, "reasons", notes_json(&e->type));
}

static json_t *fault_json(const struct explanation *e)
{
    const struct fault *f = &e->walk.x.fault;
    const struct exception *x = &e->walk.exception;
    json_t *o = json_pack("{s:s, s:i, s:b, s:i, s:o, s:o}", "type", fault_name((enum fault_type)f->type), "stage",
                          (int)f->stage, "s1ptw", f->s1ptw, "el", (int)x->el, "esr", hex(x->esr), "far", hex(x->far));

    if (f->type != FAULT_ALIGNMENT)
        json_object_set_new(o, "level", json_integer(f->level));
    if (f->stage == 2)
        json_object_set_new(o, "ipa", hex(f->ipa.v));
    if (x->hpfar_valid)
        json_object_set_new(o, "hpfar", hex(x->hpfar));
    json_object_set_new(o, "reasons", notes_json(&e->fault));
    return o;
}

static json_t *cost_json(const struct explanation *e)
{
    return json_pack("{s:i, s:i, s:i, s:i}", "walk_fetches", (int)e->fetch_count, "walk_cycles", (int)e->walk_cycles,
                     "cold_access_fetches", (int)e->cold.fetches, "cold_access_cycles", (int)e->cold.cycles);
}

json_t *explain_json(const struct explanation *e)
{
    bool faulted = explain_faulted(e);

    return json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "stagewalk/explain/1", "source",
                     result_file_text(e->request->source), "access", access_json(e), "outcome",
                     faulted ? "fault" : "translated", "registers", notes_json(&e->registers), "fetches",
                     fetches_json(e), faulted ? "fault" : "result", faulted ? fault_json(e) : result_json(e),
                     "permissions", notes_json(&e->permissions), "xen", notes_json(&e->xen), "cost", cost_json(e));
}
