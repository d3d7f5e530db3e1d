/* Stage 1 as rows of text, and as JSON. */
#include "sim/map/guest_print.h"

#include "sim/map/guest_view.h"
#include "sim/map/map_note.h"
#include "sim/result_file.h"

#include <inttypes.h>

#define ATTR_BYTES 48

static const char *attr_text(struct memattr a, char text[ATTR_BYTES])
{
    snprintf(text, ATTR_BYTES, "%s %s", attr_name(a), attr_sh_name(a.sh));
    return text;
}

static const char *result_text(const struct guest_stretch *s, char text[ATTR_BYTES])
{
    if (s->mapped)
        return attr_text(s->result, text);
    snprintf(text, ATTR_BYTES, "not mapped at stage 2");
    return text;
}

static const char *pa_text(const struct guest_stretch *s, char text[24])
{
    snprintf(text, 24, s->mapped ? "0x%010" PRIx64 : "-", s->pa);
    return text;
}

/* Without a Xen the board's name stands for the domain. */
static const char *domain_name(const struct world *w)
{
    return w->asked ? w->asked->map.name : w->board.name;
}

static void print_registers(FILE *out, const struct guest *g, const struct world *w)
{
    struct vmap_register reg[VMAP_REGISTERS];
    const struct vmap *v = &g->map.vmap;

    fprintf(out, "%s in %s under %s\n", v->name, domain_name(w), w->asked ? w->asked->map.preset->name : "no Xen");
    vmap_registers(v, &g->tables, 1, reg);
    for (unsigned i = 0; i < VMAP_REGISTERS; i++)
        fprintf(out, "%s%s 0x%" PRIx64, i ? "  " : "", sysreg_name((enum sysreg)reg[i].reg), reg[i].value);
    fprintf(out, "\n\n");
}

static void print_stretch(FILE *out, const struct vmap_region *r, const struct guest_stretch *s)
{
    char size[MAP_TEXT_BYTES], s1[ATTR_BYTES], result[ATTR_BYTES], pa[24], rights[GUEST_RIGHTS_BYTES];

    fprintf(out, "0x%016" PRIx64 " 0x%010" PRIx64 " %-12s %9s  %-18s %-21s %s %4zu %5zu %7zu  %s%s: %s [%s]\n", s->va,
            s->ipa, pa_text(s, pa), map_size_text(s->bytes, size), attr_text(s->stage1, s1), result_text(s, result),
            guest_rights_text(s->rights, rights), s->leaves[1], s->leaves[2], s->leaves[3],
            r->tree == TREE_TRAMPOLINE ? "while EL0 runs, " : "", r->name, r->prot, r->source);
}

void guest_print_regions(FILE *out, const struct guest *g, const struct world *w)
{
    const struct vmap *v = &g->map.vmap;
    char text[MAP_NOTE_BYTES];

    print_registers(out, g, w);
    fprintf(out, "%-18s %-12s %-12s %9s  %-18s %-21s %-7s %4s %5s %7s  %s\n", "VA", "IPA", "PA", "size", "stage 1",
            "result", "EL0 EL1", "1G", "2M", "4K", "name: attributes [why]");
    for (size_t i = 0; i < v->count; i++) {
        for (uint64_t at = 0; at < v->region[i].bytes && !ferror(out);) {
            struct guest_stretch s = guest_stretch_at(g, w, &v->region[i], at);

            print_stretch(out, &v->region[i], &s);
            at += s.bytes;
        }
    }
    for (size_t i = 0; w->asked && map_note(w, i, text); i++)
        fprintf(out, "%snote: %s\n", i ? "" : "\n", text);
    fprintf(out, "\ntables: %zu KB at IPA 0x%" PRIx64 "\n", g->tables.pool.count * 4, g->tables.pool.base);
}

