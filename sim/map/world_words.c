/* Keys and values to a request; a world's tables into memory. */
#include "sim/map/world_words.h"

#include "sim/map/guest.h"
#include "sim/result_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS " \t"

size_t world_words_options(struct world_request *q, struct option_spec spec[WORLD_WORDS])
{
    struct guest_request *g = &q->guest;
    const struct option_spec all[WORLD_WORDS] = { { "dtb", .text = &q->dtb },
                                                  { "dom0-mem", .text = &q->dom0_mem },
                                                  { "config", .list = q->config, .list_max = WORLD_DOMUS_MAX },
                                                  { "pass", .list = q->pass, .list_max = WORLD_DOMUS_MAX },
                                                  { "domain", .text = &q->domain },
                                                  { "linux", .text = &g->kernel },
                                                  { "va-bits", .number = &g->va_bits },
                                                  { "bare-metal", .flag = &g->bare_metal },
                                                  { "kpti", .flag = &g->kpti },
                                                  { "linear-blocks", .flag = &g->linear_blocks },
                                                  { "without-mte", .flag = &g->without_mte } };

    memcpy(spec, all, sizeof all);
    return WORLD_WORDS;
}

/* A script has _ where the command line has -. */
static bool same_word(const char *key, const char *option)
{
    while (*key && *option && *key == (*option == '-' ? '_' : *option)) {
        key++;
        option++;
    }
    return *key == *option;
}

/* Returns what is wrong with the value of a word, or NULL once it is kept. */
static const char *set_word(const struct option_spec *o, const char *value)
{
    char *end;
    size_t i = 0;

    if (o->text) {
        *o->text = value;
        return NULL;
    }
    if (o->list) {
        while (i < o->list_max && o->list[i])
            i++;
        if (i == o->list_max)
            return "stands there too often";
        o->list[i] = value;
        return NULL;
    }
    if (o->number) {
        errno = 0;
        *o->number = strtoull(value, &end, 0);
        return isdigit((unsigned char)*value) && *end == '\0' && errno == 0 ? NULL : "wants a number";
    }
    *o->flag = strcmp(value, "1") == 0;
    return *o->flag || strcmp(value, "0") == 0 ? NULL : "is 0 or 1";
}

static const char *set_key(struct world_request *q, const char *key, const char *value, char *why, size_t why_bytes)
{
    struct option_spec word[WORLD_WORDS];
    size_t words = world_words_options(q, word);
    const char *wrong;

    if (strcmp(key, "xen") == 0) {
        q->preset = xen_preset_by_name(value);
        if (q->preset)
            return NULL;
        snprintf(why, why_bytes, "unknown preset '%.60s'; `stagewalk map --xen list` lists them", value);
        return why;
    }
    for (size_t i = 0; i < words; i++) {
        if (!same_word(key, word[i].name))
            continue;
        wrong = set_word(&word[i], value);
        if (!wrong)
            return NULL;
        snprintf(why, why_bytes, "%s= %s, not '%.60s'", key, wrong, value);
        return why;
    }
    snprintf(why, why_bytes,
             "platform knows xen=, domain=, dom0_mem=, dtb=, config=, pass=, linux=, va_bits=, bare_metal=, kpti=, "
             "linear_blocks= and without_mte=, not '%.60s='",
             key);
    return why;
}

/* What does not go together. */
static const char *check_words(const struct world_request *q, bool any)
{
    bool alone = q->domain && strcmp(q->domain, "none") == 0;

    if (alone && (q->preset || q->config[0] || q->pass[0] || q->dom0_mem))
        return "domain=none is without Xen: no xen=, config=, pass=, dom0_mem=";
    if (alone)
        return q->guest.kernel || q->guest.bare_metal ? NULL : "domain=none wants linux= or bare_metal=1";
    if (!q->preset && any)
        return "a domain wants xen=PRESET too";
    if (q->domain && strcmp(q->domain, "dom0") == 0 && q->config[0])
        return "config= is a domU's, not dom0's";
    return NULL;
}

const char *world_words_parse(char *words, struct world_request *q, bool *asked, char *why, size_t why_bytes)
{
    const char *wrong = NULL;
    char *rest = words, *word;
    bool any = false;

    *q = (struct world_request){ NULL };
    while (!wrong && (word = strtok_r(rest, SEPARATORS, &rest))) {
        char *equals = strchr(word, '=');

        if (!equals || equals[1] == '\0') {
            snprintf(why, why_bytes, "platform wants key=value, not '%.60s'", word);
            return why;
        }
        *equals = '\0';
        any = true;
        wrong = set_key(q, word, equals + 1, why, why_bytes);
    }
    *asked = q->preset || q->domain;
    return wrong ? wrong : check_words(q, any);
}

/* Stage 2: the tables of the domain, VTCR_EL2, VTTBR_EL2, HCR_EL2. */
static const char *install_stage2(const struct world *w, struct machine *m)
{
    const struct xen_preset *x = w->asked->map.preset;

    if (w->asked->lacks_devices)
        return "the domain has a module of devices: pass=NAME=FILE gives it, pass=NAME= goes without";
    for (size_t i = 0; i < w->asked->p2m.count; i++) {
        const char *why =
            machine_write_page(m, PA(w->asked->p2m.base + ((uint64_t)i << PHYS_PAGE_BITS)), w->asked->p2m.page[i]);

        if (why)
            return why;
    }
    for (unsigned i = 0; i < CORES_MAX; i++) {
        struct mmu *mmu = &m->cluster.core[i].mmu;

        mmu_write_sysreg(mmu, SYSREG_VTCR_EL2, x->vtcr_el2);
        mmu_write_sysreg(mmu, SYSREG_VTTBR_EL2, p2m_vttbr(&w->asked->p2m, w->asked->map.vmid));
        mmu_write_sysreg(mmu, SYSREG_HCR_EL2, x->hcr_el2);
    }
    return NULL;
}

const char *world_words_install(const struct world *w, const struct guest_request *q, struct machine *m,
                                struct trace_error *err)
{
    const char *why = w->asked ? install_stage2(w, m) : NULL;
    struct guest *g;

    if (why || (!q->kernel && !q->bare_metal)) {
        char wrong[160];

        return why                                                 ? why
               : guest_preset(q, wrong, sizeof wrong) || !wrong[0] ? NULL
                                                                   : "va_bits=, kpti= and such want linux=";
    }
    g = calloc(1, sizeof *g);
    if (!g)
        return "out of memory";
    why = guest_open(g, q, w, err) ? guest_install(g, w, m) : err->text;
    guest_close(g);
    free(g);
    return why;
}

int world_words_check_output(const struct world_request *q, const char *output)
{
    if (q->dtb && result_file_check_input(output, q->dtb) != 0)
        return 2;
    for (size_t i = 0; q->config[i]; i++) {
        if (result_file_check_input(output, q->config[i]) != 0)
            return 2;
    }
    for (size_t i = 0; q->pass[i]; i++) {
        const char *equals = strchr(q->pass[i], '=');

        if (equals && result_file_check_input(output, equals + 1) != 0)
            return 2;
    }
    return 0;
}
