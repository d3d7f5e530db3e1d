/* Allocation for the models, which do none. */
#include "sim/machine.h"

#include <stdlib.h>

#define FIRST_PAGES 256

/* mem_port.read64 of a machine with something beneath. */
static bool read_through(void *machine, pa_t pa, uint64_t *value)
{
    struct machine *m = machine;

    if (!phys_holds(&m->phys, pa) && backing_read64(m->backing, pa, value))
        return true;
    return phys_read64(&m->phys, pa, value);
}

static struct mem_port port_of(struct machine *m)
{
    if (m->backing)
        return (struct mem_port){ .context = m, .read64 = read_through };
    return (struct mem_port){ .context = &m->phys, .read64 = phys_read64 };
}

/* Allocates both parts of a phys's storage, or neither. */
static bool allocate(uint32_t pages, struct phys_page **page, uint32_t **slot)
{
    *page = malloc(pages * sizeof **page);
    *slot = malloc(phys_slot_bytes(pages));
    if (*page && *slot)
        return true;
    free(*page);
    free(*slot);
    return false;
}

struct machine *machine_new(const struct config *config)
{
    struct machine *m = malloc(sizeof *m);
    struct phys_page *page;
    uint32_t *slot;

    if (!m || !allocate(FIRST_PAGES, &page, &slot)) {
        free(m);
        return NULL;
    }
    phys_init(&m->phys, page, slot, FIRST_PAGES);
    m->backing = NULL;
    cluster_init(&m->cluster, config, port_of(m));
    return m;
}

void machine_reset(struct machine *m, const struct config *config)
{
    struct config copy = *config; /* it may be the cluster's own */

    phys_reset(&m->phys);
    backing_free(m->backing);
    m->backing = NULL;
    cluster_init(&m->cluster, &copy, port_of(m));
}

void machine_restart(struct machine *m, const struct config *config)
{
    struct config copy = *config; /* it may be the cluster's own */
    struct sysregs regs[CORES_MAX];

    for (unsigned i = 0; i < CORES_MAX; i++)
        regs[i] = m->cluster.core[i].mmu.regs;
    cluster_init(&m->cluster, &copy, port_of(m));
    for (unsigned i = 0; i < CORES_MAX; i++) {
        for (int k = 0; k < SYSREG_COUNT; k++)
            mmu_write_sysreg(&m->cluster.core[i].mmu, (enum sysreg)k, regs[i].v[k]);
    }
}

/* Makes room for more pages. Returns NULL, or why it could not. */
static const char *grow(struct machine *m)
{
    struct phys_page *page, *old_page = m->phys.page;
    uint32_t *slot, *old_slot = m->phys.slot;
    uint32_t pages = 2 * m->phys.capacity;

    if (m->phys.capacity >= MACHINE_PAGES_MAX)
        return "more than 1 GB of descriptor memory is written";
    if (!allocate(pages, &page, &slot))
        return "out of memory";
    phys_move(&m->phys, page, slot, pages);
    free(old_page);
    free(old_slot);
    return NULL;
}

/* Brings the page of a PA up from beneath, before a part of it is written. */
static const char *bring_up(struct machine *m, pa_t pa)
{
    const uint64_t *word = m->backing && !phys_holds(&m->phys, pa) ? backing_page(m->backing, pa) : NULL;

    return word ? machine_write_page(m, PA(align_down(pa.v, PHYS_PAGE_BITS)), word) : NULL;
}

const char *machine_write64(struct machine *m, pa_t pa, uint64_t value)
{
    const char *why = bring_up(m, pa);

    while (!why && !phys_write64(&m->phys, pa, value))
        why = grow(m);
    return why;
}

const char *machine_write_page(struct machine *m, pa_t pa, const uint64_t word[PHYS_PAGE_WORDS])
{
    const char *why = NULL;

    while (!why && !phys_write_page(&m->phys, pa, word))
        why = grow(m);
    return why;
}

/* Pages beneath are brought up to be zeroed: a snapshot itself is never changed. */
const char *machine_zero(struct machine *m, pa_t pa, uint64_t bytes)
{
    const char *why = NULL;

    if (m->backing && bytes > (uint64_t)MACHINE_PAGES_MAX << PHYS_PAGE_BITS)
        return "more than 1 GB is zeroed where memory comes from a file";
    for (uint64_t at = pa.v; m->backing && !why && at < pa.v + bytes; at = align_down(at, PHYS_PAGE_BITS) + 0x1000)
        why = bring_up(m, PA(at));
    if (!why)
        phys_zero(&m->phys, pa, bytes);
    return why;
}

void machine_lay_beneath(struct machine *m, struct backing *b)
{
    backing_free(m->backing);
    m->backing = b;
    machine_restart(m, &m->cluster.config);
}

bool machine_holds(const struct machine *m, pa_t pa)
{
    return phys_holds(&m->phys, pa) || (m->backing && backing_page(m->backing, pa));
}

void machine_free(struct machine *m)
{
    if (!m)
        return;
    backing_free(m->backing);
    free(m->phys.page);
    free(m->phys.slot);
    free(m);
}
