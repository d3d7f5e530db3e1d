/* Each domain of a world, and all of them together. */
#include "sim/lint/domains.h"

#include "sim/lint/alias.h"
#include "sim/lint/stage.h"
#include "sim/map/map_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_BYTES 48
#define SPACE_BYTES (LABEL_BYTES + 8)

const char *lint_region_place(const struct lint_domain *d, const struct domain_region *region,
                              char text[LINT_PLACE_BYTES])
{
    char size[MAP_TEXT_BYTES];

    snprintf(text, LINT_PLACE_BYTES, "%s IPA 0x%" PRIx64 " (%s), %.80s [%.80s]", d->label, region->ipa,
             map_size_text(region->bytes, size), region->name, region->source);
    return text;
}

/* mem_port.read64 of a domain's tables; zero elsewhere. */
static bool read_p2m(void *context, pa_t pa, uint64_t *value)
{
    const struct p2m *p = context;
    uint64_t offset = pa.v - p->base;

    *value = pa.v >= p->base && offset / 4096 < p->count ? p->page[offset / 4096][offset % 4096 / 8] : 0;
    return true;
}

static bool is_board_ram(const struct board *b, uint64_t pa)
{
    for (size_t i = 0; i < b->ram_count; i++) {
        if (pa - b->ram[i].base < b->ram[i].bytes)
            return true;
    }
    return false;
}

/* dom0's devices are Normal at stage 2 on purpose: which type each has, dom0 knows, and says at stage 1. Of GICV,
 * which by the words of one preset is among them, it does not know: it is given no GICV. */
static enum lint_severity worst_alias(const struct lint_domain *d, const struct stage_run *run)
{
    const struct domain_region *region = domain_find(&d->domain->map, run->ia);
    const struct board *b = &d->world->board;

    if (run->oa - b->gicv.base < b->gicv.bytes)
        return LINT_NOTE;
    if (!region || region->kind != REGION_DEVICE || memattr_is_device(run->attr) || is_board_ram(b, run->oa))
        return LINT_ERROR;
    return LINT_WARNING;
}

/* Reads the tables as Xen's registers have the walker read them. */
static void look_at_tables(const struct lint_domain *d, const char *space, struct aliases *all)
{
    const struct xen_domain *x = &d->domain->map;
    struct p2m p2m = d->domain->p2m; /* a view: the port's context is not const */
    struct sysregs regs = { { 0 } };
    struct stage s = { .owner = d->label, .report = d->report, .mem = { &p2m, read_p2m } };
    char place[LINT_PLACE_BYTES];

    s.descriptors_max = STAGE_DESCRIPTORS_MAX;
    regs.v[SYSREG_VTCR_EL2] = x->preset->vtcr_el2;
    regs.v[SYSREG_HCR_EL2] = x->preset->hcr_el2;
    regs.v[SYSREG_VTTBR_EL2] = p2m_vttbr(&p2m, x->vmid);
    s.params = ttw_decode_stage2(&regs);
    stage_read(&s);
    stage_check_runs(&s);
    for (size_t i = 0; i < s.count; i++) {
        const struct stage_run *run = &s.run[i];
        struct alias_piece piece = { .pa = run->oa, .bytes = run->bytes, .ia = run->ia, .space = space };

        piece.attr = attr_effective(run->attr);
        piece.most = (uint8_t)worst_alias(d, run);
        aliases_add(all, &piece);
        if (memattr_is_device(run->attr) && !(run->perm & PERM_S2_XN))
            lint_find(d->report, LINT_EXECUTABLE_DEVICE, stage_place(&s, run->ia, run->bytes, place), "%s at stage 2",
                      attr_name(run->attr));
    }
    stage_free(&s);
}

/* What of an xl.cfg this program has not looked at. */
static void look_at_settings(const struct lint_domain *d)
{
    const struct xl_domu *x = &d->domain->xl;
    const struct xlcfg_setting *s;
    char place[LINT_PLACE_BYTES];

    for (size_t i = 0; d->domain->has_xl && (s = xl_domu_ignored(x, i)); i++) {
        snprintf(place, sizeof place, "%.200s:%zu", x->cfg.text.path, s->at.line + 1);
        lint_find(d->report, LINT_SETTING_IGNORED, place, "%.60s", s->key);
    }
}

/* Writes the domain's name, with its VMID where another has the same. */
static void set_label(const struct world *w, size_t i, char label[LABEL_BYTES])
{
    const struct xen_domain *d = &w->domain[i].map;
    bool twice = false;

    for (size_t k = 0; k < w->count; k++)
        twice |= k != i && strcmp(w->domain[k].map.name, d->name) == 0;
    if (twice)
        snprintf(label, LABEL_BYTES, "%s (VMID %u)", d->name, d->vmid);
    else
        snprintf(label, LABEL_BYTES, "%s", d->name);
}

bool lint_domains(const struct world *w, struct lint_report *r)
{
    char(*space)[SPACE_BYTES] = calloc(w->count, sizeof *space), label[LABEL_BYTES];
    struct aliases all = { NULL };

    if (!space)
        return false;
    for (size_t i = 0; i < w->count; i++) {
        struct lint_domain d = { w, &w->domain[i], label, r };

        set_label(w, i, label);
        snprintf(space[i], SPACE_BYTES, "%s IPA", label);
        look_at_settings(&d);
        lint_regions(&d);
        lint_passthrough(&d);
        look_at_tables(&d, space[i], &all);
    }
    aliases_check(&all, r);
    aliases_free(&all);
    free(space);
    return true;
}
