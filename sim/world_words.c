/* Keys and values to a request; a world's tables into memory. */
#include "sim/world_words.h"

#include <stdio.h>
#include <string.h>

#define SEPARATORS " \t"

/* The keys whose value is a text as it stands. */
static const char **text_of(struct world_request *q, const char *key)
{
    const struct {
        const char *key;
        const char **text;
    } texts[] = {
        { "dom0_mem", &q->dom0_mem }, { "dtb", &q->dtb }, { "config", &q->config[0] }, { "domain", &q->domain }
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(key, texts[i].key) == 0)
            return texts[i].text;
    }
    return NULL;
}

static const char *set_pass(struct world_request *q, const char *value)
{
    for (size_t i = 0; i < WORLD_DOMUS_MAX; i++) {
        if (!q->pass[i]) {
            q->pass[i] = value;
            return NULL;
        }
    }
    return "pass= stands there too often";
}

static const char *set_key(struct world_request *q, const char *key, const char *value, char *why, size_t why_bytes)
{
    const char **text;

    if (strcmp(key, "xen") == 0) {
        q->preset = xen_preset_by_name(value);
        if (q->preset)
            return NULL;
        snprintf(why, why_bytes, "unknown preset '%.60s'; `stagewalk map --xen list` lists them", value);
        return why;
    }
    if (strcmp(key, "pass") == 0)
        return set_pass(q, value);
    text = text_of(q, key);
    if (!text) {
        snprintf(why, why_bytes, "platform knows xen=, domain=, dom0_mem=, dtb=, config= and pass=, not '%.60s='", key);
        return why;
    }
    *text = value;
    return NULL;
}

const char *world_words_parse(char *words, struct world_request *q, bool *asked, char *why, size_t why_bytes)
{
    const char *wrong = NULL;
    char *rest = words, *word;

    *q = (struct world_request){ NULL };
    while (!wrong && (word = strtok_r(rest, SEPARATORS, &rest))) {
        char *equals = strchr(word, '=');

        if (!equals || equals[1] == '\0') {
            snprintf(why, why_bytes, "platform wants key=value, not '%.60s'", word);
            return why;
        }
        *equals = '\0';
        wrong = set_key(q, word, equals + 1, why, why_bytes);
    }
    *asked = q->preset != NULL;
    if (!wrong && !q->preset && (q->domain || q->dom0_mem || q->dtb || q->config[0] || q->pass[0]))
        return "a domain wants xen=PRESET too";
    if (!wrong && q->domain && strcmp(q->domain, "dom0") == 0 && q->config[0])
        return "config= is a domU's, not dom0's";
    return wrong;
}

const char *world_words_install(const struct world *w, struct machine *m)
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
