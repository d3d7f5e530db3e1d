/* Keys and values to a request; a world's tables into memory. */
#include "sim/world_words.h"

#include <stdio.h>
#include <string.h>

#define SEPARATORS " \t"

static const char *set_key(struct world_request *q, const char *key, const char *value, char *why, size_t why_bytes)
{
    if (strcmp(key, "xen") == 0) {
        q->preset = xen_preset_by_name(value);
        if (q->preset)
            return NULL;
        snprintf(why, why_bytes, "unknown preset '%.60s'; `stagewalk map --xen list` lists them", value);
        return why;
    }
    if (strcmp(key, "dom0_mem") == 0)
        q->dom0_mem = value;
    else if (strcmp(key, "dtb") == 0)
        q->dtb = value;
    else if (strcmp(key, "config") == 0)
        q->config[0] = value;
    else {
        snprintf(why, why_bytes, "platform knows xen=, domain=, dom0_mem=, dtb= and config=, not '%.60s='", key);
        return why;
    }
    return NULL;
}

/* domain= says the same as having or not having config=; it is there to be read. */
static const char *check_domain(const struct world_request *q, const char *domain)
{
    if (!domain)
        return NULL;
    if (strcmp(domain, "dom0") == 0)
        return q->config[0] ? "config= is a domU's, not dom0's" : NULL;
    if (strcmp(domain, "domU") == 0)
        return q->config[0] ? NULL : "domain=domU wants config=FILE, an xl.cfg";
    return "domain= is dom0 or domU";
}

const char *world_words_parse(char *words, struct world_request *q, bool *asked, char *why, size_t why_bytes)
{
    const char *domain = NULL, *wrong = NULL;
    char *rest = words, *word;

    *q = (struct world_request){ NULL };
    while (!wrong && (word = strtok_r(rest, SEPARATORS, &rest))) {
        char *equals = strchr(word, '=');

        if (!equals || equals[1] == '\0') {
            snprintf(why, why_bytes, "platform wants key=value, not '%.60s'", word);
            return why;
        }
        *equals = '\0';
        if (strcmp(word, "domain") == 0)
            domain = equals + 1;
        else
            wrong = set_key(q, word, equals + 1, why, why_bytes);
    }
    *asked = q->preset != NULL;
    if (!wrong && !q->preset && (domain || q->dom0_mem || q->dtb || q->config[0]))
        return "a domain wants xen=PRESET too";
    return wrong ? wrong : check_domain(q, domain);
}

const char *world_words_install(const struct world *w, struct machine *m)
{
    const struct xen_preset *x = w->asked->map.preset;

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