static void print_leaf(FILE *out, const struct guest *g, const struct world *w, const struct vmap_region *r,
                       const struct stage1_leaf *leaf)
{
    struct guest_stretch s = guest_stretch_at(g, w, r, leaf->va - r->va);
    char size[MAP_TEXT_BYTES], s1[ATTR_BYTES], result[ATTR_BYTES], pa[24], rights[GUEST_RIGHTS_BYTES];

    fprintf(out, "0x%016" PRIx64 " 0x%010" PRIx64 " %-12s %9s %5u 0x%016" PRIx64 " %-18s %-21s %s\n", leaf->va, s.ipa,
            pa_text(&s, pa), map_size_text(leaf->bytes, size), leaf->level, leaf->desc, attr_text(s.stage1, s1),
            result_text(&s, result), guest_rights_text(s.rights, rights));
}

/* PA and result are those of a leaf's first byte. */
void guest_print_leaves(FILE *out, const struct guest *g, const struct world *w)
{
    const struct vmap *v = &g->map.vmap;

    fprintf(out, "%-18s %-12s %-12s %9s %5s %-18s %-18s %-21s %s\n", "VA", "IPA", "PA", "size", "level", "descriptor",
            "stage 1", "result", "EL0 EL1");
    for (size_t i = 0; i < v->count; i++) {
        const struct vmap_region *r = &v->region[i];

        for (uint64_t at = r->va; at - r->va < r->bytes && !ferror(out);) {
            struct stage1_leaf leaf = stage1_find(&g->tables.tree[r->tree], at);

            print_leaf(out, g, w, r, &leaf);
            at = leaf.va + leaf.bytes;
        }
    }
}

/* Returns the other guest's region of the same thing: the one with the same attributes over an IPA, as ioremap may have
 * it at another VA, or, where RAM lies elsewhere, at the VA. NULL: none. */
static const struct vmap_region *other_region(const struct vmap *v, const struct vmap_region *r, uint64_t offset)
{
    const struct vmap_region *found = vmap_find(v, (enum vmap_tree)r->tree, r->va + offset);

    for (size_t i = 0; i < v->count; i++) {
        const struct vmap_region *o = &v->region[i];

        if (o->tree == r->tree && o->prot == r->prot && o->source == r->source && r->ipa + offset - o->ipa < o->bytes)
            return o;
    }
    return found && found->prot == r->prot && found->source == r->source ? found : NULL;
}

/* What the other has of a region from an offset on; the stretch ends with the shorter of both. False: nothing. */
static bool other_at(const struct guest_world *b, const struct vmap_region *r, struct guest_stretch *s,
                     struct guest_stretch *t)
{
    const struct vmap_region *o = other_region(&b->guest->map.vmap, r, s->va - r->va);
    uint64_t into;

    if (!o)
        return false;
    into = s->ipa - o->ipa;
    *t = guest_stretch_at(b->guest, b->world, o, into < o->bytes ? into : s->va - o->va);
    if (t->bytes < s->bytes)
        s->bytes = t->bytes;
    return true;
}

static bool same(const struct guest_stretch *s, const struct guest_stretch *t)
{
    return s->mapped == t->mapped && (!s->mapped || (s->pa == t->pa && s->rights == t->rights &&
                                                     s->result.attr == t->result.attr && s->result.sh == t->result.sh));
}

static void print_difference(FILE *out, const struct vmap_region *r, const struct guest_stretch *s,
                             const struct guest_stretch *t)
{
    char size[MAP_TEXT_BYTES], a[ATTR_BYTES], b[ATTR_BYTES] = "-", pa[2][24] = { "", "-" };
    char rights[2][GUEST_RIGHTS_BYTES] = { "", "-" };

    if (t) {
        pa_text(t, pa[1]);
        result_text(t, b);
        guest_rights_text(t->rights, rights[1]);
    }
    fprintf(out, "0x%016" PRIx64 " %9s  %-12s %-21s %-7s  %-12s %-21s %-7s  %s\n", s->va, map_size_text(s->bytes, size),
            pa_text(s, pa[0]), result_text(s, a), guest_rights_text(s->rights, rights[0]), pa[1], b, rights[1],
            r->name);
}

