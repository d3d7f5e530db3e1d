/* The caches of the cluster: L1I and L1D of each core, the L2 they share, snoops between them. Tags only. */
#pragma once

#include "models/cluster/config.h"

enum mem_level { LEVEL_L1, LEVEL_L2, LEVEL_MEMORY, LEVEL_COUNT };

/* Returns "L1D", "L2" or "memory". */
const char *memsys_level_name(enum mem_level level);

struct memsys {
    const struct config *config;
    struct counts *count[CORES_MAX]; /* where each core's events go */
    struct cache l1i[CORES_MAX], l1d[CORES_MAX], l2;
    uint64_t l1i_line[CORES_MAX][L1_LINES_MAX], l1i_use[CORES_MAX][L1_LINES_MAX];
    uint64_t l1d_line[CORES_MAX][L1_LINES_MAX], l1d_use[CORES_MAX][L1_LINES_MAX];
    uint64_t l2_line[CACHE_LINES_MAX], l2_use[CACHE_LINES_MAX];
};

/* Starts with empty caches. */
void memsys_init(struct memsys *s, const struct config *config);

/* Beyond a L1 data cache hit of memsys_load/store: `writes` wants the line unique. Returns where it was found. */
enum mem_level memsys_data_miss(struct memsys *s, unsigned core, uint64_t pa, unsigned writes);

/* Makes a line that the core's L1D holds unique: other cores lose it. */
void memsys_make_unique(struct memsys *s, unsigned core, uint64_t pa);

/* Beyond a L1 instruction cache hit. */
enum mem_level memsys_fetch_miss(struct memsys *s, unsigned core, uint64_t pa);

/* An access that no cache keeps: Device, Non-cacheable and what the A53 downgrades to it [A53: 7.5]. */
void memsys_uncached(struct memsys *s, unsigned core);

/* One cached data access of a line: LINE_DIRTY in `writes` for a store, 0 for a load. Returns where it was found. */
static inline enum mem_level memsys_data(struct memsys *s, unsigned core, uint64_t pa, unsigned writes)
{
    uint64_t *line = cache_find(&s->l1d[core], pa);

    s->count[core]->v[COUNT_L1D_CACHE]++;
    if (__builtin_expect(!line, 0))
        return memsys_data_miss(s, core, pa, writes);
    if (writes) {
        if (__builtin_expect(!(*line & LINE_UNIQUE), 0))
            memsys_make_unique(s, core, pa);
        *line |= LINE_DIRTY | LINE_UNIQUE;
    }
    return LEVEL_L1;
}

/* One instruction fetch of a line. Returns where it was found. */
static inline enum mem_level memsys_fetch(struct memsys *s, unsigned core, uint64_t pa)
{
    s->count[core]->v[COUNT_L1I_CACHE]++;
    if (__builtin_expect(!cache_find(&s->l1i[core], pa), 0))
        return memsys_fetch_miss(s, core, pa);
    return LEVEL_L1;
}
