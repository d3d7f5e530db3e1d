/* A map as rows of text, and as JSON. */
#include "sim/map/map_print.h"

#include "sim/map/hcr_text.h"
#include "sim/map/map_note.h"
#include "sim/map/map_view.h"
#include "sim/result_file.h"

#include <inttypes.h>

#define IPA_END (1ULL << 40)

/* What stands behind a region: "RAM", "device", ... and, where nothing is mapped, that. */
static void region_attr(const struct world *w, const struct domain_region *r, char text[MAP_TEXT_BYTES])
{
    struct map_stretch s;

    if (r->type == P2M_INVALID) {
        snprintf(text, MAP_TEXT_BYTES, "%s", r->kind == REGION_EMULATED ? "traps to Xen" : "not mapped");
        return;
    }
    s = map_stretch_at(&w->asked->p2m, r->ipa, r->ipa + r->bytes);
    map_attr_text(&s, text);
}

static void print_region(FILE *out, const struct world *w, const struct domain_region *r)
{
    char attr[MAP_TEXT_BYTES], size[MAP_TEXT_BYTES], pa[24] = "-";
    size_t leaves[4] = { 0 };

    region_attr(w, r, attr);
    if (r->type != P2M_INVALID) {
        snprintf(pa, sizeof pa, "0x%010" PRIx64, r->pa);
        map_count_leaves(&w->asked->p2m, r->ipa, r->bytes, leaves);
    }
    fprintf(out, "0x%010" PRIx64 " %-12s %9s  %-8s %-15s %-24s %4zu %5zu %6zu  %s [%s]\n", r->ipa, pa,
            map_size_text(r->bytes, size), region_kind_name((enum region_kind)r->kind),
            r->type == P2M_INVALID ? "-" : p2m_type_name((enum p2m_type)r->type), attr, leaves[1], leaves[2], leaves[3],
            r->name, r->source);
}

static void print_notes(FILE *out, const struct world *w)
{
    char text[MAP_NOTE_BYTES];

    for (size_t i = 0; map_note(w, i, text); i++)
        fprintf(out, "%snote: %s\n", i ? "" : "\n", text);
}

static json_t *notes_json(const struct world *w)
{
    json_t *list = json_array();
    char text[MAP_NOTE_BYTES];

    for (size_t i = 0; map_note(w, i, text); i++)
        json_array_append_new(list, result_file_text(text));
    return list;
}

void map_print_regions(FILE *out, const struct world *w)
{
    const struct xen_domain *d = &w->asked->map;
    char hcr[HCR_TEXT_BYTES];
    size_t leaves[4];

    fprintf(out, "%s under %s: %s\n", d->name, d->preset->name, d->preset->what);
    fprintf(out, "VMID %u  VTTBR_EL2 0x%016" PRIx64 "  VTCR_EL2 0x%08" PRIx64 "\n", d->vmid,
            p2m_vttbr(&w->asked->p2m, d->vmid), d->preset->vtcr_el2);
    fprintf(out, "HCR_EL2 0x%08" PRIx64 ": %s\n\n", d->preset->hcr_el2, hcr_text(d->preset->hcr_el2, hcr));
    fprintf(out, "%-12s %-12s %9s  %-8s %-15s %-24s %4s %5s %6s  %s\n", "IPA", "PA", "size", "what", "p2m type",
            "stage 2", "1G", "2M", "4K", "name [why]");
    for (size_t i = 0; i < d->count; i++)
        print_region(out, w, &d->region[i]);
    print_notes(out, w);
    map_count_leaves(&w->asked->p2m, 0, IPA_END, leaves);
    fprintf(out, "\n%zu leaves of 1 GB, %zu of 2 MB, %zu of 4 KB; tables: %zu KB\n", leaves[1], leaves[2], leaves[3],
            w->asked->p2m.count * 4);
}

void map_print_leaves(FILE *out, const struct world *w)
{
    char attr[MAP_TEXT_BYTES], size[MAP_TEXT_BYTES];

    fprintf(out, "%-12s %-12s %9s %5s %-18s %-15s %s\n", "IPA", "PA", "size", "level", "descriptor", "p2m type",
            "stage 2");
    for (uint64_t at = 0; at < IPA_END && !ferror(out);) {
        struct p2m_leaf leaf = p2m_find(&w->asked->p2m, at);
        struct map_stretch s = map_stretch_at(&w->asked->p2m, at, leaf.ipa + leaf.bytes);

        if (leaf.desc)
            fprintf(out, "0x%010" PRIx64 " 0x%010" PRIx64 " %9s %5u 0x%016" PRIx64 " %-15s %s\n", s.ipa, s.pa,
                    map_size_text(leaf.bytes, size), leaf.level, leaf.desc, p2m_type_name(s.type),
                    map_attr_text(&s, attr));
        at = leaf.ipa + leaf.bytes;
    }
}

static const char *name_of(const struct world *a, const struct world *b, uint64_t ipa)
{
    const struct domain_region *r = domain_find(&a->asked->map, ipa);

    if (!r)
        r = domain_find(&b->asked->map, ipa);
    return r ? r->name : "";
}

