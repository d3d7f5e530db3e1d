/* What xl makes of the keys [Xen: xl_parse.c@4.17.0:1367]. */
#include "platforms/xen/xl_domu.h"

#include "platforms/xen/xl_iomem.h"
#include "traces/error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_DEFAULT_MB 32 /* without memory= and maxmem= [guess: libxl's default for max_memkb] */
#define SPI_FIRST 32

struct key {
    const char *name;
    bool (*read)(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err);
};

/* Where a setting stands, for domain_region.source. */
static void tell_place(const struct xl_domu *x, size_t line, const char *key, char source[DOMAIN_NAME_BYTES])
{
    const char *path = x->cfg.text.path, *slash = strrchr(path, '/');

    snprintf(source, DOMAIN_NAME_BYTES, "%.60s:%zu: %.20s", slash ? slash + 1 : path, line + 1, key);
}

static bool read_range(struct xl_domu *x, const struct xlcfg_setting *s, long most, long *value,
                       struct trace_error *err)
{
    if (!xlcfg_long(&x->cfg, s, value, err))
        return false;
    if (*value < 1 || *value > most)
        return xlcfg_fail(&x->cfg, s->value, 0, err, "%s is %ld, but should be 1 to %ld", s->key, *value, most);
    return true;
}

static bool read_name(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    if (!xlcfg_check_single(&x->cfg, s, err))
        return false;
    x->domu.name[0] = '\0';
    domain_text(x->domu.name, sizeof x->domu.name, s->value->text);
    return true;
}

static bool read_vcpus(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    long vcpus;

    if (!read_range(x, s, DOMU_VCPUS_MAX, &vcpus, err))
        return false;
    x->domu.vcpus = (unsigned)vcpus;
    return true;
}

/* Since Arm guests are PVH, libxl has them begin with maxmem, not with memory [Xen: libxl__build_dom,
 * libxl_dom.c@4.17.0]. */
static bool read_memory(struct xl_domu *x, struct trace_error *err)
{
    const struct xlcfg_setting *memory = xlcfg_find(&x->cfg, "memory"), *maxmem = xlcfg_find(&x->cfg, "maxmem");
    const struct xlcfg_setting *from = maxmem && xen_layout(x->domu.preset)->xl_builds_maxmem ? maxmem : memory;
    const long most_mb = 1L << 20;
    long mb = MEMORY_DEFAULT_MB, max_mb;

    if (memory && !read_range(x, memory, most_mb, &mb, err))
        return false;
    if (maxmem) {
        if (!read_range(x, maxmem, most_mb, &max_mb, err))
            return false;
        if (memory && max_mb < mb)
            return xlcfg_fail(&x->cfg, maxmem->value, 0, err, "maxmem is %ld MB, less than memory, %ld MB", max_mb, mb);
        mb = from == maxmem ? max_mb : mb;
    }
    x->domu.ram_bytes = (uint64_t)mb << 20;
    if (from)
        tell_place(x, from->at.line, from->key, x->domu.ram_source);
    else
        snprintf(x->domu.ram_source, sizeof x->domu.ram_source, "libxl's default: no memory= in the file");
    return true;
}

static void name_iomem(const struct xl_domu *x, const struct xlcfg_value *v, struct domu_passthrough *p)
{
    snprintf(p->name, sizeof p->name, "iomem ");
    domain_text(p->name, sizeof p->name, v->text);
    tell_place(x, v->token.at.line, "iomem", p->source);
}

static bool read_iomem(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    enum p2m_type memory = x->domu.preset->use.iomem_memory;

    if (!xlcfg_check_list(&x->cfg, s, err))
        return false;
    for (size_t i = 0; i < s->count; i++) {
        const struct xlcfg_value *v = &s->value[i];
        struct iomem_complaint bad;
        struct iomem m;
        struct domu_passthrough *p;

        if (!xl_iomem_read(v->text, memory == P2M_INVALID ? IOMEM_OF_XEN : IOMEM_OF_XILINX, &m, &bad))
            return xlcfg_fail(&x->cfg, v, bad.offset, err, "iomem: %s", bad.text);
        p = domu_pass(&x->domu, m.gfn << 12, m.start << 12, m.count << 12);
        if (!p)
            return xlcfg_fail(&x->cfg, v, 0, err, "iomem: more than %d, or out of memory", DOMU_PASSTHROUGH_MAX);
        if (m.policy == IOMEM_MEMORY)
            p->type = (uint8_t)memory;
        name_iomem(x, v, p);
    }
    return true;
}

