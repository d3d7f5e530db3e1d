/* Board, dom0, then the guest in what is left. */
#include "sim/world.h"

#include "models/arch/addr.h"
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
    domain_init(&w->dom0, q->preset, "dom0", DOM0_VMID);
    return dom0_build(&w->dom0, &w->board, &o, &w->ram, err);
}

/* Finds a part of a range that dom0 has, or Xen's image, or what was taken at boot. Returns false when there is none. */
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

static bool build_domu(struct world *w, const struct world_request *q, struct trace_error *err)
{
    struct domu_host host;

    w->has_xl = true;
    if (!xl_domu_read(&w->xl, q->config, q->preset, err))
        return false;
    domu_host_zynqmp(&host);
    for (size_t i = 0; i < w->board.ram_count; i++) {
        if (!add_free(w, &host.pool, w->board.ram[i], err))
            return false;
    }
    domain_init(&w->domu, q->preset, w->xl.domu.name, DOMU_VMID);
    return domu_build(&w->domu, &w->xl.domu, &host, DOMU_VMID, err);
}

bool world_open(struct world *w, const struct world_request *q, struct trace_error *err)
{
    enum p2m_result result;

    memset(w, 0, sizeof *w);
    if (!read_board(w, q, err) || !build_dom0(w, q, err) || (q->config && !build_domu(w, q, err)))
        return false;
    w->domain = q->config ? &w->domu : &w->dom0;
    result = p2m_init(&w->p2m, q->preset, tables_base(&w->board));
    if (result == P2M_OK)
        result = p2m_map_domain(&w->p2m, w->domain);
    if (result != P2M_OK)
        return error_set(err, "%s",
                         result == P2M_TOO_LARGE ? "the domain's tables would take more than 256 MB" : "out of memory");
    return true;
}

void world_close(struct world *w)
{
    p2m_free(&w->p2m);
    domain_free(&w->domu);
    domain_free(&w->dom0);
    if (w->has_xl)
        xl_domu_free(&w->xl);
    board_free(&w->board);
}
