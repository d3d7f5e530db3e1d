/* Board, dom0, then the guest in what is left. */
#include "sim/map/world.h"

#include "models/arch/addr.h"
#include "sim/map/world_dom0less.h"
#include "traces/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DOMU_VMID 2                 /* of the first guest beside dom0 [Xen: p2m.c@4.8.0:1233] */
#define TABLES_BYTES (256ULL << 20) /* P2M_PAGES_MAX pages */

bool world_parse_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "KMG";
    char *end;
    const char *unit;
    unsigned long long n;

    errno = 0;
    n = strtoull(text, &end, 0);
    if (!isdigit((unsigned char)*text) || errno != 0)
        return false;
    unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    if (*end && (!unit || end[1] != '\0'))
        return false;
    if (unit && n > UINT64_MAX >> (10 * (unit - units + 1)))
        return false;
    *bytes = unit ? (uint64_t)n << (10 * (unit - units + 1)) : n;
    return *bytes > 0 && (*bytes & low_mask(12)) == 0;
}

/* Where the tables lie: at the end of the board's last RAM, as nobody can tell which pages of its heap Xen takes
 * [choice]. */
static uint64_t tables_base(const struct board *b)
{
    const struct board_range *last = &b->ram[b->ram_count - 1];

    return align_down(last->bytes > 2 * TABLES_BYTES ? last->base + last->bytes - TABLES_BYTES : last->base, 13);
}

static bool read_board(struct world *w, const struct world_request *q, struct trace_error *err)
{
    if (q->dtb)
        return board_read_dtb(&w->board, q->dtb, err);
    return board_zcu102(&w->board) || error_set(err, "out of memory");
}

static bool build_dom0(struct world *w, const struct world_request *q, struct trace_error *err)
{
    const char *text = q->dom0_mem ? q->dom0_mem : WORLD_DOM0_MEM;
    struct dom0_options o = { .xen_pa = DOM0_XEN_ANYWHERE };

    if (!world_parse_size(text, &o.mem))
        return error_set(err, "--dom0-mem wants a size such as 1G or 1500M, a multiple of 4 KB, not '%.60s'", text);
    w->count = 1;
    domain_init(&w->domain[0].map, q->preset, "dom0", DOM0_VMID);
    return dom0_build(&w->domain[0].map, &w->board, &o, &w->ram, err);
}

/* Finds a part of a range that dom0 has, or Xen's image, or what was taken at boot. Returns false when there is
 * none. */
static bool find_taken(const struct world *w, const struct board_range *free, struct board_range *taken)
{
    size_t banks = w->ram.bank_count;

    for (size_t i = 0; i < banks + 1 + w->board.taken_count; i++) {
        if (i < banks)
            *taken = w->ram.bank[i];
        else if (i == banks)
            *taken = (struct board_range){ w->ram.xen_pa, DOM0_XEN_BYTES };
        else
            *taken = w->board.taken[i - banks - 1].range;
        if (taken->base < free->base + free->bytes && free->base < taken->base + taken->bytes)
            return true;
    }
    return false;
}

/* Adds what is free of a range to the pool, piece by piece. */
static bool add_free(struct world *w, struct ram_pool *pool, struct board_range free, struct trace_error *err)
{
    struct board_range taken;
    const char *why;

    if (free.bytes == 0)
        return true;
    if (find_taken(w, &free, &taken)) {
        uint64_t from = align_down(taken.base, 12), to = align_down(taken.base + taken.bytes + 0xFFF, 12);
        uint64_t end = free.base + free.bytes;
        struct board_range before = { free.base, from > free.base ? from - free.base : 0 };
        struct board_range after = { to, end > to ? end - to : 0 };

        return add_free(w, pool, before, err) && add_free(w, pool, after, err);
    }
    why = ram_pool_add(pool, (struct ram_range){ free.base, free.bytes });
    return !why || error_set(err, "RAM at 0x%llx: %s", (unsigned long long)free.base, why);
}

/* Returns the domain that comes next, or NULL with a message when there are too many. */
static struct world_domain *next_domain(struct world *w, struct trace_error *err)
{
    if (w->count < 1 + WORLD_DOMUS_MAX)
        return &w->domain[w->count++];
    error_set(err, "more than %d domains beside dom0", WORLD_DOMUS_MAX);
    return NULL;
}

static unsigned vmid_of(const struct world *w, const struct world_domain *d)
{
    return DOMU_VMID + (unsigned)(d - w->domain) - 1;
}

