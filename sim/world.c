/* The board, and dom0 on it. */
#include "sim/world.h"

#include "models/arch/addr.h"
#include "traces/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

    return last->bytes > 2 * TABLES_BYTES ? align_down(last->base + last->bytes - TABLES_BYTES, 13) : last->base;
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

bool world_open(struct world *w, const struct world_request *q, struct trace_error *err)
{
    enum p2m_result result;

    memset(w, 0, sizeof *w);
    if (!read_board(w, q, err) || !build_dom0(w, q, err))
        return false;
    w->domain = &w->dom0;
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
    domain_free(&w->dom0);
    board_free(&w->board);
}
