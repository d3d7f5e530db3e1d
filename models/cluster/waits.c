/* Sums of waiting. */
#include "models/cluster/waits.h"

_Static_assert(BUSY_OWNERS == CORES_MAX, "a calendar knows each core");

const char *waits_resource_name(enum resource resource)
{
    static const char *const names[RESOURCE_COUNT] = { "tlb_ram", "walker", "linefill", "l2",     "cci", "ddr_bank",
                                                       "ddr",     "ocm",    "pl",       "device", "dvm" };
    return names[resource];
}

const char *waits_asker_name(enum asker asker)
{
    static const char *const names[ASKER_COUNT] = { "translation", "line", "dsb" };
    return names[asker];
}

uint32_t waits_add(struct waits *w, enum resource resource, enum asker asker, unsigned core,
                   const struct busy_wait *wait)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < CORES_MAX; i++) {
        struct wait_cell *cell = &w->cell[resource][asker][core][i];

        cell->cycles += wait->by[i];
        cell->times += wait->by[i] != 0;
        sum += wait->by[i];
    }
    return sum;
}