/* Adds the domain of one file, with RAM of what is left in the pool. */
static bool build_xl(struct world *w, const char *config, struct domu_host *host, struct trace_error *err)
{
    const struct xen_preset *preset = w->domain[0].map.preset;
    struct world_domain *d = next_domain(w, err);

    if (!d)
        return false;
    d->has_xl = true;
    if (!xl_domu_read(&d->xl, config, preset, err))
        return false;
    return domu_build(&d->map, &d->xl.domu, host, vmid_of(w, d), err);
}

static bool build_dom0less(struct world *w, const struct world_dom0less_domain *from, struct domu_host *host,
                           struct trace_error *err)
{
    struct world_domain *d = next_domain(w, err);

    if (!d)
        return false;
    d->lacks_devices = from->lacks_devices;
    return domu_build(&d->map, &from->config, host, vmid_of(w, d), err);
}

/* Xen builds those of the device tree before a toolstack runs [Xen: start_xen, setup.c@4.17.0]. */
static bool build_domus(struct world *w, const struct world_request *q, const struct world_dom0less *trees,
                        struct trace_error *err)
{
    struct domu_host host;

    if (!q->config[0] && trees->count == 0)
        return true;
    domu_host_zynqmp(&host);
    host.gicd = w->board.gicd.base;
    host.gicc = w->board.gicc.base;
    for (size_t i = 0; i < w->board.ram_count; i++) {
        if (!add_free(w, &host.pool, w->board.ram[i], err))
            return false;
    }
    for (size_t i = 0; i < trees->count; i++) {
        if (!build_dom0less(w, &trees->domain[i], &host, err))
            return false;
    }
    w->first_xl = w->count;
    for (size_t i = 0; q->config[i]; i++) {
        if (!build_xl(w, q->config[i], &host, err))
            return false;
    }
    return true;
}

/* Finds who is asked about. */
static bool find_asked(struct world *w, const struct world_request *q, struct trace_error *err)
{
    size_t first = q->config[0] ? w->first_xl : 1, i = 0;

    if (!q->domain)
        i = q->config[0] ? first : 0;
    else if (strcmp(q->domain, "domU") == 0)
        i = first;
    else
        while (i < w->count && strcmp(w->domain[i].map.name, q->domain) != 0)
            i++;
    if (i >= w->count)
        return error_set(err,
                         "--domain %.60s: there is no such domain: --config FILE, an xl.cfg, or a device tree with it",
                         q->domain);
    w->asked = &w->domain[i];
    return true;
}

/* Makes the tables of a domain, at *base and what follows. */
static bool build_tables(struct world_domain *d, uint64_t *base, struct trace_error *err)
{
    enum p2m_result result = p2m_init(&d->p2m, d->map.preset, *base);

    if (result == P2M_OK)
        result = p2m_map_domain(&d->p2m, &d->map);
    if (result != P2M_OK)
        return error_set(err, "%s",
                         result == P2M_TOO_LARGE ? "the domain's tables would take more than 256 MB" : "out of memory");
    *base = align_down(*base + 4096 * (uint64_t)d->p2m.count + low_mask(13), 13);
    return true;
}

static bool build_domains(struct world *w, const struct world_request *q, struct trace_error *err)
{
    struct world_dom0less *trees = calloc(1, sizeof *trees);
    bool good;

    if (!trees)
        return error_set(err, "out of memory");
    good = world_dom0less_read(trees, q, &w->board, err) && build_dom0(w, q, err) && build_domus(w, q, trees, err);
    world_dom0less_free(trees);
    free(trees);
    return good;
}

bool world_open(struct world *w, const struct world_request *q, struct trace_error *err)
{
    uint64_t base;

    memset(w, 0, sizeof *w);
    if (!read_board(w, q, err))
        return false;
    if (q->domain && strcmp(q->domain, "none") == 0)
        return true;
    if (!build_domains(w, q, err) || !find_asked(w, q, err))
        return false;
    base = tables_base(&w->board);
    if (!build_tables(&w->domain[w->asked - w->domain], &base, err))
        return false;
    for (size_t i = 0; i < w->count; i++) {
        if (&w->domain[i] != w->asked && !build_tables(&w->domain[i], &base, err))
            return false;
    }
    return true;
}

void world_close(struct world *w)
{
    for (size_t i = 0; i < w->count; i++) {
        p2m_free(&w->domain[i].p2m);
        domain_free(&w->domain[i].map);
        if (w->domain[i].has_xl)
            xl_domu_free(&w->domain[i].xl);
    }
    board_free(&w->board);
}