/* Decimal always, so that 010 is 10 and 0x5f is refused [Xen: xl_parse.c@4.17.0:1962]. */
static bool read_irqs(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    if (!xlcfg_check_list(&x->cfg, s, err))
        return false;
    for (size_t i = 0; i < s->count; i++) {
        const struct xlcfg_value *v = &s->value[i];
        char *end;
        unsigned long irq;

        irq = strtoul(v->text, &end, 10);
        if (end == v->text || *end != '\0')
            return xlcfg_fail(&x->cfg, v, (size_t)(end - v->text), err, "irqs are decimal numbers");
        if (irq < SPI_FIRST || irq >= 1020)
            return xlcfg_fail(&x->cfg, v, 0, err, "irq %lu is no SPI: 32 to 1019, the device tree's number and 32",
                              irq);
        if (x->irq_count == XL_DOMU_IRQS_MAX)
            return xlcfg_fail(&x->cfg, v, 0, err, "more than %d irqs", XL_DOMU_IRQS_MAX);
        x->irq[x->irq_count++] = (unsigned)irq;
    }
    return true;
}

static bool read_gic_version(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    if (!xlcfg_check_single(&x->cfg, s, err))
        return false;
    if (strcmp(s->value->text, "v2") == 0 || strcmp(s->value->text, "default") == 0)
        return true;
    return xlcfg_fail(&x->cfg, s->value, 0, err, "a ZynqMP's GIC-400 serves gic_version \"v2\" and \"default\" only");
}

static bool read_vuart(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    if (!xlcfg_check_single(&x->cfg, s, err))
        return false;
    x->domu.vuart = strcmp(s->value->text, "sbsa_uart") == 0;
    if (!x->domu.vuart)
        return xlcfg_fail(&x->cfg, s->value, 0, err, "the only vuart is \"sbsa_uart\"");
    return true;
}

static bool read_single(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    return xlcfg_check_single(&x->cfg, s, err);
}

static bool read_list(struct xl_domu *x, const struct xlcfg_setting *s, struct trace_error *err)
{
    return xlcfg_check_list(&x->cfg, s, err);
}

static const struct key keys[] = {
    { "name", read_name },
    { "vcpus", read_vcpus },
    { "memory", NULL }, /* both together: read_memory */
    { "maxmem", NULL },
    { "iomem", read_iomem },
    { "irqs", read_irqs },
    { "gic_version", read_gic_version },
    { "vuart", read_vuart },
    { "kernel", read_single },
    { "device_tree", read_single },
    { "dtdev", read_list },
};

/* A version's xl reads a key that it does not know as it reads any other: not at all. */
static bool knows(const struct xl_domu *x, const struct key *k)
{
    return k->read != read_vuart || xen_layout(x->domu.preset)->window[LAYOUT_PL011].bytes > 0;
}

bool xl_domu_read(struct xl_domu *x, const char *path, const struct xen_preset *preset, struct trace_error *err)
{
    memset(x, 0, sizeof *x);
    domu_config_init(&x->domu, preset, DOMU_BY_XL);
    if (!xlcfg_read(&x->cfg, path, err))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct xlcfg_setting *s = xlcfg_find(&x->cfg, keys[i].name);

        if (s && keys[i].read && knows(x, &keys[i]) && !keys[i].read(x, s, err))
            return false;
    }
    return read_memory(x, err);
}

void xl_domu_free(struct xl_domu *x)
{
    domu_config_free(&x->domu);
    xlcfg_free(&x->cfg);
}

static bool is_ignored(const struct xl_domu *x, const struct xlcfg_setting *s)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i].name, s->key) == 0)
            return !knows(x, &keys[i]);
    }
    return true;
}

const struct xlcfg_setting *xl_domu_ignored(const struct xl_domu *x, size_t i)
{
    for (size_t at = 0; at < x->cfg.count; at++) {
        if (is_ignored(x, &x->cfg.setting[at]) && i-- == 0)
            return &x->cfg.setting[at];
    }
    return NULL;
}