static void print_difference(FILE *out, const char *name, const struct map_stretch *s, const struct map_stretch *t)
{
    char a[MAP_TEXT_BYTES], b[MAP_TEXT_BYTES], size[MAP_TEXT_BYTES], to[2][24] = { "-", "-" };

    if (s->mapped)
        snprintf(to[0], sizeof to[0], "0x%010" PRIx64, s->pa);
    if (t->mapped)
        snprintf(to[1], sizeof to[1], "0x%010" PRIx64, t->pa);
    fprintf(out, "0x%010" PRIx64 " %9s  %-12s %-24s  %-12s %-24s  %s\n", s->ipa, map_size_text(s->bytes, size), to[0],
            map_attr_text(s, a), to[1], map_attr_text(t, b), name);
}

void map_print_diff(FILE *out, const struct world *a, const struct world *b)
{
    uint64_t stretches = 0, bytes = 0;
    char size[MAP_TEXT_BYTES];

    fprintf(out, "%s: %s against %s\n", a->asked->map.name, a->asked->map.preset->name, b->asked->map.preset->name);
    fprintf(out, "%-12s %9s  %-12s %-24s  %-12s %-24s  %s\n", "IPA", "size", "PA", a->asked->map.preset->name, "PA",
            b->asked->map.preset->name, "name");
    for (uint64_t at = 0; at < IPA_END && !ferror(out);) {
        struct map_stretch s = map_stretch_at(&a->asked->p2m, at, IPA_END);
        struct map_stretch t = map_stretch_at(&b->asked->p2m, at, at + s.bytes);

        if (t.bytes < s.bytes)
            s = map_stretch_at(&a->asked->p2m, at, at + t.bytes);
        if (!map_stretch_same(&s, &t)) {
            print_difference(out, name_of(a, b, at), &s, &t);
            stretches++;
            bytes += s.bytes;
        }
        at += s.bytes;
    }
    fprintf(out, "%" PRIu64 " differences, %s in all\n", stretches, map_size_text(bytes, size));
}

static uint64_t ram_bytes(const struct xen_domain *d)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < d->count; i++)
        sum += d->region[i].kind == REGION_RAM ? d->region[i].bytes : 0;
    return sum;
}

static const char *builder_of(const struct world *w, const struct world_domain *d)
{
    return d == &w->domain[0] ? "Xen, at boot" : d->has_xl ? "xl" : "Xen, of the device tree";
}

void map_print_domains(FILE *out, const struct world *w)
{
    char size[MAP_TEXT_BYTES];

    fprintf(out, "%-32s %4s %9s %7s  %s\n", "domain", "VMID", "RAM", "regions", "built by");
    for (size_t i = 0; i < w->count; i++) {
        const struct world_domain *d = &w->domain[i];

        fprintf(out, "%-32s %4u %9s %7zu  %s\n", d->map.name, d->map.vmid, map_size_text(ram_bytes(&d->map), size),
                d->map.count, builder_of(w, d));
    }
}

json_t *map_domains_json(const struct world *w)
{
    json_t *list = json_array();

    for (size_t i = 0; i < w->count; i++) {
        const struct world_domain *d = &w->domain[i];

        json_array_append_new(list, json_pack("{s:o, s:i, s:I, s:I, s:s}", "domain", result_file_text(d->map.name),
                                              "vmid", (int)d->map.vmid, "ram_bytes", (json_int_t)ram_bytes(&d->map),
                                              "regions", (json_int_t)d->map.count, "built_by", builder_of(w, d)));
    }
    return json_pack("{s:s, s:o}", "schema", "stagewalk/map-domains/1", "domains", list);
}

static json_t *region_json(const struct world *w, const struct domain_region *r)
{
    char attr[MAP_TEXT_BYTES];
    size_t leaves[4] = { 0 };
    json_t *pa = json_null();

    region_attr(w, r, attr);
    if (r->type != P2M_INVALID) {
        pa = json_sprintf("0x%" PRIx64, r->pa);
        map_count_leaves(&w->asked->p2m, r->ipa, r->bytes, leaves);
    }
    return json_pack("{s:o, s:o, s:I, s:s, s:s, s:s, s:[I, I, I], s:o, s:o}", "ipa", json_sprintf("0x%" PRIx64, r->ipa),
                     "pa", pa, "bytes", (json_int_t)r->bytes, "kind", region_kind_name((enum region_kind)r->kind),
                     "type", p2m_type_name((enum p2m_type)r->type), "stage2", attr, "leaves", (json_int_t)leaves[1],
                     (json_int_t)leaves[2], (json_int_t)leaves[3], "name", result_file_text(r->name), "source",
                     result_file_text(r->source));
}

json_t *map_json(const struct world *w)
{
    const struct xen_domain *d = &w->asked->map;
    json_t *regions = json_array();

    for (size_t i = 0; i < d->count; i++)
        json_array_append_new(regions, region_json(w, &d->region[i]));
    return json_pack("{s:s, s:s, s:o, s:i, s:o, s:o, s:o, s:I, s:o, s:o}", "schema", "stagewalk/map/1", "preset",
                     d->preset->name, "domain", result_file_text(d->name), "vmid", (int)d->vmid, "vttbr_el2",
                     json_sprintf("0x%" PRIx64, p2m_vttbr(&w->asked->p2m, d->vmid)), "vtcr_el2",
                     json_sprintf("0x%" PRIx64, d->preset->vtcr_el2), "hcr_el2",
                     json_sprintf("0x%" PRIx64, d->preset->hcr_el2), "table_bytes",
                     (json_int_t)w->asked->p2m.count * 4096, "regions", regions, "notes", notes_json(w));
}