void guest_print_diff(FILE *out, const struct guest_world *a, const struct guest_world *b)
{
    const struct vmap *v = &a->guest->map.vmap;
    const char *one = a->world->asked->map.preset->name, *two = b->world->asked->map.preset->name;
    uint64_t stretches = 0;

    fprintf(out, "%s in %s: %s against %s\n", v->name, domain_name(a->world), one, two);
    fprintf(out, "%-18s %9s  %-12s %-29s  %-12s %-29s  %s\n", "VA", "size", "PA", one, "PA", two, "name");
    for (size_t i = 0; i < v->count; i++) {
        const struct vmap_region *r = &v->region[i];

        for (uint64_t at = 0; at < r->bytes && !ferror(out);) {
            struct guest_stretch s = guest_stretch_at(a->guest, a->world, r, at), t;
            bool there = other_at(b, r, &s, &t);

            if (!there || !same(&s, &t)) {
                print_difference(out, r, &s, there ? &t : NULL);
                stretches++;
            }
            at += s.bytes;
        }
    }
    fprintf(out, "%" PRIu64 " differences\n", stretches);
}

static json_t *stretch_json(const struct vmap_region *r, const struct guest_stretch *s)
{
    char s1[ATTR_BYTES], result[ATTR_BYTES], rights[GUEST_RIGHTS_BYTES];

    return json_pack("{s:o, s:o, s:o, s:I, s:s, s:s, s:o, s:s, s:[I, I, I], s:s, s:s, s:s}", "va",
                     json_sprintf("0x%" PRIx64, s->va), "ipa", json_sprintf("0x%" PRIx64, s->ipa), "pa",
                     s->mapped ? json_sprintf("0x%" PRIx64, s->pa) : json_null(), "bytes", (json_int_t)s->bytes, "tree",
                     vmap_tree_name((enum vmap_tree)r->tree), "stage1", attr_text(s->stage1, s1), "result",
                     s->mapped ? json_string(attr_text(s->result, result)) : json_null(), "rights",
                     guest_rights_text(s->rights, rights), "leaves", (json_int_t)s->leaves[1], (json_int_t)s->leaves[2],
                     (json_int_t)s->leaves[3], "name", r->name, "attributes", r->prot, "source", r->source);
}

static json_t *registers_json(const struct guest *g)
{
    struct vmap_register reg[VMAP_REGISTERS];
    json_t *o = json_object();

    vmap_registers(&g->map.vmap, &g->tables, 1, reg);
    for (unsigned i = 0; i < VMAP_REGISTERS; i++)
        json_object_set_new(o, sysreg_name((enum sysreg)reg[i].reg), json_sprintf("0x%" PRIx64, reg[i].value));
    return o;
}

json_t *guest_json(const struct guest *g, const struct world *w)
{
    const struct vmap *v = &g->map.vmap;
    json_t *rows = json_array(), *notes = json_array();
    char text[MAP_NOTE_BYTES];

    for (size_t i = 0; i < v->count; i++) {
        for (uint64_t at = 0; at < v->region[i].bytes;) {
            struct guest_stretch s = guest_stretch_at(g, w, &v->region[i], at);

            json_array_append_new(rows, stretch_json(&v->region[i], &s));
            at += s.bytes;
        }
    }
    for (size_t i = 0; w->asked && map_note(w, i, text); i++)
        json_array_append_new(notes, result_file_text(text));
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "schema", "stagewalk/map-stage1/1", "guest",
                     v->name, "domain", result_file_text(domain_name(w)), "preset",
                     w->asked ? json_string(w->asked->map.preset->name) : json_null(), "registers", registers_json(g),
                     "tables_ipa", json_sprintf("0x%" PRIx64, g->tables.pool.base), "table_bytes",
                     (json_int_t)g->tables.pool.count * 4096, "regions", rows, "notes", notes);
}
